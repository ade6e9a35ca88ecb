"""The one file of the embedded spool: its tables, how it is opened, what its errors mean.

It promises that log and checkpoints are append-only (the file itself refuses to change or
delete a row) and that a commit is on the disk before anybody sees it. What is
written and read stands in `broker.spool.sqlite_tables`; who writes, in
`broker.spool.sqlite_writer`.

Source: sqlite.org, "Write-Ahead Logging" and "PRAGMA synchronous"; docs/architecture.md,
"Engines".
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from valija.errors import MalformedError, UnavailableError, VerificationError

_APPLICATION_ID = 0x56414C49  # "VALI", so that no other program's file is taken for ours.
_BUSY_S = 10.0  # How long a writer waits for another process's group to commit.
_TABLES = """
CREATE TABLE log (number INTEGER PRIMARY KEY, value BLOB NOT NULL) STRICT;
CREATE TABLE checkpoint (number INTEGER PRIMARY KEY, value BLOB NOT NULL) STRICT;
CREATE TABLE content (
    place INTEGER PRIMARY KEY AUTOINCREMENT, day INTEGER NOT NULL,
    key BLOB NOT NULL, value BLOB NOT NULL) STRICT;
CREATE INDEX content_by_day ON content (day);
"""
_APPEND_ONLY = """
CREATE TRIGGER {table}_no_{change} BEFORE {change} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
"""


def connect(path: Path) -> sqlite3.Connection:
    """Open the spool's file, and make its tables where there are none.

    The connection is in autocommit; whoever writes begins and commits by himself.

    Raises:
        MalformedError: The file is damaged, or no database.
        VerificationError: It is another program's, or cannot keep a write-ahead log.
        UnavailableError: It cannot be opened now.
    """
    with foreign_errors():
        connection = sqlite3.connect(
            path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
        )
        try:
            _prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection


def _prepare(connection: sqlite3.Connection) -> None:
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise VerificationError("the spool's file cannot keep a write-ahead log here")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("BEGIN IMMEDIATE")
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    if application == 0 and not connection.execute("SELECT 1 FROM sqlite_schema").fetchone():
        _create(connection)
    elif application != _APPLICATION_ID:
        connection.execute("ROLLBACK")
        raise VerificationError("the spool's file belongs to another program")
    connection.execute("COMMIT")


def _create(connection: sqlite3.Connection) -> None:
    kept = [("log", "UPDATE"), ("log", "DELETE"), ("checkpoint", "UPDATE")]
    kept += [("checkpoint", "DELETE"), ("content", "UPDATE")]
    for statement in _TABLES.strip().split(";\n"):
        connection.execute(statement)
    for table, change in kept:
        connection.execute(_APPEND_ONLY.format(table=table, change=change))
    connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")


@contextmanager
def foreign_errors() -> Iterator[None]:
    """Turn SQLite's errors into ours: what may pass, and what will not.

    Raises:
        UnavailableError: Busy, full, unreadable just now.
        MalformedError: Damaged, or no database.
    """
    try:
        yield
    except sqlite3.OperationalError as cause:
        raise UnavailableError("the spool's file cannot be used just now") from cause
    except sqlite3.Error as cause:
        raise MalformedError("the spool's file is damaged, or no spool") from cause
