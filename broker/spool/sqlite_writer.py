"""Group commit: many writes, one transaction, one flush of the disk.

It promises that a write is durable when its caller gets the answer, and that a group is kept
whole or not at all. Its one thread waits for work, takes all that has gathered, commits, and
answers: whoever comes during a commit goes with the next group. It does not know what is
written; `broker.spool.sqlite` hands it functions of the connection.

Source: docs/performance.md ("one group-commit writer"); sqlite.org, "Write-Ahead Logging".
"""

import asyncio
import sqlite3
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread
from typing import NamedTuple

from broker.spool.sqlite_file import foreign_errors
from valija.errors import UnavailableError, ValijaError

Write = Callable[[sqlite3.Connection], int]
"""What is done to the file inside the group's transaction; its number goes to the caller."""


class _Waiting(NamedTuple):
    write: Write
    answer: asyncio.Future[int]
    tell: Callable[[], None] | None


_Group = list[_Waiting]
_GROUP_MAX = 512  # A larger group gains nothing, and its first waits for its last.


class GroupWriter:
    """The one thread that writes to the file, on behalf of one event loop."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take over a connection."""
        self._connection = connection
        self._loop = asyncio.get_running_loop()
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._open = True
        self._thread = Thread(target=self._run, name="spool-writer", daemon=True)
        self._thread.start()

    async def do(self, write: Write, tell: Callable[[], None] | None = None) -> int:
        """Run `write` in the next group and return its number once the group is durable.

        Args:
            write: What to do.
            tell: Called in the loop once it is durable, even if nobody waits here any more;
                once a group, however many writes of it name the same.

        Raises:
            UnavailableError: The file cannot be written now; nothing of the group was kept.
            MalformedError: The file is damaged.
        """
        if not self._open:
            raise UnavailableError("the spool is stopped")
        answer: asyncio.Future[int] = self._loop.create_future()
        self._queue.put(_Waiting(write, answer, tell))
        return await answer

    async def stop(self) -> None:
        """Commit what waits, end the thread, and close the connection."""
        self._open = False
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)
        self._connection.close()

    def _run(self) -> None:
        open_ = True
        while open_:
            group, open_ = self._gather()
            if not group:
                continue
            try:
                with foreign_errors():
                    numbers = self._commit(group)
            except ValijaError as error:
                self._loop.call_soon_threadsafe(_refuse, group, error)
            else:
                self._loop.call_soon_threadsafe(self._answer, group, numbers)

    def _gather(self) -> tuple[_Group, bool]:
        """Wait for a first write; return it with all that waits, and whether to go on."""
        group: _Group = []
        waiting = self._queue.get()
        while waiting is not None:
            group.append(waiting)
            if len(group) == _GROUP_MAX:
                return group, True
            try:
                waiting = self._queue.get_nowait()
            except Empty:
                return group, True
        return group, False

    def _commit(self, group: _Group) -> list[int]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            numbers = [waiting.write(self._connection) for waiting in group]
            self._connection.execute("COMMIT")
        except sqlite3.Error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        return numbers

    def _answer(self, group: _Group, numbers: list[int]) -> None:
        for waiting, number in zip(group, numbers, strict=True):
            if not waiting.answer.done():  # Its caller may have been cancelled.
                waiting.answer.set_result(number)
        for tell in {waiting.tell for waiting in group if waiting.tell is not None}:
            tell()


def _refuse(group: _Group, error: ValijaError) -> None:
    for waiting in group:
        if not waiting.answer.done():
            waiting.answer.set_exception(error)
