"""What this state sealed: the envelopes of its notices, and who each is for.

It promises that content and content keys stand in the database only encrypted, and that an
envelope sealed again names the one that it replaces. Numbers and labels come with the
signature (`node.store.batches`); what was published is in `node.store.notices`.

Source: docs/envelope.md, sections 2 and 3.4.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Row, bindparam, func, insert, select, update

from node.store.database import Transaction
from node.store.records import create_record, open_records
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
        AbsentError: This node sealed no such envelope, or its key was destroyed.
    """
    return envelopes(tx, [name])[name]


def envelopes(tx: Transaction, names: Collection[LabelId]) -> dict[LabelId, Envelope]:
    """Return several envelopes of ours, whole, by id, in one visit.

    Raises:
        AbsentError: As `envelope`, for one of them.
    """
    if not names:
        return {}
    wanted = {"names": list(names)}
    recipients: dict[LabelId, list[str]] = {name: [] for name in names}
    for row in tx.connection.execute(_RECIPIENTS, wanted):
        recipients[row.envelope].append(row.recipient)
    records = open_records(tx, "envelopes", names)
    found: dict[LabelId, Envelope] = {}
    for row in tx.connection.execute(_ENVELOPES, wanted):
        if row.id in records:
            source = records[row.id].unseal("source", row.source_sealed)
            found[LabelId(row.id)] = _envelope(row, source, sorted(recipients[row.id]))
    if len(found) < len(recipients):
        raise AbsentError("this node sealed no such envelope, or its key was destroyed")
    return found


def _envelope(row: Row[*tuple[Any, ...]], source: bytes, recipients: Sequence[str]) -> Envelope:
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
        recipients=tuple(map(Desk.parse, recipients)),
    )


@dataclass(frozen=True, slots=True)
class Labelled:
    """What an envelope got with its batch.

    Attributes:
        id: Which envelope.
        label: Digest of its label.
        numbers: The pair number towards each recipient.
    """

    id: LabelId
    label: Digest
    numbers: tuple[tuple[Desk, int], ...]


def audiences(tx: Transaction, names: Collection[NoticeId]) -> dict[tuple[NoticeId, int], int]:
    """Return how many recipients each revision of these notices has, of all views together."""
    if not names:
        return {}
    rows = tx.connection.execute(_AUDIENCES, {"names": list(names)})
    return {(NoticeId(row.notice), row.revision): row.recipients for row in rows}


def label_envelopes(tx: Transaction, labelled: Sequence[Labelled]) -> None:
    """Note the labels that envelopes got, and the pair numbers in them."""
    if not labelled:
        return
    names = [{"name": each.id, "label": each.label} for each in labelled]
    tx.connection.execute(_LABEL, names)
    rows = [
        {"name": each.id, "towards": str(recipient), "number": sequence}
        for each in labelled
        for recipient, sequence in each.numbers
    ]
    tx.connection.execute(_NUMBER, rows)


def passages(tx: Transaction, name: NoticeId) -> tuple[Passage, ...]:
    """Return where a notice went, by recipient and revision, refused envelopes first."""
    rows = tx.connection.execute(_OF_NOTICE, {"name": name})
    return tuple(_passage(row) for row in rows)


# Made once: SQLAlchemy takes longer to put a statement together than to run it.
_ADD, _ADD_PASSAGES = insert(ENVELOPES), insert(PASSAGES)
_NAMES: BindParameter[Any] = bindparam("names", expanding=True)
_ENVELOPES = select(ENVELOPES).where(ENVELOPES.c.id.in_(_NAMES))
_RECIPIENTS = select(PASSAGES.c.envelope, PASSAGES.c.recipient).where(
    PASSAGES.c.envelope.in_(_NAMES)
)
_AUDIENCES = (
    select(
        PASSAGES.c.notice,
        PASSAGES.c.revision,
        func.count(PASSAGES.c.recipient.distinct()).label("recipients"),
    )
    .where(PASSAGES.c.notice.in_(_NAMES))
    .group_by(PASSAGES.c.notice, PASSAGES.c.revision)
)
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
