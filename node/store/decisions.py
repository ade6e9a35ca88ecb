"""What the law decided, and what its conditions wait for.

It promises that a decision record is kept as it was made, under the digest that labels
carry; that a recipient has one standing for a notice; and that a condition, once met, names
its evidence (`node.store.evidence`). It decides nothing: `node.preflight` asks the law.

Source: docs/policy.md, sections 1, 3 and 13; docs/coordination.md (held, barred).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, insert, or_, select, update

from node.store.database import Transaction
from node.store.records import create_record, open_record
from node.store.tables import DECISIONS, HOLDS, STANDINGS
from valija.clock import Minute
from valija.errors import AbsentError, DuplicateError
from valija.ids import Desk, Digest, NoticeId, digest


@dataclass(frozen=True, slots=True)
class Standing:
    """What the law last said of a whole notice towards one recipient.

    Attributes:
        notice: Which notice.
        recipient: Towards whom.
        rank: `allowed`, `held` or `never`; `refused` or `closed` where a person ended it.
        decision: Digest of the record that says why.
        citations: Instruments and articles that decided.
        at: When.
    """

    notice: NoticeId
    recipient: Desk
    rank: str
    decision: Digest
    citations: tuple[str, ...]
    at: Minute


@dataclass(frozen=True, slots=True)
class Hold:
    """One condition that a notice waits for towards one recipient.

    Attributes:
        id: 16 random bytes.
        notice: Which notice.
        recipient: Towards whom.
        condition: The law's word; alternatives are written `a | b`.
        article: Which norm asks for it.
        who: The role that can meet it.
        opened: Since when.
        closed: When it was met or fell away; None while it waits.
        evidence: What met it; None while it waits, or when it fell away.
    """

    id: bytes
    notice: NoticeId
    recipient: Desk
    condition: str
    article: str
    who: str
    opened: Minute
    closed: Minute | None = None
    evidence: bytes | None = None


def add_decision(tx: Transaction, notice: NoticeId, made: Minute, record: bytes) -> Digest:
    """Keep a salted decision record, and return its digest; twice is once."""
    name = digest(record)
    if tx.connection.execute(_FIND, {"name": name}).one_or_none() is None:
        key = create_record(tx, "decisions", name)
        sealed = key.seal("record", record)
        values = {"digest": name, "notice": notice, "made": made, "record_sealed": sealed}
        tx.connection.execute(_ADD, values)
    return name


# Made once: SQLAlchemy takes longer to put a statement together than to run it.
_FIND = select(DECISIONS.c.digest).where(DECISIONS.c.digest == bindparam("name"))
_ADD = insert(DECISIONS)


def decision(tx: Transaction, name: Digest) -> bytes:
    """Return the record of a digest, exact.

    Raises:
        AbsentError: No such decision.
    """
    query = select(DECISIONS.c.record_sealed).where(DECISIONS.c.digest == name)
    sealed = tx.connection.execute(query).scalar_one_or_none()
    if sealed is None:
        raise AbsentError("no such decision")
    return open_record(tx, "decisions", name).unseal("record", sealed)


@dataclass(frozen=True, slots=True)
class Kept:
    """A decision as it is kept.

    Attributes:
        digest: What labels carry.
        notice: About which notice.
        made: When.
        record: Salt and decisions, exact.
    """

    digest: Digest
    notice: NoticeId
    made: Minute
    record: bytes


def page(
    tx: Transaction, place: tuple[int, bytes], notice: NoticeId | None, limit: int
) -> tuple[Kept, ...]:
    """Return decisions after a place, which is a minute and a digest, in that order.

    Args:
        tx: The transaction.
        place: Of the last one seen; of a first minute and no digest to begin with it.
        notice: Only about this one; None: about all.
        limit: How many at most.
    """
    made, name = DECISIONS.c.made, DECISIONS.c.digest
    query = select(DECISIONS).where(
        or_(made > place[0], and_(made == place[0], name > place[1]))
    )
    if notice is not None:
        query = query.where(DECISIONS.c.notice == notice)
    found = tx.connection.execute(query.order_by(made, name).limit(limit)).all()
    return tuple(
        Kept(
            Digest(row.digest),
            NoticeId(row.notice),
            Minute(row.made),
            open_record(tx, "decisions", row.digest).unseal("record", row.record_sealed),
        )
        for row in found
    )


def put_standings(tx: Transaction, standings: Sequence[Standing]) -> None:
    """Write what the law says now, in place of what it said before."""
    for one in standings:
        tx.connection.execute(
            delete(STANDINGS).where(
                STANDINGS.c.notice == one.notice, STANDINGS.c.recipient == str(one.recipient)
            )
        )
        tx.connection.execute(
            insert(STANDINGS),
            {
                "notice": one.notice,
                "recipient": str(one.recipient),
                "rank": one.rank,
                "decision": one.decision,
                "citations": json.dumps(one.citations),
                "at": one.at,
            },
        )


def standings(tx: Transaction, notice: NoticeId) -> tuple[Standing, ...]:
    """Return a notice's standings, by recipient."""
    query = (
        select(STANDINGS).where(STANDINGS.c.notice == notice).order_by(STANDINGS.c.recipient)
    )
    return tuple(
        Standing(
            notice,
            Desk.parse(row.recipient),
            row.rank,
            Digest(row.decision),
            tuple(json.loads(row.citations)),
            Minute(row.at),
        )
        for row in tx.connection.execute(query)
    )


def open_hold(tx: Transaction, hold: Hold) -> None:
    """Begin to wait for a condition; one that already waits, or was met, stays as it is."""
    known = select(HOLDS.c.id).where(
        HOLDS.c.notice == hold.notice,
        HOLDS.c.recipient == str(hold.recipient),
        HOLDS.c.condition == hold.condition,
        HOLDS.c.article == hold.article,
    )
    if tx.connection.execute(known).one_or_none() is None:
        values = {name: getattr(hold, name) for name in Hold.__slots__}
        tx.connection.execute(insert(HOLDS), values | {"recipient": str(hold.recipient)})


def close_hold(tx: Transaction, hold: bytes, at: Minute, evidence: bytes | None) -> None:
    """End a wait: met by `evidence`, or fallen away when None.

    Raises:
        AbsentError: No such hold.
        DuplicateError: It was closed before.
    """
    row = tx.connection.execute(select(HOLDS.c.closed).where(HOLDS.c.id == hold)).one_or_none()
    if row is None:
        raise AbsentError("no such hold")
    if row.closed is not None:
        raise DuplicateError("this hold was closed before")
    tx.connection.execute(
        update(HOLDS).where(HOLDS.c.id == hold).values(closed=at, evidence=evidence)
    )


def holds(tx: Transaction, notice: NoticeId) -> tuple[Hold, ...]:
    """Return a notice's holds, open and closed, by recipient and condition."""
    query = select(HOLDS).where(HOLDS.c.notice == notice)
    query = query.order_by(HOLDS.c.recipient, HOLDS.c.condition, HOLDS.c.article)
    return tuple(_hold(row) for row in tx.connection.execute(query))


def waiting(tx: Transaction, limit: int = 200) -> tuple[Hold, ...]:
    """Return open holds of every notice, the oldest first, `limit` at most."""
    query = select(HOLDS).where(HOLDS.c.closed.is_(None))
    query = query.order_by(HOLDS.c.opened, HOLDS.c.id).limit(limit)
    return tuple(_hold(row) for row in tx.connection.execute(query))


def _hold(row: Row[Any]) -> Hold:
    values = {name: getattr(row, name) for name in Hold.__slots__}
    return Hold(**(values | {"recipient": Desk.parse(row.recipient)}))
