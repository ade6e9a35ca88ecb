"""Items with signature and proof: wire bytes to the types, and back.

It promises lengths and bounds, and that a delivered label is parsed from its exact bytes.
Whether any of it is true, `valija.delivery` says.

Source: docs/envelope.md, section 1 (Signature, LogProof, Logged).
"""

from valija.batch import Item
from valija.errors import MalformedError
from valija.head import HEAD_BYTES, MAX_ITEMS, MAX_TO, VALUE_BYTES
from valija.ids import Kind, LeafIndex
from valija.logged import Logged, LogProof, Signature
from valija.merkle import join_path
from valija.v1 import envelope_pb2
from valija.wire import strict
from valija.wire.item import parse_payload
from valija.wire.label import parse_label

MAX_LOG_PATH = 63
_MAX_BATCH_PATH = 6


def logged_of(message: envelope_pb2.Logged) -> Logged:
    """Return the logged item in a parsed message.

    Raises:
        MalformedError: A part is missing, has a wrong length or is none of its kind.
    """
    if not (message.HasField("signature") and message.HasField("proof")):
        raise MalformedError("a logged item has a signature and a proof")
    kind = strict.number(Kind, message.kind, "kind")
    to = strict.desks(message.to, MAX_TO, "to")
    if kind is not Kind.LABEL:
        item = Item(kind, message.payload, to, parse_payload(kind, message.payload))
    elif to:
        raise MalformedError("a label is addressed by its stanzas alone")
    else:
        item = Item(kind, message.payload, to, parse_label(message.payload))
    return Logged(item, _signature_of(message.signature), proof_of(message.proof))


def logged_message(logged: Logged) -> envelope_pb2.Logged:
    """Return the wire's form of a logged item."""
    signature, item = logged.signature, logged.item
    return envelope_pb2.Logged(
        kind=envelope_pb2.Kind.ValueType(item.kind),
        payload=item.payload,
        signature=envelope_pb2.Signature(
            head=signature.head,
            value=signature.value,
            index=signature.index,
            path=join_path(signature.path),
        ),
        proof=proof_message(logged.proof),
        to=[strict.desk_message(desk) for desk in item.to],
    )


def proof_of(message: envelope_pb2.LogProof) -> LogProof:
    """Return the proof in a parsed message.

    Raises:
        MalformedError: More than 63 hashes, or not whole ones; a leaf index over 2^63 - 1 or
            a minute over 2^31 - 1.
    """
    path = strict.hashes(message.path, MAX_LOG_PATH, "a log path")
    leaf = LeafIndex(strict.count(message.leaf_index, "a leaf index"))
    return LogProof(leaf, strict.minute(message.logged, "a log's minute"), path)


def proof_message(proof: LogProof) -> envelope_pb2.LogProof:
    """Return the wire's form of a proof."""
    return envelope_pb2.LogProof(
        leaf_index=proof.leaf_index, logged=proof.logged, path=join_path(proof.path)
    )


def _signature_of(message: envelope_pb2.Signature) -> Signature:
    if message.index >= MAX_ITEMS:
        raise MalformedError("a batch holds at most 64 items")
    return Signature(
        head=strict.exact(message.head, HEAD_BYTES, "a head"),
        value=strict.exact(message.value, VALUE_BYTES, "a signature value"),
        index=message.index,
        path=strict.hashes(message.path, _MAX_BATCH_PATH, "a path in a batch"),
    )
