"""General forms: what may be told of a value where the value itself may not.

Source: docs/content.md, "Fields and their general forms".
"""
