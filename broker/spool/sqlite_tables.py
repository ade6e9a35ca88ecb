"""What is asked of the embedded spool's tables, each question once.

It promises that rows of log and checkpoints are numbered from 0 without holes, and that a
content's place is never given twice. Its functions take a connection: those that write run
inside the transaction of `broker.spool.sqlite_writer`.

Source: docs/architecture.md, "The order of record".
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from broker.spool import Place
from valija.clock import Day

_BATCH_ROWS = 512
_BATCH_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True)
class AppendOnly:
    """A table of (number, value), and the statements that are used on it."""

    insert_sql: str
    end_sql: str
    after_sql: str
    last_sql: str

    def insert(self, file: sqlite3.Connection, value: bytes) -> int:
        """Append a row and return its number."""
        number = self.end(file)
        file.execute(self.insert_sql, (number, value))
        return number

    def end(self, file: sqlite3.Connection) -> int:
        """Return the number that comes next."""
        (last,) = file.execute(self.end_sql).fetchone()
        return 0 if last is None else int(last) + 1

    def after(self, file: sqlite3.Connection, start: int) -> list[tuple[int, bytes]]:
        """Return rows from `start` on, in order, as many as one batch may hold."""
        batch, size = [], 0
        for number, value in file.execute(self.after_sql, (start, _BATCH_ROWS)):
            batch.append((number, value))
            size += len(value)
            if size >= _BATCH_BYTES:
                break
        return batch

    def last(self, file: sqlite3.Connection, most: int) -> list[bytes]:
        """Return the values of the newest rows, the newest first."""
        return [value for (value,) in file.execute(self.last_sql, (most,))]


LOG = AppendOnly(
    insert_sql="INSERT INTO log VALUES (?, ?)",
    end_sql="SELECT max(number) FROM log",
    after_sql="SELECT number, value FROM log WHERE number >= ? ORDER BY number LIMIT ?",
    last_sql="SELECT value FROM log ORDER BY number DESC LIMIT ?",
)
CHECKPOINTS = AppendOnly(
    insert_sql="INSERT INTO checkpoint VALUES (?, ?)",
    end_sql="SELECT max(number) FROM checkpoint",
    after_sql="SELECT number, value FROM checkpoint WHERE number >= ? ORDER BY number LIMIT ?",
    last_sql="SELECT value FROM checkpoint ORDER BY number DESC LIMIT ?",
)


def insert_contents(
    file: sqlite3.Connection, day: Day, items: Sequence[tuple[bytes, bytes]]
) -> int:
    """Append contents dated `day` and return the place of the first; the others follow it."""
    row = file.execute("SELECT seq FROM sqlite_sequence WHERE name = 'content'").fetchone()
    first = int(row[0]) + 1 if row else 0
    rows = ((first + at, day, key, value) for at, (key, value) in enumerate(items))
    file.executemany("INSERT INTO content VALUES (?, ?, ?, ?)", rows)
    return first


def select_contents(file: sqlite3.Connection, places: Iterable[Place]) -> dict[Place, bytes]:
    """Return the values at those of `places` that hold one."""
    found = {}
    for place in places:
        row = file.execute("SELECT value FROM content WHERE place = ?", (place,)).fetchone()
        if row:
            found[place] = row[0]
    return found


def delete_contents(file: sqlite3.Connection, before: Day) -> int:
    """Delete contents of days before this one, and return how many went."""
    return file.execute("DELETE FROM content WHERE day < ?", (before,)).rowcount
