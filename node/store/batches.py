"""Signed batches as exact bytes, and the numbers that no desk signs twice.

It promises that counter, previous head, signed bytes and pair numbers change in one
transaction with each other, and that a batch's later states only update its row:

    ready -> durable -> proven
    ready, durable -> rejected -> withdrawn -> replaced     (refused by the log; our withdrawal
                                                             is proven; its items are sealed
                                                             again)

Source: docs/envelope.md, sections 3.2 and 3.4, step 4.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Row, Update, bindparam, insert, select, update

from node.store.database import Transaction
from node.store.tables import BATCHES, COUNTERS, PAIRS
from valija.clock import Minute
from valija.errors import AbsentError
from valija.ids import ZERO_DIGEST, Desk, Digest, LeafIndex

READY, DURABLE, PROVEN = "ready", "durable", "proven"
REJECTED, WITHDRAWN, REPLACED = "rejected", "withdrawn", "replaced"
STATES = (READY, DURABLE, PROVEN, REJECTED, WITHDRAWN, REPLACED)


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
    row = tx.connection.execute(_COUNTER, {"whose": str(desk)}).one_or_none()
    return Chain() if row is None else Chain(row.sequence, Digest(row.previous))


def pair(tx: Transaction, desk: Desk, peer: Desk) -> Chain:
    """Return where a desk's labels towards a peer stand."""
    names = {"whose": str(desk), "towards": str(peer)}
    row = tx.connection.execute(_PAIR, names).one_or_none()
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
    tx.connection.execute(_ADD, values | {"desk": str(batch.desk)})
    _advance_counter(tx, batch)
    for peer, chain in pairs.items():
        _advance_pair(tx, batch.desk, peer, chain)


def change(
    tx: Transaction, batch: Signed, *, since: Collection[str] = STATES, **values: object
) -> bool:
    """Update a batch's state; its bytes and numbers are not among what may change.

    Args:
        tx: A transaction that writes.
        batch: Which batch; the state that the caller knew it in decides nothing.
        since: States from which this step is legal.
        values: The columns to change.

    Returns:
        False where the batch stands in another state by now: nothing was changed.
    """
    allowed = {"state", "leaf_index", "logged", "path", "tree_size", "code"}
    names = tuple(sorted(allowed & values.keys()))
    changed = {f"new_{name}": values[name] for name in names}
    which = {"whose": str(batch.desk), "number": batch.sequence, "since": list(since)}
    done = bool(tx.connection.execute(_change(names), changed | which).rowcount)
    tx.feeds_outbox |= done and values.get("state") == WITHDRAWN  # It is sent once more.
    return done


def by_head(tx: Transaction, head: Digest) -> Signed:
    """Return the batch of a head.

    Raises:
        AbsentError: This node signed no such head.
    """
    row = tx.connection.execute(_BY_HEAD, {"head": head}).one_or_none()
    if row is None:
        raise AbsentError("this node signed no such head")
    return _signed(row)


def in_state(tx: Transaction, state: str, limit: int = 1000) -> tuple[Signed, ...]:
    """Return batches in one state, by desk and number, `limit` at most."""
    rows = tx.connection.execute(_IN_STATE, {"wanted": state, "most": limit})
    return tuple(_signed(row) for row in rows)


# Made once: SQLAlchemy takes longer to put a statement together than to run it.
_ROWS = select(*(BATCHES.c[name] for name in Signed.__slots__))
_BY_HEAD = _ROWS.where(BATCHES.c.head_digest == bindparam("head"))
_IN_STATE = (
    _ROWS.where(BATCHES.c.state == bindparam("wanted"))
    .order_by(BATCHES.c.desk, BATCHES.c.sequence)
    .limit(bindparam("most"))
)
_ADD = insert(BATCHES)
_COUNTER = select(COUNTERS).where(COUNTERS.c.desk == bindparam("whose"))
_ADD_COUNTER = insert(COUNTERS)
_MOVE_COUNTER = (
    update(COUNTERS)
    .where(COUNTERS.c.desk == bindparam("whose"), COUNTERS.c.sequence == bindparam("before"))
    .values(sequence=bindparam("number"), previous=bindparam("head"))
)
_OF_PAIR = (PAIRS.c.desk == bindparam("whose")) & (PAIRS.c.peer == bindparam("towards"))
_PAIR = select(PAIRS).where(_OF_PAIR)
_ADD_PAIR = insert(PAIRS)
_MOVE_PAIR = (
    update(PAIRS)
    .where(_OF_PAIR, PAIRS.c.sequence < bindparam("number"))
    .values(sequence=bindparam("number"), label=bindparam("head"))
)


@cache
def _change(names: tuple[str, ...]) -> Update:
    """Return the statement that changes these columns of one batch."""
    which = (
        BATCHES.c.desk == bindparam("whose"),
        BATCHES.c.sequence == bindparam("number"),
        BATCHES.c.state.in_(bindparam("since", expanding=True)),
    )
    return update(BATCHES).where(*which).values({n: bindparam(f"new_{n}") for n in names})


def _signed(row: Row[Any]) -> Signed:
    values = {name: getattr(row, name) for name in Signed.__slots__}
    return Signed(**(values | {"desk": Desk.parse(row.desk)}))


def _advance_counter(tx: Transaction, batch: Signed) -> None:
    number, head, desk = batch.sequence, batch.head_digest, str(batch.desk)
    moved = {"whose": desk, "before": number - 1, "number": number, "head": head}
    if not tx.connection.execute(_MOVE_COUNTER, moved).rowcount:
        first = {"desk": desk, "sequence": number, "previous": head}
        tx.connection.execute(_ADD_COUNTER, first)


def _advance_pair(tx: Transaction, desk: Desk, peer: Desk, chain: Chain) -> None:
    names = {"whose": str(desk), "towards": str(peer)}
    moved = names | {"number": chain.sequence, "head": chain.last}
    if not tx.connection.execute(_MOVE_PAIR, moved).rowcount:
        first = {"sequence": chain.sequence, "label": chain.last}
        tx.connection.execute(_ADD_PAIR, first | {"desk": str(desk), "peer": str(peer)})
