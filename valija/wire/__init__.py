"""The one door for strange bytes: wire messages to our types and back, a module a noun.

It promises that every `parse_*` here returns a whole value or raises MalformedError, and
nothing else; that of all byte strings that mean the same, one is accepted; and that what was
signed or hashed is handed on as the exact bytes that came. It verifies nothing.

Source: docs/envelope.md, section 1.
"""
