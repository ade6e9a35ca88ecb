"""Admission: what may enter the log, in the order of docs/envelope.md, section 3.5.

1. The carrier, its rate and the size: `broker.service` and `broker.limits`, before this.
2. to 4. Duplicates, key and signature, the rules of every item: `valija.fold` judges, once
   the signatures of a group were verified in threads.
5. Content durable, then the record, then the answer, which is given only when the broker's
   own consumer has read the record back and the fold has counted it.

It promises that a crash between two of these leaves at worst content that nobody sees, and
that nothing is logged about a batch whose signature was not proven: nobody can frame a desk.

Source: docs/envelope.md, section 3.5 and section 4; docs/performance.md (group commit).
"""

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass

from broker.candidate import Candidate, Candidates, RejectedError
from broker.contents import Contents
from broker.follower import Follower
from broker.metrics import Metrics
from broker.rejection import Rejections
from broker.signatures import Claim, Signatures, claim_of
from broker.spool import Place, Spool
from broker.tree import LogTree, Taken
from valija.batch import Batch
from valija.clock import Clock, Minute, minute_of
from valija.envelope import Envelope
from valija.errors import (
    DuplicateError,
    LimitError,
    SignatureError,
    UnavailableError,
    VerificationError,
)
from valija.ids import digest
from valija.record import record_of
from valija.wire.envelope import envelope_bytes
from valija.wire.log import log_record_bytes

_GROUP = 64
_TURN = 16  # Items judged before the event loop gets a turn.


@dataclass(frozen=True, slots=True)
class Way:
    """What admission writes through and reads from.

    Attributes:
        spool: Where content and records become durable.
        tree: What the log amounts to.
        follower: Reads records back.
        signatures: Verifies in threads.
        rejections: Logs refusals; None where another process signs for this desk.
        contents: Keeps fresh contents at hand for delivery.
    """

    spool: Spool
    tree: LogTree
    follower: Follower
    signatures: Signatures
    rejections: Rejections | None
    contents: Contents


class Admission:
    """Takes batches from all streams and admits them in groups, in the order they came."""

    def __init__(self, way: Way, clock: Clock, metrics: Metrics) -> None:
        self._way = way
        self._clock = clock
        self._metrics = metrics
        self._arrived: asyncio.Queue[Candidate] = asyncio.Queue()
        self._judged: asyncio.Queue[list[Candidate]] = asyncio.Queue(1)
        self._candidates = Candidates()
        self._stopped = False
        self._tasks: set[asyncio.Task[None]] = set()

    async def admit(self, batch: Batch) -> Taken:
        """Return the record of a batch once it is durable and counts.

        Raises:
            DuplicateError: It stands in the log already; where, is in the error.
            SignatureError: Its key or signature is false: nothing was logged.
            VerificationError: It proves false, and nothing was logged.
            RejectedError: It proves false, and the log says so.
            LimitError: The spool does not hold what is so large.
            UnavailableError: Not known to be logged; send the same bytes again.
        """
        if self._stopped:
            raise UnavailableError("this broker stops")
        candidate = self._candidates.find(batch)
        if candidate is None:
            candidate = self._candidates.add(batch)
            self._arrived.put_nowait(candidate)
        return await asyncio.shield(candidate.answer)

    async def run(self) -> None:
        """Judge and append for ever."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._judge_groups())
            tasks.create_task(self._append_groups())

    def stop(self) -> None:
        """Tell all that wait, and all that come, that this broker goes."""
        self._stopped = True
        for task in self._tasks:
            task.cancel()
        self._candidates.refuse_all(UnavailableError("this broker stops"))

    async def _judge_groups(self) -> None:
        while True:
            group = [await self._arrived.get()]
            while len(group) < _GROUP and not self._arrived.empty():
                group.append(self._arrived.get_nowait())
            self._metrics.groups.observe(len(group))
            with self._metrics.step.labels("verify").time():
                await self._prove(group)
            with self._metrics.step.labels("judge").time():
                passed = await self._judge(group)
            if passed:
                await self._judged.put(passed)

    async def _judge(self, group: Sequence[Candidate]) -> list[Candidate]:
        passed: list[Candidate] = []
        judged = 0
        for candidate in group:
            if self._passes(candidate):
                passed.append(candidate)
            judged += len(candidate.batch.items)
            if judged >= _TURN:  # A group may hold thousands of items.
                judged = 0
                await asyncio.sleep(0)
        return passed

    async def _prove(self, group: Sequence[Candidate]) -> None:
        """Verify the signatures of a group in threads, so that the fold finds them done."""
        fold, now, claims = self._way.tree.fold, self._now(), list[Claim]()
        for candidate in group:
            if fold.known_head(candidate.batch.head_digest) is None:
                with suppress(SignatureError):
                    claims.append(claim_of(candidate.batch, fold.directory, now))
        await self._way.signatures.verify(claims)

    def _passes(self, candidate: Candidate) -> bool:
        """Judge one batch; refuse it, or return that it may be appended."""
        fold, batch, now = self._way.tree.fold, candidate.batch, self._now()
        if fold.rejected(batch.head_digest):
            candidate.refuse(RejectedError("this head was refused before"))
            return False
        try:
            fold.authenticate(batch, now)
        except (DuplicateError, VerificationError) as error:
            candidate.refuse(error)
            return False
        fault = self._fault(batch, now)
        if fault is not None:
            # The signature holds over these items: from here on a refusal is logged.
            self._spawn(self._reject(candidate, fault))
        return fault is None

    def _fault(self, batch: Batch, now: Minute) -> VerificationError | None:
        """Return why an authenticated batch may not be admitted; None if it may."""
        try:
            taken = self._way.tree.fold.judge_items(batch, now).void_items
        except VerificationError as error:
            return error
        return VerificationError("a label id counts once") if taken else None

    async def _reject(self, candidate: Candidate, error: VerificationError) -> None:
        rejections = self._way.rejections
        if rejections is None:
            candidate.refuse(error)
            return
        try:
            await rejections.log(candidate.batch, "verification")
        except UnavailableError as later:
            candidate.refuse(later)
            return
        rejected = RejectedError(str(error))
        rejected.__cause__ = error
        candidate.refuse(rejected)

    async def _append_groups(self) -> None:
        while True:
            group = await self._judged.get()
            with self._metrics.step.labels("content").time():
                places = await self._append_contents(group)
            for candidate, own in zip(group, places, strict=True):
                # Started in order: a desk's records stand in the log in the order it sent them.
                self._spawn(self._append(candidate, own))

    async def _append_contents(self, group: list[Candidate]) -> list[list[Place]]:
        """Make the contents of a group durable; return their places, a list a candidate.

        A group that the spool refuses whole is tried again one by one, so that one oversize
        batch does not take others with it.
        """
        contents = [_contents(candidate.batch) for candidate in group]
        flat = [(key, value) for own in contents for key, value, _ in own]
        try:
            found = await self._way.spool.append_contents(flat) if flat else []
        except (LimitError, UnavailableError) as error:
            if len(group) > 1:
                return [(await self._append_contents([one]))[0] for one in group]
            group[0].refuse(error)
            return [[]]
        places = iter(found)
        return [[self._hold(next(places), each) for each in own] for own in contents]

    def _hold(self, place: Place, content: tuple[bytes, bytes, Envelope]) -> Place:
        _, value, envelope = content
        self._way.contents.add(place, envelope, len(value))
        return place

    async def _append(self, candidate: Candidate, places: Sequence[Place]) -> None:
        """Append one record, and answer when it was read back."""
        if candidate.answer.done():
            return
        batch = candidate.batch
        record = record_of(batch, self._now(), places)
        data = log_record_bytes(record)
        logged = self._way.follower.expect(batch.head_digest, record, data)
        try:
            with self._metrics.step.labels("record").time():
                await self._way.spool.append_record(data)
        except (LimitError, UnavailableError) as error:
            candidate.refuse(error)
            return
        self._settle(candidate, await logged)

    def _settle(self, candidate: Candidate, taken: Taken) -> None:
        """Answer by what the fold made of the record."""
        error = taken.outcome.error
        if error is None:
            candidate.accept(taken)
        elif isinstance(error, DuplicateError):
            candidate.refuse(error)
        else:
            # It passed, and something logged meanwhile made it false: judge it again.
            self._passes_no_more(candidate, error)

    def _passes_no_more(self, candidate: Candidate, error: VerificationError) -> None:
        if self._passes(candidate):
            # Only what the moment of its entry made false: never logged twice, so refused.
            self._spawn(self._reject(candidate, error))

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _now(self) -> Minute:
        return minute_of(self._clock.now())


def _contents(batch: Batch) -> list[tuple[bytes, bytes, Envelope]]:
    """Return what the content topic keeps of a batch: label digest and exact envelope."""
    return [
        (digest(item.payload), envelope_bytes(item.body), item.body)
        for item in batch.items
        if isinstance(item.body, Envelope)
    ]
