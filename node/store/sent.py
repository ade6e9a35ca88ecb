"""What this state sealed: the envelopes of its notices, and who each is for.

It promises that content and content keys stand in the database only encrypted, and that an
envelope sealed again names the one that it replaces. Numbers and labels come with the
signature (`node.store.batches`); what was published is in `node.store.notices`.

Source: docs/envelope.md, sections 2 and 3.4.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update

from node.store.database import Transaction
from node.store.records import create_record, open_record
from node.store.tables import BATCHES, ENVELOPES, OUTBOX, PASSAGES
from valija.clock import Day, Minute
from valija.errors import AbsentError
from valija.ids import Desk, Digest, LabelId, NoticeId


@dataclass(frozen=True, slots=True)
class Envelope:
    """One sealed envelope, without its numbers.

    Attributes:
        id: 16 random bytes, the label's.
        notice: Which notice.
        revision: Which revision of it.
        desk: The originator.
        version: The number its recipients know it by.
        issued: Minute of sealing; the keys were in force then.
        expires: Day on which the broker's copy ends.
        urgent: Delivered first.
        parcel: Everything but numbers and label, as `node.parcel` encodes it.
        source: What it was sealed from, as `node.parcel` encodes it; encrypted at rest.
        recipients: Who it is for.
        replaces: The refused envelope that this one follows; None at first.
    """

    id: LabelId
    notice: NoticeId
    revision: int
    desk: Desk
    version: int
    issued: Minute
    expires: Day
    urgent: bool
    parcel: bytes
    source: bytes
    recipients: tuple[Desk, ...]
    replaces: LabelId | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """One envelope towards one recipient, in short.

    Attributes:
        envelope: Which envelope.
        recipient: Towards whom.
        notice: Which notice.
        revision: Which revision of it.
        version: The number the recipient knows it by.
        expires: Day on which the broker's copy ends.
        label: Digest of the label; None before it is signed.
        replaced: The envelope that follows this refused one; None otherwise.
        batch: State of the batch it stands in; empty before it is signed.
    """

    envelope: LabelId
    recipient: Desk
    notice: NoticeId
    revision: int
    version: int
    expires: Day
    label: Digest | None
    replaced: LabelId | None
    batch: str


def add_envelope(tx: Transaction, envelope: Envelope) -> None:
    """Keep a sealed envelope; one that it replaces is marked."""
    record = create_record(tx, "envelopes", envelope.id)
    tx.connection.execute(
        _ADD,
        {
            "id": envelope.id,
            "notice": envelope.notice,
            "revision": envelope.revision,
            "desk": str(envelope.desk),
            "version": envelope.version,
            "issued": envelope.issued,
            "expires": envelope.expires,
            "urgent": envelope.urgent,
            "parcel": envelope.parcel,
            "source_sealed": record.seal("source", envelope.source),
        },
    )
    names = {
        "envelope": envelope.id,
        "notice": envelope.notice,
        "revision": envelope.revision,
    }
    rows = [names | {"recipient": str(recipient)} for recipient in envelope.recipients]
    tx.connection.execute(_ADD_PASSAGES, rows)
    if envelope.replaces is not None:
        followed = update(ENVELOPES).where(ENVELOPES.c.id == envelope.replaces)
        tx.connection.execute(followed.values(replaced=envelope.id))


def envelope(tx: Transaction, name: LabelId) -> Envelope:
    """Return an envelope of ours, whole.

    Raises:
        AbsentError: This node sealed no such envelope.
    """
    row = tx.connection.execute(_ENVELOPE, {"name": name}).one_or_none()
    if row is None:
        raise AbsentError("this node sealed no such envelope")
    source = open_record(tx, "envelopes", name).unseal("source", row.source_sealed)
    desks = sorted(tx.connection.execute(_RECIPIENTS, {"name": name}).scalars())
    return Envelope(
        id=LabelId(row.id),
        notice=NoticeId(row.notice),
        revision=row.revision,
        desk=Desk.parse(row.desk),
        version=row.version,
        issued=Minute(row.issued),
        expires=Day(row.expires),
        urgent=row.urgent,
        parcel=row.parcel,
        source=source,
        recipients=tuple(Desk.parse(desk) for desk in desks),
    )


def label_envelope(
    tx: Transaction, name: LabelId, label: Digest, numbers: Sequence[tuple[Desk, int]]
) -> None:
    """Note the label that an envelope got, and the pair numbers in it."""
    tx.connection.execute(_LABEL, {"name": name, "label": label})
    rows = [
        {"name": name, "towards": str(recipient), "number": sequence}
        for recipient, sequence in numbers
    ]
    tx.connection.execute(_NUMBER, rows)


def passages(tx: Transaction, name: NoticeId) -> tuple[Passage, ...]:
    """Return where a notice went, by recipient and revision, refused envelopes first."""
    rows = tx.connection.execute(_OF_NOTICE, {"name": name})
    return tuple(_passage(row) for row in rows)


# Made once: SQLAlchemy takes longer to put a statement together than to run it.
_ADD, _ADD_PASSAGES = insert(ENVELOPES), insert(PASSAGES)
_ENVELOPE = select(ENVELOPES).where(ENVELOPES.c.id == bindparam("name"))
_RECIPIENTS = select(PASSAGES.c.recipient).where(PASSAGES.c.envelope == bindparam("name"))
_LABEL = (
    update(ENVELOPES)
    .where(ENVELOPES.c.id == bindparam("name"))
    .values(label_digest=bindparam("label"))
)
_NUMBER = (
    update(PASSAGES)
    .where(
        PASSAGES.c.envelope == bindparam("name"), PASSAGES.c.recipient == bindparam("towards")
    )
    .values(pair_sequence=bindparam("number"))
)
_OF_NOTICE = (
    select(
        PASSAGES.c.envelope,
        PASSAGES.c.recipient,
        PASSAGES.c.notice,
        PASSAGES.c.revision,
        ENVELOPES.c.version,
        ENVELOPES.c.expires,
        ENVELOPES.c.label_digest,
        ENVELOPES.c.replaced,
        BATCHES.c.state,
    )
    .select_from(
        PASSAGES.join(ENVELOPES, PASSAGES.c.envelope == ENVELOPES.c.id)
        .outerjoin(OUTBOX, OUTBOX.c.envelope == ENVELOPES.c.id)
        .outerjoin(
            BATCHES,
            (OUTBOX.c.batch == BATCHES.c.sequence) & (OUTBOX.c.desk == BATCHES.c.desk),
        )
    )
    .where(PASSAGES.c.notice == bindparam("name"))
    .order_by(
        PASSAGES.c.recipient,
        PASSAGES.c.revision,
        ENVELOPES.c.replaced.is_(None),
        ENVELOPES.c.issued,
        ENVELOPES.c.id,
    )
)


def _passage(row: Row[*tuple[Any, ...]]) -> Passage:
    return Passage(
        envelope=LabelId(row.envelope),
        recipient=Desk.parse(row.recipient),
        notice=NoticeId(row.notice),
        revision=row.revision,
        version=row.version,
        expires=Day(row.expires),
        label=None if row.label_digest is None else Digest(row.label_digest),
        replaced=None if row.replaced is None else LabelId(row.replaced),
        batch=row.state or "",
    )
