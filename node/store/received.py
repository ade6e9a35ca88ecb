"""What arrived and was verified, exactly as received, with our key to it encrypted.

It promises that a label is stored once a desk, that its bytes stay as they came (they are
the evidence), and that the content key stands only under the record's own key. Whether it
may be read is said by `node.inbox`.

Source: docs/envelope.md, section 3.6, steps 5 to 10.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Row, Update, bindparam, func, insert, select, update

from node.store.database import Transaction
from node.store.records import create_record, open_record
from node.store.tables import RECEIVED
from valija.clock import Day, Minute
from valija.errors import AbsentError, DuplicateError
from valija.ids import Desk, Digest, LabelId, LeafIndex, NoticeId

STORED, KEPT, HELD, REFUSED, UNUSABLE, EXPIRED = (
    "stored",
    "kept",
    "held_intake",
    "refused_intake",
    "unusable",
    "expired",
)
"""Stored and still sealed; kept by the intake law and opened; and the four ways it ends."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One verified envelope in a desk's inbox.

    Attributes:
        number: Its number here, the order of arrival; 0 before it is stored.
        desk: Whose inbox.
        label: Digest of the label.
        originator: Who signed it.
        label_id: The label's id.
        notice: Which notice.
        version: Of which version.
        leaf_index: Where it stands in the log.
        logged: Minute of the log.
        stored: Minute of its DELIVERED receipt.
        expires: Day on which the broker's copy ends.
        urgent: May be opened unwitnessed.
        pair_sequence: The originator's number for this desk.
        tree_size: Size of the checkpoint that its proof leads to.
        delivery: The Delivery, exact.
        state: STORED, KEPT, HELD, REFUSED, UNUSABLE or EXPIRED.
        ground: Why it is refused, from the closed list; else empty.
        conditions: What it waits for while HELD.
        decision: Digest of the intake law's record; empty before it was asked.
        type: The notice's type; empty before its terms are read.
        purpose: Its purpose; empty before its terms are read.
        opened: The role that opened it first; empty before.
    """

    number: int
    desk: Desk
    label: Digest
    originator: Desk
    label_id: LabelId
    notice: NoticeId
    version: int
    leaf_index: LeafIndex
    logged: Minute
    stored: Minute
    expires: Day
    urgent: bool
    pair_sequence: int
    tree_size: int
    delivery: bytes
    state: str = STORED
    ground: str = ""
    conditions: tuple[str, ...] = ()
    decision: bytes = b""
    type: str = ""
    purpose: str = ""
    opened: str = ""


def add(tx: Transaction, arrival: Arrival) -> int:
    """Store an envelope that was verified, and return its number.

    Raises:
        DuplicateError: The desk holds this label, or another with its id.
    """
    values = {name: getattr(arrival, name) for name in Arrival.__slots__ if name != "number"}
    values |= {
        "desk": str(arrival.desk),
        "originator": str(arrival.originator),
        "label_digest": values.pop("label"),
        "conditions": json.dumps(arrival.conditions),
    }
    return int(tx.connection.execute(_ADD, values).scalar_one())


def find(tx: Transaction, desk: Desk, label: Digest) -> Arrival:
    """Return a desk's envelope of a label.

    Raises:
        AbsentError: It is not there, or not for this desk.
    """
    query = _ROWS.where(RECEIVED.c.desk == str(desk), RECEIVED.c.label_digest == label)
    row = tx.connection.execute(query).one_or_none()
    if row is None:
        raise AbsentError("no such notice in this inbox")
    return _arrival(row)


def leaves(tx: Transaction, desk: Desk, labels: Collection[Digest]) -> dict[Digest, LeafIndex]:
    """Return which of these labels the desk holds, and at which leaf each stands."""
    rows = tx.connection.execute(_LEAVES, {"whose": str(desk), "labels": list(labels)})
    return {Digest(row.label_digest): LeafIndex(row.leaf_index) for row in rows}


def is_new(tx: Transaction, arrival: Arrival) -> bool:
    """Say whether a desk does not hold this label.

    Raises:
        DuplicateError: It holds another label of this originator with the same id.
    """
    names = {
        "whose": str(arrival.desk),
        "label": arrival.label,
        "by": str(arrival.originator),
        "name": arrival.label_id,
    }
    held = tx.connection.execute(_SAME, names).one_or_none()
    if held is not None and held.label_digest != arrival.label:
        raise DuplicateError("two labels of one originator with one id", held.leaf_index)
    return held is None


def page(tx: Transaction, desk: Desk, before: int = 0, limit: int = 50) -> tuple[Arrival, ...]:
    """Return a desk's envelopes, the newest first, before its `before`th unless it is 0.

    Counted at this desk: the gaps in a number over all desks would tell what others receive.
    """
    known = count(tx, desk)
    top = min(before - 1, known) if before else known
    rows = _ROWS.where(_OF).order_by(RECEIVED.c.number).offset(max(top - limit, 0))
    found = tx.connection.execute(rows.limit(min(limit, top)), {"whose": str(desk)})
    return tuple(_arrival(row) for row in found)[::-1]


def count(tx: Transaction, desk: Desk) -> int:
    """Return how many envelopes a desk has."""
    return int(tx.connection.execute(_COUNT, {"whose": str(desk)}).scalar_one())


def in_state(tx: Transaction, desk: Desk, state: str, limit: int = 64) -> tuple[Arrival, ...]:
    """Return a desk's envelopes in one state, in the order they came, `limit` at most."""
    wanted = {"whose": str(desk), "wanted": state, "most": limit}
    return tuple(_arrival(row) for row in tx.connection.execute(_IN_STATE, wanted))


def change(tx: Transaction, arrival: Arrival, **values: object) -> bool:
    """Update what became of an envelope; its bytes are not among what may change.

    Returns:
        False where its state is no longer the one in `arrival`: somebody was before us.
    """
    allowed = {"state", "ground", "conditions", "decision", "type", "purpose", "opened"}
    names = tuple(sorted(allowed & values.keys()))
    changed = {f"new_{name}": values[name] for name in names}
    if "new_conditions" in changed:
        changed["new_conditions"] = json.dumps(changed["new_conditions"])
    here = {"which": arrival.number, "before": arrival.state}
    return bool(tx.connection.execute(_change(names), changed | here).rowcount)


def keep_key(tx: Transaction, arrival: Arrival, content_key: bytes) -> None:
    """Put the content key under a record key of its own.

    Raises:
        DuplicateError: The envelope has one.
    """
    record = create_record(tx, "received", _key(arrival))
    sealed = record.seal("key", content_key)
    tx.connection.execute(_KEEP_KEY, {"which": arrival.number, "sealed": sealed})


def content_key(tx: Transaction, arrival: Arrival) -> bytes:
    """Return the content key of an envelope that was kept, 32 bytes.

    Raises:
        AbsentError: It was never kept, or was destroyed.
    """
    query = select(RECEIVED.c.key_sealed).where(RECEIVED.c.number == arrival.number)
    sealed = tx.connection.execute(query).scalar_one_or_none()
    if sealed is None:
        raise AbsentError("the key to this notice is not here")
    return open_record(tx, "received", _key(arrival)).unseal("key", sealed)


# Made once: SQLAlchemy takes longer to put a statement together than to run it.
_ROWS = select(*(column for column in RECEIVED.c if column.name != "key_sealed"))
_OF = RECEIVED.c.desk == bindparam("whose")
_ADD = insert(RECEIVED).returning(RECEIVED.c.number)
_COUNT = select(func.count()).select_from(RECEIVED).where(_OF)
_LEAF = select(RECEIVED.c.label_digest, RECEIVED.c.leaf_index).where(_OF)
_LEAVES = _LEAF.where(RECEIVED.c.label_digest.in_(bindparam("labels", expanding=True)))
_SAME_ID = (RECEIVED.c.originator == bindparam("by")) & (
    RECEIVED.c.label_id == bindparam("name")
)
_SAME = _LEAF.where((RECEIVED.c.label_digest == bindparam("label")) | _SAME_ID)
_IN_STATE = (
    _ROWS.where(_OF, RECEIVED.c.state == bindparam("wanted"))
    .order_by(RECEIVED.c.number)
    .limit(bindparam("most"))
)
_KEEP_KEY = (
    update(RECEIVED)
    .where(RECEIVED.c.number == bindparam("which"))
    .values(key_sealed=bindparam("sealed"))
)


@cache
def _change(names: tuple[str, ...]) -> Update:
    """Return the statement that changes these columns of one envelope in a known state."""
    here = (RECEIVED.c.number == bindparam("which"), RECEIVED.c.state == bindparam("before"))
    return update(RECEIVED).where(*here).values({n: bindparam(f"new_{n}") for n in names})


def _key(arrival: Arrival) -> bytes:
    return arrival.desk.to_bytes() + arrival.label


def _arrival(row: Row[Any]) -> Arrival:
    return Arrival(
        number=row.number,
        desk=Desk.parse(row.desk),
        label=Digest(row.label_digest),
        originator=Desk.parse(row.originator),
        label_id=LabelId(row.label_id),
        notice=NoticeId(row.notice),
        version=row.version,
        leaf_index=LeafIndex(row.leaf_index),
        logged=Minute(row.logged),
        stored=Minute(row.stored),
        expires=Day(row.expires),
        urgent=row.urgent,
        pair_sequence=row.pair_sequence,
        tree_size=row.tree_size,
        delivery=row.delivery,
        state=row.state,
        ground=row.ground,
        conditions=tuple(json.loads(row.conditions)),
        decision=row.decision,
        type=row.type,
        purpose=row.purpose,
        opened=row.opened,
    )
