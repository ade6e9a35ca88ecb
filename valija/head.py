"""The signed head of a batch, the log entry over it, and the leaf of each item under it.

It promises one byte form for each of the three: what is signed, what the log hashes, and
what an item contributes to the root. It does not verify anything; `valija.batch` does, and
`valija.directory` says whose key counts.

Source: docs/envelope.md, section 3.2 (head, item leaf) and section 4 (entry).
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from valija.clock import MAX_MINUTE, Minute
from valija.errors import MalformedError
from valija.ids import Desk, Digest, KeyId, Kind, Member, Office, digest
from valija.merkle import leaf_hash

HEAD_BYTES = 116
VALUE_BYTES = 3373
ENTRY_BYTES = 172
MAX_ITEMS = 64
MAX_TO = 64

_HEAD = struct.Struct(">16sB8sB16sQ32sH32s")
_HEAD_DOMAIN = b"valija/v1 batch\0"
_ENTRY = struct.Struct(f">16sQ{HEAD_BYTES}s32s")
_ENTRY_DOMAIN = b"valija/v1 entry\0"
_ITEM_DOMAIN = b"valija/v1 item\0"


@dataclass(frozen=True, slots=True)
class ChainPoint:
    """Where a desk's chain of batches stands.

    Attributes:
        sequence: Number last signed; 0 before the first.
        head: Digest of the head last signed; 32 zeros before the first.
    """

    sequence: int
    head: Digest


@dataclass(frozen=True, slots=True)
class Head:
    """What is signed: 1 to 64 items under one root, in the signer's own numbering.

    Attributes:
        suite: Cipher suite, 1.
        signer: Desk that signs all items.
        key_id: Names the signing key, 16 bytes.
        sequence: 1, 2, 3 over all that this desk signs, whichever key it signs with.
        previous: Digest of its last head; 32 zeros at first.
        size: Number of items, 1 to 64.
        root: RFC 6962 root over the item leaves, 32 bytes.
    """

    suite: int
    signer: Desk
    key_id: KeyId
    sequence: int
    previous: Digest
    size: int
    root: Digest

    def to_bytes(self) -> bytes:
        """Return the 116 bytes that are signed."""
        member, office = self.signer.member.encode(), self.signer.office
        chain = (self.sequence, self.previous, self.size, self.root)
        return _HEAD.pack(_HEAD_DOMAIN, self.suite, member, office, self.key_id, *chain)

    def next_point(self) -> ChainPoint:
        """Return where the signer's chain stands after this head."""
        return ChainPoint(self.sequence, digest(self.to_bytes()))


@dataclass(frozen=True, slots=True)
class Entry:
    """One leaf of the log: one batch, one record.

    Attributes:
        minute: When a broker admitted it, by its clock.
        head: The batch's 116 bytes.
        value_digest: SHA-256 of the signature value.
    """

    minute: Minute
    head: bytes
    value_digest: Digest

    def to_bytes(self) -> bytes:
        """Return the 172 bytes that the log hashes as a leaf."""
        return _ENTRY.pack(_ENTRY_DOMAIN, self.minute, self.head, self.value_digest)


def parse_head(data: bytes) -> Head:
    """Return the head in exactly 116 bytes.

    Raises:
        MalformedError: Another length or domain, an office or member that does not exist,
            sequence 0, or a size outside 1 to 64.
    """
    if len(data) != HEAD_BYTES:
        raise MalformedError("a head has 116 bytes")
    domain, suite, member, office, key, sequence, previous, size, root = _HEAD.unpack(data)
    if domain != _HEAD_DOMAIN:
        raise MalformedError("these bytes are not a head")
    if sequence == 0 or not 1 <= size <= MAX_ITEMS:
        raise MalformedError("a head counts from 1 and holds 1 to 64 items")
    signer = parse_desk(member, office)
    return Head(suite, signer, KeyId(key), sequence, Digest(previous), size, Digest(root))


def parse_entry(data: bytes) -> Entry:
    """Return the entry in exactly 172 bytes; the head inside stays bytes.

    Raises:
        MalformedError: Another length or domain, or a minute after the year 6053.
    """
    if len(data) != ENTRY_BYTES:
        raise MalformedError("an entry has 172 bytes")
    domain, minute, head, value_digest = _ENTRY.unpack(data)
    if domain != _ENTRY_DOMAIN or minute > MAX_MINUTE:
        raise MalformedError("these bytes are not an entry")
    return Entry(Minute(minute), head, Digest(value_digest))


def parse_desk(member: bytes, office: int) -> Desk:
    """Return the desk in its fixed form: 8 bytes of code, padded with zeros, and an office.

    Raises:
        MalformedError: No such office, or a code that is not 1 to 8 printable ASCII bytes
            followed by zeros only.
    """
    try:
        return Desk(Member(member.rstrip(b"\0").decode("ascii")), Office(office))
    except ValueError as cause:
        raise MalformedError("a desk is a member code and an office") from cause


def item_leaf(kind: Kind, to: Sequence[Desk], payload: bytes) -> Digest:
    """Return the leaf hash by which a batch holds one item.

    Args:
        kind: Enters the hash, so that one kind never poses as another.
        to: At most 64 desks that receive it; a label has none.
        payload: Exact bytes of the item; of a label, the Label's.
    """
    desks = b"".join(desk.to_bytes() for desk in to)
    return leaf_hash(_ITEM_DOMAIN + bytes([kind, len(to)]) + desks + payload)
