"""The database that can be thrown away: where each leaf, item and inbox stands.

It promises that its rows are a function of the log: deleted and made again from the spool, it
has the same digest. It decides nothing; `broker.tree` judges records, and `broker.follower`
hands over what to write. Only here is SQLAlchemy known.

Source: docs/architecture.md, "The order of record" and "Engines"; docs/performance.md (rows
by Core, the ORM stays out).
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from sqlite3 import Connection as SqliteConnection
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Select, Table, create_engine, event, func, select
from sqlalchemy.exc import ArgumentError, DatabaseError, SQLAlchemyError

from broker.index.tables import (
    ABOUT,
    CURSORS,
    DERIVED,
    EVERYBODY,
    INBOX,
    LEAVES,
    METADATA,
)
from valija.errors import (
    MalformedError,
    SplitViewError,
    UnavailableError,
    VerificationError,
)
from valija.ids import Desk, Digest

_T = TypeVar("_T")
_READERS = 2
_PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=10000")


@dataclass(frozen=True, slots=True)
class Rows:
    """What a run of leaves adds, each list in the columns of its table.

    Attributes:
        leaves: leaf, entry, error, void_items, record.
        inbox: desk, leaf, places, urgent.
    """

    leaves: list[dict[str, Any]]
    inbox: list[dict[str, Any]]


@dataclass(frozen=True, slots=True, order=True)
class Post:
    """What of one leaf waits for a desk.

    Attributes:
        leaf: Its index.
        items: Places in the batch, ascending.
        urgent: Those of them that go before all that is not urgent.
    """

    leaf: int
    items: bytes
    urgent: bytes


class Index:
    """One broker's index, in the database at a SQLAlchemy address."""

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        self._writing = ThreadPoolExecutor(1, "index-writer")
        self._reading = ThreadPoolExecutor(_READERS, "index-reader")

    async def start(self, whose: bytes) -> int:
        """Open it, make what is missing, and return how many leaves it holds.

        Args:
            whose: Names log and broker; an index of another is refused.

        Raises:
            VerificationError: It is another log's or another broker's.
            MalformedError: It is damaged.
            UnavailableError: The database does not answer.
        """

        def opened(link: Connection) -> int:
            METADATA.create_all(link)
            held = link.scalar(select(ABOUT.c.value).where(ABOUT.c.name == "whose"))
            if held is None:
                link.execute(ABOUT.insert(), {"name": "whose", "value": whose})
            elif bytes(held) != whose:
                raise VerificationError("this index belongs to another log or broker")
            return _held(link)

        return await self._write(opened)

    async def stop(self) -> None:
        """Finish what was begun and let the database go."""
        await asyncio.to_thread(self._writing.shutdown)
        await asyncio.to_thread(self._reading.shutdown)
        self._engine.dispose()

    async def append(self, rows: Rows) -> None:
        """Keep the rows of a run of leaves, all or none; what stands already is compared.

        Raises:
            SplitViewError: Something else stands there.
            UnavailableError: Whether they were kept is not known: a commit whose answer was
                lost has happened. The same call may work later.
        """

        def kept(link: Connection) -> None:
            held = _held(link)
            for table, lines in zip(DERIVED, (rows.leaves, rows.inbox), strict=True):
                _check_same(link, table, [line for line in lines if line["leaf"] < held])
                if fresh := [line for line in lines if line["leaf"] >= held]:
                    link.execute(table.insert(), fresh)

        await self._write(kept)

    async def inbox(self, desk: Desk, span: range, limit: int) -> list[Post]:
        """Return what waits for a desk in a span of leaves, in log order.

        A leaf that is for the desk and for everybody has two posts.

        Args:
            desk: Whose inbox.
            span: Leaves.
            limit: Most posts.
        """
        return await self._posts(_inbox(desk, span).limit(limit))

    async def urgent(self, desk: Desk, span: range, limit: int) -> list[Post]:
        """Return only those that hold something urgent."""
        urgent = func.length(INBOX.c.urgent) > 0
        return await self._posts(_inbox(desk, span).where(urgent).limit(limit))

    async def records(self, leaves: Sequence[int]) -> dict[int, bytes]:
        """Return the records at these leaves, as the log has them."""
        query = select(LEAVES.c.leaf, LEAVES.c.record).where(LEAVES.c.leaf.in_(leaves))
        return await self._read(
            lambda link: {int(leaf): bytes(record) for leaf, record in link.execute(query)}
        )

    async def entries(self, span: range) -> list[bytes]:
        """Return the entries of a span of leaves, 172 bytes each."""
        query = (
            select(LEAVES.c.entry)
            .where(LEAVES.c.leaf >= span.start, LEAVES.c.leaf < span.stop)
            .order_by(LEAVES.c.leaf)
        )
        return await self._read(lambda link: [bytes(entry) for entry in link.scalars(query)])

    async def keep_cursor(self, desk: Desk, cursor: int) -> None:
        """Remember how far a desk said it got."""

        def kept(link: Connection) -> None:
            link.execute(CURSORS.delete().where(CURSORS.c.desk == str(desk)))
            link.execute(CURSORS.insert(), {"desk": str(desk), "cursor": cursor})

        await self._write(kept)

    async def cursors(self) -> dict[str, int]:
        """Return how far each desk said it got."""
        query = select(CURSORS.c.desk, CURSORS.c.cursor).order_by(CURSORS.c.desk)
        return await self._read(
            lambda link: {str(desk): int(cursor) for desk, cursor in link.execute(query)}
        )

    async def digest(self) -> Digest:
        """Return one hash over all that follows from the log, in key order."""

        def hashed(link: Connection) -> Digest:
            state = sha256()
            for table in DERIVED:
                query = select(table).order_by(*table.primary_key.columns)
                for row in link.execute(query.execution_options(yield_per=1000)):
                    for value in row:
                        _add(state.update, value)
            return Digest(state.digest())

        return await self._read(hashed)

    async def _posts(self, query: Select[int, bytes, bytes]) -> list[Post]:
        return await self._read(
            lambda link: [Post(leaf, bytes(i), bytes(u)) for leaf, i, u in link.execute(query)]
        )

    async def _write(self, work: Callable[[Connection], _T]) -> _T:
        return await self._run(self._writing, work)

    async def _read(self, work: Callable[[Connection], _T]) -> _T:
        return await self._run(self._reading, work)

    async def _run(self, pool: ThreadPoolExecutor, work: Callable[[Connection], _T]) -> _T:
        def done() -> _T:
            with _foreign_errors(), self._engine.begin() as link:
                return work(link)

        try:
            future = pool.submit(done)
        except RuntimeError as cause:  # The pool is shut down.
            raise UnavailableError("the index is stopped") from cause
        return await asyncio.wrap_future(future)


def check_reach(held: int, size: int) -> None:
    """Refuse an index that knows more leaves than the log has.

    Raises:
        SplitViewError: The log is shorter than it was.
    """
    if held > size:
        raise SplitViewError("the index holds leaves that the log has no more")


def _held(link: Connection) -> int:
    """Return how many leaves the index holds."""
    last = link.scalar(select(func.max(LEAVES.c.leaf)))
    return 0 if last is None else int(last) + 1


def _check_same(link: Connection, table: Table, lines: list[dict[str, Any]]) -> None:
    """Refuse rows that stand already and say something else.

    Raises:
        SplitViewError: One differs, or is not there.
    """
    key = [column.name for column in table.primary_key.columns]
    for line in lines:
        mine = (table.c[name] == line[name] for name in key)
        found = link.execute(select(table).where(*mine)).mappings().one_or_none()
        if found is None or dict(found) != line:
            raise SplitViewError("the index holds other rows than follow from the log")


def _inbox(desk: Desk, span: range) -> Select[int, bytes, bytes]:
    return (
        select(INBOX.c.leaf, INBOX.c.places, INBOX.c.urgent)
        .where(INBOX.c.desk.in_((str(desk), EVERYBODY)))
        .where(INBOX.c.leaf >= span.start, INBOX.c.leaf < span.stop)
        .order_by(INBOX.c.leaf, INBOX.c.desk)
    )


def _engine(url: str) -> Engine:
    try:
        engine = create_engine(url)
    except (ArgumentError, ValueError) as cause:
        raise MalformedError("the address of the index is not one") from cause
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def prepare(connection: SqliteConnection, _record: object) -> None:
            # A flush a commit would buy nothing: what a crash takes is read from the log again.
            for pragma in _PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")

    return engine


@contextmanager
def _foreign_errors() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as cause:
        if type(cause) is DatabaseError:  # What may pass has a class of its own.
            raise MalformedError("the index is damaged: delete it, it is made again") from cause
        raise UnavailableError(f"the index: {type(cause).__name__}") from cause


def _add(update: Callable[[bytes], None], value: object) -> None:
    """Hash one column so that no two rows run together, whatever the engine calls its type."""
    plain = bytes(value) if isinstance(value, bytes | memoryview) else repr(value).encode()
    update(len(plain).to_bytes(8) + plain)
