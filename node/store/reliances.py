"""Which words each thing that was sent relied on, and what is owed once one is taken back.

It promises that a reliance is written in the commit that seals, so that nothing is sent under a
word without a row that says so; and that what a withdrawn word opened is listed as long as
nothing settled it. Recall itself is not built yet.

Source: docs/coordination.md, Recall; docs/law.md, row OAS-P-xii.withdrawn.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, insert, select

from node.store.batches import DURABLE, PROVEN, READY
from node.store.database import Transaction
from node.store.tables import BATCHES, ENVELOPES, METADATA, OUTBOX, PASSAGES
from node.store.withdrawals import WITHDRAWALS
from valija.clock import Minute
from valija.ids import Desk, Digest, LabelId, NoticeId

RELIANCES = Table(
    "reliances",
    METADATA,
    Column("notice", LargeBinary, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("recipient", String(32), primary_key=True),
    Column("evidence", LargeBinary, primary_key=True),
    Index("ix_reliances_evidence", "evidence"),
)


@dataclass(frozen=True, slots=True)
class Reliance:
    """What one recipient's part of one revision rests on.

    Attributes:
        notice: Which notice.
        revision: Which revision of it.
        recipient: Towards whom.
        evidence: Id of the word.
    """

    notice: NoticeId
    revision: int
    recipient: Desk
    evidence: bytes


@dataclass(frozen=True, slots=True)
class Owed:
    """What left under a word that was withdrawn.

    Attributes:
        notice: Which notice.
        revision: Which revision of it.
        recipient: Who holds it.
        version: The number the recipient knows it by.
        envelope: Whose facts were sealed.
        label: Digest of the signed label.
        signed: Minute in which it was signed; it may have left from then on.
        evidence: The word.
        withdrawn: Minute in which that was taken back.
    """

    notice: NoticeId
    revision: int
    recipient: Desk
    version: int
    envelope: LabelId
    label: Digest
    signed: Minute
    evidence: bytes
    withdrawn: Minute


def add(tx: Transaction, rows: Iterable[Reliance]) -> None:
    """Write what is relied on."""
    values = [
        {
            "notice": one.notice,
            "revision": one.revision,
            "recipient": str(one.recipient),
            "evidence": one.evidence,
        }
        for one in rows
    ]
    if values:
        tx.connection.execute(insert(RELIANCES), values)


def of_evidence(tx: Transaction, name: bytes) -> tuple[Reliance, ...]:
    """Return everything that relied on a word, by revision and recipient."""
    query = select(RELIANCES).where(RELIANCES.c.evidence == name)
    rows = tx.connection.execute(query.order_by(RELIANCES.c.revision, RELIANCES.c.recipient))
    return tuple(
        Reliance(NoticeId(row.notice), row.revision, Desk.parse(row.recipient), row.evidence)
        for row in rows
    )


def is_closed(tx: Transaction, envelope: LabelId) -> bool:
    """Tell whether an envelope rests on a word that was withdrawn, towards anybody."""
    query = (
        select(RELIANCES.c.evidence)
        .join(WITHDRAWALS, WITHDRAWALS.c.evidence == RELIANCES.c.evidence)
        .join(PASSAGES, SAME_PART)
        .where(PASSAGES.c.envelope == envelope)
        .limit(1)
    )
    return tx.connection.execute(query).one_or_none() is not None


def owed(tx: Transaction, desk: Desk, notice: NoticeId | None = None) -> tuple[Owed, ...]:
    """Return what a desk's recipients hold under withdrawn words, the last withdrawn first.

    What was signed counts as sent, whether or not the log has it yet: nobody can tell.
    """
    query = (
        select(
            PASSAGES.c.notice,
            PASSAGES.c.revision,
            PASSAGES.c.recipient,
            ENVELOPES.c.version,
            ENVELOPES.c.id.label("envelope"),
            ENVELOPES.c.label_digest.label("label"),
            BATCHES.c.signed,
            RELIANCES.c.evidence,
            WITHDRAWALS.c.at.label("withdrawn"),
        )
        .select_from(RELIANCES)
        .join(WITHDRAWALS, WITHDRAWALS.c.evidence == RELIANCES.c.evidence)
        .join(PASSAGES, SAME_PART)
        .join(ENVELOPES, ENVELOPES.c.id == PASSAGES.c.envelope)
        .join(OUTBOX, OUTBOX.c.envelope == ENVELOPES.c.id)
        .join(
            BATCHES, (BATCHES.c.sequence == OUTBOX.c.batch) & (BATCHES.c.desk == OUTBOX.c.desk)
        )
        .where(ENVELOPES.c.desk == str(desk), BATCHES.c.state.in_((READY, DURABLE, PROVEN)))
    )
    if notice is not None:
        query = query.where(PASSAGES.c.notice == notice)
    query = query.order_by(
        WITHDRAWALS.c.at.desc(),
        PASSAGES.c.notice,
        PASSAGES.c.recipient,
        PASSAGES.c.revision,
        RELIANCES.c.evidence,
    )
    return tuple(
        Owed(**(row._asdict() | {"recipient": Desk.parse(row.recipient)}))
        for row in tx.connection.execute(query)
    )


SAME_PART = (
    (PASSAGES.c.notice == RELIANCES.c.notice)
    & (PASSAGES.c.revision == RELIANCES.c.revision)
    & (PASSAGES.c.recipient == RELIANCES.c.recipient)
)
"""One recipient's part of one revision, in whichever envelope it was sealed."""
