"""Strong identifiers, each with one canonical form that consult and duplicate checks use.

Source: docs/content.md, "Identifiers".
"""
