"""A notice on its way, and the tree of its recipients.

It holds the unverified `Envelope`, as submitted or as the log keeps it, and the
`VerifiedEnvelope` that `valija.delivery` alone makes. Its promise is the recipients' tree:
each recipient can prove its own leaf and learns nothing of the others. Sealing is the
node's; the admission of an envelope is judged in `valija.judgement`.

Source: docs/envelope.md, section 1 (Envelope, Stanza) and section 3.3.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace

from valija.clock import Minute
from valija.errors import MalformedError
from valija.head import Head
from valija.ids import Desk, Digest, KeyId, LeafIndex, digest
from valija.label import RECIPIENT_SIZES, Label
from valija.merkle import inclusion_path, leaf_hash, root, verify_inclusion

SEALED_BYTES = 1168
MAX_RECIPIENTS = 64
_DIGEST_BYTES = 32
_LEAF = b"valija/v1 recipient\0"
_FILLER = b"valija/v1 filler\0"


@dataclass(frozen=True, slots=True)
class Stanza:
    """One recipient's way in.

    Attributes:
        recipient: Who may open it.
        key_id: Names its SEALING key of the epoch, 16 bytes.
        pair_sequence: 1, 2, 3 from originator to recipient.
        pair_previous: Digest of the label last signed for that pair; zeros at first.
        index: Place of its leaf under the recipients' root.
        sealed: The wrapped content key, 1168 bytes; in a log record its digest, 32 bytes.
    """

    recipient: Desk
    key_id: KeyId
    pair_sequence: int
    pair_previous: Digest
    index: int
    sealed: bytes

    @property
    def sealed_digest(self) -> Digest:
        """SHA-256 of the wrapped content key, whichever of the two forms is held."""
        held = self.sealed
        return Digest(held) if len(held) == _DIGEST_BYTES else digest(held)

    def leaf(self) -> Digest:
        """Return the leaf hash by which the recipients' root holds this stanza."""
        pair = struct.pack(">Q", self.pair_sequence) + self.pair_previous
        named = self.recipient.to_bytes() + self.key_id
        return leaf_hash(_LEAF + named + pair + self.sealed_digest)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A notice as parsed, not yet verified.

    Attributes:
        label: The clear part.
        label_bytes: Its exact bytes, as signed.
        terms: Sealed terms; None in a log record.
        content: Sealed content, empty in an offer; None in a log record.
        stanzas: One a recipient, 1 to 64.
        filler: Seed of the filler leaves, 32 bytes.
    """

    label: Label
    label_bytes: bytes
    terms: bytes | None
    content: bytes | None
    stanzas: tuple[Stanza, ...]
    filler: bytes

    def recorded(self) -> "Envelope":
        """Return it as the log keeps it: no terms, no content, digests for wrapped keys."""
        kept = tuple(replace(each, sealed=each.sealed_digest) for each in self.stanzas)
        return replace(self, terms=None, content=None, stanzas=kept)

    def recipients_root(self) -> Digest:
        """Return the root that the stanzas and fillers make.

        Raises:
            MalformedError: As `recipient_leaves`.
        """
        return root(recipient_leaves(self.stanzas, self.filler, self.label.recipients_size))


@dataclass(frozen=True, slots=True)
class VerifiedEnvelope:
    """An envelope that passed docs/envelope.md, section 3.6, steps 2 to 7, for one desk.

    Attributes:
        label: The clear part.
        label_bytes: Its exact bytes.
        head: The head of its batch.
        leaf_index: The batch's place in the log.
        logged: Minute of its entry.
        stanza: This desk's own, with the wrapped key.
        terms: Sealed terms; empty once expired.
        content: Sealed content; empty in an offer, and once expired.
    """

    label: Label
    label_bytes: bytes
    head: Head
    leaf_index: LeafIndex
    logged: Minute
    stanza: Stanza
    terms: bytes
    content: bytes

    @property
    def label_digest(self) -> Digest:
        """The digest by which receipts and proofs name this label."""
        return digest(self.label_bytes)

    @property
    def expired(self) -> bool:
        """Whether it came without its sealed parts, because the broker's copy had ended."""
        return not self.terms


def recipients_size(count: int) -> int:
    """Return the smallest of 4, 16 and 64 leaves that holds `count` recipients.

    Raises:
        MalformedError: `count` is not 1 to 64.
    """
    if not 1 <= count <= MAX_RECIPIENTS:
        raise MalformedError("an envelope has 1 to 64 recipients")
    return next(size for size in RECIPIENT_SIZES if count <= size)


def filler_leaf(filler: bytes, index: int) -> Digest:
    """Return the hash that stands at a place no recipient has."""
    return digest(_FILLER + filler + bytes([index]))


def recipient_leaves(stanzas: Sequence[Stanza], filler: bytes, size: int) -> list[Digest]:
    """Return all leaf hashes of the recipients' tree, in order.

    Raises:
        MalformedError: Two stanzas share a place, or one lies outside the tree.
    """
    taken = {stanza.index: stanza for stanza in stanzas}
    if len(taken) != len(stanzas) or not all(0 <= index < size for index in taken):
        raise MalformedError("each stanza has a place of its own in the recipients' tree")
    return [
        taken[index].leaf() if index in taken else filler_leaf(filler, index)
        for index in range(size)
    ]


def recipient_path(envelope: Envelope, recipient: Desk) -> tuple[Digest, ...]:
    """Return the 2, 4 or 6 hashes that lead from a recipient's leaf to the root.

    Raises:
        MalformedError: It is not a recipient, or the stanzas make no tree.
    """
    place = next((s.index for s in envelope.stanzas if s.recipient == recipient), None)
    if place is None:
        raise MalformedError("this desk is no recipient of the envelope")
    size = envelope.label.recipients_size
    return inclusion_path(recipient_leaves(envelope.stanzas, envelope.filler, size), place)


def verify_recipient(label: Label, stanza: Stanza, path: Sequence[Digest]) -> None:
    """Check that a stanza stands under the label's recipients' root.

    Raises:
        ProofError: It does not.
    """
    size, expected = label.recipients_size, label.recipients_root
    verify_inclusion(stanza.leaf(), stanza.index, size, path, expected)
