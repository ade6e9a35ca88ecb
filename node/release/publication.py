"""From rulings to what is sealed, what waits and what is barred; without touching anything.

It promises that a recipient is in one place only: sealed for now, waiting, or barred; that
what waits names each condition once with its article; and that one record holds every
decision of the draft, salted, so that its digest in a label tells nothing.

Source: docs/architecture.md, The journey, 3 to 5; docs/policy.md, section 13.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from secrets import token_bytes

from node.decided import Decided, Share
from node.notice.choice import Opened
from node.preflight.ruling import Draft, Ruling
from node.release.terms import terms_of
from node.store.decisions import Hold, Standing
from node.store.releases import Release
from policies.answer import Rank
from valija import canonical
from valija.clock import Day, Minute, day_of
from valija.commitment import Fact, Form, make_fact
from valija.ids import Desk, Digest, digest

_SALT_BYTES = 16
_ID_BYTES = 16
_BROKER_DAYS = 30
_WORDS = {"exact": Form.EXACT, "general": Form.GENERAL}
_WORDS |= {"pseudonym": Form.PSEUDONYM, "marker": Form.MARKER}
_RANKS = {Rank.ALLOWED: "allowed", Rank.HELD: "held", Rank.NEVER: "never"}


@dataclass(frozen=True, slots=True)
class Publication:
    """Everything that one order changes.

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
    draft: Draft, rulings: Sequence[Ruling], release: Release, sender: Desk
) -> Publication:
    """Return what an order changes.

    Args:
        draft: The notice.
        rulings: One a recipient of the order.
        release: The order, with its last revision and the instant of the decision.
        sender: Our desk.
    """
    now = release.at
    record = _record(rulings)
    going = [one for one in rulings if _goes(one, release.awaited)]
    shares = [_share(draft, ruling, now) for ruling in going if ruling.opened]
    decided = None
    if shares:
        decided = Decided(
            notice=release.notice,
            revision=release.revision + 1,
            type=draft.notice.type,
            originator=sender,
            facts=_facts(draft.committed()),
            shares=tuple(shares),
            record=record,
            expires=_expires(shares, now),
            urgent=release.urgent,
        )
    holds = [hold for one in rulings for hold in _holds(one, release, now)]
    standings = [_standing(one, release, digest(record), now) for one in rulings]
    return Publication(decided, record, tuple(standings), tuple(holds))


def waits_for(ruling: Ruling, awaited: frozenset[str]) -> tuple[str, ...]:
    """Return the conditions that keep a recipient's part here; empty where none does."""
    if ruling.rank is Rank.HELD:
        return ruling.decision.requires
    return ruling.awaits(awaited) if ruling.rank is Rank.ALLOWED else ()


def _goes(ruling: Ruling, awaited: frozenset[str]) -> bool:
    return ruling.rank is Rank.ALLOWED and not ruling.awaits(awaited)


def _share(draft: Draft, ruling: Ruling, now: Minute) -> Share:
    # Rank is ALLOWED only where there is an agreement to rely on.
    agreement = ruling.agreement or Digest(b"")
    terms = terms_of(draft.notice, ruling, now)
    return Share(ruling.recipient, _facts(ruling.opened), terms, agreement)


def _facts(opened: Iterable[Opened]) -> tuple[Fact, ...]:
    return tuple(make_fact(path, _WORDS[form], told) for path, form, told in opened)


def _expires(shares: Sequence[Share], now: Minute) -> Day:
    """Return the day on which the broker's copy ends: 30 days, or the earliest end of terms."""
    earliest = min(share.terms.retain_until for share in shares)
    return Day(min(earliest, day_of(now) + _BROKER_DAYS))


def _record(rulings: Sequence[Ruling]) -> bytes:
    decisions = {str(one.recipient): canonical.parse(one.decision.record) for one in rulings}
    return token_bytes(_SALT_BYTES) + canonical.to_bytes(decisions)


def _standing(ruling: Ruling, release: Release, record: Digest, now: Minute) -> Standing:
    rank = _RANKS[ruling.rank]
    if ruling.rank is Rank.ALLOWED and ruling.awaits(release.awaited):
        rank = "held"
    citations = ruling.decision.citations.values()
    decisive = {f"{one.rule}: {one.legal_basis}" for one in citations}
    return Standing(
        release.notice, ruling.recipient, rank, record, tuple(sorted(decisive)), now
    )


def _holds(ruling: Ruling, release: Release, now: Minute) -> Iterable[Hold]:
    for condition in waits_for(ruling, release.awaited):
        articles = sorted(
            one.legal_basis
            for one in ruling.decision.citations.values()
            if condition in one.condition.split(" & ") or condition == one.condition
        )
        yield Hold(
            id=token_bytes(_ID_BYTES),
            notice=release.notice,
            recipient=ruling.recipient,
            condition=condition,
            article=articles[0] if articles else "",
            who=condition.partition(":")[2] or condition,
            opened=now,
        )
