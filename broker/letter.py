"""One leaf of the log made ready to be sent: serialised once, whoever reads it.

It promises the exact bytes that `valija.wire.deliver` would write, without writing the parts
that all readers share more than once. It decides nothing about who reads what; `broker.tree`
has that.

Source: docs/envelope.md, section 1 (Delivery, Logged); docs/performance.md (fan-out of bytes
serialised once).
"""

from collections.abc import Callable
from functools import cached_property
from typing import TypeAlias

from broker.contents import Copies, Parts
from broker.field import data_field, field_header, number_field
from broker.spool import Place
from valija.clock import Day, Minute
from valija.envelope import Envelope
from valija.head import parse_entry
from valija.ids import Desk, Kind, LeafIndex
from valija.logged import Logged, LogProof, Signature
from valija.merkle import Tree
from valija.record import LogRecord
from valija.wire import strict
from valija.wire.logged import logged_message

_ITEM = 1  # Field of Delivery.
_CHECKPOINT, _CONSISTENCY, _DELIVERIES, _DONE = 1, 2, 3, 4  # Fields of DeliverResponse.
_STATEMENT_BYTES = 8 * 1024
_STANZA_BYTES = 4 * 1024


Prove: TypeAlias = Callable[[LeafIndex, Minute, int], LogProof]
"""Proves a leaf, logged in a minute, under the checkpoint of a size."""


class Letter:
    """One record, and what of it was serialised so far.

    Attributes:
        leaf: Its index.
        minute: When it was logged.
    """

    def __init__(self, leaf: LeafIndex, record: LogRecord) -> None:
        self.leaf = leaf
        entry = parse_entry(record.entry)
        self.minute = entry.minute
        self._head = entry.head
        self._record = record
        self._logged: dict[int, tuple[int, bytes]] = {}
        self._proof: tuple[int, LogProof] | None = None
        labels = [at for at, item in enumerate(record.items) if item.kind is Kind.LABEL]
        self._places = dict(zip(labels, map(Place, record.places), strict=True))

    @cached_property
    def _tree(self) -> Tree:
        return Tree([item.leaf() for item in self._record.items])

    def notice(self, item: int) -> Envelope | None:
        """Return a notice as the log keeps it; None for what is none."""
        body = self._record.items[item].body
        return body if isinstance(body, Envelope) else None

    def place(self, item: int, today: Day) -> Place | None:
        """Return where the content of a notice lies; None for what has none any more."""
        notice = self.notice(item)
        gone = notice is None or notice.label.expires <= today
        return None if gone else self._places[item]

    def weight(self, item: int) -> int:
        """Return about how many bytes a delivery of this item has; rather more than less."""
        notice = self.notice(item)
        if notice is None:
            return len(self._record.items[item].payload) + _STATEMENT_BYTES
        return notice.label.content_size + _STATEMENT_BYTES + _STANZA_BYTES

    def logged(self, item: int, size: int, prove: Prove) -> bytes:
        """Return item, signature and proof as a field of a Delivery.

        Args:
            item: Its place in the batch.
            size: Of the checkpoint that the proof leads to.
            prove: Makes the proof of a leaf; asked once a size.
        """
        held = self._logged.get(item)
        if held is None or held[0] != size:
            if self._proof is None or self._proof[0] != size:
                self._proof = (size, prove(self.leaf, self.minute, size))
            proof = self._proof[1]
            path = self._tree.inclusion(item)
            signature = Signature(self._head, self._record.value, item, path)
            message = logged_message(Logged(self._record.items[item], signature, proof))
            held = self._logged[item] = (size, data_field(_ITEM, strict.to_bytes(message)))
        return held[1]

    def sealed(self, item: int, desk: Desk, copies: Copies | None) -> Parts:
        """Return what else a Delivery to one desk holds: of a statement, nothing.

        Args:
            item: Its place in the batch.
            desk: Its reader.
            copies: The notice as submitted; None where its content has expired, so that
                only the digest of the wrapped key is left.

        Raises:
            AbsentError: The desk is no recipient.
        """
        notice = self.notice(item)
        if notice is None:
            return ()
        return (copies or Copies(notice)).of(desk)


def response(note: bytes, consistency: bytes, deliveries: list[Parts], done: int) -> bytes:
    """Return a DeliverResponse over deliveries that are bytes already."""
    parts = [data_field(_CHECKPOINT, note), data_field(_CONSISTENCY, consistency)]
    for delivery in deliveries:
        parts.append(field_header(_DELIVERIES, sum(map(len, delivery))))
        parts += delivery
    return b"".join([*parts, number_field(_DONE, done)])
