"""Receipts: wire bytes to the type, and back.

It promises that grounds and roles come from closed lists, so that no receipt names a person.
Who may sign one is judged in `valija.judgement`.

Source: docs/envelope.md, section 1 (receipt.proto).
"""

from valija.errors import MalformedError
from valija.receipt import GROUNDS, ROLES, Event, Receipt
from valija.v1 import receipt_pb2
from valija.wire import strict

MAX_RECEIPT = 512
_SALT_BYTES = 16
_NONE = frozenset({""})


def parse_receipt(data: bytes) -> Receipt:
    """Return the receipt in exact bytes, at most 512.

    Raises:
        MalformedError: Another byte form, a wrong length, a ground or role that is not of
            the event's closed list, a cause with any event but ACCEPTED, ERASED, RETAINED
            and NOT_ERASED.
    """
    message = strict.parse(receipt_pb2.Receipt, data, MAX_RECEIPT)
    event = strict.number(Event, message.event, "event")
    return Receipt(
        event=event,
        subject=strict.digest_of(message.subject, "a receipt's subject"),
        desk=strict.desk(message.desk),
        at=strict.minute(message.at, "a receipt's minute"),
        ground=strict.one_of(message.ground, GROUNDS.get(event, _NONE), "a ground"),
        role=strict.one_of(message.role, ROLES if event is Event.OPENED else _NONE, "a role"),
        cause=_cause(event, message.cause),
        salt=strict.exact(message.salt, _SALT_BYTES, "a receipt's salt"),
    )


def receipt_bytes(receipt: Receipt) -> bytes:
    """Return the one encoding of a receipt."""
    message = receipt_pb2.Receipt(
        event=receipt_pb2.Event.ValueType(receipt.event),
        subject=receipt.subject,
        desk=strict.desk_message(receipt.desk),
        at=receipt.at,
        ground=receipt.ground,
        role=receipt.role,
        cause=receipt.cause,
        salt=receipt.salt,
    )
    return strict.to_bytes(message)


def _cause(event: Event, cause: bytes) -> bytes:
    if event is Event.ACCEPTED:
        return strict.digest_of(cause, "an acceptance's cause")
    if cause and event not in {Event.ERASED, Event.RETAINED, Event.NOT_ERASED}:
        raise MalformedError("this event has no cause")
    return strict.absent_or(cause, strict.DIGEST_BYTES, "a receipt's cause")
