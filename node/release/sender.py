"""Sending: the officer's order, the law's word on it, and what leaves in one commit.

It promises that a draft with a blocking finding or an identifier hidden in its text goes
nowhere; that what the law does not allow now stays here with its reason; and that an order,
its decision and its sealed envelopes become durable together or not at all.

Source: docs/architecture.md, The journey, 2 to 5; docs/content.md, "Free text".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from node.journal import Act
from node.notice.scan import scan
from node.notice.validation import check
from node.outbox import Outbox
from node.people.person import Person, Verb
from node.preflight.ruling import rule
from node.release.desk import Loaded, ReleaseDesk, write_publication
from node.release.publication import Publication, publication
from node.states import RecipientState, of_notice
from node.store import releases
from node.store.database import Transaction
from node.store.releases import Release
from valija.clock import Minute, day_of
from valija.errors import AbsentError, MalformedError
from valija.ids import Desk, NoticeId

SECOND_PERSON = "approval:second_person"
"""What an order waits for unless it says otherwise: four eyes."""
_AT_ONCE = (
    32  # Drafts in one commit: enough to share it, few enough to keep the law's thread free.
)


@dataclass(frozen=True, slots=True)
class Order:
    """What an officer asks for.

    Attributes:
        recipients: Desks, at least one: an empty audience is nobody.
        purpose: A word of the law's list; empty: the draft's own.
        urgent: Delivered first.
        awaited: Conditions to wait for, though less could go without them.
    """

    recipients: tuple[Desk, ...]
    purpose: str = ""
    urgent: bool = False
    awaited: frozenset[str] = frozenset({SECOND_PERSON})


class Sender:
    """Takes orders."""

    def __init__(self, desk: ReleaseDesk, outbox: Outbox) -> None:
        self._desk = desk
        self._outbox = outbox

    async def send(
        self, person: Person, notices: Sequence[NoticeId], order: Order
    ) -> Mapping[NoticeId, tuple[RecipientState, ...]]:
        """Release drafts to the desks of an order, as far as the law lets them go now.

        All drafts are looked at before the first one goes, so a draft that may not go as it
        stands stops the whole call.

        Returns:
            The one state of each notice towards each recipient named so far.

        Raises:
            AbsentError: A draft is not at this person's desk.
            MalformedError: Nobody is named, or a draft may not be published as it stands.
            BarredError: The person's role may not send.
        """
        person.require(Verb.SEND)
        if not order.recipients:
            raise MalformedError("name at least one recipient: an empty audience is nobody")
        for notice in notices:
            check_publishable(await self._desk.load(person, notice), order.recipients)
        sent: dict[NoticeId, tuple[RecipientState, ...]] = {}
        for start in range(0, len(notices), _AT_ONCE):
            ready = [
                await self._ready(person, notice, order)
                for notice in notices[start : start + _AT_ONCE]
            ]
            await self._write(ready, person)
            for one in ready:
                sent[one.release.notice] = await self.states(one.release.notice)
        return sent

    async def carry_on(self, person: Person, release: Release) -> None:
        """Ask the law about an order as it now stands, and write and seal what follows."""
        loaded = await self._desk.load(person, release.notice)
        await self._write([await self._judged(loaded, release)], person)

    async def states(self, notice: NoticeId) -> tuple[RecipientState, ...]:
        """Return the one state of a notice towards everybody it was decided for."""
        today = day_of(self._desk.now())
        return await self._desk.parts.database.read(lambda tx: of_notice(tx, notice, today))

    async def _ready(self, person: Person, notice: NoticeId, order: Order) -> "_Ready":
        loaded = await self._desk.load(person, notice)
        before = await self._desk.parts.database.read(lambda tx: known_release(tx, notice))
        release = _merged(before, order, person.account, notice, self._desk.now())
        return await self._judged(loaded, release)

    async def _judged(self, loaded: Loaded, release: Release) -> "_Ready":
        rulings = await self._desk.judge(loaded, release.purpose, release.recipients, rule)
        what = publication(loaded.draft, rulings, release, loaded.line.desk)
        return _Ready(release, what, rulings[0].case.purpose)

    async def _write(self, ready: Sequence["_Ready"], person: Person) -> None:
        lines = [
            self._desk.journal.line(
                Act(
                    person.account,
                    person.role,
                    "published" if one.what.decided else "asked_law",
                    one.release.notice,
                    one.purpose,
                )
            )
            for one in ready
        ]

        def rows(tx: Transaction) -> None:
            for one in ready:
                write_publication(tx, one.what, one.release)
            for line in lines:
                line(tx)

        going = [one.what.decided for one in ready if one.what.decided is not None]
        if going:
            await self._outbox.publish_all(going, also=rows)
        else:
            await self._desk.parts.database.write("release", rows)


@dataclass(frozen=True, slots=True)
class _Ready:
    """An order that the law has answered.

    Attributes:
        release: The order.
        what: What it changes.
        purpose: For which purpose it was asked.
    """

    release: Release
    what: Publication
    purpose: str


def findings(loaded: Loaded) -> tuple[str, ...]:
    """Return what stops a draft, as `code at row`; empty where nothing does."""
    found = [finding for finding in check(loaded.draft.notice) if finding.blocking]
    return tuple(f"{one.code} at {one.where or 'the notice'}" for one in found)


def check_publishable(loaded: Loaded, recipients: Sequence[Desk]) -> None:
    """Refuse a draft that may not be published as it stands.

    Raises:
        MalformedError: It names codes and rows, and no value.
    """
    if blocking := findings(loaded):
        raise MalformedError(
            f"this draft may not go as it stands: {', '.join(blocking)}; nothing was sent"
        )
    states = {loaded.line.desk.member, *(desk.member for desk in recipients)}
    if hits := scan(loaded.draft.notice, states):
        places = ", ".join(f"{hit.kind} in {hit.where} ({hit.lang})" for hit in hits)
        raise MalformedError(
            f"a text holds what belongs in a field: {places}; move it there or rephrase; "
            "nothing was sent"
        )


def known_release(tx: Transaction, notice: NoticeId) -> Release | None:
    """Return the order of a notice so far; None where nobody gave one."""
    try:
        return releases.find(tx, notice)
    except AbsentError:
        return None


def _merged(
    before: Release | None, order: Order, account: str, notice: NoticeId, now: Minute
) -> Release:
    named = before.recipients if before else ()
    return Release(
        notice=notice,
        recipients=tuple(dict.fromkeys((*named, *order.recipients))),
        purpose=order.purpose or (before.purpose if before else ""),
        urgent=order.urgent,
        awaited=order.awaited,
        account=account,
        revision=before.revision if before else 0,
        at=now,
    )
