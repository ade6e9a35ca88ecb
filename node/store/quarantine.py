"""What did not verify, kept aside with its error: evidence, and something to ask again.

It promises that nothing in quarantine is ever used: it holds bytes and a reason. The inbox
tries an item again when the directory has grown, and settles it when it verifies.

Source: docs/envelope.md, section 3.6.
"""

from dataclasses import dataclass

from sqlalchemy import insert, select, update

from node.store.database import Transaction
from node.store.tables import QUARANTINE
from valija.clock import Minute
from valija.ids import Desk, LeafIndex, digest


@dataclass(frozen=True, slots=True)
class Suspect:
    """One delivery that did not verify.

    Attributes:
        id: Its number here; 0 before it is stored.
        desk: Whose inbox it came to.
        leaf_index: Where it claims to stand.
        error: Class of the error.
        clause: What did not hold; names no value.
        at: When it came.
        delivery: Exact bytes.
    """

    id: int
    desk: Desk
    leaf_index: LeafIndex
    error: str
    clause: str
    at: Minute
    delivery: bytes


def put_aside(tx: Transaction, suspect: Suspect) -> None:
    """Keep a delivery aside; the same bytes for the same desk are kept once."""
    name = digest(suspect.delivery)
    known = select(QUARANTINE.c.id).where(
        QUARANTINE.c.desk == str(suspect.desk), QUARANTINE.c.digest == name
    )
    if tx.connection.execute(known).one_or_none() is None:
        values = {key: getattr(suspect, key) for key in Suspect.__slots__ if key != "id"}
        values |= {"desk": str(suspect.desk), "digest": name}
        tx.connection.execute(insert(QUARANTINE).values(values))


def open_suspects(tx: Transaction, desk: Desk, limit: int = 100) -> tuple[Suspect, ...]:
    """Return what is still aside for a desk, in the order it came, `limit` at most."""
    query = select(QUARANTINE).where(
        QUARANTINE.c.desk == str(desk), QUARANTINE.c.settled.is_(None)
    )
    rows = tx.connection.execute(query.order_by(QUARANTINE.c.id).limit(limit))
    return tuple(
        Suspect(
            row.id,
            desk,
            LeafIndex(row.leaf_index),
            row.error,
            row.clause,
            Minute(row.at),
            row.delivery,
        )
        for row in rows
    )


def settle(tx: Transaction, suspect: int, at: Minute) -> None:
    """Note that an item verified after all, and is now where it belongs."""
    tx.connection.execute(
        update(QUARANTINE).where(QUARANTINE.c.id == suspect).values(settled=at)
    )
