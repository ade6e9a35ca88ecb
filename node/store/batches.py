"""Signed batches as exact bytes, and the numbers that no desk signs twice.

It promises that counter, previous head, signed bytes and pair numbers change in one
transaction with each other, and that a batch's later states only update its row:

    ready -> durable -> proven
    ready -> rejected -> withdrawn -> replaced      (refused by the log; our withdrawal is
                                                     proven; its items are sealed again)

Source: docs/envelope.md, sections 3.2 and 3.4, step 4.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, insert, select, update

from node.store.database import Transaction
from node.store.tables import BATCHES, COUNTERS, PAIRS
from valija.clock import Minute
from valija.errors import AbsentError
from valija.ids import ZERO_DIGEST, Desk, Digest, LeafIndex

READY, DURABLE, PROVEN = "ready", "durable", "proven"
REJECTED, WITHDRAWN, REPLACED = "rejected", "withdrawn", "replaced"


@dataclass(frozen=True, slots=True)
class Chain:
    """Where a desk's batches, or its labels towards one peer, stand.

    Attributes:
        sequence: The last number that was signed; 0 at first.
        last: Digest of that head or label; zeros at first.
    """

    sequence: int = 0
    last: Digest = ZERO_DIGEST


@dataclass(frozen=True, slots=True)
class Signed:
    """One batch and what became of it.

    Attributes:
        desk: Who signed it.
        sequence: Its number.
        head_digest: Digest of its head.
        submission: The SubmitRequest without `size`, exact.
        items: How many, 1 to 64.
        signed: Minute of the signature.
        state: READY, DURABLE, PROVEN, REJECTED, WITHDRAWN or REPLACED.
        leaf_index: Where it stands in the log; None before it is durable.
        logged: Minute of the log; None before it is durable.
        code: What the broker refused it with, or empty.
    """

    desk: Desk
    sequence: int
    head_digest: Digest
    submission: bytes
    items: int
    signed: Minute
    state: str = READY
    leaf_index: LeafIndex | None = None
    logged: Minute | None = None
    code: str = ""


def counter(tx: Transaction, desk: Desk) -> Chain:
    """Return where a desk's batches stand."""
    row = tx.connection.execute(
        select(COUNTERS).where(COUNTERS.c.desk == str(desk))
    ).one_or_none()
    return Chain() if row is None else Chain(row.sequence, Digest(row.previous))


def pair(tx: Transaction, desk: Desk, peer: Desk) -> Chain:
    """Return where a desk's labels towards a peer stand."""
    query = select(PAIRS).where(PAIRS.c.desk == str(desk), PAIRS.c.peer == str(peer))
    row = tx.connection.execute(query).one_or_none()
    return Chain() if row is None else Chain(row.sequence, Digest(row.label))


def add(tx: Transaction, batch: Signed, pairs: Mapping[Desk, Chain]) -> None:
    """Store a signed batch and every number that it used.

    Args:
        tx: A transaction that writes.
        batch: The batch, its number one above the desk's counter.
        pairs: For each peer of its labels, the chain as it now stands.

    Raises:
        DuplicateError: The number or the head was stored before.
    """
    values = {name: getattr(batch, name) for name in Signed.__slots__}
    tx.connection.execute(insert(BATCHES), values | {"desk": str(batch.desk)})
    _advance_counter(tx, batch)
    for peer, chain in pairs.items():
        _advance_pair(tx, batch.desk, peer, chain)


def change(tx: Transaction, batch: Signed, **values: object) -> None:
    """Update a batch's state; its bytes and numbers are not among what may change."""
    allowed = {"state", "leaf_index", "logged", "path", "tree_size", "code"}
    tx.connection.execute(
        update(BATCHES)
        .where(BATCHES.c.desk == str(batch.desk), BATCHES.c.sequence == batch.sequence)
        .values({name: values[name] for name in allowed & values.keys()})
    )


def by_head(tx: Transaction, head: Digest) -> Signed:
    """Return the batch of a head.

    Raises:
        AbsentError: This node signed no such head.
    """
    row = tx.connection.execute(_ROWS.where(BATCHES.c.head_digest == head)).one_or_none()
    if row is None:
        raise AbsentError("this node signed no such head")
    return _signed(row)


def in_state(tx: Transaction, state: str, limit: int = 1000) -> tuple[Signed, ...]:
    """Return batches in one state, by desk and number, `limit` at most."""
    query = _ROWS.where(BATCHES.c.state == state)
    rows = tx.connection.execute(
        query.order_by(BATCHES.c.desk, BATCHES.c.sequence).limit(limit)
    )
    return tuple(_signed(row) for row in rows)


_ROWS = select(*(BATCHES.c[name] for name in Signed.__slots__))


def _signed(row: Row[Any]) -> Signed:
    values = {name: getattr(row, name) for name in Signed.__slots__}
    return Signed(**(values | {"desk": Desk.parse(row.desk)}))


def _advance_counter(tx: Transaction, batch: Signed) -> None:
    values = {"sequence": batch.sequence, "previous": batch.head_digest}
    moved = update(COUNTERS).where(
        COUNTERS.c.desk == str(batch.desk), COUNTERS.c.sequence == batch.sequence - 1
    )
    if not tx.connection.execute(moved.values(values)).rowcount:
        tx.connection.execute(insert(COUNTERS), values | {"desk": str(batch.desk)})


def _advance_pair(tx: Transaction, desk: Desk, peer: Desk, chain: Chain) -> None:
    values = {"sequence": chain.sequence, "label": chain.last}
    moved = update(PAIRS).where(
        PAIRS.c.desk == str(desk), PAIRS.c.peer == str(peer), PAIRS.c.sequence < chain.sequence
    )
    if not tx.connection.execute(moved.values(values)).rowcount:
        names = {"desk": str(desk), "peer": str(peer)}
        tx.connection.execute(insert(PAIRS), values | names)
