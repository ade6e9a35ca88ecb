"""The rows of what was sealed: notice, decision record, envelopes, and what waits.

It promises that what a commitment was made of, and what an envelope was sealed from, stand
encrypted beside them, so that a refused envelope is sealed again from the same content and a
later revision is compared with what each recipient really saw. It seals nothing.

Source: docs/envelope.md, section 1 (version), section 3.2 (sealed again), section 3.4.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from node.decided import Decided
from node.outbox.grouping import Group, Last, Plan, facts_bytes
from node.parcel import Source, join
from node.states import of_notice
from node.store import batches, decisions, notices, outbox, sent
from node.store.database import Transaction
from node.workshop import Job, Piece
from valija.clock import Day, Minute
from valija.commitment import Committed
from valija.ids import Desk, Kind, LabelId, NoticeId, digest

_FRAME_BYTES = 2048  # Label, filler and frames of an envelope in a submission.
_STANZA_BYTES = 1400
_NOT_HELD = frozenset({"refused_intake", "unusable", "expired"})
"""What a notice became towards somebody who does not hold it and will not."""


@dataclass(frozen=True, slots=True)
class Published:
    """What became of one notice.

    Attributes:
        notice: Which.
        revision: Which revision of it.
        envelopes: Ids of its envelopes.
        sent: Who each is for, all together.
        unchanged: Who sees no change, and was sent nothing.
    """

    notice: NoticeId
    revision: int
    envelopes: tuple[LabelId, ...]
    sent: tuple[Desk, ...]
    unchanged: tuple[Desk, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A notice that is committed and planned, not sealed yet."""

    decided: Decided
    committed: Committed
    plan: Plan
    jobs: tuple[Job, ...]


def wait_for_number(envelope: sent.Envelope, attempt: int = 0) -> outbox.Waiting:
    """Return the row by which an envelope waits to become a label."""
    return outbox.Waiting(
        id=0,
        desk=envelope.desk,
        kind=Kind.LABEL,
        to=(),
        payload=b"",
        envelope=envelope.id,
        size=len(envelope.parcel) + _FRAME_BYTES + _STANZA_BYTES * len(envelope.recipients),
        urgent=envelope.urgent,
        attempt=attempt,
    )


def store_published(
    tx: Transaction, prepared: Prepared, sealed: Sequence[Piece], now: Minute
) -> Published:
    """Write one notice with its envelopes, and leave these to be signed.

    Raises:
        DuplicateError: The revision was published before.
    """
    decided, committed = prepared.decided, prepared.committed
    decision = decisions.add_decision(tx, decided.notice, now, decided.record)
    notice = notices.Notice(
        notice=decided.notice,
        revision=decided.revision,
        desk=decided.originator,
        type=decided.type,
        created=now,
        commitment=committed.commitment,
        decision=decision,
    )
    facts = (fact.to_bytes() for fact in committed.facts)
    notices.add(tx, notice, join([committed.seed, *facts]))
    envelopes = [
        _first_envelope(prepared, group, piece, now)
        for group, piece in zip(prepared.plan.groups, sealed, strict=True)
    ]
    for envelope in envelopes:
        sent.add_envelope(tx, envelope)
    outbox.add(tx, [wait_for_number(envelope) for envelope in envelopes])
    return Published(
        notice=decided.notice,
        revision=decided.revision,
        envelopes=tuple(envelope.id for envelope in envelopes),
        sent=tuple(desk for envelope in envelopes for desk in envelope.recipients),
        unchanged=prepared.plan.unchanged,
    )


def _first_envelope(
    prepared: Prepared, group: Group, sealed: Piece, now: Minute
) -> sent.Envelope:
    decided = prepared.decided
    source = Source(
        content_key=sealed.content_key,
        terms=sealed.terms,
        content=sealed.content,
        commitment=prepared.committed.commitment,
        agreement=group.agreement,
        decision=digest(decided.record),
        facts=facts_bytes(group.facts),
    )
    return sent.Envelope(
        id=sealed.id,
        notice=decided.notice,
        revision=decided.revision,
        desk=decided.originator,
        version=group.version,
        issued=now,
        expires=group.expires,
        urgent=group.urgent,
        parcel=sealed.parcel.to_bytes(),
        source=source.to_bytes(),
        recipients=group.recipients,
    )


def follow(refused: sent.Envelope, source: Source, sealed: Piece, now: Minute) -> sent.Envelope:
    """Return the envelope that follows a refused one: the same content, sealed afresh."""
    return replace(
        refused,
        id=sealed.id,
        issued=now,
        parcel=sealed.parcel.to_bytes(),
        source=replace(source, content_key=sealed.content_key).to_bytes(),
        replaces=refused.id,
    )


def history(tx: Transaction, notice: NoticeId, today: Day) -> Mapping[Desk, Last]:
    """Return what each recipient was sent last of a notice.

    What the log refused and nobody sealed again was never sent. What its recipient did not
    take in, or did not fetch in time, was sent, and is nothing that it holds: whoever orders
    the same again wants it to arrive.
    """
    latest = {
        each.recipient: each
        for each in sent.passages(tx, notice)
        if each.replaced is None and each.batch != batches.REPLACED
    }
    states = of_notice(tx, notice, today)
    lost = {one.recipient for one in states if one.code in _NOT_HELD}
    sources = {
        name: Source.parse(sent.envelope(tx, name).source)
        for name in {each.envelope for each in latest.values()}
    }
    return {
        recipient: Last(each.version, (), b"")
        if recipient in lost
        else Last(each.version, sources[each.envelope].facts, sources[each.envelope].terms)
        for recipient, each in latest.items()
    }
