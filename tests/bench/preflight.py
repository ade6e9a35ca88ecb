"""The matrix an officer sees: 30 fields by 34 states, under the law that ships.

*New* is a notice with facts about persons that this law was not asked about before; *seen* is
another notice with the same facts and other names of fields, which no case before had; *again*
is the same notice looked at once more.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import product

from policies.corpus import Law
from policies.facts import Agreement, Case, Consent, Datum, Offence, Person, Risk
from policies.facts import Desk as LawDesk
from policies.folder import load
from policies.matrix import draw
from tests.bench.figures import Run

_DAY = date(2026, 6, 10)
_KINDS = (
    *("identity", "identity", "dob", "nationality", "document_no", "document_type"),
    *("contact", "contact", "appearance", "appearance", "location", "location", "status"),
    *("needs", "narrative", "routes", "routes", "routes", "modus_operandi", "modus_operandi"),
    *("organisation", "organisation", "vehicle", "financial_facts", "bank_record", "image"),
    *("biometric", "statistic", "case_file", "health"),
)
_OF_NOBODY = frozenset({"routes", "modus_operandi", "organisation", "statistic"})


def measure(run: Run, states: Sequence[str]) -> None:
    """Measure matrices of both profiles, towards every state but the first."""
    law = load()
    fresh = _profiles()
    draw(law, _cases(states, next(fresh), "warm"))  # What every case shares is read once.
    unseen, seen, again = [], [], []
    for number, persons in zip(range(run.count(40, 3)), fresh, strict=False):
        unseen.append(_drawn(law, _cases(states, persons, f"first{number}")))
        seen.append(_drawn(law, _cases(states, persons, f"second{number}")))
        again.append(_drawn(law, _cases(states, persons, f"second{number}")))
    run.note("preflight.fields", len(_KINDS), "fields")
    run.note("preflight.recipients", len(states) - 1, "states")
    run.note_times("preflight.new", unseen, 95)
    run.note_times("preflight.seen", seen, 95)
    run.note_times("preflight.again", again, 95)


def _drawn(law: Law, cases: Sequence[Case]) -> float:
    began = time.perf_counter()
    matrix = draw(law, cases)
    took = time.perf_counter() - began
    faults = {decision.fault for decision in matrix.decisions.values()}
    assert faults == {""}, faults
    return took


def _profiles() -> Iterator[tuple[Person, ...]]:
    """Yield persons whom the law has never met: no two differ in names alone."""
    consents = ("given", "not_sought", "refused", "withdrawn")
    flags = ("no", "yes", "unknown")
    for consent, minor, asylum, protected in product(consents, flags, flags, flags):
        victim = Person(
            id="v1",
            roles=frozenset({"victim"}),
            minor=minor,
            consent=Consent(consent),
            asylum=asylum,
            feared_state="none",
            protected_witness=protected,
            publication_ban="no",
        )
        suspect = replace(victim, id="s1", roles=frozenset({"suspect"}))
        convict = replace(victim, id="s2", roles=frozenset({"suspect", "convicted"}))
        witness = replace(victim, id="w1", roles=frozenset({"witness"}))
        yield victim, suspect, convict, witness


def _cases(states: Sequence[str], persons: Sequence[Person], name: str) -> list[Case]:
    sender, *others = states
    data = tuple(
        Datum(
            f"{name}.p[{number}]",
            kind,
            () if kind in _OF_NOBODY else (persons[number % len(persons)].id,),
            frozenset({"police"}),
        )
        for number, kind in enumerate(_KINDS)
    )
    return [_case(sender, other, tuple(persons), data) for other in others]


def _case(
    sender: str, other: str, persons: tuple[Person, ...], data: tuple[Datum, ...]
) -> Case:
    both = frozenset({sender, other})
    return Case(
        day=_DAY,
        action="release",
        notice_type="case_notice",
        channel="spontaneous",
        purpose="criminal_investigation",
        sender=LawDesk(sender, "police"),
        recipient=LawDesk(other, "police"),
        origin_state=sender,
        agreements=(Agreement("UNTOC", "untoc", both), Agreement("TIP", "tip", both)),
        offence=Offence(frozenset(), "yes", "no", "no", "no", "no", "imprisonment"),
        secrecy=(),
        danger="no",
        risk=Risk("none", "no", "no"),
        persons=persons,
        data=data,
        own_inquiry_at_risk="no",
        confidential_request="no",
        complete="yes",
    )
