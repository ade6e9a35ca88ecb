"""What stands in the log beside a leaf: the record of one admitted batch.

It promises that a record keeps all that the fold needs and nothing that opens a notice. Its
bytes are made and parsed by `valija.wire.log`; what it does to the state, `valija.fold` says.

Source: docs/envelope.md, section 1 (LogRecord) and section 4.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from valija.batch import Batch, Item
from valija.clock import Minute
from valija.envelope import Envelope
from valija.errors import ProofError
from valija.head import Entry, parse_entry, parse_head
from valija.ids import digest
from valija.merkle import root

_OFFSET_BITS = 48


@dataclass(frozen=True, slots=True)
class LogRecord:
    """The value of one record of the log topic.

    Attributes:
        entry: The leaf's 172 bytes.
        value: The signature value, 3373 bytes.
        items: As submitted, less terms and content; digests for wrapped keys.
        places: Where each envelope lies in the content topic, in item order.
    """

    entry: bytes
    value: bytes
    items: tuple[Item, ...]
    places: tuple[int, ...]

    def parsed(self) -> tuple[Entry, Batch]:
        """Return the entry in parts, and the batch that was admitted as the log keeps it.

        Raises:
            MalformedError: These 172 bytes are no entry, or hold no head.
        """
        entry = parse_entry(self.entry)
        head = parse_head(entry.head)
        return entry, Batch(entry.head, head, self.value, self.items)

    def parsed_entry(self) -> Entry:
        """Return the entry in parts.

        Raises:
            MalformedError: These 172 bytes are no entry.
        """
        return parse_entry(self.entry)

    def batch(self) -> Batch:
        """Return the batch that was admitted, as far as the log keeps it.

        Raises:
            MalformedError: As `parsed`.
        """
        return self.parsed()[1]

    def check(self) -> None:
        """Check that signature, items and recipients are those that the leaf commits to.

        What stands beside a leaf is outside the tree: whoever serves it could alter it, so
        that a batch which counts looks void.

        Raises:
            MalformedError: As `parsed`.
            ProofError: They are not.
        """
        entry, batch = self.parsed()
        leaves = [item.leaf() for item in self.items]
        envelopes = [item.body for item in self.items if isinstance(item.body, Envelope)]
        if (
            digest(self.value) != entry.value_digest
            or (len(leaves), root(leaves)) != (batch.head.size, batch.head.root)
            or any(each.recipients_root() != each.label.recipients_root for each in envelopes)
        ):
            raise ProofError("a record is not what its entry commits to")


def record_of(batch: Batch, minute: Minute, places: Sequence[int]) -> LogRecord:
    """Return the record of a batch that was admitted.

    Args:
        batch: As submitted; terms, content and wrapped keys are left behind.
        minute: The broker's clock.
        places: One an envelope, in item order, each made by `place`.
    """
    entry = Entry(minute, batch.head_bytes, digest(batch.value))
    items = tuple(item.recorded() for item in batch.items)
    return LogRecord(entry.to_bytes(), batch.value, items, tuple(places))


def place(partition: int, offset: int) -> int:
    """Return partition and offset of the content topic as the one number a record keeps."""
    return partition << _OFFSET_BITS | offset


def split_place(number: int) -> tuple[int, int]:
    """Return partition and offset of the content topic."""
    return number >> _OFFSET_BITS, number & ((1 << _OFFSET_BITS) - 1)
