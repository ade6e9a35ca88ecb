"""How far each peer's numbers have come at a desk, and which of them did not arrive.

It promises that a number which arrives late fills its hole, and that a hostile originator who
claims any number costs so many rows and no more. What arrived is `node.store.received`.

Source: docs/envelope.md, section 3.6, step 7.
"""

from sqlalchemy import bindparam, delete, insert, select, update

from node.store.database import Transaction
from node.store.received import Arrival
from node.store.tables import HOLES, PEERS
from valija.clock import Minute
from valija.ids import Desk

_HOLES_AT_ONCE = 1000  # A hostile originator may claim any number; this many rows, no more.


def count_peer(tx: Transaction, arrival: Arrival) -> tuple[int, ...]:
    """Note a peer's number, and return the numbers before it that did not arrive.

    A number that fills a hole takes it away again; holes are kept until they are filled.
    """
    at = {"whose": str(arrival.desk), "towards": str(arrival.originator)}
    last = tx.connection.execute(_PEER, at).scalar_one_or_none()
    names = {"desk": str(arrival.desk), "peer": str(arrival.originator)}
    number, label = arrival.pair_sequence, arrival.label
    if last is None:
        tx.connection.execute(_ADD_PEER, names | {"sequence": number, "label": label})
    elif number > last:
        tx.connection.execute(_MOVE_PEER, at | {"number": number, "last": label})
    else:
        _fill_hole(tx, arrival)
    first = max((last or 0) + 1, arrival.pair_sequence - _HOLES_AT_ONCE)
    missing = tuple(range(first, arrival.pair_sequence))
    rows = [names | {"sequence": number, "since": arrival.stored} for number in missing]
    if rows:
        tx.connection.execute(insert(HOLES), rows)
    return missing


def holes(tx: Transaction, desk: Desk) -> tuple[tuple[Desk, int, Minute], ...]:
    """Return the numbers that did not arrive: peer, number, and since when it is known."""
    query = select(HOLES).where(HOLES.c.desk == str(desk))
    rows = tx.connection.execute(query.order_by(HOLES.c.peer, HOLES.c.sequence))
    return tuple((Desk.parse(row.peer), row.sequence, Minute(row.since)) for row in rows)


def _fill_hole(tx: Transaction, arrival: Arrival) -> None:
    tx.connection.execute(
        delete(HOLES).where(
            HOLES.c.desk == str(arrival.desk),
            HOLES.c.peer == str(arrival.originator),
            HOLES.c.sequence == arrival.pair_sequence,
        )
    )


_OF_PEER = (PEERS.c.desk == bindparam("whose")) & (PEERS.c.peer == bindparam("towards"))
_PEER = select(PEERS.c.sequence).where(_OF_PEER)
_ADD_PEER = insert(PEERS)
_MOVE_PEER = (
    update(PEERS).where(_OF_PEER).values(sequence=bindparam("number"), label=bindparam("last"))
)
