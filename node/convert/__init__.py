"""Import records of national registers, every row accounted for.

It promises drafts, never publications. Source: docs/content.md, "Formats".
"""
