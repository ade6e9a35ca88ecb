"""What an officer ordered to go, where drafts came from, and the risk table.

It promises that an order stands in the store as long as anything of it waits, so that an
approval given next week finds it; and that one row of a register keeps one draft.

Source: docs/architecture.md, The journey, 3; docs/content.md, the tally (a row's identity),
"What the law must be told" (risk).
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
    delete,
    insert,
    select,
)

from node.store.database import Transaction
from node.store.tables import METADATA
from valija.clock import Minute
from valija.errors import AbsentError
from valija.ids import Desk, NoticeId

RELEASES = Table(
    "releases",
    METADATA,
    Column("notice", LargeBinary, primary_key=True),
    Column("recipients", Text, nullable=False),
    Column("purpose", String(48), nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("awaited", Text, nullable=False),
    Column("account", String(32), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("at", Integer, nullable=False),
)
ORIGINS = Table(
    "origins",
    METADATA,
    Column("identity", LargeBinary, primary_key=True),
    Column("notice", LargeBinary, nullable=False),
)
RISKS = Table(
    "risks",
    METADATA,
    Column("desk", String(32), primary_key=True),
    Column("torture", String(16), nullable=False),
    Column("persecution", String(8), nullable=False),
    Column("compromised", String(8), nullable=False),
    Column("account", String(32), nullable=False),
    Column("until", Integer, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Release:
    """An officer's order.

    Attributes:
        notice: The draft.
        recipients: Every desk named so far.
        purpose: A word of the law's list; empty: the draft's own.
        urgent: Delivered first.
        awaited: Conditions that he waits for, though less could go now.
        account: Who ordered it.
        revision: How often it was published: 0, 1, 2.
        at: Minute of the last order.
    """

    notice: NoticeId
    recipients: tuple[Desk, ...]
    purpose: str
    urgent: bool
    awaited: frozenset[str]
    account: str
    revision: int
    at: Minute


@dataclass(frozen=True, slots=True)
class RiskRow:
    """What a prosecutor signed of one desk, until a minute."""

    desk: Desk
    torture: str
    persecution: str
    compromised: str
    account: str
    until: Minute


def put(tx: Transaction, one: Release) -> None:
    """Write an order in place of the one before."""
    tx.connection.execute(delete(RELEASES).where(RELEASES.c.notice == one.notice))
    tx.connection.execute(
        insert(RELEASES).values(
            notice=one.notice,
            recipients=json.dumps([str(desk) for desk in one.recipients]),
            purpose=one.purpose,
            urgent=one.urgent,
            awaited=json.dumps(sorted(one.awaited)),
            account=one.account,
            revision=one.revision,
            at=one.at,
        )
    )


def find(tx: Transaction, notice: NoticeId) -> Release:
    """Return the order of a notice.

    Raises:
        AbsentError: Nobody ordered it to go.
    """
    row = tx.connection.execute(select(RELEASES).where(RELEASES.c.notice == notice)).first()
    if row is None:
        raise AbsentError("nobody ordered this draft to go")
    return Release(
        notice=NoticeId(row.notice),
        recipients=tuple(Desk.parse(text) for text in json.loads(row.recipients)),
        purpose=row.purpose,
        urgent=row.urgent,
        awaited=frozenset(json.loads(row.awaited)),
        account=row.account,
        revision=row.revision,
        at=Minute(row.at),
    )


def origin(tx: Transaction, identity: bytes) -> NoticeId | None:
    """Return the draft that a row of a register became; None if none did."""
    query = select(ORIGINS.c.notice).where(ORIGINS.c.identity == identity)
    found = tx.connection.execute(query).scalar_one_or_none()
    return None if found is None else NoticeId(found)


def put_origins(tx: Transaction, rows: Iterable[tuple[bytes, NoticeId]]) -> None:
    """Remember which draft each row of a register became."""
    values = [{"identity": identity, "notice": notice} for identity, notice in rows]
    if values:
        tx.connection.execute(insert(ORIGINS), values)


def put_risk(tx: Transaction, row: RiskRow) -> None:
    """Write what a prosecutor signs of a desk, in place of what was signed before."""
    tx.connection.execute(delete(RISKS).where(RISKS.c.desk == str(row.desk)))
    tx.connection.execute(
        insert(RISKS).values(
            desk=str(row.desk),
            torture=row.torture,
            persecution=row.persecution,
            compromised=row.compromised,
            account=row.account,
            until=row.until,
        )
    )


def risks(tx: Transaction, minute: Minute) -> tuple[RiskRow, ...]:
    """Return what stands of each desk at a minute; what has ended is not among it."""
    rows = tx.connection.execute(select(RISKS).where(RISKS.c.until > minute))
    return tuple(
        RiskRow(
            Desk.parse(row.desk),
            row.torture,
            row.persecution,
            row.compromised,
            row.account,
            Minute(row.until),
        )
        for row in rows
    )
