"""What did not verify, kept aside with its error: evidence, and something to ask again.

It promises that nothing in quarantine is ever used: it holds bytes and a reason. The inbox
asks for an item again, tries it again when the directory has grown, and settles it when it
verifies.

Source: docs/envelope.md, section 3.6.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, bindparam, func, insert, select, update

from node.store.database import Transaction
from node.store.tables import QUARANTINE
from valija.clock import Minute
from valija.errors import LimitError
from valija.ids import Desk, Digest, LeafIndex

MOST_ASIDE = 1000
"""Deliveries that are aside for one desk at a time, each of a megabyte at most."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """One delivery that did not verify.

    Attributes:
        desk: Whose inbox it came to.
        leaf_index: Where it claims to stand.
        subject: Digest of the item's payload, by which it is known again.
        error: Class of the error.
        clause: What did not hold; names no value.
        at: When it came last.
        tree_size: Size of the checkpoint that came with it.
        delivery: Exact bytes, as they came last.
        seen: How often it came; the store counts.
    """

    desk: Desk
    leaf_index: LeafIndex
    subject: Digest
    error: str
    clause: str
    at: Minute
    tree_size: int
    delivery: bytes
    seen: int = 1


def put_aside(tx: Transaction, suspect: Suspect) -> int:
    """Keep a delivery aside, in place of what came before; return how often it came.

    Raises:
        LimitError: Too much is aside for this desk: a broker that invents more fills no disk.
    """
    at = _at(suspect.desk, suspect.subject)
    seen = tx.connection.execute(select(QUARANTINE.c.seen).where(at)).scalar_one_or_none()
    values = {name: getattr(suspect, name) for name in Suspect.__slots__}
    values |= {"desk": str(suspect.desk), "seen": (seen or 0) + 1}
    if seen is None:
        if _count_open(tx, suspect.desk) >= MOST_ASIDE:
            raise LimitError("no more is kept aside for this desk")
        tx.connection.execute(insert(QUARANTINE), values)
    else:
        tx.connection.execute(update(QUARANTINE).where(at).values(values))
    return int(values["seen"])


def ask_from(tx: Transaction, desk: Desk, most: int) -> LeafIndex | None:
    """Return from which leaf to ask again for what is aside and came less than `most` times.

    The last time it is the beginning of the log: what an item is judged by (a key, an
    agreement) may be what a broker kept from us. None where nothing is asked for.
    """
    query = select(func.min(QUARANTINE.c.leaf_index), func.max(QUARANTINE.c.seen)).where(
        QUARANTINE.c.desk == str(desk), QUARANTINE.c.settled.is_(None), QUARANTINE.c.seen < most
    )
    lowest, seen = tx.connection.execute(query).one()
    if lowest is None:
        return None
    return LeafIndex(0 if seen == most - 1 else lowest)


def open_suspects(tx: Transaction, desk: Desk, limit: int = 100) -> tuple[Suspect, ...]:
    """Return what is still aside for a desk, in log order, `limit` at most."""
    names = [QUARANTINE.c[name] for name in Suspect.__slots__]
    query = select(*names).where(QUARANTINE.c.desk == str(desk), QUARANTINE.c.settled.is_(None))
    rows = tx.connection.execute(query.order_by(QUARANTINE.c.leaf_index).limit(limit))
    return tuple(
        Suspect(**(row._asdict() | {"desk": desk, "subject": Digest(row.subject)}))
        for row in rows
    )


def settle(tx: Transaction, desk: Desk, subjects: Collection[Digest], at: Minute) -> None:
    """Note that these verified after all, and are now where they belong."""
    if subjects:
        values = {"subjects": list(subjects), "whose": str(desk), "now": at}
        tx.connection.execute(_SETTLE, values)


# Made once: SQLAlchemy takes longer to put a statement together than to run it.
_SETTLE = (
    update(QUARANTINE)
    .where(
        QUARANTINE.c.subject.in_(bindparam("subjects", expanding=True)),
        QUARANTINE.c.desk == bindparam("whose"),
        QUARANTINE.c.settled.is_(None),
    )
    .values(settled=bindparam("now"))
)


def _count_open(tx: Transaction, desk: Desk) -> int:
    here = (QUARANTINE.c.desk == str(desk)) & QUARANTINE.c.settled.is_(None)
    return tx.connection.execute(select(func.count()).where(here)).scalar_one()


def _at(desk: Desk, subject: Digest) -> ColumnElement[bool]:
    return (QUARANTINE.c.desk == str(desk)) & (QUARANTINE.c.subject == subject)
