"""Sending: the officer's order, the law's word on it, and what leaves in one commit.

It promises that a draft which may not be published goes nowhere; that what the law does not
allow now stays here with its reason; that what was asked about is the very text that leaves;
and that an order, its decision and its sealed envelopes become durable together or not at all.

    asked, and not yet written     a crash, or a text that changed meanwhile, leaves nothing
    written                        it waits with its reason, or in the outbox; both are resumed

Source: docs/architecture.md, The journey, 2 to 5; docs/content.md, "Free text".
"""

from collections.abc import Callable, Mapping, Sequence

from node.journal import Act
from node.outbox import Outbox
from node.people.person import Person, Verb
from node.preflight.ruling import rule
from node.release.consent import state_consent
from node.release.desk import ReleaseDesk
from node.release.loaded import Loaded
from node.release.order import Order, check_order, wishes
from node.release.publication import Judged, publication
from node.release.publishable import check_publishable
from node.release.ready import Ready, store
from node.states import RecipientState, of_notice
from node.store import evidence, origins, releases
from node.store.database import Transaction
from node.store.releases import Wish
from valija.clock import day_of
from valija.errors import UnavailableError, ValijaError
from valija.ids import NoticeId

Rows = Callable[[Transaction], object]
"""Rows of the caller's own, in the same commit."""
_AT_ONCE = 32
"""Drafts in one commit: enough to share it, few enough to let another order between."""


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
            The one state of each notice towards each recipient decided so far.

        Raises:
            AbsentError: A draft is not at this person's desk, or a key is not in force.
            MalformedError: The order or a draft may not go as it stands.
            BarredError: The person's role may not send.
            UnavailableError: The log is not read through and a desk is not in what was read,
                a text changed meanwhile, or only the first drafts went: the sentence says.
        """
        person.require(Verb.SEND)
        check_order(order, person.desk)
        self._desk.require_known(order.recipients)
        seen: dict[NoticeId, str] = {}
        for notice in dict.fromkeys(notices):
            loaded = await self._desk.load(person, notice)
            check_publishable(loaded, order.recipients)
            seen[notice] = loaded.content
        names = list(seen)
        for start in range(0, len(names), _AT_ONCE):
            try:
                await self._some(
                    person,
                    {name: seen[name] for name in names[start : start + _AT_ONCE]},
                    order,
                )
            except ValijaError as cause:
                if start == 0:
                    raise
                raise UnavailableError(
                    f"the first {start} of {len(names)} drafts are ordered, the rest is not: "
                    f"{cause}"
                ) from cause
        return {name: await self.states(name) for name in names}

    async def judged(self, loaded: Loaded, asked: Sequence[Wish]) -> Ready:
        """Ask the law about orders as they now stand; nothing is written."""
        pairs = [(wish.recipient, wish.purpose) for wish in asked]
        rulings = await self._desk.judge(loaded, pairs, rule)
        judged = tuple(
            Judged(wish, ruling) for wish, ruling in zip(asked, rulings, strict=True)
        )
        database, notice = self._desk.parts.database, loaded.line.notice
        revision = await database.read(lambda tx: releases.revision(tx, notice))
        return Ready(loaded, judged, publication(loaded, judged, revision, self._desk.now()))

    async def write(self, person: Person, ready: Sequence[Ready], also: Rows) -> None:
        """Write and seal what the law answered, with the caller's rows, in one commit.

        Raises:
            UnavailableError: A text changed since the law was asked; nothing was written.
        """
        lines = [self._desk.journal.line(_act(person, one)) for one in ready]

        def rows(tx: Transaction) -> None:
            also(tx)
            for one in ready:
                store(tx, one)
            for line in lines:
                line(tx)

        going = [one.what.decided for one in ready if one.what.decided is not None]
        if going:
            await self._outbox.publish_all(going, also=rows)
        else:
            await self._desk.parts.database.write("release", rows)

    async def states(self, notice: NoticeId) -> tuple[RecipientState, ...]:
        """Return the one state of a notice towards everybody it was decided for."""
        today = day_of(self._desk.now())
        return await self._desk.parts.database.read(lambda tx: of_notice(tx, notice, today))

    async def _some(self, person: Person, seen: Mapping[NoticeId, str], order: Order) -> None:
        sign = self._desk.sign_at(person.desk)
        async with self._desk.turn:
            ready, words = [], list[evidence.Evidence]()
            for notice, content in seen.items():
                loaded = await self._desk.load(person, notice)
                if loaded.content != content:
                    check_publishable(loaded, order.recipients)
                now = self._desk.now()
                loaded = loaded.ordered_by(person.account)
                loaded, word = state_consent(person, loaded, now, sign)
                words += [] if word is None else [word]
                asked = wishes(order, loaded, person.account, now)
                ready.append(await self.judged(loaded, asked))
            lines = [self._desk.journal.line(_gave(person, word)) for word in words]

            def first(tx: Transaction) -> None:
                for notice in seen:
                    origins.lay_hand(tx, notice, person.account)
                for word in words:
                    evidence.add(tx, word)
                for line in lines:
                    line(tx)

            await self.write(person, ready, first)


def _gave(person: Person, word: evidence.Evidence) -> Act:
    return Act(person.account, person.role, "gave_evidence", word.notice)


def _act(person: Person, one: Ready) -> Act:
    act = "published" if one.what.decided else "asked_law"
    return Act(person.account, person.role, act, one.notice, one.judged[0].ruling.case.purpose)
