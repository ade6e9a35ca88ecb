"""What this state published: each notice in each of its revisions.

It promises that a revision is published once, and that its facts and the seed of its
commitment stand in the database only encrypted: with both, later views of it can be made.

Source: docs/envelope.md, section 2.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, insert, select, tuple_

from node.store.database import Transaction
from node.store.records import create_record, open_record
from node.store.tables import NOTICES
from valija.clock import Minute
from valija.errors import AbsentError
from valija.ids import Desk, Digest, NoticeId


@dataclass(frozen=True, slots=True)
class Notice:
    """A published notice, in one of its revisions.

    Attributes:
        notice: Its id, the draft's.
        revision: 1, 2, 3 as this state published it.
        desk: Who published it.
        type: Its type, from the closed list of `node.notice`.
        created: When.
        commitment: What every view of it opens to.
        decision: Digest of the record of the law's decision.
    """

    notice: NoticeId
    revision: int
    desk: Desk
    type: str
    created: Minute
    commitment: Digest
    decision: Digest


def add(tx: Transaction, notice: Notice, content: bytes) -> None:
    """Keep a published notice with everything it commits to.

    Raises:
        DuplicateError: This revision was published before.
    """
    record = create_record(tx, "notices", _key(notice.notice, notice.revision))
    values = {name: getattr(notice, name) for name in Notice.__slots__}
    values |= {"desk": str(notice.desk), "content_sealed": record.seal("content", content)}
    tx.connection.execute(insert(NOTICES), values)


def find(tx: Transaction, name: NoticeId, revision: int = 0) -> Notice:
    """Return a published notice; its last revision when `revision` is 0.

    Raises:
        AbsentError: It was not published.
    """
    query = select(*_NOTICE).where(NOTICES.c.notice == name)
    if revision:
        query = query.where(NOTICES.c.revision == revision)
    query = query.order_by(NOTICES.c.revision.desc()).limit(1)
    row = tx.connection.execute(query).one_or_none()
    if row is None:
        raise AbsentError("no such notice was published")
    return _notice(row)


def content(tx: Transaction, name: NoticeId, revision: int) -> bytes:
    """Return everything a revision commits to, as it was stored.

    Raises:
        AbsentError: It was not published, or its key was destroyed.
    """
    query = select(NOTICES.c.content_sealed).where(
        NOTICES.c.notice == name, NOTICES.c.revision == revision
    )
    sealed = tx.connection.execute(query).scalar_one_or_none()
    if sealed is None:
        raise AbsentError("no such notice was published")
    return open_record(tx, "notices", _key(name, revision)).unseal("content", sealed)


def page(
    tx: Transaction, desk: Desk, after: Notice | None = None, limit: int = 50
) -> tuple[Notice, ...]:
    """Return what a desk published, the newest first.

    Args:
        tx: A transaction that reads.
        desk: Whose notices.
        after: The last one of the page before; None for the first page.
        limit: Notices at most.
    """
    query = select(*_NOTICE).where(NOTICES.c.desk == str(desk))
    key = (NOTICES.c.created, NOTICES.c.notice, NOTICES.c.revision)
    if after is not None:
        query = query.where(tuple_(*key) < (after.created, after.notice, after.revision))
    query = query.order_by(*(column.desc() for column in key)).limit(limit)
    return tuple(_notice(row) for row in tx.connection.execute(query))


_NOTICE = tuple(NOTICES.c[name] for name in Notice.__slots__)


def _key(name: NoticeId, revision: int) -> bytes:
    return name + revision.to_bytes(4, "big")


def _notice(row: Row[Any]) -> Notice:
    values = {name: getattr(row, name) for name in Notice.__slots__}
    return Notice(**(values | {"desk": Desk.parse(row.desk)}))
