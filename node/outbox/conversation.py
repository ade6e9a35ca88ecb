"""One Submit stream from its first batch to its end.

It promises that a stream begins with all that is due, that no more than a window of batches
waits for answers on it, that a broker which does not answer one is left in time, and that an
answer is verified before it is passed on. What becomes of
a batch is said by `node.outbox.submitter`.

Source: docs/envelope.md, section 1 (Submit) and section 4 (Several brokers).
"""

import asyncio
import math
from dataclasses import replace
from typing import Protocol

from node.client import SUBMIT, Client, Stream
from node.faults import Fault
from node.outbox.answers import Answer, check_counts, verify_answer
from node.outbox.confirming import Confirming
from node.parts import Parts
from node.race import race
from node.store import batches
from node.trail import Trail
from valija.errors import UnavailableError, VerificationError
from valija.ids import Digest
from valija.wire.submit import (
    Code,
    parse_submit_request,
    parse_submit_response,
    submit_request_bytes,
)

WINDOW = 48
"""Batches without a final answer at a time; a broker reads 64."""
ANSWER_S = 120.0
"""Seconds a broker has for the last answer to a batch, from when it was sent."""
LISTEN = 1.0
"""Seconds after which the store is looked at though no bell rang."""


class Sender(Protocol):
    """Whose batches they are."""

    parts: Parts
    client: Client
    confirming: Confirming

    async def sign(self) -> tuple[batches.Signed, ...]:
        """Sign what waits."""

    async def open_batches(self) -> tuple[batches.Signed, ...]:
        """Return what is to be sent now."""

    async def settle(self, answers: list[Answer]) -> None:
        """Write answers down."""

    async def look_back(self) -> None:
        """Settle what was answered elsewhere; raise where another broker must be asked."""


class Conversation:
    """One stream from its first batch to its end."""

    def __init__(self, submitter: Sender, stream: Stream) -> None:
        self._submitter = submitter
        self._parts = submitter.parts
        self._stream = stream
        self._broker = submitter.client.broker
        self._trail = Trail(self._parts.knowledge)
        self._unanswered: dict[Digest, batches.Signed] = {}
        self._sent: dict[Digest, float] = {}
        self._room = asyncio.Semaphore(WINDOW)
        self._answers: asyncio.Queue[Answer] = asyncio.Queue()
        self._sent_any = False
        self._looked = 0.0

    async def hold(self) -> None:
        """Send and listen until the stream ends, or this broker can take nothing now."""
        await race(self._speak(), self._listen(), self._write_down(), self._look_back())

    async def _look_back(self) -> None:
        while True:
            await asyncio.sleep(LISTEN)
            oldest = min(self._sent.values(), default=math.inf)
            if asyncio.get_running_loop().time() > oldest + ANSWER_S:
                self._submitter.client.blame(self._broker, SUBMIT, Fault.SILENT)
                raise UnavailableError("the broker did not answer in time")
            await self._submitter.look_back()

    async def _speak(self) -> None:
        pending = await self._due()
        while True:
            for batch in pending:
                await self._send(batch)
            pending = await self._next()
            if not pending:
                await self._parts.database.outbox.wait(LISTEN)
                pending = await self._next() or await self._due()

    async def _next(self) -> list[batches.Signed]:
        """Return what is signed now; once a second at least, all that is due."""
        signed = list(await self._submitter.sign())
        late = asyncio.get_running_loop().time() - self._looked >= LISTEN
        return await self._due() if late else signed

    async def _due(self) -> list[batches.Signed]:
        """Return what is not under way: signed, rested long enough, or withdrawn."""
        found = await self._submitter.open_batches()
        self._looked = asyncio.get_running_loop().time()
        return [batch for batch in found if not self._is_under_way(batch)]

    def _is_under_way(self, batch: batches.Signed) -> bool:
        """Say whether an answer is awaited; one withdrawn meanwhile is asked about again."""
        sent = self._unanswered.get(batch.head_digest)
        withdrawn = batch.state == batches.WITHDRAWN
        return sent is not None and (sent.state == batches.WITHDRAWN or not withdrawn)

    async def _send(self, batch: batches.Signed) -> None:
        if batch.head_digest not in self._unanswered:
            await self._room.acquire()
        self._unanswered[batch.head_digest] = batch
        self._sent[batch.head_digest] = asyncio.get_running_loop().time()
        message = batch.submission
        if not self._sent_any:
            sent, _ = parse_submit_request(message)
            message = submit_request_bytes(sent, self._trail.size)
            self._sent_any = True
        await self._stream.send(message)

    async def _listen(self) -> None:
        while True:
            response = parse_submit_response(await self._stream.receive())
            batch = self._unanswered.get(response.head)
            if batch is None:
                continue  # An answer to nothing we asked changes nothing.
            answer = self._judged(verify_answer(response, batch, self._trail))
            if answer.ends:
                self._room.release()
                self._sent.pop(response.head, None)
            self._answers.put_nowait(answer)

    def _judged(self, answer: Answer) -> Answer:
        """Return a verified answer, once what it proves counts as far as can be known."""
        client, submitter = self._submitter.client, self._submitter
        try:
            check_counts(answer, self._parts.knowledge.directory)
        except VerificationError:
            client.blame(self._broker, SUBMIT, Fault.VOIDED)
            raise
        if answer.noted is None:
            return answer
        confirmed = submitter.confirming.hear(answer, self._broker, client.brokers)
        return replace(answer, confirmed=confirmed)

    async def _write_down(self) -> None:
        while True:
            answers = [await self._answers.get()]
            while not self._answers.empty():
                answers.append(self._answers.get_nowait())
            await self._submitter.settle(answers)
            for answer in answers:
                if answer.ends:
                    self._unanswered.pop(answer.batch.head_digest, None)
            if any(answer.code is Code.UNAVAILABLE for answer in answers):
                raise UnavailableError("this broker can take nothing now")
