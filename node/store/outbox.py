"""What waits for a signature: envelopes that become labels, and statements.

It promises that an item stays here, with its exact payload, until a signed batch holds it,
and afterwards says which. The inbox leaves unsigned receipts here in its own transaction;
`node.outbox` signs them.

Source: docs/envelope.md, section 3.4, step 4; section 3.6, step 7.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, select, update

from node.store.database import Transaction
from node.store.tables import OUTBOX
from valija.ids import Desk, Kind, LabelId


@dataclass(frozen=True, slots=True)
class Waiting:
    """One item without a signature.

    Attributes:
        id: Its number here, the order of arrival; 0 before it is stored.
        desk: Who signs it.
        kind: LABEL, or the statement's kind.
        to: Who receives a statement, signed with it; empty for a label.
        payload: A statement's exact bytes; empty for a label, which is numbered first.
        envelope: Id of the envelope that becomes a label; None for a statement.
        size: Bytes that it adds to a submission, as an upper bound.
        urgent: Signed before what is not.
        attempt: How often it stood in a batch that was refused.
    """

    id: int
    desk: Desk
    kind: Kind
    to: tuple[Desk, ...]
    payload: bytes
    envelope: LabelId | None
    size: int
    urgent: bool = False
    attempt: int = 0


def add(tx: Transaction, items: Sequence[Waiting]) -> None:
    """Leave items to sign, in this order."""
    rows = [
        {
            "desk": str(item.desk),
            "kind": int(item.kind),
            "urgent": item.urgent,
            "size": item.size,
            "attempt": item.attempt,
            "payload": item.payload,
            "to": " ".join(str(desk) for desk in item.to),
            "envelope": item.envelope,
        }
        for item in items
    ]
    if rows:
        tx.connection.execute(_ADD, rows)
        tx.feeds_outbox = True


def desks(tx: Transaction) -> tuple[Desk, ...]:
    """Return the desks that have something to sign."""
    names = tx.connection.execute(_DESKS).scalars()
    return tuple(Desk.parse(name) for name in sorted(names))


def waiting(tx: Transaction, desk: Desk, limit: int) -> tuple[Waiting, ...]:
    """Return what a desk has to sign next, urgent first, then in order of arrival."""
    rows = tx.connection.execute(_WAITING, {"whose": str(desk), "most": limit})
    return tuple(_waiting(row) for row in rows)


def count(tx: Transaction, desk: Desk) -> int:
    """Return how many items of a desk wait for a signature."""
    return int(tx.connection.execute(_COUNT, {"whose": str(desk)}).scalar_one())


def place(tx: Transaction, items: Sequence[Waiting], batch: int) -> None:
    """Note that these items stand in a desk's batch of this number, in this order."""
    rows = [
        {"item": item.id, "number": batch, "index": index} for index, item in enumerate(items)
    ]
    tx.connection.execute(_PLACE, rows)


def placed(tx: Transaction, desk: Desk, batch: int) -> tuple[Waiting, ...]:
    """Return what a batch holds, in its order."""
    rows = tx.connection.execute(_PLACED, {"whose": str(desk), "number": batch})
    return tuple(_waiting(row) for row in rows)


# Made once: SQLAlchemy takes longer to put a statement together than to run it.
_OPEN = OUTBOX.c.batch.is_(None)
_OF = OUTBOX.c.desk == bindparam("whose")
_ADD = insert(OUTBOX)
_DESKS = select(OUTBOX.c.desk).where(_OPEN).distinct()
_WAITING = (
    select(OUTBOX)
    .where(_OPEN, _OF)
    .order_by(OUTBOX.c.urgent.desc(), OUTBOX.c.id)
    .limit(bindparam("most"))
)
_COUNT = select(func.count()).where(_OPEN, _OF)
_PLACE = (
    update(OUTBOX)
    .where(OUTBOX.c.id == bindparam("item"))
    .values(batch=bindparam("number"), place=bindparam("index"))
)
_PLACED = (
    select(OUTBOX).where(_OF, OUTBOX.c.batch == bindparam("number")).order_by(OUTBOX.c.place)
)


def _waiting(row: Row[Any]) -> Waiting:
    return Waiting(
        id=row.id,
        desk=Desk.parse(row.desk),
        kind=Kind(row.kind),
        to=tuple(Desk.parse(name) for name in row.to.split()),
        payload=row.payload or b"",
        envelope=None if row.envelope is None else LabelId(row.envelope),
        size=row.size,
        urgent=row.urgent,
        attempt=row.attempt,
    )
