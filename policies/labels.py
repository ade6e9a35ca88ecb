"""What the law is asked about, as sets of labels from closed lists.

It promises that every label is there and on its list, and that two things with equal labels
have one id and two with different labels never share one: a case and a subject are named by
the hash of what they say. It does not find the labels out; `policies.resolver` does.

Source: docs/policy.md, sections 3 and 4.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from types import MappingProxyType

from policies.rule import Point
from policies.vocabulary import CASE_LABELS, SUBJECT_LABELS, checked, circles_of, classes_of
from valija.errors import MalformedError

_KEPT = 4096
FIELD_LABELS = ("Kind", "Class", "Regime", "Source", "Duty")
_NO_RESOURCE: Point = {
    f"resource.{name}": frozenset() for name in (*FIELD_LABELS, "NoticeType")
}


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of one party, field, notice, case or subject.

    Attributes:
        entity: Its type in the schema.
        id: Its name there; follows from the labels alone.
        values: Values by label, as rules read them.
    """

    entity: str
    id: str
    values: Point = field(compare=False, repr=False)


@lru_cache(maxsize=_KEPT)
def party(state: str, agency: str) -> Labels:
    """Return the labels of a desk: `CL/prosecutor`.

    Raises:
        MalformedError: No such state or agency.
    """
    return _labels(
        "Party",
        {
            "principal.State": checked("State", [state]),
            "principal.Agency": checked("Agency", [agency]),
            "principal.Circle": circles_of(agency),
        },
        name=f"{state}/{agency}",
    )


def notice(notice_type: str) -> Labels:
    """Return the labels of a notice, which has one: its type.

    Raises:
        MalformedError: No such type.
    """
    values = {**_NO_RESOURCE, "resource.NoticeType": checked("NoticeType", [notice_type])}
    return _labels("Notice", values, name=notice_type)


@lru_cache(maxsize=_KEPT)
def content_field(
    kinds: frozenset[str],
    regimes: frozenset[str],
    sources: frozenset[str],
    duties: frozenset[str],
) -> Labels:
    """Return the labels of a field: its kinds, what follows from them, and where it comes from.

    Raises:
        MalformedError: A label is not on its list, or no kind or source is named.
    """
    known = checked("Kind", kinds)
    found = {
        **_NO_RESOURCE,
        "resource.Kind": known,
        "resource.Class": frozenset[str]().union(*map(classes_of, known)),
        "resource.Regime": checked("Regime", regimes),
        "resource.Source": checked("Source", sources),
        "resource.Duty": checked("Duty", duties),
    }
    if not known or not found["resource.Source"]:
        raise MalformedError("a field says what it is and where it comes from, or `unknown`")
    return _labels("Field", found)


def case(values: Mapping[str, Iterable[str]]) -> Labels:
    """Return the labels of a case; `values` has every label of the schema.

    Raises:
        MalformedError: A label is missing, not on its list, or not one value where one is due.
    """
    return _labels("Case", _facts("case", CASE_LABELS, values))


def subject(values: Mapping[str, Iterable[str]]) -> Labels:
    """Return the labels of a subject; `values` has every label of the schema.

    Raises:
        MalformedError: As for a case.
    """
    return _labels("Subject", _facts("subject", SUBJECT_LABELS, values))


def _facts(
    prefix: str, lists: Mapping[str, tuple[str, bool]], values: Mapping[str, Iterable[str]]
) -> dict[str, frozenset[str]]:
    if values.keys() != lists.keys():
        raise MalformedError(f"a {prefix} has every label of the schema and no other")
    found = {}
    for name, (entity_type, is_set) in lists.items():
        found[f"{prefix}.{name}"] = checked(entity_type, values[name])
        if not is_set and len(found[f"{prefix}.{name}"]) != 1:
            raise MalformedError(f"{prefix}.{name} has exactly one value")
    return found


def _labels(entity: str, values: Mapping[str, frozenset[str]], name: str = "") -> Labels:
    if not name:
        said = ";".join(
            f"{label}={','.join(sorted(values[label]))}" for label in sorted(values)
        )
        name = sha256(said.encode()).hexdigest()
    return Labels(entity, name, MappingProxyType(dict(values)))


@dataclass(frozen=True, slots=True)
class References:
    """The evidence that is valid for one question.

    Attributes:
        free: Evidence that answers every rule that asks for it.
        named: Pairs of rule id and evidence: it answers that rule only.
    """

    free: frozenset[str] = frozenset()
    named: frozenset[tuple[str, str]] = frozenset()

    def answers(self, rule: str, alternatives: Iterable[str]) -> bool:
        """Return whether one of `alternatives` is there for `rule`."""
        return any(name in self.free or (rule, name) in self.named for name in alternatives)

    def meet(self, other: "References") -> "References":
        """Return what both have: evidence for a thing of several subjects.

        Evidence that is free on one side and names a rule on the other answers that rule.
        """
        both = self.named & other.named
        mine = {pair for pair in self.named if pair[1] in other.free}
        theirs = {pair for pair in other.named if pair[1] in self.free}
        return References(self.free & other.free, both | mine | theirs)


@dataclass(frozen=True, slots=True)
class Matter:
    """What one question stands on: who, what, in which case, about whom, on which grounds.

    Attributes:
        party: Who would receive, or act.
        resource: A field or a notice.
        case: The case towards this party.
        subject: The person it is about; None for a notice.
        basis: Grounds in force that cover it.
        evidence: References valid for it.
    """

    party: Labels
    resource: Labels
    case: Labels
    subject: Labels | None
    basis: frozenset[str]
    evidence: References = References()

    def point(self) -> Point:
        """Return every label of the matter in one table, evidence left out."""
        about = self.subject.values if self.subject else {}
        return {
            **self.party.values,
            **self.resource.values,
            **self.case.values,
            **about,
            "basis": self.basis,
        }
