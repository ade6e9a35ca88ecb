"""Fold texts so that two spellings of one thing are equal.

It promises a pure function of the text: compatibility forms, case, accents and punctuation
go, words stay apart by one blank. It compares; it never guesses and never shortens.

Source: docs/content.md, "Free text" and "Countries".
"""

import re
import unicodedata

from anyascii import anyascii

_OTHERS = re.compile(r"[^0-9a-z]+")


def fold(text: str) -> str:
    """Return the folded text: NFKC, no accents, lower case, words of letters and digits."""
    if text.isascii():
        return _OTHERS.sub(" ", text.lower()).strip()
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(
        char if char.isalnum() else " " for char in plain if not unicodedata.combining(char)
    )
    return " ".join(kept.split())


def compact(text: str) -> str:
    """Return letters and digits only, upper case, for identifiers."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).upper() if c.isalnum())


def latin_tokens(text: str) -> str:
    """Return a name as sorted upper-case tokens in Latin letters."""
    plain = anyascii(unicodedata.normalize("NFKC", text)).upper()
    kept = "".join(char if char.isalnum() else " " for char in plain)
    return " ".join(sorted(kept.split()))
