"""Signed notes: a text, and lines below it by which named keys vouch for the text.

It promises the exact form of the C2SP specification, both read and written, and the names
of keys by it. It verifies nothing itself: what a signature of type 0x01 or 0x06 covers
depends on the text, and `valija.checkpoint` knows that one.

Source: C2SP signed-note, sections Format, Signatures, "Verifier keys".
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256

from valija.errors import MalformedError
from valija.signature import ED25519_KEY_BYTES, MLDSA44_KEY_BYTES

MAX_NOTE_BYTES = 1 << 18
"""64 signatures of ML-DSA-44, and as much again."""
MAX_LINES = 64
KEY_HASH_BYTES = 4
_DASH = "\N{EM DASH}"
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_NAME = re.compile(r"[^\s+]+")
_VKEY_PARTS = 3


class KeyType(IntEnum):
    """What a key signs, and how; the numbers are the specification's."""

    ED25519 = 1
    MLDSA44 = 6


_KEY_BYTES = {KeyType.ED25519: ED25519_KEY_BYTES, KeyType.MLDSA44: MLDSA44_KEY_BYTES}


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A public key and the name it signs notes under.

    Attributes:
        name: No blank and no plus; of a log it is the origin.
        type: How it signs.
        public: 32 bytes of Ed25519, or 1312 of ML-DSA-44.
    """

    name: str
    type: KeyType
    public: bytes

    def __post_init__(self) -> None:
        """Refuse a key that no note can name.

        Raises:
            MalformedError: The name is none, or the key has another length.
        """
        if _NAME.fullmatch(self.name) is None or len(self.public) != _KEY_BYTES[self.type]:
            raise MalformedError("a note's key has a name without blanks and its type's length")

    @property
    def hash(self) -> bytes:
        """The 4 bytes that stand before its signatures: a hint, never a proof."""
        named = self.name.encode() + b"\n" + bytes([self.type]) + self.public
        return sha256(named).digest()[:KEY_HASH_BYTES]

    def to_text(self) -> str:
        """Return the verifier key: name, hash and key, joined by plus signs."""
        public = b64encode(bytes([self.type]) + self.public).decode()
        return f"{self.name}+{self.hash.hex()}+{public}"


@dataclass(frozen=True, slots=True)
class Line:
    """One signature line.

    Attributes:
        name: Of the key that is said to have signed.
        hash: Its 4 bytes.
        value: The signature's bytes, in the form of the key's type.
    """

    name: str
    hash: bytes
    value: bytes

    def to_text(self) -> str:
        """Return the line, its newline included."""
        return f"{_DASH} {self.name} {b64encode(self.hash + self.value).decode()}\n"

    def is_by(self, key: NoteKey) -> bool:
        """Tell whether it claims to be this key's; only then it may be verified by it."""
        return self.name == key.name and self.hash == key.hash


@dataclass(frozen=True, slots=True)
class Note:
    """A text and its signature lines, not verified.

    Attributes:
        text: What is signed, its last newline included.
        lines: In the note's order, one or more.
    """

    text: str
    lines: tuple[Line, ...]

    def to_bytes(self) -> bytes:
        """Return the note."""
        return (self.text + "\n" + "".join(line.to_text() for line in self.lines)).encode()


def parse_note(data: bytes) -> Note:
    """Return the note in its bytes.

    Raises:
        MalformedError: Not UTF-8, a control character, no text or no signature line, a
            line of another form, or more than 64 lines or 256 KiB.
    """
    if len(data) > MAX_NOTE_BYTES:
        raise MalformedError("a note has at most 256 KiB")
    text, blank, signed = _decode(data).rpartition("\n\n")
    # A form feed would pass for a blank, so a control character is refused wherever it is.
    if not blank or not text or not signed.endswith("\n") or _CONTROL.search(text + signed):
        raise MalformedError("a note is a text, a blank line and signature lines")
    lines = signed.removesuffix("\n").split("\n")
    if len(lines) > MAX_LINES:
        raise MalformedError("a note has at most 64 signature lines")
    return Note(text + "\n", tuple(map(_parse_line, lines)))


def write_note(text: str, lines: Iterable[Line]) -> bytes:
    """Return the bytes of a note, exactly as `parse_note` will read them.

    Raises:
        MalformedError: Text or lines make no note.
    """
    data = Note(text, tuple(lines)).to_bytes()
    if parse_note(data).text != text:
        raise MalformedError("a note's text ends in a newline")
    return data


def parse_key(text: str) -> NoteKey:
    """Return the key in a verifier key.

    Raises:
        MalformedError: Another form, a type that is neither 0x01 nor 0x06, or a hash that
            is not the key's.
    """
    parts = text.split("+", _VKEY_PARTS - 1)
    if len(parts) != _VKEY_PARTS:
        raise MalformedError("a verifier key is a name, a hash and a key, joined by +")
    typed = _base64(parts[2])
    if typed[:1] not in [bytes([type_]) for type_ in KeyType]:
        raise MalformedError("a verifier key is of type 0x01 or 0x06")
    key = NoteKey(parts[0], KeyType(typed[0]), typed[1:])
    if key.to_text() != text:
        raise MalformedError("the hash of a verifier key is its own")
    return key


def _parse_line(line: str) -> Line:
    dash, name, coded = [*line.split(" "), "", ""][:3]
    signed = _base64(coded)
    if f"{dash} {name} {coded}" != line or dash != _DASH or len(signed) <= KEY_HASH_BYTES:
        raise MalformedError("a signature line is a dash, a name and a signature")
    if _NAME.fullmatch(name) is None:
        raise MalformedError("a key's name has no blank and no plus")
    return Line(name, signed[:KEY_HASH_BYTES], signed[KEY_HASH_BYTES:])


def _base64(text: str) -> bytes:
    try:
        data = b64decode(text, validate=True)
    except ValueError as cause:
        raise MalformedError("this is not base64") from cause
    if b64encode(data).decode() != text:
        raise MalformedError("base64 has one form")
    return data


def _decode(data: bytes) -> str:
    try:
        return data.decode()
    except ValueError as cause:
        raise MalformedError("a note is UTF-8") from cause
