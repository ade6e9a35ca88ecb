"""One Submit stream: each batch answered, durable then proven, or refused.

It promises that every message is answered by name, that an error of one batch leaves the
stream and the other batches alone, and that a checkpoint is always shown with the growth from
the one shown before. It judges nothing; `broker.admission` does.

Source: docs/envelope.md, section 1 (SubmitResponse, Refusal) and section 3.5.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from broker.admission import Admission
from broker.candidate import RejectedError
from broker.door import Caller
from broker.heads import Heads
from broker.limits import Allowance
from broker.logs import BATCH_ADMITTED, BATCH_REFUSED
from broker.mailroom import Mailroom
from broker.metrics import Metrics
from broker.tree import LogTree
from valija.batch import Batch
from valija.clock import Minute
from valija.errors import (
    DuplicateError,
    LimitError,
    MalformedError,
    SignatureError,
    UnavailableError,
    ValijaError,
    VerificationError,
)
from valija.ids import Digest, Kind, LeafIndex, digest
from valija.logged import LogProof
from valija.wire.submit import Code, Refusal, SubmitResponse, submit_response_bytes

Write = Callable[[bytes], Awaitable[None]]
"""Sends one message; waits while the other end takes no more."""
_CODES: tuple[tuple[type[ValijaError], Code], ...] = (
    (RejectedError, Code.REJECTED),
    (DuplicateError, Code.DUPLICATE),
    (SignatureError, Code.SIGNATURE),
    (VerificationError, Code.VERIFICATION),
    (MalformedError, Code.MALFORMED),
    (LimitError, Code.LIMIT),
    (UnavailableError, Code.UNAVAILABLE),
)


@dataclass(frozen=True, slots=True)
class Counter:
    """What answers are made from; one for all streams.

    Attributes:
        admission: Lets in.
        tree: Proves.
        heads: Signs.
        mailroom: Knows the minute of a leaf.
        allowance: What each member may use.
        metrics: Counts.
    """

    admission: Admission
    tree: LogTree
    heads: Heads
    mailroom: Mailroom
    allowance: Allowance
    metrics: Metrics


class Submission:
    """The answers of one stream, in whatever order they become known."""

    def __init__(self, counter: Counter, caller: Caller, size: int, write: Write) -> None:
        """Begin.

        Args:
            counter: What answers are made from.
            caller: Who carries.
            size: Of the newest checkpoint that the other end has verified; 0 for none.
            write: Sends one answer.
        """
        self._counter = counter
        self._caller = caller
        self._size = size
        self._write = write
        self._turn = asyncio.Lock()
        self._log = structlog.get_logger()

    async def answer(self, batch: Batch, size: int) -> None:
        """Admit one batch of `size` bytes, and send what becomes of it."""
        head = batch.head_digest
        try:
            self._caller.check_carries(batch)
            taken = await self._counter.admission.admit(batch)
        except DuplicateError as error:
            await self._point_at(head, error)
        except ValijaError as error:
            await self.refuse(head, error)
        else:
            self._note(batch, taken.leaf, size)
            await self._prove(head, taken.leaf, taken.outcome.minute)

    async def refuse(self, head: Digest, error: ValijaError) -> None:
        """Send that nothing of a batch was admitted, and why."""
        refused = self._refusal(head, error)
        await self._write(submit_response_bytes(SubmitResponse(head, refused=refused)))

    async def _point_at(self, head: Digest, error: DuplicateError) -> None:
        """Send where the first one stands."""
        leaves = [] if error.leaf_index is None else [error.leaf_index]
        found = list((await self._counter.mailroom.letters(leaves)).values())
        if not found:  # The fold knows it, and the index will in a moment.
            await self.refuse(head, UnavailableError("the first one is being indexed"))
            return
        (first,) = found
        await self._prove(head, first.leaf, first.minute, self._refusal(head, error))

    async def _prove(
        self, head: Digest, leaf: LeafIndex, minute: Minute, refused: Refusal | None = None
    ) -> None:
        """Send twice: durable, then proven."""
        durable = SubmitResponse(head, LogProof(leaf, minute, ()), refused=refused)
        await self._write(submit_response_bytes(durable))
        await self._counter.heads.covering(leaf)
        async with self._turn:  # The growth from one note to the next is told in their order.
            newest, tree = self._counter.heads.newest, self._counter.tree
            proof = tree.proof(leaf, minute, newest.size)
            growth = tree.consistency(self._size, newest.size)
            self._size = newest.size
            proven = SubmitResponse(head, proof, newest.note, growth)
            await self._write(submit_response_bytes(proven))

    def _refusal(self, head: Digest, error: ValijaError) -> Refusal:
        code = next(code for kind, code in _CODES if isinstance(error, kind))
        until = error.until if isinstance(error, LimitError) else 0
        member = self._caller.member
        if code is Code.REJECTED:
            self._counter.allowance.refused(member)
        self._counter.metrics.refused.labels(code.name).inc()
        self._log.info(BATCH_REFUSED, head=head, code=code.name, carrier=member)
        return Refusal(code, until=until)

    def _note(self, batch: Batch, leaf: LeafIndex, size: int) -> None:
        member = self._caller.member
        self._counter.metrics.admitted.labels(member).inc()
        self._counter.metrics.notices.inc(len(batch.items))
        labels = tuple(digest(i.payload) for i in batch.items if i.kind is Kind.LABEL)
        self._log.info(
            BATCH_ADMITTED,
            head=batch.head_digest,
            desk=batch.head.signer,
            carrier=member,
            leaf_index=leaf,
            items=len(batch.items),
            size_bytes=size,
            labels=labels,
        )
