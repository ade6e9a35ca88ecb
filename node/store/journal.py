"""The rows of the journal: written once, chained, never changed.

It promises that the database itself refuses to change or delete a row, and that each row
holds a hash over itself and the row before, so that a row altered under the database's back
is found. What is written, and by whom, is the affair of `node.journal`.

Source: docs/architecture.md, The people (national auditor).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import bindparam, func, insert, select

from node.store.database import Transaction
from node.store.tables import JOURNAL
from valija import canonical
from valija.errors import ProofError
from valija.ids import ZERO_DIGEST

_AT_ONCE = 1000
_NAMES = ("at", "who", "role", "act", "object", "purpose")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the journal.

    Attributes:
        number: 1, 2, 3; 0 before it is written.
        at: Milliseconds since 1970 UTC.
        who: Account, or `node` where the node itself acted.
        role: The role acted in.
        act: What was done, from the closed list of `node.journal`.
        object: What it was done to: a digest or an id in hexadecimal, or empty.
        purpose: Why, from the closed list of purposes, or empty.
    """

    number: int
    at: int
    who: str
    role: str
    act: str
    object: str
    purpose: str


def append(tx: Transaction, row: Row) -> int:
    """Write the next line and return its number; `row.number` is not read."""
    return append_all(tx, [row])


def append_all(tx: Transaction, rows: Sequence[Row]) -> int:
    """Write the next lines, one at least, and return the last one's number."""
    last = tx.connection.execute(_LAST).one_or_none()
    number, chain = (0, bytes(ZERO_DIGEST)) if last is None else (last.number, last.chain)
    written = []
    for row in rows:
        number += 1
        chain = _link(chain, number, row)
        values = {name: getattr(row, name) for name in _NAMES}
        written.append(values | {"number": number, "chain": chain})
    tx.connection.execute(_ADD, written)
    return number


# Made once: SQLAlchemy takes longer to put a statement together than to run it.
_LAST = select(JOURNAL.c.number, JOURNAL.c.chain).order_by(JOURNAL.c.number.desc()).limit(1)
_ADD = insert(JOURNAL)


def page(tx: Transaction, after: int = 0, limit: int = 100, about: str = "") -> tuple[Row, ...]:
    """Return lines in order, from the one after number `after`.

    Args:
        tx: A transaction that reads.
        after: Number of the last line of the page before; 0 for the first page.
        limit: Lines at most.
        about: Only lines of this object, when not empty.
    """
    query = select(JOURNAL).where(JOURNAL.c.number > after)
    if about:
        query = query.where(JOURNAL.c.object == about)
    rows = tx.connection.execute(query.order_by(JOURNAL.c.number).limit(limit))
    return tuple(Row(row.number, *(getattr(row, name) for name in _NAMES)) for row in rows)


def count(tx: Transaction, act: str, about: str) -> int:
    """Return how many lines say that this was done to this object."""
    return int(tx.connection.execute(_COUNT, {"about": about, "done": act}).scalar_one())


_COUNT = select(func.count()).where(
    JOURNAL.c.object == bindparam("about"), JOURNAL.c.act == bindparam("done")
)


def verify(tx: Transaction) -> int:
    """Return how many lines there are, once every one of them holds.

    Raises:
        ProofError: A line was changed, taken out or put in; its number is named.
    """
    before, count = bytes(ZERO_DIGEST), 0
    for row, chain in _walk(tx):
        count += 1
        if row.number != count or _link(before, count, row) != chain:
            raise ProofError(f"the journal does not hold at line {count}")
        before = chain
    return count


def _walk(tx: Transaction) -> Iterator[tuple[Row, bytes]]:
    query, last = select(JOURNAL).order_by(JOURNAL.c.number).limit(_AT_ONCE), 0
    while rows := tx.connection.execute(query.where(JOURNAL.c.number > last)).all():
        for row in rows:
            last = row.number
            yield Row(row.number, *(getattr(row, name) for name in _NAMES)), row.chain


def _link(before: bytes, number: int, row: Row) -> bytes:
    facts = {name: getattr(row, name) for name in _NAMES} | {"number": number}
    return sha256(b"valija/v1 journal\0" + before + canonical.to_bytes(facts)).digest()
