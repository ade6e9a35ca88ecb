"""What a notice says: its items, words, forms, and what the law must be told about it.

It promises that nothing here reads a file of a user, opens a socket, asks a clock or draws a
key: everything is a function of a notice and of our own tables. Which state may see which
field is `policies`; how a field is sealed is `node.sealing`.

Source: docs/content.md.
"""
