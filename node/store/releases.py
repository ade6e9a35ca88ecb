"""What officers ordered to go: one wish a draft and recipient.

It promises that a wish stands in the store as long as anything of it waits, so that an
approval given next week finds it; that it names the exact text that was ordered; and that an
order towards one desk changes nothing of what was ordered towards another.

Source: docs/architecture.md, The journey, 3.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import (
    Boolean,
    Column,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    bindparam,
    insert,
    select,
)
from sqlalchemy import delete as remove

from node.store import notices
from node.store.database import Transaction
from node.store.tables import METADATA
from valija.clock import Minute
from valija.errors import AbsentError
from valija.ids import Desk, NoticeId

WISHES = Table(
    "wishes",
    METADATA,
    Column("notice", LargeBinary, primary_key=True),
    Column("recipient", String(32), primary_key=True),
    Column("purpose", String(48), nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("awaited", Text, nullable=False),
    Column("account", String(32), nullable=False),
    Column("content", String(64), nullable=False),
    Column("at", Integer, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Wish:
    """An officer's order of one draft towards one desk.

    Attributes:
        notice: The draft.
        recipient: The desk.
        purpose: A word of the law's list.
        urgent: Delivered first.
        awaited: Conditions that he waits for, though less could go now.
        account: Who ordered it.
        content: Digest of the text that was ordered, in hexadecimal.
        at: Minute of the order.
    """

    notice: NoticeId
    recipient: Desk
    purpose: str
    urgent: bool
    awaited: frozenset[str]
    account: str
    content: str
    at: Minute


def put(tx: Transaction, wishes: Iterable[Wish]) -> None:
    """Write orders, each in place of the one before towards the same desk."""
    for one in wishes:
        drop(tx, one.notice, [one.recipient])
        tx.connection.execute(
            insert(WISHES),
            {
                "notice": one.notice,
                "recipient": str(one.recipient),
                "purpose": one.purpose,
                "urgent": one.urgent,
                "awaited": json.dumps(sorted(one.awaited)),
                "account": one.account,
                "content": one.content,
                "at": one.at,
            },
        )


def drop(tx: Transaction, notice: NoticeId, recipients: Iterable[Desk]) -> None:
    """End the orders of a draft towards these desks; none there is no error."""
    for recipient in recipients:
        tx.connection.execute(
            remove(WISHES).where(
                WISHES.c.notice == notice, WISHES.c.recipient == str(recipient)
            )
        )


def find(tx: Transaction, notice: NoticeId) -> tuple[Wish, ...]:
    """Return every order of a draft that stands, by recipient."""
    return tuple(
        Wish(
            notice=notice,
            recipient=Desk.parse(row.recipient),
            purpose=row.purpose,
            urgent=row.urgent,
            awaited=frozenset(json.loads(row.awaited)),
            account=row.account,
            content=row.content,
            at=Minute(row.at),
        )
        for row in tx.connection.execute(_FIND, {"name": notice})
    )


_FIND = select(WISHES).where(WISHES.c.notice == bindparam("name")).order_by(WISHES.c.recipient)


def revision(tx: Transaction, notice: NoticeId) -> int:
    """Return how often a draft was published: 0, 1, 2."""
    try:
        return notices.find(tx, notice).revision
    except AbsentError:
        return 0
