"""Words that meet conditions, as rows: who gave which, how far it reaches, and its signature.

It promises nothing of truth: a row is what stands in the database, and whether it is what a
person gave is told by `node.release.attested`, which verifies it. A row whose encrypted part
was altered or moved comes back with an empty one, so that it verifies as nothing.

Source: docs/policy.md, section 3; docs/architecture.md, The journey, 3.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, insert, select

from node.store.database import Transaction
from node.store.records import create_record, open_record
from node.store.tables import DRAFTS, EVIDENCE
from valija.clock import Minute
from valija.errors import AbsentError, OpeningError
from valija.ids import Desk, KeyId, NoticeId


@dataclass(frozen=True, slots=True)
class Evidence:
    """A word that somebody gave, unverified.

    Attributes:
        id: 16 random bytes.
        notice: Which notice.
        token: The law's word, such as `approval:second_person`.
        by: Account of the person who gave it; stays in this node.
        role: His role then.
        at: When.
        until: First minute in which it no longer counts; None where nothing ends it.
        body: Scope, issuer and reference, as canonical JSON of `node.preflight`.
        key_id: Names the key of the desk that signed it; None: it is not signed.
        signature: 3373 bytes; None: it is not signed.
    """

    id: bytes
    notice: NoticeId
    token: str
    by: str
    role: str
    at: Minute
    until: Minute | None
    body: bytes
    key_id: KeyId | None = None
    signature: bytes | None = None


def add(tx: Transaction, one: Evidence) -> None:
    """Keep a word.

    Raises:
        DuplicateError: One of this id is there.
    """
    key = create_record(tx, "evidence", one.id)
    values = {name: getattr(one, name) for name in Evidence.__slots__ if name != "body"}
    sealed = {"body_sealed": key.seal("body", one.body)}
    tx.connection.execute(insert(EVIDENCE), values | sealed)


def find(tx: Transaction, name: bytes) -> Evidence:
    """Return the row of one word.

    Raises:
        AbsentError: There is none of this id.
    """
    row = tx.connection.execute(select(EVIDENCE).where(EVIDENCE.c.id == name)).one_or_none()
    if row is None:
        raise AbsentError("no such evidence")
    return _evidence(tx, row)


def at_desk(tx: Transaction, desk: Desk, name: bytes) -> Evidence:
    """Return the row of one word about a draft of a desk, in one question.

    Raises:
        AbsentError: None of this id was given there: another desk's is not told from none.
    """
    row = tx.connection.execute(_AT_DESK, {"whose": str(desk), "word": name}).one_or_none()
    if row is None:
        raise AbsentError("no such evidence")
    return _evidence(tx, row)


def of_notice(tx: Transaction, notice: NoticeId) -> tuple[Evidence, ...]:
    """Return every word about a notice, in the order they came."""
    rows = tx.connection.execute(_OF_NOTICE, {"name": notice}).all()
    return tuple(_evidence(tx, row) for row in rows)


_AT_DESK = (
    select(EVIDENCE)
    .join(DRAFTS, DRAFTS.c.notice == EVIDENCE.c.notice)
    .where(EVIDENCE.c.id == bindparam("word"), DRAFTS.c.desk == bindparam("whose"))
)
_OF_NOTICE = (
    select(EVIDENCE)
    .where(EVIDENCE.c.notice == bindparam("name"))
    .order_by(EVIDENCE.c.at, EVIDENCE.c.id)
)


def _evidence(tx: Transaction, row: Row[Any]) -> Evidence:
    try:
        body = open_record(tx, "evidence", row.id).unseal("body", row.body_sealed)
    except (AbsentError, OpeningError):
        body = b""  # Altered: no signature holds over it, and its draft goes on without it.
    values = {name: getattr(row, name) for name in Evidence.__slots__ if name != "body"}
    return Evidence(**values, body=body)
