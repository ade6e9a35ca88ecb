"""Drafts: what an officer writes before the law is asked, encrypted at rest.

It promises that a draft's content stands in the database only as `node.vault` encrypts it,
and that discarding a draft destroys its key. A draft and the notice that it becomes share
one id. Whether a draft may go is the affair of `node.preflight`.

Source: docs/architecture.md, The journey of a notice, 1.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, tuple_, update

from node.store.database import Transaction
from node.store.records import create_record, drop_record, open_record
from node.store.tables import DRAFTS
from valija.clock import Minute
from valija.errors import AbsentError
from valija.ids import Desk, NoticeId

_TABLE = "drafts"


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft in a list: what may be shown without decrypting anything."""

    notice: NoticeId
    desk: Desk
    type: str
    author: str
    created: Minute
    changed: Minute


def add(tx: Transaction, line: DraftLine, content: bytes) -> None:
    """Store a draft's first text.

    Raises:
        DuplicateError: A draft of this id is there.
    """
    record = create_record(tx, _TABLE, line.notice)
    tx.connection.execute(
        insert(DRAFTS),
        {
            "notice": line.notice,
            "desk": str(line.desk),
            "type": line.type,
            "author": line.author,
            "created": line.created,
            "changed": line.changed,
            "content_sealed": record.seal("content", content),
        },
    )


def change(tx: Transaction, notice: NoticeId, content: bytes, at: Minute) -> None:
    """Replace a draft's text.

    Raises:
        AbsentError: No such draft.
    """
    record = open_record(tx, _TABLE, notice)
    tx.connection.execute(
        update(DRAFTS)
        .where(DRAFTS.c.notice == notice)
        .values(content_sealed=record.seal("content", content), changed=at)
    )


def content(tx: Transaction, notice: NoticeId) -> bytes:
    """Return a draft's text as it was stored.

    Raises:
        AbsentError: No such draft.
    """
    return _text(tx, _row(tx, notice))


def own(tx: Transaction, desk: Desk, notice: NoticeId) -> tuple[DraftLine, bytes]:
    """Return what a list would show of a desk's draft, and its text as it was stored.

    Raises:
        AbsentError: There is none, or it is another desk's: the two are not told apart.
    """
    row = _row(tx, notice)
    found = _line(row)
    if found.desk != desk:
        raise AbsentError("no such draft")
    return found, _text(tx, row)


def _row(tx: Transaction, notice: NoticeId) -> Row[*tuple[Any, ...]]:
    row = tx.connection.execute(_FIND, {"name": notice}).one_or_none()
    if row is None:
        raise AbsentError("no such draft")
    return row


def _text(tx: Transaction, row: Row[*tuple[Any, ...]]) -> bytes:
    return open_record(tx, _TABLE, row.notice).unseal("content", row.content_sealed)


def line(tx: Transaction, notice: NoticeId) -> DraftLine:
    """Return what a list would show of one draft.

    Raises:
        AbsentError: No such draft.
    """
    row = tx.connection.execute(_FIND_LINE, {"name": notice}).one_or_none()
    if row is None:
        raise AbsentError("no such draft")
    return _line(row)


def page(
    tx: Transaction, desk: Desk, after: DraftLine | None = None, limit: int = 50
) -> tuple[DraftLine, ...]:
    """Return a desk's drafts, the last changed first.

    Args:
        tx: A transaction that reads.
        desk: Whose drafts.
        after: The last line of the page before; None for the first page.
        limit: Lines at most.
    """
    query = select(*_LINE).where(DRAFTS.c.desk == str(desk))
    if after is not None:
        key = tuple_(DRAFTS.c.changed, DRAFTS.c.notice)
        query = query.where(key < (after.changed, after.notice))
    query = query.order_by(DRAFTS.c.changed.desc(), DRAFTS.c.notice.desc()).limit(limit)
    return tuple(_line(row) for row in tx.connection.execute(query))


def discard(tx: Transaction, notice: NoticeId) -> None:
    """Delete a draft and its key; one that is not there is no error."""
    tx.connection.execute(delete(DRAFTS).where(DRAFTS.c.notice == notice))
    drop_record(tx, _TABLE, notice)


_LINE = (
    DRAFTS.c.notice,
    DRAFTS.c.desk,
    DRAFTS.c.type,
    DRAFTS.c.author,
    DRAFTS.c.created,
    DRAFTS.c.changed,
)
# Made once: SQLAlchemy takes longer to put a statement together than to run it.
_FIND_LINE = select(*_LINE).where(DRAFTS.c.notice == bindparam("name"))
_FIND = select(*_LINE, DRAFTS.c.content_sealed).where(DRAFTS.c.notice == bindparam("name"))


def _line(row: Row[*tuple[Any, ...]]) -> DraftLine:
    return DraftLine(
        notice=NoticeId(row.notice),
        desk=Desk.parse(row.desk),
        type=row.type,
        author=row.author,
        created=Minute(row.created),
        changed=Minute(row.changed),
    )
