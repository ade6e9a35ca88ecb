"""From rulings to what is sealed, what waits and what is barred; without touching anything.

It promises that a recipient is in one place only: sealed for now, waiting, or barred; that
what waits names each condition once an article; and that one record holds every
decision of the draft, salted, so that its digest in a label tells nothing.

Source: docs/architecture.md, The journey, 3 to 5; docs/policy.md, section 13.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from secrets import token_bytes

from node.decided import Decided, Share
from node.notice.choice import Opened
from node.preflight.draft import Draft
from node.preflight.ruling import Ruling
from node.release.loaded import Loaded
from node.release.terms import terms_of
from node.store.decisions import Hold, Standing
from node.store.recorded import pack
from node.store.releases import Wish
from policies.answer import Rank
from valija.clock import Day, Minute, day_of
from valija.commitment import Fact, Form, make_fact
from valija.ids import Digest, digest

_ID_BYTES = 16
_BROKER_DAYS = 30
_WORDS = {"exact": Form.EXACT, "general": Form.GENERAL}
_WORDS |= {"pseudonym": Form.PSEUDONYM, "marker": Form.MARKER}
_RANKS = {Rank.ALLOWED: "allowed", Rank.HELD: "held", Rank.NEVER: "never"}


@dataclass(frozen=True, slots=True)
class Judged:
    """One order and what the law says of it.

    Attributes:
        wish: What was ordered towards one desk.
        ruling: Towards the same desk.
    """

    wish: Wish
    ruling: Ruling

    @property
    def waits_for(self) -> tuple[str, ...]:
        """Return the conditions that keep this part here; empty where none does."""
        if self.ruling.rank is Rank.NEVER:
            return ()
        asked = self.ruling.decision.requires if self.ruling.rank is Rank.HELD else ()
        return tuple(dict.fromkeys((*asked, *self.ruling.awaits(self.wish.awaited))))

    @property
    def rank(self) -> str:
        """Return allowed, held or never, the officer's own wish to wait included."""
        return "held" if self.waits_for else _RANKS[self.ruling.rank]


@dataclass(frozen=True, slots=True)
class Publication:
    """Everything that one order of one draft changes.

    Attributes:
        decided: What goes; None where nothing goes now.
        record: Salt and every decision.
        standings: Of each recipient.
        holds: What is waited for.
    """

    decided: Decided | None
    record: bytes
    standings: tuple[Standing, ...]
    holds: tuple[Hold, ...]


def publication(
    loaded: Loaded, judged: Sequence[Judged], revision: int, now: Minute
) -> Publication:
    """Return what an order changes.

    Args:
        loaded: The draft.
        judged: One a recipient of the order.
        revision: How often the draft was published before.
        now: The instant of the decision.
    """
    draft, record = loaded.draft, _record([one.ruling for one in judged])
    going = [one for one in judged if one.rank == "allowed"]
    shares = [
        _share(draft, one, one.ruling.agreement, now)
        for one in going
        if one.ruling.agreement is not None
    ]
    decided = None
    if shares:
        decided = Decided(
            notice=loaded.line.notice,
            revision=revision + 1,
            type=draft.notice.type,
            originator=loaded.line.desk,
            facts=_facts(draft.committed()),
            shares=tuple(shares),
            record=record,
            expires=Day(day_of(now) + _BROKER_DAYS),
        )
    holds = [hold for one in judged for hold in _holds(one, now)]
    standings = [_standing(one, digest(record), now) for one in judged]
    return Publication(decided, record, tuple(standings), tuple(holds))


def rules_for(ruling: Ruling, condition: str, article: str) -> tuple[str, ...]:
    """Return the rules by which an article asks for a condition of a ruling, by name."""
    citations = ruling.decision.citations.values()
    return tuple(
        sorted(
            one.rule
            for one in citations
            if one.legal_basis == article and _asks(one.condition, condition)
        )
    )


def _share(draft: Draft, one: Judged, agreement: Digest, now: Minute) -> Share:
    ruling = one.ruling
    terms = terms_of(draft.notice, ruling, now)
    facts = _facts(ruling.opened)
    return Share(ruling.recipient, facts, terms, agreement, urgent=one.wish.urgent)


def _facts(opened: Iterable[Opened]) -> tuple[Fact, ...]:
    return tuple(make_fact(path, _WORDS[form], told) for path, form, told in opened)


def _record(rulings: Sequence[Ruling]) -> bytes:
    return pack({str(one.recipient): one.decision.record for one in rulings})


def _standing(one: Judged, record: Digest, now: Minute) -> Standing:
    citations = one.ruling.decision.citations.values()
    decisive = {f"{each.rule}: {each.legal_basis}" for each in citations}
    return Standing(
        one.wish.notice, one.wish.recipient, one.rank, record, tuple(sorted(decisive)), now
    )


def _holds(one: Judged, now: Minute) -> Iterable[Hold]:
    citations = one.ruling.decision.citations.values()
    for condition in one.waits_for:
        articles = {each.legal_basis for each in citations if _asks(each.condition, condition)}
        for article in sorted(articles) or [""]:
            yield Hold(
                id=token_bytes(_ID_BYTES),
                notice=one.wish.notice,
                recipient=one.wish.recipient,
                condition=condition,
                article=article,
                who=condition.partition(":")[2] or condition,
                opened=now,
            )


def _asks(stated: str, condition: str) -> bool:
    """Tell whether a rule's condition, perhaps one of several, is this one."""
    return condition == stated or condition in stated.split(" & ")
