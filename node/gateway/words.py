"""What callers of the gateway send, as our types, or a clear refusal.

It promises that an identifier, a desk or a language that has not the right form is refused
with the name of the field, and that an absent language is English.

Source: proto/valija/v1/gateway.proto.
"""

from collections.abc import Collection

from policies.vocabulary import LISTS
from valija.errors import LimitError, MalformedError
from valija.ids import Desk, Digest, NoticeId

LANGUAGES = ("es", "en", "pt", "fr")
_NOTICE_DIGITS = 32
_DIGEST_DIGITS = 64
_MOST_DESKS = 256


def language(text: str) -> str:
    """Return a language of the four; English where none is named.

    Raises:
        MalformedError: It is another.
    """
    if text and text not in LANGUAGES:
        raise MalformedError("language: one of " + ", ".join(LANGUAGES))
    return text or "en"


def notice_id(text: str) -> NoticeId:
    """Return the id of a draft or notice.

    Raises:
        MalformedError: It has not 32 hexadecimal digits.
    """
    return NoticeId(_hex(text, _NOTICE_DIGITS, "draft"))


def hold_id(text: str) -> bytes:
    """Return the id of something that waits.

    Raises:
        MalformedError: It has not 32 hexadecimal digits.
    """
    return _hex(text, _NOTICE_DIGITS, "hold")


def word_id(text: str) -> bytes:
    """Return the id of a word that was given.

    Raises:
        MalformedError: It has not 32 hexadecimal digits.
    """
    return _hex(text, _NOTICE_DIGITS, "word")


def label_digest(text: str) -> Digest:
    """Return the digest of a received label.

    Raises:
        MalformedError: It has not 64 hexadecimal digits.
    """
    return Digest(_hex(text, _DIGEST_DIGITS, "id"))


def desks(texts: Collection[str]) -> tuple[Desk, ...]:
    """Return desks written as `AR/police`.

    Raises:
        LimitError: There are more than an exchange has.
        MalformedError: One of them is not.
    """
    if len(texts) > _MOST_DESKS:
        raise LimitError("recipients: at most 256; nothing was sent")
    return tuple(Desk.parse(text) for text in texts)


def purpose(text: str) -> str:
    """Return a purpose of the closed list; empty stays empty.

    Raises:
        MalformedError: It is on no list.
    """
    if text and text not in LISTS["Purpose"]:
        raise MalformedError("purpose: not on the list of docs/law.md")
    return text


def _hex(text: str, digits: int, name: str) -> bytes:
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(text) != digits or len(found) * 2 != digits:
        raise MalformedError(f"{name}: {digits} hexadecimal digits")
    return found
