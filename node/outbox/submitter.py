"""Sends signed batches until each is proven, to whichever broker answers.

It promises that what goes out is what the store holds, byte for byte, and that recovery is
the normal path: every stream begins with all batches that are not proven yet, whoever
stopped before and wherever. A broker that answers twice changes nothing the second time. What
rests on a word that ended while it waited is closed, and never signed.

    store: waiting -> READY        a crash here: the batch is sent at the next start
    broker: durable                a crash here: sent again, answered with the first proof
    store: DURABLE -> PROVEN       a crash here: sent again, answered with the first proof

Source: docs/envelope.md, section 3.4, step 4; section 4 (Several brokers).
"""

import asyncio
from dataclasses import replace

import structlog

from node.client import SUBMIT, Client
from node.journal import Act, Journal
from node.outbox.answers import Answer, note_answer
from node.outbox.confirming import Confirming
from node.outbox.conversation import LISTEN, Conversation
from node.outbox.numbering import Pen, PenOf, sign_waiting
from node.outbox.patience import Patience
from node.parts import Parts
from node.store import batches, closing, outbox
from node.store.database import Transaction
from valija.clock import Minute, minute_of
from valija.errors import (
    AbsentError,
    SplitViewError,
    UnavailableError,
    ValijaError,
)
from valija.ids import Desk, Digest
from valija.wire.submit import (
    Code,
)

_PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds before the next stream, longer each time nothing was answered."""
_OPEN = (batches.READY, batches.DURABLE, batches.WITHDRAWN)


class Submitter:
    """The one task that signs what waits and brings it into the log.

    Attributes:
        parts: What it stands on.
        client: The way to the brokers.
        patience: When refused batches may be sent again.
        confirming: What one broker proved, and another must confirm.
        refused: Batches that the log withdrew and the broker confirmed; their items are to
            be sealed again. Whoever does takes them out.
    """

    def __init__(self, parts: Parts, client: Client, pen_of: PenOf) -> None:
        self.parts = parts
        self.client = client
        self.patience = Patience(lambda: asyncio.get_running_loop().time())
        self.confirming = Confirming(lambda: asyncio.get_running_loop().time())
        self.refused: asyncio.Queue[batches.Signed] = asyncio.Queue()
        self._pen_of = pen_of
        self._failures = 0
        self._journal = Journal(parts.database, parts.clock)
        self._log = structlog.get_logger()

    async def run(self) -> None:
        """Serve until cancelled.

        Raises:
            SplitViewError: The log showed two histories: alarm, stop, never retry.
        """
        while True:
            await self._until_there_is_work()
            try:
                async with self.client.stream(SUBMIT) as stream:
                    await Conversation(self, stream).hold()
            except SplitViewError:
                raise
            except ValijaError as error:
                self._log.warning("submit_stopped", error=type(error).__name__)
            await asyncio.sleep(_PAUSES[min(self._failures, len(_PAUSES) - 1)])
            self._failures += 1

    async def sign(self) -> tuple[batches.Signed, ...]:
        """Sign one batch for each desk that has something waiting, each in its own commit."""
        signed = []
        for desk in await self.parts.database.read(outbox.desks):
            batch = await self._sign(desk)
            signed += [batch] if batch is not None else []
        return tuple(signed)

    async def _sign(self, desk: Desk) -> batches.Signed | None:
        parts = self.parts
        now = minute_of(parts.clock.now())
        try:
            pen = self._pen_of(desk)
        except AbsentError:
            self._log.error("no_signing_key", desk=desk)
            return None
        batch, left = await parts.database.write(
            "outbox.sign",
            lambda tx: self._in_order(tx, desk, pen, now),
        )
        parts.metrics.waiting.labels(str(desk)).set(left)
        if batch is not None:
            parts.metrics.signed.labels(str(desk)).inc(batch.items)
            self._log.info(
                "batch_signed", desk=desk, sequence=batch.sequence, items=batch.items
            )
        return batch

    def _in_order(
        self, tx: Transaction, desk: Desk, pen: Pen, now: Minute
    ) -> tuple[batches.Signed | None, int]:
        """Sign what waits, once everything is closed that rests on a word which has ended."""
        for notice in closing.close_ended(tx, now):
            self._journal.line(Act("node", "", "closed", notice))(tx)
        return sign_waiting(tx, desk, pen, now), outbox.count(tx, desk)

    async def open_batches(self) -> tuple[batches.Signed, ...]:
        """Return every batch to send: not proven yet and not resting, by desk and number."""

        def find(tx: Transaction) -> list[batches.Signed]:
            return [batch for state in _OPEN for batch in batches.in_state(tx, state)]

        found = await self.parts.database.read(find)
        due = [batch for batch in found if self._is_due(batch.head_digest)]
        return tuple(sorted(due, key=lambda batch: (str(batch.desk), batch.sequence)))

    def _is_due(self, head: Digest) -> bool:
        asks = self.confirming.is_due(head, self.client.broker)
        return asks and self.patience.is_due(head)

    async def look_back(self) -> None:
        """Settle what every recipient answered; ask another broker about what waits too long.

        Raises:
            UnavailableError: Another broker must be asked: this one is left.
        """
        answered = await self.parts.database.read(self.confirming.answered)
        if answered:
            await self.settle([replace(each, confirmed=True) for each in answered])
        if self.confirming.wants_another():
            raise UnavailableError("another broker is asked whether a batch counts")

    async def settle(self, answers: list[Answer]) -> None:
        """Write answers in one commit, and pass on what must be sealed again."""

        def note(tx: Transaction) -> None:
            for answer in answers:
                note_answer(tx, answer)

        await self.parts.database.write("outbox.answer", note)
        for answer in answers:
            name = "proven" if answer.noted else "durable" if answer.proof else "refused"
            self.parts.metrics.answered.labels(str(answer.batch.desk), name).inc()
            if answer.proof is None:
                self._refused(answer)
            elif answer.noted is not None:
                if answer.confirmed:
                    self.confirming.forget(answer.batch.head_digest)
                self.patience.forget(answer.batch.head_digest)
                self._failures = 0

    def _refused(self, answer: Answer) -> None:
        batch = answer.batch
        self._log.error(
            "batch_refused",
            desk=batch.desk,
            sequence=batch.sequence,
            head=batch.head_digest,
            code=answer.code,
        )
        if batch.state == batches.WITHDRAWN and answer.code in _BARRED:
            self.refused.put_nowait(batch)
        else:
            self.patience.rest(batch.head_digest)

    async def _until_there_is_work(self) -> None:
        bell, waits = self.parts.database.outbox, self.confirming
        while not waits.is_waiting and not await self.open_batches() and not await self.sign():
            await bell.wait(LISTEN)


_BARRED = frozenset({Code.REJECTED, Code.VERIFICATION})
"""Answers that say, of a head that we withdrew, that no earlier leaf holds it."""
