"""From what was stated to the labels that the law reads, on the day of the decision.

It promises to be a pure function of the case and the registry: rules see no date, number,
free text or pair of states. What nobody stated is `unknown`, which every rule reads in the
most protective way. A word that is on no list is refused, never guessed.

Source: docs/policy.md, section 3; docs/law.md, sections 2 and 9 (TIP-3-d: an unknown age is
no adult's).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from policies import labels
from policies.charge import on_list
from policies.facts import Case, Datum, Order, Person
from policies.grounds import (
    agreements_for,
    basis_of,
    consent_label,
    evidence_for,
    evidence_for_nobody,
    evidence_for_notice,
    registry_basis,
    within,
)
from policies.labels import Labels, Matter, References
from policies.registry import Registry
from policies.vocabulary import (
    CLASSES,
    LANES,
    LISTS,
    SMALLEST_CELL,
    SUBJECT_LABELS,
    checked,
    circles_of,
)

_PROTECTIVE = {
    "minor": ("unknown", "yes", "no"),
    "asylum": ("unknown", "yes", "no"),
    "protected_witness": ("unknown", "yes", "no"),
    "publication_ban": ("unknown", "yes", "no"),
    "feared": ("recipient", "unknown", "other", "none"),
    "consent": ("withdrawn", "refused", "unknown", "not_sought", "given"),
}
"""Values of a subject, the most protective first (docs/policy.md, section 3)."""
_NOBODY: Mapping[str, tuple[str, ...]] = {
    "roles": (),
    "minor": ("no",),
    "consent": ("not_sought",),
    "asylum": ("no",),
    "feared": ("none",),
    "protected_witness": ("no",),
    "publication_ban": ("no",),
}
_ABSENT: Mapping[str, tuple[str, ...]] = dict.fromkeys(SUBJECT_LABELS, ("unknown",))
_FINE_PLACES = frozenset({"country", "admin1"})


@dataclass(frozen=True, slots=True)
class Resolved:
    """One field, ready to be asked about.

    Attributes:
        datum: As stated.
        matter: Its labels.
        suppressed: Its value is too small or too fine to go exact (OAS-G-111).
    """

    datum: Datum
    matter: Matter
    suppressed: bool


@dataclass(frozen=True, slots=True)
class Profile:
    """A whole notice towards one recipient, as labels.

    Attributes:
        notice: The matter of the notice itself.
        fields: Its fields, in the order stated.
        duties: What agreements impose on everything sent.
        retention: Days by source.
    """

    notice: Matter
    fields: tuple[Resolved, ...]
    duties: frozenset[str]
    retention: Mapping[str, int]

    def things(self) -> Iterable[Labels]:
        """Yield everything that a question on this profile may name."""
        yield from (self.notice.party, self.notice.resource, self.notice.case)
        for resolved in self.fields:
            yield resolved.matter.resource
            yield from filter(None, (resolved.matter.subject,))


def resolve(case: Case, registry: Registry) -> Profile:
    """Return the labels of `case` on its day.

    Raises:
        MalformedError: A value is on no closed list.
    """
    checked("State", [case.sender.state])
    party = labels.party(case.recipient.state, case.recipient.agency)
    agreements = agreements_for(case)
    status = registry_basis(case, registry)
    facts = labels.case(_case_values(case, registry, any(not a.formal for a in agreements)))
    about = {person.id: _person(case, person) for person in case.persons}
    fields = []
    subjects: dict[tuple[str, ...], tuple[Labels, References]] = {}
    for datum in case.data:
        if datum.subjects not in subjects:
            subjects[datum.subjects] = _about(case, datum, about)
        subject, evidence = subjects[datum.subjects]
        resource = _resource(case, datum)
        basis = basis_of(agreements, datum.kinds) | status
        matter = Matter(party, resource, facts, subject, basis, evidence)
        fields.append(Resolved(datum, matter, _suppressed(case, datum, registry)))
    people = [(person, about[person.id][1]) for person in case.persons]
    grounds = [resolved.matter.basis for resolved in fields] or [
        basis_of(agreements, frozenset())
    ]
    whole = Matter(
        party,
        labels.notice(case.notice_type),
        facts,
        None,
        frozenset[str]().union(*grounds) | status,
        evidence_for_notice(case, people),
    )
    limits = {a.id: a.retention_days for a in agreements if a.retention_days is not None}
    duties = frozenset[str]().union(*(agreement.duties for agreement in agreements))
    return Profile(whole, tuple(fields), duties, {**case.retention_limits, **limits})


def _case_values(case: Case, registry: Registry, informal: bool) -> dict[str, Iterable[str]]:
    offence, sender, day = case.offence, case.sender, case.day
    penalty = offence.max_penalty or registry.value("max_penalty", case.recipient.state, day)
    checked("Purpose", [case.purpose])
    return {
        "purpose": [case.purpose],
        "lane": [LANES[case.purpose]],
        "channel": [case.channel],
        "s_agency": [sender.agency],
        "s_circles": circles_of(sender.agency),
        "roles": frozenset[str]().union(*(_roles(person) for person in case.persons)),
        "personal": [_flag(any(map(_personal, case.data)))],
        "secrecy": _secrecy(case.secrecy, case),
        "danger": [case.danger],
        "torture": [case.risk.torture],
        "persecution": [case.risk.persecution],
        "compromised": [case.risk.compromised],
        "penalty": [penalty],
        "abolitionist": [registry.value("abolitionist", sender.state, day)],
        "dual": [offence.dual_criminality],
        "coercive": [offence.coercive],
        "political": [offence.political],
        "military": [offence.military],
        "ad_hoc_tribunal": [offence.ad_hoc_tribunal],
        "sexual_charge": [_sexual(case, registry)],
        "own_inquiry_at_risk": [case.own_inquiry_at_risk],
        "caveats_proposed": [case.caveats_proposed],
        "confidential_request": [case.confidential_request],
        "complete": [case.complete],
        "informal": [_flag(informal)],
        "refusal": [case.refusal],
    }


def _flag(value: bool) -> str:
    return "yes" if value else "no"


def _personal(datum: Datum) -> bool:
    return not datum.kinds.isdisjoint(CLASSES["personal"]) and "synthetic" not in datum.regimes


def _secrecy(orders: Iterable[Order], case: Case) -> set[str]:
    found = set()
    for order in orders:
        running = within(case.day, None, order.until)
        if running:
            found.add(order.type)
        elif order.type == "PE_324":
            found.add("PE_reserve")  # The reserve stays when the prosecutor's secrecy ends.
    return found


def _sexual(case: Case, registry: Registry) -> str:
    if case.offence.charges is None:
        return "unknown"
    listed = registry.values("sexual_offence", case.sender.state, case.day)
    return on_list(case.offence.charges, listed)


def _roles(person: Person) -> frozenset[str]:
    roles = person.roles or frozenset({"unknown"})
    return roles | {"victim"} if person.offended_through_trafficking else roles


def _person(case: Case, person: Person) -> tuple[dict[str, Iterable[str]], References]:
    consent = consent_label(person.consent, case, person.minor)
    values: dict[str, Iterable[str]] = {
        "roles": _roles(person),
        "minor": [person.minor],
        "consent": [consent],
        "asylum": [person.asylum],
        "feared": [_feared(person.feared_state, case)],
        "protected_witness": [person.protected_witness],
        "publication_ban": [person.publication_ban],
    }
    return values, evidence_for(case, person, consent)


def _feared(state: str, case: Case) -> str:
    if state in {"none", "unknown"}:
        return state
    if state not in LISTS["State"]:
        return "unknown"
    return "recipient" if state == case.recipient.state else "other"


def _about(
    case: Case,
    datum: Datum,
    people: Mapping[str, tuple[dict[str, Iterable[str]], References]],
) -> tuple[Labels, References]:
    """Return the one subject that a field of none, one or several persons is about."""
    if not datum.subjects:
        return labels.subject(_NOBODY), evidence_for_nobody(case)
    named = [people.get(name, (_ABSENT, References())) for name in datum.subjects]
    values, evidence = named[0]
    for more, further in named[1:]:
        values, evidence = _merged(values, more), evidence.meet(further)
    return labels.subject(values), evidence


def _merged(
    left: Mapping[str, Iterable[str]], right: Mapping[str, Iterable[str]]
) -> dict[str, Iterable[str]]:
    found: dict[str, Iterable[str]] = {"roles": {*left["roles"], *right["roles"]}}
    for name, order in _PROTECTIVE.items():
        stated = {*left[name], *right[name]}
        found[name] = [next(value for value in order if value in stated)]
    return found


def _resource(case: Case, datum: Datum) -> Labels:
    abroad = {"foreign"} if case.origin_state != case.sender.state else set[str]()
    sources = datum.sources | abroad
    regimes = frozenset(_regime(regime, case) for regime in datum.regimes)
    duties = frozenset(duty.partition(":")[0] for duty in datum.duties)
    return labels.content_field(datum.kinds, regimes, sources, duties)


def _regime(regime: str, case: Case) -> str:
    kind, _, members = regime.partition(":")
    if kind != "jit":
        return regime
    return "jit_inside" if case.recipient.state in members.split("-") else "jit_outside"


def _suppressed(case: Case, datum: Datum, registry: Registry) -> bool:
    if "statistic" not in datum.kinds:
        return False
    asked = registry.values("smallest_cell", case.sender.state, case.day)
    smallest = max([SMALLEST_CELL, *(int(number) for number in asked)])
    counted = datum.smallest_count is not None and datum.smallest_count >= smallest
    return not (counted and datum.geography in _FINE_PLACES)
