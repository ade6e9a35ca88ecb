"""From a decided notice to sealed envelopes that wait for their numbers.

It promises that a notice is published whole or not at all: notice, decision record,
envelopes and what waits become durable in one commit, with whatever the caller adds to it.
Keys and agreements are those in force and witnessed now; one that is missing refuses the
whole notice. Sealing happens before the commit, outside the writer (`node.workshop`).

    before the commit    a crash leaves nothing; the draft is still a draft
    after it             everything waits in the outbox, and goes out at the next start

Source: docs/envelope.md, section 2; section 3.4, steps 1 to 3; section 3.2 (sealed again).
"""

import asyncio
from collections.abc import Callable, Sequence

from node.decided import Decided
from node.outbox.envelopes import Prepared, Published, follow, history, store_published
from node.outbox.grouping import Group, plan
from node.parcel import Source
from node.parts import Parts
from node.sealing import Recipient
from node.store import sent
from node.store.database import Transaction
from node.workshop import Job, Workshop
from valija.clock import Minute, day_of, minute_of
from valija.commitment import Committed, commit, size_for
from valija.errors import AbsentError, VerificationError
from valija.ids import Desk, Digest
from valija.view import make_view
from valija.wire.content import content_bytes

Also = Callable[[Transaction], object]
"""Rows of the caller's own, in the same commit."""


class Publisher:
    """Seals what was decided, and again what was refused."""

    def __init__(self, parts: Parts, workshop: Workshop) -> None:
        self._parts = parts
        self._workshop = workshop

    async def publish(
        self, decided: Sequence[Decided], also: Also | None = None
    ) -> tuple[Published, ...]:
        """Seal notices, and leave their envelopes to be signed, all in one commit.

        Args:
            decided: One revision each; several notices share one commit.
            also: The caller's own rows.

        Raises:
            AbsentError: A recipient has no sealing key in force, or an agreement is not.
            DuplicateError: A revision was published before.
            LimitError: More facts, or more content, than a notice holds.
            MalformedError: A share opens what is not committed, or names no recipient.
        """
        now = minute_of(self._parts.clock.now())
        prepared = [await self._prepare(each, now) for each in decided]
        sealed = iter(
            await self._workshop.seal([job for each in prepared for job in each.jobs])
        )
        pieces = [[next(sealed) for _ in each.jobs] for each in prepared]

        def store(tx: Transaction) -> tuple[Published, ...]:
            done = tuple(
                store_published(tx, each, parcels, now)
                for each, parcels in zip(prepared, pieces, strict=True)
            )
            if also is not None:
                also(tx)
            return done

        published = await self._parts.database.write("outbox.publish", store)
        for each, what in zip(published, decided, strict=True):
            desk = str(what.originator)
            self._parts.metrics.sealed.labels(desk).inc(len(each.envelopes))
        return published

    async def seal_again(self, refused: Sequence[sent.Envelope]) -> tuple[sent.Envelope, ...]:
        """Return refused envelopes sealed afresh: new id, minute and keys, the same content.

        Raises:
            AbsentError: A recipient has no sealing key in force any more, or the agreement
                ended: they are given up.
        """
        now = minute_of(self._parts.clock.now())
        sources = [Source.parse(each.source) for each in refused]
        jobs = [
            self._job(each.desk, (source.terms, source.content), each.recipients, now)
            for each, source in zip(refused, sources, strict=True)
        ]
        for source in sources:
            self._require_agreement(source.agreement, now)
        sealed = await self._workshop.seal(jobs)
        return tuple(
            follow(each, source, piece, now)
            for each, source, piece in zip(refused, sources, sealed, strict=True)
        )

    async def _prepare(self, decided: Decided, now: Minute) -> Prepared:
        today = day_of(now)
        known = await self._parts.database.read(lambda tx: history(tx, decided.notice, today))
        planned = plan(decided, known)
        committed = await asyncio.to_thread(commit, decided.facts, size_for(decided.type))
        jobs = tuple(
            self._group_job(decided, committed, group, now) for group in planned.groups
        )
        return Prepared(decided, committed, planned, jobs)

    def _group_job(
        self, decided: Decided, committed: Committed, group: Group, now: Minute
    ) -> Job:
        self._require_agreement(group.agreement, now)
        content = content_bytes(make_view(committed, group.facts))
        return self._job(decided.originator, (group.terms, content), group.recipients, now)

    def _job(
        self, desk: Desk, clear: tuple[bytes, bytes], recipients: Sequence[Desk], now: Minute
    ) -> Job:
        keys = tuple(self._sealing_key(recipient, now) for recipient in recipients)
        return Job(desk, *clear, keys)

    def _sealing_key(self, recipient: Desk, now: Minute) -> Recipient:
        """Return the recipient's key in force, if a witnessed checkpoint covers it."""
        knowledge = self._parts.knowledge
        try:
            record = knowledge.directory.sealing_key(recipient, now)
        except VerificationError as cause:
            raise AbsentError(f"{recipient} has no sealing key in force") from cause
        if not knowledge.is_witnessed(record.leaf_index):
            raise AbsentError(f"the sealing key of {recipient} is not witnessed yet")
        return Recipient(recipient, record.key)

    def _require_agreement(self, agreement: Digest, now: Minute) -> None:
        try:
            self._parts.knowledge.directory.agreement(agreement, now)
        except VerificationError as cause:
            raise AbsentError("the agreement relied on is not in force") from cause
