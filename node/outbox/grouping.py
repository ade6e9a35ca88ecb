"""Who shares an envelope: recipients with equal facts, equal terms and an equal history.

It promises that two recipients share a view only when nothing tells them apart, that an
envelope says nothing of what others are shown or bound to (not even when it ends), that
`version` counts what each was really sent, and that an update which changes nothing a
recipient sees is not sent to it. It is pure: the history is handed in.

Source: docs/envelope.md, section 1 (version) and section 3.4, step 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from node.decided import Decided, Share
from valija.clock import Day
from valija.commitment import Fact
from valija.errors import MalformedError
from valija.ids import Desk, Digest
from valija.wire.envelope import terms_bytes

_MOST = 64


@dataclass(frozen=True, slots=True)
class Last:
    """What a recipient was sent last of a notice.

    Attributes:
        version: The number it knows it by.
        facts: Bytes of the facts it was shown, ascending; none where it does not hold them.
        terms: Bytes of the terms, in clear.
    """

    version: int
    facts: tuple[bytes, ...]
    terms: bytes


@dataclass(frozen=True, slots=True)
class Group:
    """Recipients of one envelope.

    Attributes:
        recipients: In the order of the shares, 1 to 64.
        facts: What its view opens.
        terms: Bytes of its terms.
        agreement: What it relies on.
        version: The number its recipients know it by.
        expires: Day on which the broker's copy ends: no later than its own terms.
        urgent: Delivered first.
    """

    recipients: tuple[Desk, ...]
    facts: tuple[Fact, ...]
    terms: bytes
    agreement: Digest
    version: int
    expires: Day
    urgent: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """How a notice is sent: its envelopes, and who sees no change."""

    groups: tuple[Group, ...]
    unchanged: tuple[Desk, ...]


def plan(decided: Decided, history: Mapping[Desk, Last]) -> Plan:
    """Return the envelopes of a decided notice.

    Raises:
        MalformedError: No share or more than 64, a recipient twice or the originator
            itself, a share that opens nothing or a fact that is not committed.
    """
    _check(decided)
    shared: dict[tuple[object, ...], list[Share]] = {}
    unchanged = []
    for share in decided.shares:
        last = history.get(share.recipient)
        facts, terms = facts_bytes(share.opened), terms_bytes(share.terms)
        if last is not None and (last.facts, last.terms) == (facts, terms):
            unchanged.append(share.recipient)
            continue
        version = 1 if last is None else last.version + 1
        alike = (facts, terms, share.agreement, version, share.urgent)
        shared.setdefault(alike, []).append(share)
    groups = [_group(shares, history, decided.expires) for shares in shared.values()]
    return Plan(tuple(groups), tuple(unchanged))


def facts_bytes(facts: tuple[Fact, ...]) -> tuple[bytes, ...]:
    """Return facts as bytes, ascending: how two views are compared."""
    return tuple(sorted(fact.to_bytes() for fact in facts))


def _group(shares: list[Share], history: Mapping[Desk, Last], latest: Day) -> Group:
    first = shares[0]
    last = history.get(first.recipient)
    return Group(
        recipients=tuple(share.recipient for share in shares),
        facts=first.opened,
        terms=terms_bytes(first.terms),
        agreement=first.agreement,
        version=1 if last is None else last.version + 1,
        expires=min(latest, first.terms.retain_until),
        urgent=first.urgent,
    )


def _check(decided: Decided) -> None:
    recipients = [share.recipient for share in decided.shares]
    if not 1 <= len(recipients) <= _MOST or len(set(recipients)) != len(recipients):
        raise MalformedError("a notice has 1 to 64 recipients, each named once")
    if decided.originator in recipients:
        raise MalformedError("a desk does not send to itself")
    committed = set(decided.facts)
    for share in decided.shares:
        if not share.opened or not committed.issuperset(share.opened):
            raise MalformedError("a share opens committed facts, one at least")
