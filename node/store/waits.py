"""What waits at one desk: open holds by desk, begun again where their evidence fell away.

It promises that a desk's list is never crowded out by another's, and that a condition which
is asked for again waits again, though it was met or refused for an earlier text.

Source: docs/coordination.md (held); docs/policy.md, section 3.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, Select, select, update

from node.store.database import Transaction
from node.store.decisions import Hold, open_hold
from node.store.tables import DRAFTS, HOLDS
from valija.clock import Minute
from valija.errors import AbsentError
from valija.ids import Desk, NoticeId

_HOLD = tuple(HOLDS.c[name] for name in Hold.__slots__)


def at_desk(tx: Transaction, desk: Desk, limit: int = 200) -> tuple[Hold, ...]:
    """Return the open holds of a desk's drafts, the oldest first, `limit` at most."""
    query = _open_of(desk).order_by(HOLDS.c.opened, HOLDS.c.id).limit(limit)
    return tuple(_hold(row) for row in tx.connection.execute(query))


def find(tx: Transaction, desk: Desk, hold: bytes) -> Hold:
    """Return one open hold of a desk's drafts.

    Raises:
        AbsentError: Nothing of this id waits at this desk.
    """
    row = tx.connection.execute(_open_of(desk).where(HOLDS.c.id == hold)).one_or_none()
    if row is None:
        raise AbsentError("nothing of this id waits here")
    return _hold(row)


def alike(tx: Transaction, hold: Hold) -> tuple[Hold, ...]:
    """Return the open holds of the same notice, condition and article, by recipient."""
    query = select(*_HOLD).where(
        HOLDS.c.notice == hold.notice,
        HOLDS.c.condition == hold.condition,
        HOLDS.c.article == hold.article,
        HOLDS.c.closed.is_(None),
    )
    rows = tx.connection.execute(query.order_by(HOLDS.c.recipient))
    return tuple(_hold(row) for row in rows)


def begin(tx: Transaction, hold: Hold) -> None:
    """Wait for a condition; one that waits already stays, one that ended waits anew."""
    open_hold(tx, hold)
    tx.connection.execute(
        update(HOLDS)
        .where(
            HOLDS.c.notice == hold.notice,
            HOLDS.c.recipient == str(hold.recipient),
            HOLDS.c.condition == hold.condition,
            HOLDS.c.article == hold.article,
            HOLDS.c.closed.is_not(None),
        )
        .values(id=hold.id, opened=hold.opened, closed=None, evidence=None)
    )


def fall_away(
    tx: Transaction, notice: NoticeId, recipients: Iterable[Desk], at: Minute
) -> None:
    """End every wait of a notice towards these desks without evidence."""
    for recipient in recipients:
        tx.connection.execute(
            update(HOLDS)
            .where(
                HOLDS.c.notice == notice,
                HOLDS.c.recipient == str(recipient),
                HOLDS.c.closed.is_(None),
            )
            .values(closed=at, evidence=None)
        )


def end_others(
    tx: Transaction, notice: NoticeId, recipient: Desk, kept: Iterable[Hold], at: Minute
) -> None:
    """End every wait towards a desk that the law does not ask for any more."""
    still = {(one.condition, one.article) for one in kept}
    query = select(*_HOLD).where(
        HOLDS.c.notice == notice,
        HOLDS.c.recipient == str(recipient),
        HOLDS.c.closed.is_(None),
    )
    for row in tx.connection.execute(query).all():
        if (row.condition, row.article) not in still:
            tx.connection.execute(
                update(HOLDS).where(HOLDS.c.id == row.id).values(closed=at, evidence=None)
            )


def _open_of(desk: Desk) -> Select[Any]:
    joined = HOLDS.join(DRAFTS, DRAFTS.c.notice == HOLDS.c.notice)
    query: Select[Any] = select(*_HOLD).select_from(joined)
    return query.where(HOLDS.c.closed.is_(None), DRAFTS.c.desk == str(desk))


def _hold(row: Row[Any]) -> Hold:
    values = {name: getattr(row, name) for name in Hold.__slots__}
    return Hold(**(values | {"recipient": Desk.parse(row.recipient)}))
