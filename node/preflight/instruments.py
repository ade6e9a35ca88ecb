"""Which agreements stand between two desks, as the law reads them.

It promises that an agreement gives a basis only if it is in force in the log, both desks are
parties to it, and its terms are understood whole; and that a treaty counts only between
states that the registry names as parties. Whether it covers a case is `policies.grounds`.

Source: docs/envelope.md, section 1 (AgreementStatement); docs/law.md, finding 14.
"""

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from policies.agreement import parse_agreement
from policies.corpus import Law
from policies.facts import Agreement
from valija import canonical
from valija.clock import Day, Minute, date_of, day_of
from valija.directory import Directory
from valija.errors import MalformedError
from valija.ids import Desk, Digest

_REMEMBERED = 256  # Agreements whose terms were read.
_Pair = tuple[Desk, Desk]
_TREATIES = frozenset({"untoc", "tip", "iacmacm", "ccc"})


@dataclass(frozen=True, slots=True)
class Instrument:
    """An agreement in force between two desks.

    Attributes:
        digest: Of its statement; a label relies on it by this.
        agreement: Its terms, as the law reads them.
    """

    digest: Digest
    agreement: Agreement


class Instruments:
    """Those of one law's registry, remembered while the log says the same and the day lasts."""

    def __init__(self, law: Law) -> None:
        self._law = law
        self._held: tuple[Directory | None, Day, dict[_Pair, tuple[Instrument, ...]]]
        self._held = (None, Day(0), {})

    def between(
        self, directory: Directory, pair: tuple[Desk, Desk], minute: Minute
    ) -> tuple[Instrument, ...]:
        """Return what `between` does; a directory never changes, and only the day counts."""
        day, held = day_of(minute), self._held
        if held[0] is not directory or held[1] != day:
            held = self._held = (directory, day, {})
        found = held[2].get(pair)
        if found is None:
            found = held[2][pair] = between(directory, self._law, pair, minute)
        return found


def between(
    directory: Directory, law: Law, pair: tuple[Desk, Desk], minute: Minute
) -> tuple[Instrument, ...]:
    """Return the instruments in force between a sender and a recipient, oldest first.

    Args:
        directory: What the log says.
        law: For the registry of treaty participation.
        pair: Sender and recipient.
        minute: The instant of the decision.
    """
    day = date_of(day_of(minute))
    states = frozenset(desk.member for desk in pair)
    known = {treaty.type for treaty in law.treaties(states, day)}
    found = []
    for standing in directory.agreements_between(*pair, minute):
        statement = standing.statement
        agreement = _read(statement.terms)
        if agreement is None or (agreement.type in _TREATIES and agreement.type not in known):
            continue
        bounded = _bounded(
            agreement, states, date_of(statement.since), date_of(statement.until)
        )
        if bounded.parties >= states:
            found.append(Instrument(standing.digest, bounded))
    return tuple(found)


def relied_on(instruments: tuple[Instrument, ...], purpose: str, channel: str) -> Digest | None:
    """Return the instrument that a label names: formal before informal, then the oldest.

    None where no instrument covers the purpose or the channel.
    """
    covering = [
        one
        for one in instruments
        if not one.agreement.covers.isdisjoint({"*", purpose, channel})
    ]
    covering.sort(key=lambda one: not one.agreement.formal)
    return covering[0].digest if covering else None


@lru_cache(maxsize=_REMEMBERED)
def _read(terms: bytes) -> Agreement | None:
    """Return the agreement; None where its terms are not understood whole."""
    try:
        value = canonical.parse(terms)
        return parse_agreement(value) if isinstance(value, dict) else None
    except MalformedError:
        return None


def _bounded(
    agreement: Agreement, states: frozenset[str], since: date, until: date
) -> Agreement:
    """Narrow an agreement to the two states and to the statement's own days."""
    return replace(
        agreement,
        parties=agreement.parties | states if "*" in agreement.parties else agreement.parties,
        since=max(agreement.since or since, since),
        until=min(agreement.until or until, until),
    )
