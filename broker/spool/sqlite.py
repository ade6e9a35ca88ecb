"""The embedded spool: one SQLite file, nothing to install.

It promises what `broker.spool.Spool` says, for any number of processes on one machine that
share the file: numbers are given inside the write transaction, so they are one order without
holes. It does not copy itself elsewhere: whoever needs to survive the loss of a disk runs
`broker.spool.kafka`.

Source: docs/architecture.md, "Engines" and "The order of record".
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

from broker.bell import Bell
from broker.spool import Place, Spool, check_size, end_of
from broker.spool.sqlite_file import connect, foreign_errors
from broker.spool.sqlite_tables import (
    CHECKPOINTS,
    LOG,
    AppendOnly,
    delete_contents,
    insert_contents,
    select_contents,
)
from broker.spool.sqlite_writer import GroupWriter, Write
from valija.clock import Clock, Day, day_of, minute_of
from valija.errors import SplitViewError, UnavailableError
from valija.ids import LeafIndex

_POLL_S = {LOG: 0.02, CHECKPOINTS: 0.2}
"""How late another process's append is seen; our own is seen at once."""

_T = TypeVar("_T")


class SqliteSpool(Spool):
    """A spool in the file at `path`; `clock` dates contents, so that they can expire."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._news = {table: Bell() for table in (LOG, CHECKPOINTS)}
        self._writer: GroupWriter | None = None
        self._reader: sqlite3.Connection | None = None
        self._reading: ThreadPoolExecutor | None = None

    async def start(self) -> None:
        """Open the file twice: one connection writes, one reads."""
        self._reading = ThreadPoolExecutor(1, "spool-reader")
        self._reader = await asyncio.to_thread(connect, self._path)
        self._writer = GroupWriter(await asyncio.to_thread(connect, self._path))

    async def stop(self) -> None:
        """Commit what waits, and close the file."""
        writer, self._writer = self._writer, None
        reading, self._reading = self._reading, None
        for bell in self._news.values():
            bell.ring()
        if writer is not None:
            await writer.stop()
        if reading is not None:
            await asyncio.to_thread(reading.shutdown)
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    async def append_contents(self, items: Sequence[tuple[bytes, bytes]]) -> list[Place]:
        """Append contents in one group, dated today."""
        for key, value in items:
            check_size(key, value)
        if not items:
            return []
        today = day_of(minute_of(self._clock.now()))
        first = await self._write(lambda file: insert_contents(file, today, items))
        return [Place(first + at) for at in range(len(items))]

    async def append_record(self, value: bytes) -> LeafIndex:
        """Append one record with whatever else waits for this flush."""
        check_size(value)
        return LeafIndex(await self._append(LOG, value))

    async def records(self, start: int) -> AsyncIterator[list[tuple[LeafIndex, bytes]]]:
        """Follow the log."""
        async for batch in self._follow(LOG, start):
            yield [(LeafIndex(leaf), value) for leaf, value in batch]

    async def end(self) -> int:
        """Return the number of committed records."""
        return await self._read(LOG.end)

    async def contents(self, places: Iterable[Place]) -> dict[Place, bytes]:
        """Look all the places up in one visit to the file."""
        wanted = list(places)
        return await self._read(lambda file: select_contents(file, wanted))

    async def expire(self, before: Day) -> None:
        """Delete the contents of days before this one; their places are not given again."""
        await self._write(lambda file: delete_contents(file, before))

    async def append_checkpoint(self, note: bytes) -> int:
        """Append one note."""
        check_size(note)
        return await self._append(CHECKPOINTS, note)

    async def checkpoints(self, start: int) -> AsyncIterator[list[tuple[int, bytes]]]:
        """Follow the checkpoints."""
        async for batch in self._follow(CHECKPOINTS, start):
            yield batch

    async def last_checkpoints(self, most: int) -> list[bytes]:
        """Return the newest notes."""
        return await self._read(partial(CHECKPOINTS.last, most=most))

    async def _follow(
        self, table: AppendOnly, start: int
    ) -> AsyncIterator[list[tuple[int, bytes]]]:
        if start > await self._read(table.end):
            raise SplitViewError("the spool is shorter than it was: entries were lost")
        news = asyncio.Event()
        with self._news[table].heard_by(news):
            while True:
                news.clear()  # Before the look, so that no append falls between.
                batch = await self._read(partial(table.after, start=start))
                if batch:
                    start = end_of(batch, start)
                    yield batch
                else:
                    with suppress(TimeoutError):
                        async with asyncio.timeout(_POLL_S[table]):
                            await news.wait()

    async def _append(self, table: AppendOnly, value: bytes) -> int:
        """Append one row; who follows its table is woken, whoever waits here."""
        ring = self._news[table].ring
        return await self._write(lambda file: table.insert(file, value), ring)

    async def _write(self, write: Write, tell: Callable[[], None] | None = None) -> int:
        if self._writer is None:
            raise UnavailableError("the spool is not started")
        return await self._writer.do(write, tell)

    async def _read(self, look: Callable[[sqlite3.Connection], _T]) -> _T:
        reading, reader = self._reading, self._reader
        if reading is None or reader is None:
            raise UnavailableError("the spool is not started")
        loop = asyncio.get_running_loop()
        with foreign_errors():
            return await loop.run_in_executor(reading, look, reader)
