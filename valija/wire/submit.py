"""Submissions and their answers: wire bytes to the types, and back.

It promises that a batch is handed on with the exact bytes that were signed, and that an
answer says one thing: where the batch stands, or why nothing was admitted.

Source: docs/envelope.md, section 1 (exchange.proto) and section 5 (batch files).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from valija.batch import Batch
from valija.errors import MalformedError
from valija.head import MAX_ITEMS, VALUE_BYTES, parse_head
from valija.ids import Digest
from valija.logged import LogProof
from valija.merkle import join_path
from valija.v1 import exchange_pb2
from valija.wire import strict
from valija.wire.delimited import join, split
from valija.wire.item import item_messages, items_of
from valija.wire.logged import proof_message, proof_of

MAX_SUBMIT = strict.MAX_MESSAGE
MAX_NOTE = 64 << 10
MAX_CONSISTENCY = 64


class Code(IntEnum):
    """What the sender of a refused batch can do; the numbers are the wire's."""

    MALFORMED = 1
    SIGNATURE = 2
    VERIFICATION = 3
    DUPLICATE = 4
    LIMIT = 5
    UNAVAILABLE = 6
    REJECTED = 7


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing of a batch was admitted; the stream goes on.

    Attributes:
        code: What the sender can do.
        item: Which item, from 0; 0 also where it is the batch.
        until: LIMIT: minute from which it may work; else 0.
    """

    code: Code
    item: int = 0
    until: int = 0


@dataclass(frozen=True, slots=True)
class SubmitResponse:
    """The answer to one batch: durable, then proven; or refused.

    Attributes:
        head: Digest of the head answered.
        proof: Where it stands; without path while it is only durable; None when refused
            and not a duplicate.
        checkpoint: The note its path leads to, the second time; else empty.
        consistency: From the size last sent on this stream; else empty.
        refused: Then nothing was admitted.
    """

    head: Digest
    proof: LogProof | None = None
    checkpoint: bytes = b""
    consistency: tuple[Digest, ...] = ()
    refused: Refusal | None = None


def parse_submit_request(data: bytes) -> tuple[Batch, int]:
    """Return the batch in exact bytes, at most 3 MiB, and the size its sender verified.

    Raises:
        MalformedError: Another byte form, a wrong length, or an item that is none.
    """
    message = strict.parse(exchange_pb2.SubmitRequest, data, MAX_SUBMIT)
    head = parse_head(message.head)
    value = strict.exact(message.value, VALUE_BYTES, "a signature value")
    items = items_of(message.items, recorded=False)
    size = strict.count(message.size, "a size")
    return Batch(message.head, head, value, items), size


def submit_request_bytes(batch: Batch, size: int = 0) -> bytes:
    """Return the one encoding of a submission; `size` goes with the first of a stream."""
    message = exchange_pb2.SubmitRequest(
        head=batch.head_bytes, value=batch.value, items=item_messages(batch.items), size=size
    )
    return strict.to_bytes(message)


def parse_submit_response(data: bytes) -> SubmitResponse:
    """Return the answer in exact bytes.

    Raises:
        MalformedError: Another byte form, a wrong length, neither proof nor refusal.
    """
    message = exchange_pb2.SubmitResponse
    answer = strict.parse(message, data)
    has_proof, refused = answer.HasField("proof"), answer.HasField("refused")
    if not (has_proof or refused) or len(answer.checkpoint) > MAX_NOTE:
        raise MalformedError("an answer holds a proof or a refusal, and a note of 64 KiB")
    return SubmitResponse(
        head=strict.digest_of(answer.head, "a head's digest"),
        proof=proof_of(answer.proof) if has_proof else None,
        checkpoint=answer.checkpoint,
        consistency=strict.hashes(answer.consistency, MAX_CONSISTENCY, "consistency"),
        refused=_refusal_of(answer.refused) if refused else None,
    )


def submit_response_bytes(response: SubmitResponse) -> bytes:
    """Return the one encoding of an answer."""
    refused = response.refused
    message = exchange_pb2.SubmitResponse(
        head=response.head,
        proof=proof_message(response.proof) if response.proof else None,
        checkpoint=response.checkpoint,
        consistency=join_path(response.consistency),
        refused=_refusal_message(refused) if refused else None,
    )
    return strict.to_bytes(message)


def parse_batch_file(data: bytes) -> tuple[Batch, ...]:
    """Return the batches of a file: submissions, each after its length.

    Raises:
        MalformedError: A length that does not fit, or a part that is no submission.
    """
    return tuple(parse_submit_request(part)[0] for part in split(data, MAX_SUBMIT))


def batch_file_bytes(batches: Iterable[Batch]) -> bytes:
    """Return batches as a file: submissions, each after its length."""
    return join(submit_request_bytes(batch) for batch in batches)


def _refusal_of(message: exchange_pb2.Refusal) -> Refusal:
    if message.item >= MAX_ITEMS:
        raise MalformedError("a batch holds at most 64 items")
    code = strict.number(Code, message.code, "code")
    return Refusal(code, message.item, strict.minute(message.until, "until"))


def _refusal_message(refusal: Refusal) -> exchange_pb2.Refusal:
    code = exchange_pb2.Code.ValueType(refusal.code)
    return exchange_pb2.Refusal(code=code, item=refusal.item, until=refusal.until)
