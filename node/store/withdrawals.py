"""Words that were taken back: whose, when, by whom and why.

It promises that a word is withdrawn once and for good: there is no way to put one back, and
whoever agrees again says so in a word of its own. What a withdrawal closes is
`node.release.withdrawer`'s affair.

Source: docs/coordination.md (consent withdrawn); docs/law.md, row OAS-P-xii.withdrawn.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    Index,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    bindparam,
    insert,
    select,
)

from node.store.database import Transaction
from node.store.records import create_record, open_record
from node.store.tables import METADATA
from valija.clock import Minute
from valija.errors import AbsentError, DuplicateError, OpeningError
from valija.ids import KeyId, NoticeId

WITHDRAWALS = Table(
    "withdrawals",
    METADATA,
    Column("evidence", LargeBinary, primary_key=True),
    Column("notice", LargeBinary, nullable=False),
    Column("by", String(64), nullable=False),
    Column("role", String(32), nullable=False),
    Column("at", Integer, nullable=False),
    Column("reason_sealed", LargeBinary, nullable=False),
    Column("key_id", LargeBinary),
    Column("signature", LargeBinary),
    Index("ix_withdrawals_notice", "notice"),
)
_TABLE = "withdrawals"


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A word that is taken back, unverified: it closes whether or not it verifies.

    Attributes:
        evidence: The word.
        notice: Which notice it was about.
        by: Account of the person who withdrew it; stays in this node.
        role: His role then.
        at: From when on it does not count.
        reason: In words, UTF-8; encrypted at rest.
        key_id: Names the key of the desk that signed it; None: no key was in force.
        signature: 3373 bytes; None: no key was in force.
    """

    evidence: bytes
    notice: NoticeId
    by: str
    role: str
    at: Minute
    reason: bytes
    key_id: KeyId | None = None
    signature: bytes | None = None


def add(tx: Transaction, one: Withdrawal) -> None:
    """Write that a word is taken back.

    Raises:
        DuplicateError: It was withdrawn before.
    """
    known = select(WITHDRAWALS.c.at).where(WITHDRAWALS.c.evidence == one.evidence)
    if tx.connection.execute(known).one_or_none() is not None:
        raise DuplicateError("this was withdrawn before")
    key = create_record(tx, _TABLE, one.evidence)
    values = {name: getattr(one, name) for name in Withdrawal.__slots__ if name != "reason"}
    sealed = {"reason_sealed": key.seal("reason", one.reason)}
    tx.connection.execute(insert(WITHDRAWALS), values | sealed)


def of_notice(tx: Transaction, notice: NoticeId) -> dict[bytes, Withdrawal]:
    """Return what was withdrawn about a notice, by the word that was taken back."""
    rows = tx.connection.execute(_OF_NOTICE, {"name": notice}).all()
    return {bytes(row.evidence): _withdrawal(tx, row) for row in rows}


_OF_NOTICE = (
    select(WITHDRAWALS)
    .where(WITHDRAWALS.c.notice == bindparam("name"))
    .order_by(WITHDRAWALS.c.at, WITHDRAWALS.c.evidence)
)


def _withdrawal(tx: Transaction, row: Row[Any]) -> Withdrawal:
    try:
        reason = open_record(tx, _TABLE, row.evidence).unseal("reason", row.reason_sealed)
    except (AbsentError, OpeningError):
        reason = b""  # Altered: it closes nevertheless.
    values = {name: getattr(row, name) for name in Withdrawal.__slots__ if name != "reason"}
    return Withdrawal(**values, reason=reason)
