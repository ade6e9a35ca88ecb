"""The names of things, as distinct types: members, desks, digests, positions.

It promises that a value of one kind is not taken for another, and that a desk has one byte
form. It does not say who a desk is or which keys it has; `valija.directory` does.

Source: docs/envelope.md, conventions and section 1.
"""

from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256
from typing import NewType

from valija.errors import MalformedError

Member = NewType("Member", str)
"""ISO alpha-2 code of a state, or an `@` name of the exchange; 1 to 8 ASCII bytes."""
Digest = NewType("Digest", bytes)
"""SHA-256 of exact bytes, 32 bytes."""
KeyId = NewType("KeyId", bytes)
"""First 16 bytes of the hash that names a public key."""
LabelId = NewType("LabelId", bytes)
"""16 random bytes, one envelope's."""
NoticeId = NewType("NoticeId", bytes)
"""16 random bytes, one for all views and versions of a notice."""
LeafIndex = NewType("LeafIndex", int)
"""Position in the log, from 0; the Kafka offset."""

ZERO_DIGEST = Digest(bytes(32))
"""What stands where a chain begins."""
_MEMBER_BYTES = 8
_KEY_ID_BYTES = 16


class Office(IntEnum):
    """Part of a state; the numbers are the wire's."""

    STATE = 1
    POLICE = 2
    JUDICIAL = 3
    CENTRAL = 4
    FINANCIAL = 5
    PROTECTION = 6
    OVERSIGHT = 7


class Kind(IntEnum):
    """What an item is; the numbers are the wire's and enter its hash."""

    LABEL = 1
    RECEIPT = 2
    KEY = 3
    MEMBERSHIP = 4
    AGREEMENT = 5
    BUNDLE = 6
    ENDORSEMENT = 7
    ORDER = 8
    GRANT = 9
    PAIR = 10
    CONSULT = 11
    EVIDENCE = 12


@dataclass(frozen=True, slots=True, order=True)
class Desk:
    """A member and one of its offices: what has keys, an inbox and a chain of batches."""

    member: Member
    office: Office

    def __post_init__(self) -> None:
        """Refuse a member code that has no byte form.

        Raises:
            MalformedError: The code is empty, longer than 8 bytes, not printable ASCII, or
                holds the slash that people write between member and office.
        """
        code = self.member
        plain = code.isascii() and code.isprintable() and "/" not in code
        if not (plain and 0 < len(code) <= _MEMBER_BYTES):
            raise MalformedError("a member code has 1 to 8 printable ASCII characters")

    def to_bytes(self) -> bytes:
        """Return the 9 bytes that stand for this desk in everything hashed or signed."""
        return self.member.encode().ljust(_MEMBER_BYTES, b"\0") + bytes([self.office])

    def __str__(self) -> str:
        """Return the form people type: `AR/police`."""
        return f"{self.member}/{self.office.name.lower()}"

    @classmethod
    def parse(cls, text: str) -> "Desk":
        """Return the desk written as `AR/police`.

        Raises:
            MalformedError: `text` is not a member code, a slash and an office.
        """
        member, slash, office = text.partition("/")
        if not slash or office.upper() not in Office.__members__:
            raise MalformedError("a desk is written MEMBER/office, for example AR/police")
        return cls(Member(member), Office[office.upper()])


def digest(payload: bytes) -> Digest:
    """Return the SHA-256 of the exact bytes of a payload, 32 bytes."""
    return Digest(sha256(payload).digest())


def key_id(public_key: bytes) -> KeyId:
    """Return the 16 bytes that name a public key (docs/envelope.md, conventions)."""
    return KeyId(sha256(b"valija/v1 key\0" + public_key).digest()[:_KEY_ID_BYTES])
