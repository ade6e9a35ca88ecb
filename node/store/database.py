"""One database, one writer: where every change of a node becomes durable.

It promises that a write is one transaction that is on disk when the call returns (SQLite:
WAL, `synchronous=FULL`; PostgreSQL: its default), that writers stand in one line on either
engine, and that SQLAlchemy's errors do not leave it. It knows no table; its neighbours do.

Source: docs/envelope.md, section 3.4; docs/performance.md (one writer).
"""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from sqlite3 import Connection as SqliteConnection
from typing import TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DataError,
    IntegrityError,
    SQLAlchemyError,
)
from sqlalchemy.pool import ConnectionPoolEntry

from node.metrics import Metrics
from node.store.bell import Bell
from node.vault import Vault
from valija.errors import DuplicateError, MalformedError, UnavailableError

Result = TypeVar("Result")
_READERS = 4
_BUSY_MS = 20_000
_WRITER = 7_020_001  # The advisory lock that makes PostgreSQL's writers stand in line.


@dataclass(slots=True)
class Transaction:
    """One transaction, handed to whoever reads or writes rows.

    Attributes:
        connection: SQLAlchemy's; used in `node.store` only.
        vault: Encrypts and decrypts the columns whose names end in `_sealed`.
        feeds_outbox: It left something to sign or to send: set by who does, told after the
            commit.
    """

    connection: Connection
    vault: Vault
    feeds_outbox: bool = False


class Database:
    """The node's store, open; every call is safe from any task of one event loop.

    Attributes:
        outbox: Rings after a write that left something to sign or to send.
    """

    def __init__(self, url: str, vault: Vault, metrics: Metrics | None = None) -> None:
        """Open the database at a SQLAlchemy address.

        Raises:
            MalformedError: The address is none, or names another engine.
        """
        self._engine = _engine(url)
        self._vault = vault
        self._metrics = metrics or Metrics()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="store-reader")
        self.outbox = Bell()

    async def write(self, step: str, work: Callable[[Transaction], Result]) -> Result:
        """Run `work` in one durable transaction on the writer's thread.

        Args:
            step: Name of the step, a short constant: for metrics and fault points.
            work: What to do; it must not wait, and touches nothing but its transaction.

        Raises:
            DuplicateError: A row that must be the only one is already there.
            UnavailableError: The database did not do it; the same call may work later.
            MalformedError: Its file is damaged, or a value is none that it can hold.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._writer, self.write_now, step, work)

    async def read(self, work: Callable[[Transaction], Result]) -> Result:
        """Run `work` against one consistent picture, beside the writer.

        Raises:
            UnavailableError: The database cannot be read now.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self.read_now, work)

    def write_now(self, step: str, work: Callable[[Transaction], Result]) -> Result:
        """As `write`, on the caller's thread; for commands that own the process."""
        with self._metrics.writes.labels(step).time(), self._transaction(writes=True) as tx:
            result = work(tx)
        if tx.feeds_outbox:
            self.outbox.ring()
        return result

    def read_now(self, work: Callable[[Transaction], Result]) -> Result:
        """As `read`, on the caller's thread."""
        with self._transaction(writes=False) as tx:
            return work(tx)

    def close(self) -> None:
        """Finish what runs, and let the database go."""
        self._writer.shutdown()
        self._readers.shutdown()
        self._engine.dispose()

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Transaction]:
        with _translated(), self._engine.connect() as plain:
            connection = plain.execution_options(valija_writes=writes)
            if not writes and connection.dialect.name == "postgresql":
                # Every look of one read sees the same; SQLite's transactions always do.
                connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            with connection.begin():
                if writes and connection.dialect.name == "postgresql":
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER})")
                yield Transaction(connection, self._vault)


@contextmanager
def _translated() -> Iterator[None]:
    """Turn the library's errors into ours."""
    try:
        yield
    except IntegrityError as cause:
        raise DuplicateError("the store already holds this") from cause
    except DatabaseError as cause:
        # SQLite names a damaged file by the class itself, whatever may pass by a subclass.
        if type(cause) in {DatabaseError, DataError}:
            raise MalformedError("the store is damaged, or cannot hold this") from cause
        raise UnavailableError(f"the store refused: {type(cause).__name__}") from cause
    except OverflowError as cause:  # sqlite3, of a number over 64 bits.
        raise MalformedError("the store cannot hold a number so large") from cause
    except SQLAlchemyError as cause:
        raise UnavailableError(f"the store refused: {type(cause).__name__}") from cause


def _engine(url: str) -> Engine:
    try:
        address = make_url(url)
    except (ArgumentError, ValueError) as cause:
        raise MalformedError("the address of the store is not one") from cause
    if address.drivername == "postgresql+psycopg":
        return create_engine(address, pool_pre_ping=True, pool_size=_READERS + 1)
    if address.drivername != "sqlite" or not address.database:
        raise MalformedError("the store is a SQLite file or a PostgreSQL database")
    engine = create_engine(
        address, pool_size=_READERS + 1, connect_args={"timeout": _BUSY_MS / 1000}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: SqliteConnection, _entry: ConnectionPoolEntry) -> None:
    """Set what SQLite forgets between connections; transactions are ours to begin."""
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    """Take the writer's lock at once, so that a read never has to become a write."""
    writes = connection.get_execution_options().get("valija_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
