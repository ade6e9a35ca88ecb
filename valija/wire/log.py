"""Log records and chunks of them: wire bytes to the types, and back.

It promises the exact form in which every broker writes and every auditor reads a record.
What a record does to the state is the affair of `valija.fold`.

Source: docs/envelope.md, section 1 (LogRecord) and section 4.
"""

from collections.abc import Iterable

from valija.envelope import Envelope
from valija.errors import MalformedError
from valija.head import ENTRY_BYTES, VALUE_BYTES
from valija.record import LogRecord
from valija.v1 import log_pb2
from valija.wire import strict
from valija.wire.delimited import join, split
from valija.wire.item import item_messages, items_of

MAX_RECORD = 2 << 20


def parse_log_record(data: bytes) -> LogRecord:
    """Return the record in exact bytes, at most 2 MiB.

    Raises:
        MalformedError: Another byte form, a wrong length, an item that cannot stand in the
            log, or not one place an envelope.
    """
    message = strict.parse(log_pb2.LogRecord, data, MAX_RECORD)
    items = items_of(message.items, recorded=True)
    envelopes = sum(isinstance(item.body, Envelope) for item in items)
    if len(message.places) != envelopes:
        raise MalformedError("a record has one place an envelope")
    return LogRecord(
        entry=strict.exact(message.entry, ENTRY_BYTES, "an entry"),
        value=strict.exact(message.value, VALUE_BYTES, "a signature value"),
        items=items,
        places=tuple(strict.count(place, "a place") for place in message.places),
    )


def log_record_bytes(record: LogRecord) -> bytes:
    """Return the one encoding of a record."""
    message = log_pb2.LogRecord(
        entry=record.entry,
        value=record.value,
        items=item_messages(record.items),
        places=record.places,
    )
    return strict.to_bytes(message)


def parse_record_chunk(data: bytes) -> tuple[LogRecord, ...]:
    """Return the records of one served file, in log order.

    Raises:
        MalformedError: A length that does not fit, or a record that is none.
    """
    return tuple(parse_log_record(part) for part in split(data, MAX_RECORD))


def record_chunk_bytes(records: Iterable[bytes]) -> bytes:
    """Return one served file of records, each given in its exact bytes."""
    return join(records)
