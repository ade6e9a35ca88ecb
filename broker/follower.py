"""The one consumer of the log: every record, in order, into tree, fold and index.

It promises that a record is answered for only after it was read back from the spool, that a
gap or a rewritten log stops the broker, and that catching up at start and running are one
path. A crash after the tree and before the index leaves nothing: both are made again from
the spool. It decides nothing; `broker.tree` does.

Source: docs/envelope.md, section 4 (several brokers, one Kafka, no leader).
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import suppress

import structlog

from broker.bell import Bell
from broker.index import check_reach
from broker.logs import BATCH_VOID, CAUGHT_UP, ENGINE_AWAY, LOG_ALARM
from broker.mailroom import Mailroom
from broker.metrics import Metrics
from broker.signatures import Claim, Signatures, claim_of
from broker.spool import Spool
from broker.tree import LogTree, Taken
from valija.errors import MalformedError, SignatureError, SplitViewError, UnavailableError
from valija.ids import Digest, LeafIndex
from valija.record import LogRecord
from valija.wire.log import parse_log_record

_PAUSE_S = 0.5  # Before an engine that does not answer is asked again.
_OURS = 1024  # Records under way that are remembered as they were written.
_RUN = 256  # Records judged before the event loop gets a turn.


class Follower:
    """Takes the log into tree and index, and wakes whoever waits for a record.

    Attributes:
        grown: Rings when the tree has grown.
        kept: Rings when the index has.
        indexed: Leaves that the index holds and the tree has.
    """

    def __init__(
        self,
        spool: Spool,
        tree: LogTree,
        mailroom: Mailroom,
        signatures: Signatures,
        metrics: Metrics,
    ) -> None:
        self.grown = Bell()
        self.kept = Bell()
        self.indexed = 0
        self._spool = spool
        self._tree = tree
        self._mailroom = mailroom
        self._signatures = signatures
        self._metrics = metrics
        self._expected: dict[Digest, asyncio.Future[Taken]] = {}
        self._ours: OrderedDict[bytes, LogRecord] = OrderedDict()
        self._held = 0
        self._log = structlog.get_logger()

    def expect(self, head: Digest, record: LogRecord, data: bytes) -> asyncio.Future[Taken]:
        """Return what becomes of the next record with this head, once it is read back.

        An append that failed may have happened all the same, so an expectation stays until
        the record comes; who appends the same bytes again gets the same one.
        """
        self._ours[data] = record
        while len(self._ours) > _OURS:
            self._ours.popitem(last=False)
        if head not in self._expected:
            self._expected[head] = asyncio.get_running_loop().create_future()
        return self._expected[head]

    async def run(self, held: int) -> None:
        """Follow the log for ever.

        Args:
            held: Leaves that the index holds already.

        Raises:
            SplitViewError: A leaf is missing, or the log is shorter than what we hold.
        """
        self._held = held
        check_reach(held, await self._spool.end())
        while True:
            try:
                await self._follow()
            except UnavailableError:
                await self._pause()

    async def _follow(self) -> None:
        runs = self._spool.records(self._tree.size)
        try:
            async for run in runs:
                for at in range(0, len(run), _RUN):
                    await self._take(run[at : at + _RUN])
        finally:
            if isinstance(runs, AsyncGenerator):
                await runs.aclose()

    async def _pause(self) -> None:
        self._log.warning(ENGINE_AWAY, tree_size=self._tree.size)
        await asyncio.sleep(_PAUSE_S)

    async def caught_up(self, size: int) -> None:
        """Return once the tree has `size` leaves and the index too."""
        await self.kept.until(lambda: self.indexed >= size)
        self._log.info(CAUGHT_UP, tree_size=self._tree.size)

    async def _take(self, run: Sequence[tuple[LeafIndex, bytes]]) -> None:
        # What we wrote ourselves comes back as it went: neither parsed nor verified again.
        ours = {leaf: record for leaf, data in run if (record := self._ours.pop(data, None))}
        others = {leaf: _parsed(data) for leaf, data in run if leaf not in ours}
        if others:
            await self._verify_ahead(others.values())
        records = ours | others
        taken = [self._tree.take(leaf, data, records[leaf]) for leaf, data in run]
        self._metrics.tree_size.set(self._tree.size)
        self._mailroom.hold(taken)
        for each in taken:
            self._answer(each)
        self.grown.ring()
        await self._keep([each for each in taken if each.leaf >= self._held])
        self.indexed = self._tree.size
        self._metrics.indexed.set(self.indexed)
        self.kept.ring()

    async def _verify_ahead(self, records: Iterable[LogRecord]) -> None:
        """Verify in threads what the fold will ask for; what fails, it finds by itself."""
        directory, claims = self._tree.fold.directory, list[Claim]()
        for record in records:
            with suppress(MalformedError, SignatureError):
                entry, batch = record.parsed()
                claims.append(claim_of(batch, directory, entry.minute))
        await self._signatures.verify(claims)

    async def _keep(self, taken: Sequence[Taken]) -> None:
        """Write to the index; the tree is ahead, so nothing may come between."""
        while taken:
            try:
                with self._metrics.step.labels("index").time():
                    await self._mailroom.keep(taken)
            except UnavailableError:
                await self._pause()
            else:
                return

    def _answer(self, taken: Taken) -> None:
        outcome = taken.outcome
        head = outcome.batch.head_digest
        if outcome.error:
            why = type(outcome.error).__name__
            self._metrics.void.inc()
            self._log.warning(BATCH_VOID, leaf_index=taken.leaf, head=head, error=why)
        for alarm in outcome.alarms:
            self._metrics.alarms.inc()
            self._log.error(LOG_ALARM, leaf_index=taken.leaf, code=alarm.kind, desk=alarm.desk)
        future = self._expected.pop(head, None)
        if future is not None and not future.done():
            future.set_result(taken)


def _parsed(data: bytes) -> LogRecord:
    """Return the record; what is none was not written by a broker, and nobody may skip it.

    Raises:
        SplitViewError: It does not parse.
    """
    try:
        return parse_log_record(data)
    except MalformedError as cause:
        raise SplitViewError("the log holds what no broker wrote") from cause
