"""Deliveries and what asks for them: wire bytes to the types, and back.

It promises form alone. Whether a delivery is true, `valija.delivery` says; whether a note is,
`valija.checkpoint`.

Source: docs/envelope.md, section 1 (exchange.proto).
"""

from dataclasses import dataclass

from valija.errors import MalformedError
from valija.ids import Desk, Digest, Kind
from valija.logged import Delivery
from valija.merkle import join_path
from valija.v1 import exchange_pb2
from valija.wire import strict
from valija.wire.envelope import MAX_SEALED_CONTENT, MAX_SEALED_TERMS, stanza_message, stanza_of
from valija.wire.logged import logged_message, logged_of
from valija.wire.submit import MAX_CONSISTENCY, MAX_NOTE

MAX_DELIVER = 4 << 20
MAX_DELIVERIES = 4096
MAX_COSIGNATURE = 8 << 10
_MAX_RECIPIENT_PATH = 6


@dataclass(frozen=True, slots=True)
class DeliverRequest:
    """Opens a stream, resumes it, or gives credit.

    Attributes:
        cursor: The last `done` that was stored.
        credit: How many deliveries can be taken.
        cosignature: A witness's note line for the newest checkpoint; else empty.
        desk: First message only: whose inbox.
        size: First message only: newest checkpoint verified.
    """

    cursor: int = 0
    credit: int = 0
    cosignature: bytes = b""
    desk: Desk | None = None
    size: int = 0


@dataclass(frozen=True, slots=True)
class DeliverResponse:
    """Several deliveries under one checkpoint.

    Attributes:
        checkpoint: Newest note.
        consistency: From the size sent before, at first from the request's; none from 0.
        deliveries: In log order, urgent first.
        done: Every item below it was sent: only this becomes the cursor.
        witnessed: Largest note with quorum; empty while there is none.
        witnessed_consistency: Joins the two notes.
    """

    checkpoint: bytes
    consistency: tuple[Digest, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    done: int = 0
    witnessed: bytes = b""
    witnessed_consistency: tuple[Digest, ...] = ()


def parse_deliver_request(data: bytes) -> DeliverRequest:
    """Return the request in exact bytes.

    Raises:
        MalformedError: Another byte form, a desk that is none, a line over 8 KiB, a number
            over 2^63 - 1.
    """
    message = strict.parse(exchange_pb2.DeliverRequest, data, 2 * MAX_COSIGNATURE)
    if len(message.cosignature) > MAX_COSIGNATURE:
        raise MalformedError("a cosignature has at most 8 KiB")
    desk = strict.desk(message.desk) if message.HasField("desk") else None
    cursor = strict.count(message.cursor, "a cursor")
    head = (cursor, message.credit, message.cosignature)
    return DeliverRequest(*head, desk, strict.count(message.size, "a size"))


def deliver_request_bytes(request: DeliverRequest) -> bytes:
    """Return the one encoding of a request."""
    message = exchange_pb2.DeliverRequest(
        cursor=request.cursor,
        credit=request.credit,
        cosignature=request.cosignature,
        desk=strict.desk_message(request.desk) if request.desk else None,
        size=request.size,
    )
    return strict.to_bytes(message)


def parse_deliver_response(data: bytes) -> DeliverResponse:
    """Return the response in exact bytes, at most 4 MiB.

    Raises:
        MalformedError: Another byte form, or a delivery that is none.
    """
    message = strict.parse(exchange_pb2.DeliverResponse, data, MAX_DELIVER)
    if max(len(message.checkpoint), len(message.witnessed)) > MAX_NOTE:
        raise MalformedError("a note has at most 64 KiB")
    found = strict.bounded(message.deliveries, 0, MAX_DELIVERIES, "deliveries")
    joined = message.witnessed_consistency
    return DeliverResponse(
        checkpoint=message.checkpoint,
        consistency=strict.hashes(message.consistency, MAX_CONSISTENCY, "consistency"),
        deliveries=tuple(delivery_of(each) for each in found),
        done=strict.count(message.done, "done"),
        witnessed=message.witnessed,
        witnessed_consistency=strict.hashes(joined, MAX_CONSISTENCY, "consistency"),
    )


def deliver_response_bytes(response: DeliverResponse) -> bytes:
    """Return the one encoding of a response."""
    message = exchange_pb2.DeliverResponse(
        checkpoint=response.checkpoint,
        consistency=join_path(response.consistency),
        deliveries=[delivery_message(each) for each in response.deliveries],
        done=response.done,
        witnessed=response.witnessed,
        witnessed_consistency=join_path(response.witnessed_consistency),
    )
    return strict.to_bytes(message)


def parse_delivery(data: bytes) -> Delivery:
    """Return one delivery in exact bytes, as a node keeps what it could not verify.

    Raises:
        MalformedError: Another byte form, or no delivery.
    """
    return delivery_of(strict.parse(exchange_pb2.Delivery, data, MAX_DELIVER))


def delivery_bytes(delivery: Delivery) -> bytes:
    """Return the one encoding of a delivery."""
    return strict.to_bytes(delivery_message(delivery))


def delivery_of(message: exchange_pb2.Delivery) -> Delivery:
    """Return the delivery in a parsed message.

    Raises:
        MalformedError: A stanza without a label or a label without one, terms or content
            over their bounds or with a statement.
    """
    if not message.HasField("item"):
        raise MalformedError("a delivery holds a logged item")
    logged, sealed = logged_of(message.item), (message.terms, message.content)
    is_label = logged.item.kind is Kind.LABEL
    if is_label is not message.HasField("stanza"):
        raise MalformedError("a label comes with its recipient's stanza, nothing else does")
    if not is_label and (any(sealed) or message.recipient_path):
        raise MalformedError("a statement has no sealed part")
    if len(message.terms) > MAX_SEALED_TERMS or len(message.content) > MAX_SEALED_CONTENT:
        raise MalformedError("sealed terms or content are longer than they may be")
    # The wrapped key ends with the sealed parts: past `expires` its digest is all there is.
    stanza = stanza_of(message.stanza, recorded=not message.terms) if is_label else None
    path = strict.hashes(message.recipient_path, _MAX_RECIPIENT_PATH, "a recipient's path")
    return Delivery(logged, stanza, path, *sealed)


def delivery_message(delivery: Delivery) -> exchange_pb2.Delivery:
    """Return the wire's form of a delivery."""
    return exchange_pb2.Delivery(
        item=logged_message(delivery.logged),
        stanza=stanza_message(delivery.stanza) if delivery.stanza else None,
        recipient_path=join_path(delivery.recipient_path),
        terms=delivery.terms,
        content=delivery.content,
    )
