"""Items of a batch: wire bytes to the type, and back.

It promises that an item's body is what its exact payload says, and that a kind that is not
open travels unread: `valija.judgement` refuses it by name.

Source: docs/envelope.md, section 1 (Item, Statement) and section 3.2.
"""

from collections.abc import Collection, Iterable, Sequence

from valija.batch import OPEN_KINDS, Item
from valija.envelope import Envelope
from valija.errors import MalformedError
from valija.head import MAX_ITEMS, MAX_TO
from valija.ids import Desk, Kind
from valija.receipt import Receipt
from valija.statement import Statement
from valija.v1 import envelope_pb2
from valija.wire import strict
from valija.wire.envelope import envelope_message, envelope_of
from valija.wire.receipt import parse_receipt, receipt_bytes
from valija.wire.statement import MAX_STATEMENT, kind_of, parse_statement, statement_bytes


def label_item(envelope: Envelope) -> Item:
    """Return the item of a notice that was sealed here."""
    return Item(Kind.LABEL, envelope.label_bytes, (), envelope)


def item(body: Receipt | Statement, to: Sequence[Desk] = ()) -> Item:
    """Return the item of a receipt or statement made here, with its one encoding."""
    if isinstance(body, Receipt):
        return Item(Kind.RECEIPT, receipt_bytes(body), tuple(to), body)
    return Item(kind_of(body), statement_bytes(body), tuple(to), body)


def parse_payload(kind: Kind, payload: bytes) -> Receipt | Statement | None:
    """Return what the exact bytes of a statement say; None for a kind that is not open.

    Raises:
        MalformedError: The bytes are none of this kind, or the kind is LABEL.
    """
    if kind not in OPEN_KINDS:
        return None
    return parse_receipt(payload) if kind is Kind.RECEIPT else parse_statement(kind, payload)


def items_of(messages: Collection[envelope_pb2.Item], *, recorded: bool) -> tuple[Item, ...]:
    """Return the 1 to 64 items of a parsed message.

    Raises:
        MalformedError: None, more than 64, or one that is no item here.
    """
    found = strict.bounded(messages, 1, MAX_ITEMS, "items of a batch")
    return tuple(_item_of(message, recorded) for message in found)


def item_messages(items: Iterable[Item]) -> list[envelope_pb2.Item]:
    """Return the wire's form of items, in order."""
    return [_item_message(each) for each in items]


def _item_of(message: envelope_pb2.Item, recorded: bool) -> Item:
    match message.WhichOneof("body"):
        case "envelope":
            envelope = envelope_of(message.envelope, recorded=recorded)
            return label_item(envelope)
        case "statement":
            return _statement_of(message.statement)
        case _:
            raise MalformedError("an item is an envelope or a statement")


def _statement_of(message: envelope_pb2.Statement) -> Item:
    kind = strict.number(Kind, message.kind, "kind")
    if not 0 < len(message.payload) <= MAX_STATEMENT:
        raise MalformedError("a statement has 1 byte to 128 KiB")
    to = strict.desks(message.to, MAX_TO, "to")
    return Item(kind, message.payload, to, parse_payload(kind, message.payload))


def _item_message(value: Item) -> envelope_pb2.Item:
    if isinstance(value.body, Envelope):
        return envelope_pb2.Item(envelope=envelope_message(value.body))
    statement = envelope_pb2.Statement(
        kind=envelope_pb2.Kind.ValueType(value.kind),
        payload=value.payload,
        to=[strict.desk_message(desk) for desk in value.to],
    )
    return envelope_pb2.Item(statement=statement)
