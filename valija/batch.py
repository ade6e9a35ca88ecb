"""Batches: 1 to 64 items of one desk under one signature.

It promises that items, head and value are held as the exact bytes that were signed, and that
a `Batch` made here and one parsed from the wire are the same thing: unverified. Whether it
counts, `valija.fold` says; `valija.judgement` has the rules of its items.

Source: docs/envelope.md, section 3.2.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from valija.envelope import Envelope
from valija.errors import MalformedError
from valija.head import MAX_ITEMS, ChainPoint, Head, item_leaf
from valija.ids import Desk, Digest, KeyId, Kind, digest
from valija.label import SUITE, Label
from valija.merkle import inclusion_path, root
from valija.receipt import Receipt
from valija.statement import Statement

Body = Envelope | Label | Receipt | Statement
SignHead = Callable[[bytes], bytes]
"""Signs 116 bytes of head and returns the 3373 bytes of value."""
OPEN_KINDS = frozenset(Kind(number) for number in range(Kind.LABEL, Kind.ORDER))
"""Kinds that are exchanged: LABEL, RECEIPT and the directory's five."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing signed.

    Attributes:
        kind: Enters its leaf.
        payload: Its exact bytes; of a notice, the Label's.
        to: Who receives it; empty for a notice, whose stanzas say it.
        body: The same, parsed: of a notice its Envelope or, where it was delivered to one
            recipient, its Label; None for a kind that is not open.
    """

    kind: Kind
    payload: bytes
    to: tuple[Desk, ...]
    body: Body | None

    def leaf(self) -> Digest:
        """Return the leaf hash by which its batch holds it."""
        return item_leaf(self.kind, self.to, self.payload)

    def recorded(self) -> "Item":
        """Return it as the log keeps it: a notice without terms, content, wrapped keys."""
        body = self.body
        return replace(self, body=body.recorded()) if isinstance(body, Envelope) else self


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs, and with which key.

    Attributes:
        desk: A member's, the council's, a broker's or the auditor's.
        key_id: Names its key, 16 bytes.
    """

    desk: Desk
    key_id: KeyId


@dataclass(frozen=True, slots=True)
class Batch:
    """A signed batch as made or parsed, not yet verified.

    Attributes:
        head_bytes: The 116 bytes that were signed.
        head: The same, parsed.
        value: The composite signature, 3373 bytes.
        items: In the order of their leaves.
    """

    head_bytes: bytes
    head: Head
    value: bytes
    items: tuple[Item, ...]

    @property
    def head_digest(self) -> Digest:
        """The digest by which answers and withdrawals name this batch."""
        return digest(self.head_bytes)

    def item_path(self, index: int) -> tuple[Digest, ...]:
        """Return the 0 to 6 hashes from one item's leaf to the batch's root.

        Raises:
            MalformedError: There is no such item.
        """
        return inclusion_path([item.leaf() for item in self.items], index)


def sign_batch(
    signer: Signer, point: ChainPoint, items: Sequence[Item], sign: SignHead
) -> Batch:
    """Return the next batch of a desk, signed.

    The caller stores the batch and its new chain point before it sends either: no number is
    ever signed twice.

    Args:
        signer: Who signs.
        point: Where its chain stands; the new head is the next one.
        items: 1 to 64, of kinds that this key may sign together.
        sign: Makes the signature value over the head's bytes.

    Raises:
        MalformedError: There are no items, or more than 64.
    """
    if not 1 <= len(items) <= MAX_ITEMS:
        raise MalformedError("a batch holds 1 to 64 items")
    top = root([item.leaf() for item in items])
    chain = (point.sequence + 1, point.head, len(items), top)
    head = Head(SUITE, signer.desk, signer.key_id, *chain)
    head_bytes = head.to_bytes()
    return Batch(head_bytes, head, sign(head_bytes), tuple(items))
