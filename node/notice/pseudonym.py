"""Pseudonyms: what stands for a person whose name the law keeps back.

It promises that a pseudonym says nothing of anybody: 80 random bits, derived from nothing, and
a form that no name has, so that a name typed in its place is refused. Whose it is stands in
the draft of the state that made it, nowhere else.

Source: docs/content.md, "General forms"; OAS Third Plan 2023-2028, principle v.
"""

import re
import secrets
from base64 import b32encode

from node.notice.handle import Draw

BYTES = 10
"""80 bits, sixteen characters of base32."""
_FORM = re.compile(r"(?=.*[2-7])[a-z2-7]{16}", re.ASCII)
"""A digit must be among them: sixteen letters alone may be somebody's name."""


def draw_pseudonym(draw: Draw = secrets.token_bytes) -> str:
    """Return a fresh pseudonym; what has no digit by chance is drawn again."""
    while not is_pseudonym(found := b32encode(draw(BYTES)).decode().lower()):
        continue
    return found


def is_pseudonym(text: str) -> bool:
    """Tell whether a text has the form of a pseudonym."""
    return _FORM.fullmatch(text) is not None
