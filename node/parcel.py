"""What a sealed envelope is before it has numbers, and what it was sealed from.

It promises that an envelope can be numbered and signed without opening it again, and sealed
again without asking the law again. Both are bytes of this node's own store and no wire
format; `node.sealing` makes the parts, `node.outbox` numbers them.

Source: docs/envelope.md, sections 3.2 (sealed again) and 3.4.
"""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from valija.errors import MalformedError
from valija.head import parse_desk
from valija.ids import Desk, Digest, KeyId

_LENGTH = struct.Struct(">I")
_DESK_BYTES = 9
_KEY_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class Wrapped:
    """The content key, wrapped for one recipient.

    Attributes:
        recipient: Who can unwrap it.
        key_id: Names its SEALING key, 16 bytes.
        sealed: 1168 bytes.
    """

    recipient: Desk
    key_id: KeyId
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Parcel:
    """A sealed envelope without numbers, label and signature.

    Attributes:
        terms: Sealed terms.
        content: Sealed content.
        filler: Seed of the filler leaves, 32 bytes.
        wrapped: One a recipient, 1 to 64.
    """

    terms: bytes
    content: bytes
    filler: bytes
    wrapped: tuple[Wrapped, ...]

    def to_bytes(self) -> bytes:
        """Return the bytes that the store keeps."""
        keys = (w.recipient.to_bytes() + w.key_id + w.sealed for w in self.wrapped)
        return join([self.terms, self.content, self.filler, *keys])

    @classmethod
    def parse(cls, data: bytes) -> "Parcel":
        """Return the parcel in its bytes.

        Raises:
            MalformedError: They are none.
        """
        parts = split(data, at_least=4)
        return cls(parts[0], parts[1], parts[2], tuple(_wrapped(part) for part in parts[3:]))


@dataclass(frozen=True, slots=True)
class Source:
    """What an envelope was sealed from: enough to seal it again, and to prove it later.

    Attributes:
        content_key: 32 random bytes.
        terms: Terms, in clear.
        content: Content, in clear.
        commitment: What the view opens to.
        agreement: Digest of the agreement relied on.
        decision: Digest of the decision record.
        facts: Bytes of the facts that the view opens, ascending.
    """

    content_key: bytes
    terms: bytes
    content: bytes
    commitment: Digest
    agreement: Digest
    decision: Digest
    facts: tuple[bytes, ...]

    def to_bytes(self) -> bytes:
        """Return the bytes that the store keeps, encrypted."""
        digests = self.commitment + self.agreement + self.decision
        return join([self.content_key, self.terms, self.content, digests, *self.facts])

    @classmethod
    def parse(cls, data: bytes) -> "Source":
        """Return the source in its bytes.

        Raises:
            MalformedError: They are none.
        """
        key, terms, content, digests, *facts = split(data, at_least=4)
        commitment, agreement, decision = (Digest(digests[at : at + 32]) for at in (0, 32, 64))
        return cls(key, terms, content, commitment, agreement, decision, tuple(facts))


def join(parts: Iterable[bytes]) -> bytes:
    """Return byte strings as one, each after its length."""
    return b"".join(_LENGTH.pack(len(part)) + part for part in parts)


def split(data: bytes, at_least: int = 0) -> Sequence[bytes]:
    """Return the byte strings that `join` put together.

    Raises:
        MalformedError: Something is cut off, or there are fewer than `at_least`.
    """
    parts, at = [], 0
    while at < len(data):
        start = at + _LENGTH.size
        if start > len(data):
            raise MalformedError("a stored part is cut off")
        at = start + _LENGTH.unpack_from(data, at)[0]
        if at > len(data):
            raise MalformedError("a stored part is cut off")
        parts.append(data[start:at])
    if len(parts) < at_least:
        raise MalformedError("a stored part is missing")
    return parts


def _wrapped(part: bytes) -> Wrapped:
    member, office = part[: _DESK_BYTES - 1], part[_DESK_BYTES - 1]
    start = _DESK_BYTES + _KEY_ID_BYTES
    key = KeyId(part[_DESK_BYTES:start])
    return Wrapped(parse_desk(member, office), key, part[start:])
