"""What this node knows of the log: verified checkpoints, cursors, the directory's entries.

It promises that two roots for one size are never both believed, that a checkpoint or a
cursor never goes back, and that the directory's entries are read in log order. Verification
is the affair of `valija`; only verified things are written here.

Source: docs/envelope.md, sections 3.6 and 4; Keys, Transparency.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import bindparam, func, insert, select, update

from node.store.database import Transaction
from node.store.tables import CHECKPOINTS, CURSORS, DIRECTORY
from valija.clock import Minute
from valija.errors import SplitViewError
from valija.ids import Desk, Digest, KeyId, Kind, LeafIndex


@dataclass(frozen=True, slots=True)
class Noted:
    """A checkpoint that was verified.

    Attributes:
        size: Leaves of its tree.
        root: Its root.
        note: The signed note, exact.
    """

    size: int
    root: Digest
    note: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """A verified statement of the directory and where it stands in the log.

    Attributes:
        leaf_index: Its batch's leaf.
        place: Its place in the batch.
        logged: The leaf's minute.
        signer: Who signed it.
        key_id: With which key.
        kind: KEY, MEMBERSHIP, AGREEMENT, BUNDLE or ENDORSEMENT.
        payload: The statement, exact.
        proof: The Delivery it came in, exact.
    """

    leaf_index: LeafIndex
    place: int
    logged: Minute
    signer: Desk
    key_id: KeyId
    kind: Kind
    payload: bytes
    proof: bytes


def newest(tx: Transaction) -> Noted | None:
    """Return the largest checkpoint that was verified, or None before the first."""
    query = select(CHECKPOINTS).order_by(CHECKPOINTS.c.size.desc()).limit(1)
    row = tx.connection.execute(query).one_or_none()
    return None if row is None else Noted(row.size, Digest(row.root), row.note)


def checkpoint(tx: Transaction, size: int) -> Noted | None:
    """Return the verified checkpoint of one size, if this node holds it."""
    row = tx.connection.execute(_CHECKPOINT, {"of": size}).one_or_none()
    return None if row is None else Noted(row.size, Digest(row.root), row.note)


def put_checkpoint(tx: Transaction, noted: Noted) -> None:
    """Keep a verified checkpoint; the same one again is kept once.

    Raises:
        SplitViewError: Another root for this size was verified before.
    """
    known = checkpoint(tx, noted.size)
    if known is None:
        values = {"size": noted.size, "root": noted.root, "note": noted.note}
        tx.connection.execute(_ADD_CHECKPOINT, values)
    elif known.root != noted.root:
        raise SplitViewError("the log signed two roots for one size")


def cursor(tx: Transaction, desk: Desk) -> int:
    """Return below which leaf everything for this desk was taken in; 0 at first."""
    query = select(CURSORS.c.cursor).where(CURSORS.c.desk == str(desk))
    return tx.connection.execute(query).scalar_one_or_none() or 0


def furthest(tx: Transaction) -> int:
    """Return below which leaf every statement was taken in: all desks are sent all of them."""
    return tx.connection.execute(select(func.max(CURSORS.c.cursor))).scalar_one() or 0


def put_cursor(tx: Transaction, desk: Desk, done: int) -> None:
    """Move a desk's cursor forward; a lower one changes nothing."""
    if tx.connection.execute(_MOVE_CURSOR, {"whose": str(desk), "done": done}).rowcount:
        return
    known = select(CURSORS.c.desk).where(CURSORS.c.desk == str(desk))
    if tx.connection.execute(known).one_or_none() is None:
        tx.connection.execute(insert(CURSORS), {"desk": str(desk), "cursor": done})


# Made once: SQLAlchemy takes longer to put a statement together than to run it.
_CHECKPOINT = select(CHECKPOINTS).where(CHECKPOINTS.c.size == bindparam("of"))
_ADD_CHECKPOINT = insert(CHECKPOINTS)
_MOVE_CURSOR = (
    update(CURSORS)
    .where(CURSORS.c.desk == bindparam("whose"), CURSORS.c.cursor < bindparam("done"))
    .values(cursor=bindparam("done"))
)


def add_entries(tx: Transaction, entries: Iterable[Entry]) -> None:
    """Append verified statements; one that is already there is not written again."""
    for entry in entries:
        known = select(DIRECTORY.c.place).where(
            DIRECTORY.c.leaf_index == entry.leaf_index, DIRECTORY.c.place == entry.place
        )
        if tx.connection.execute(known).one_or_none() is None:
            values = {name: getattr(entry, name) for name in Entry.__slots__}
            values |= {"signer": str(entry.signer), "kind": int(entry.kind)}
            tx.connection.execute(insert(DIRECTORY), values)


def entries(tx: Transaction) -> tuple[Entry, ...]:
    """Return every statement of the directory, in log order."""
    query = select(DIRECTORY).order_by(DIRECTORY.c.leaf_index, DIRECTORY.c.place)
    return tuple(
        Entry(
            LeafIndex(row.leaf_index),
            row.place,
            Minute(row.logged),
            Desk.parse(row.signer),
            KeyId(row.key_id),
            Kind(row.kind),
            row.payload,
            row.proof,
        )
        for row in tx.connection.execute(query)
    )
