"""Where a draft came from: its row of a register, and every hand that was laid on it.

It promises that one row of a register keeps one draft a desk, and that a hand, once noted, is
never taken away: whoever wrote a word of a draft or ordered it to go does not approve it.

Source: docs/content.md, the tally (a row's identity); docs/architecture.md, The people.
"""

from collections.abc import Iterable

from sqlalchemy import Column, LargeBinary, String, Table, insert, select

from node.store.database import Transaction
from node.store.tables import METADATA
from valija.ids import NoticeId

ORIGINS = Table(
    "origins",
    METADATA,
    Column("identity", LargeBinary, primary_key=True),
    Column("notice", LargeBinary, nullable=False),
)
HANDS = Table(
    "hands",
    METADATA,
    Column("notice", LargeBinary, primary_key=True),
    Column("account", String(32), primary_key=True),
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


def lay_hand(tx: Transaction, notice: NoticeId, account: str) -> None:
    """Note that an account wrote of a draft, or ordered it to go; twice is once."""
    if account not in hands(tx, notice):
        tx.connection.execute(insert(HANDS), {"notice": notice, "account": account})


def lay_first_hands(tx: Transaction, drafts: Iterable[NoticeId], account: str) -> None:
    """Note who wrote drafts that nobody touched before."""
    values = [{"notice": notice, "account": account} for notice in drafts]
    if values:
        tx.connection.execute(insert(HANDS), values)


def hands(tx: Transaction, notice: NoticeId) -> frozenset[str]:
    """Return every account that wrote of a draft or ordered it to go."""
    query = select(HANDS.c.account).where(HANDS.c.notice == notice)
    return frozenset(tx.connection.execute(query).scalars())
