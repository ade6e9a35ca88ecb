"""Receipts that other desks and brokers signed, with the bytes that prove them.

It promises that one event of one desk about one subject is kept once, the first, as the
log's fold counts it. What they add up to is said by `node.states`.

Source: docs/envelope.md, section 1 (receipt.proto) and section 4 (Fold).
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import bindparam, insert, select

from node.store.database import Transaction
from node.store.tables import RECEIPTS
from valija.clock import Minute
from valija.ids import Desk, Digest, LeafIndex


@dataclass(frozen=True, slots=True)
class Slip:
    """A verified receipt.

    Attributes:
        subject: Digest of the label, or of the refused head.
        event: Number of the event on the wire.
        desk: Whose doing it was.
        signer: Who signed it.
        at: Minute it names.
        ground: Closed list, or empty.
        role: Role that opened, or empty.
        leaf_index: Where it stands in the log.
        logged: The Delivery it came in, exact.
    """

    subject: Digest
    event: int
    desk: Desk
    signer: Desk
    at: Minute
    ground: str
    role: str
    leaf_index: LeafIndex
    logged: bytes


def add(tx: Transaction, slip: Slip) -> bool:
    """Keep a receipt; return False where this event of this desk is already known."""
    names = {"about": slip.subject, "what": slip.event, "whose": str(slip.desk)}
    if tx.connection.execute(_KNOWN, names).one_or_none() is not None:
        return False
    values = {name: getattr(slip, name) for name in Slip.__slots__}
    values |= {"desk": str(slip.desk), "signer": str(slip.signer)}
    tx.connection.execute(_ADD, values)
    return True


# Made once: SQLAlchemy takes longer to put a statement together than to run it.
_ADD = insert(RECEIPTS)
_KNOWN = select(RECEIPTS.c.event).where(
    RECEIPTS.c.subject == bindparam("about"),
    RECEIPTS.c.event == bindparam("what"),
    RECEIPTS.c.desk == bindparam("whose"),
)


def about(tx: Transaction, subjects: Collection[Digest]) -> tuple[Slip, ...]:
    """Return every receipt about these subjects, in log order."""
    query = select(RECEIPTS).where(RECEIPTS.c.subject.in_(subjects))
    rows = tx.connection.execute(query.order_by(RECEIPTS.c.leaf_index, RECEIPTS.c.event))
    return tuple(
        Slip(
            Digest(row.subject),
            row.event,
            Desk.parse(row.desk),
            Desk.parse(row.signer),
            Minute(row.at),
            row.ground,
            row.role,
            LeafIndex(row.leaf_index),
            row.logged,
        )
        for row in rows
    )
