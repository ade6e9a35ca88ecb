"""Which agreements cover a datum, and which evidence counts for a person, on one day.

It promises that nothing reaches further than it says: an agreement counts between its
parties, for its agencies, purposes and kinds of datum, on its days; a reference for its
subjects, recipients, purposes and days. One order or one consent does not open everything.

Source: docs/policy.md, section 3; docs/law.md, sections 2 and 9.
"""

from collections.abc import Collection, Iterable
from datetime import date

from policies.facts import Agreement, Case, Consent, Person, Reference
from policies.labels import References
from policies.registry import Registry
from policies.vocabulary import EVIDENCE, PROTECTED_ROLES, SUBJECT_BOUND, checked
from valija.errors import MalformedError

TREATIES = ("untoc", "tip", "iacmacm", "ccc")
_BASIS = {
    **{name: name for name in TREATIES},
    "treaty": "bilateral",
    "bilateral_mou": "bilateral",
    "fiu_agreement": "fiu_agreement",
    "jit": "jit",
    "reciprocity": "reciprocity",
    "case_by_case": "case_by_case",
}


def within(day: date, since: date | None, until: date | None) -> bool:
    """Return whether `day` is between two days, both included; None leaves a side open."""
    return (since is None or since <= day) and (until is None or day <= until)


def _reaches(scope: frozenset[str], *values: str) -> bool:
    return "*" in scope or not scope.isdisjoint(values)


def agreements_for(case: Case) -> tuple[Agreement, ...]:
    """Return the agreements in force that cover the two desks and what they do.

    Raises:
        MalformedError: An agreement is of no known type.
    """
    sender, recipient = case.sender, case.recipient
    if any(agreement.type not in _BASIS for agreement in case.agreements):
        raise MalformedError("an agreement is of a type that the law does not know")
    return tuple(
        agreement
        for agreement in case.agreements
        if within(case.day, agreement.since, agreement.until)
        and agreement.parties >= {sender.state, recipient.state}
        and _reaches(agreement.covers, case.channel, case.purpose)
        and all(_reaches(agreement.agencies, desk.agency) for desk in (sender, recipient))
    )


def treaties_between(
    registry: Registry, states: Collection[str], day: date
) -> tuple[Agreement, ...]:
    """Return the treaties that all of `states` are party to on `day`, by the registry."""
    parties = frozenset(states)
    return tuple(
        Agreement(id=name.upper(), type=name, parties=parties)
        for name in TREATIES
        if all(name in registry.values("party", state, day) for state in parties)
    )


def basis_of(agreements: Iterable[Agreement], kinds: Collection[str]) -> frozenset[str]:
    """Return the grounds that agreements give for a datum of all these kinds."""
    counted = [a for a in agreements if all(_reaches(a.categories, kind) for kind in kinds)]
    found = {_BASIS[agreement.type] for agreement in counted}
    if any(agreement.special_techniques for agreement in counted):
        found.add("special_techniques")
    return frozenset(found)


def registry_basis(case: Case, registry: Registry) -> frozenset[str]:
    """Return the grounds that the registry gives: adequacy of the recipient, exemption."""
    sender = case.sender
    found = set()
    if case.recipient.state in registry.values("adequate", sender.state, case.day):
        found.add("adequacy")
    if sender.agency in registry.values("exempt_agency", sender.state, case.day):
        found.add("exempt")
    return frozenset(found)


def consent_label(consent: Consent, case: Case, minor: str) -> str:
    """Return what a consent is worth for this purpose, recipient and day.

    Given for something else, or by who may not give it, it was not sought for this.
    """
    if consent.status != "given":
        return next(iter(checked("Consent", [consent.status])))
    covers = (
        case.purpose in consent.scope
        and case.recipient.state in consent.recipients
        and within(case.day, None, consent.until)
        and not consent.guardian_conflict
        and (consent.by == "self" or (consent.by in {"guardian", "both"} and minor == "yes"))
    )
    return "given" if covers else "not_sought"


def evidence_for(case: Case, person: Person, consent: str) -> References:
    """Return the evidence for a datum about `person`, whose consent is worth `consent`."""
    found = _collected(r for r in _valid(case) if not r.subjects or person.id in r.subjects)
    if consent == "given":
        return References(found.free | {"consent_evidence"}, found.named)
    return found


def evidence_for_nobody(case: Case) -> References:
    """Return the evidence that counts for a datum about no person."""
    return _collected(r for r in _valid(case) if not r.subjects)


def evidence_for_notice(
    case: Case, people: Collection[tuple[Person, References]]
) -> References:
    """Return the evidence that counts for the notice as a whole.

    What speaks for one person counts only if it is there for every person in a protected role.
    Consent counts only if there is such a person at all.
    """
    common = _collected(_valid(case))
    free = common.free - SUBJECT_BOUND
    named = frozenset(pair for pair in common.named if pair[1] not in SUBJECT_BOUND)
    protected = [
        evidence for person, evidence in people if not person.roles.isdisjoint(PROTECTED_ROLES)
    ]
    if not protected:
        unbound = evidence_for_nobody(case)
        return References(free | (unbound.free & SUBJECT_BOUND), named)
    shared = protected[0]
    for evidence in protected[1:]:
        shared = shared.meet(evidence)
    bound = frozenset(pair for pair in shared.named if pair[1] in SUBJECT_BOUND)
    return References(free | (shared.free & SUBJECT_BOUND), named | bound)


def _valid(case: Case) -> list[Reference]:
    desk = f"{case.recipient.state}/{case.recipient.agency}"
    for reference in case.references:
        if reference.name not in EVIDENCE or reference.name == "consent_evidence":
            raise MalformedError("a reference is no evidence that the law knows")
    return [
        reference
        for reference in case.references
        if within(case.day, reference.since, reference.until)
        and (not reference.recipients or reference.recipients & {case.recipient.state, desk})
        and (not reference.purposes or case.purpose in reference.purposes)
    ]


def _collected(references: Iterable[Reference]) -> References:
    free: set[str] = set()
    named: set[tuple[str, str]] = set()
    for reference in references:
        if reference.rules:
            named.update((rule, reference.name) for rule in reference.rules)
        else:
            free.add(reference.name)
    return References(frozenset(free), frozenset(named))
