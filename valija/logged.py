"""What a broker hands to a desk, as parsed: an item, its signature and its proof.

It promises nothing about any of it: `valija.delivery` alone makes verified types of these.
Their bytes are made and parsed by `valija.wire.logged`.

Source: docs/envelope.md, section 1 (Logged, Delivery).
"""

from dataclasses import dataclass

from valija.batch import Item
from valija.clock import Minute
from valija.envelope import Stanza
from valija.ids import Digest, LeafIndex


@dataclass(frozen=True, slots=True)
class Signature:
    """The signature of one item of a batch.

    Attributes:
        head: The batch's 116 bytes.
        value: The composite signature, 3373 bytes.
        index: Place in the batch, from 0.
        path: 0 to 6 hashes to the batch's root.
    """

    head: bytes
    value: bytes
    index: int
    path: tuple[Digest, ...]


@dataclass(frozen=True, slots=True)
class LogProof:
    """An entry is under a checkpoint.

    Attributes:
        leaf_index: The batch's place in the log.
        logged: Minute of its entry.
        path: 0 to 63 hashes to the root of the checkpoint beside it.
    """

    leaf_index: LeafIndex
    logged: Minute
    path: tuple[Digest, ...]


@dataclass(frozen=True, slots=True)
class Logged:
    """An item with its signature and its proof.

    Attributes:
        item: The item; of a notice, its body is the Label alone.
        signature: Its signer's.
        proof: Of its batch.
    """

    item: Item
    signature: Signature
    proof: LogProof


@dataclass(frozen=True, slots=True)
class Delivery:
    """One item for one desk.

    Attributes:
        logged: Label or statement.
        stanza: Of a label: the desk's own; else None.
        recipient_path: Of a label: from its leaf to the recipients' root; else empty.
        terms: Of a label: sealed; absent (empty) past `expires`, and of a statement.
        content: Of a label: sealed; empty in an offer, past `expires`, and of a statement.
    """

    logged: Logged
    stanza: Stanza | None
    recipient_path: tuple[Digest, ...]
    terms: bytes
    content: bytes
