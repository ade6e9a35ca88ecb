"""The engines that every case of the spool's contract runs against.

An engine opens spools over one fresh store, here or in another process, and can do to that
store what only an attacker or a broken disk would.
"""

import sqlite3
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from broker.spool import Place, Spool
from broker.spool.sqlite import SqliteSpool
from valija.clock import SystemClock, day_from

TODAY = datetime(2031, 5, 4, 12, tzinfo=UTC)
TOMORROW = day_from(date(2031, 5, 5))


class Engine(ABC):
    """One store, and the spools over it."""

    @property
    @abstractmethod
    def words(self) -> list[str]:
        """What another process needs to know, for `opened`."""

    @abstractmethod
    def open(self) -> Spool:
        """Return a spool over the store, not started."""

    @abstractmethod
    async def skip_leaf(self) -> None:
        """Leave one leaf index without a record, as no honest engine does."""

    @abstractmethod
    async def expire_all(self, place: Place) -> None:
        """Let all contents so far expire, as the engine's policy will; `place` is the last."""


@dataclass(frozen=True)
class SqliteEngine(Engine):
    """A file."""

    path: Path
    now: datetime = TODAY

    @property
    def words(self) -> list[str]:
        return ["sqlite", str(self.path)]

    def open(self) -> Spool:
        return SqliteSpool(self.path, SystemClock(lambda: self.now))

    async def skip_leaf(self) -> None:
        file = sqlite3.connect(self.path)
        with file:
            file.execute("INSERT INTO log SELECT max(number) + 2, x'00' FROM log")
        file.close()

    async def expire_all(self, place: Place) -> None:
        del place
        async with self.open() as spool:
            await spool.expire(TOMORROW)


def opened(words: list[str]) -> Spool:
    """Return the spool that an engine's words name."""
    kind, where = words
    if kind != "sqlite":
        raise ValueError(kind)
    return SqliteEngine(Path(where)).open()
