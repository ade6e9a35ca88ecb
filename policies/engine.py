"""Cedar, asked with every guard on: the only file that puts a question to it.

It promises that an answer is an answer. Cedar skips a rule that errs, so that a prohibition
which stumbles would read as Allow; and it does not notice an entity that is absent. Each
question therefore passes five guards (docs/policy.md, section 9):

1. any error or missing decision refuses everything that was asked;
2. the schema goes with every call and checks every entity when it is built;
3. every entity that a question names is on the roll handed over, which is asserted first;
4. every label is on its closed list (`policies.labels`, and the schema again);
5. no rules at all is no law: nothing is asked of an empty set.

How answers combine is not its affair: `policies.ladder`.

Source: docs/policy.md, sections 2, 6 and 9; cedarpy 4.12.2.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from cedarpy import (
    AuthzResult,
    Decision,
    Entities,
    PolicySet,
    Schema,
    is_authorized_batch,
    policies_to_pst,
    pst,
    validate_policies,
)

from policies.labels import Labels, Matter
from policies.rule import Rule
from policies.vocabulary import CASE_LABELS, EVIDENCE, SUBJECT_LABELS
from valija.errors import MalformedError, VerificationError

_BATCH = 20  # Cedar holds the interpreter while it works: docs/policy.md, section 2.
_FACTS = {"Case": CASE_LABELS, "Subject": SUBJECT_LABELS}
_ALL_EVIDENCE = frozenset(EVIDENCE)


@dataclass(frozen=True, slots=True)
class Question:
    """One action of the schema on one matter.

    Attributes:
        action: A concrete action.
        matter: What it stands on.
        evidence: What counts as proven.
    """

    action: str
    matter: Matter
    evidence: frozenset[str]

    def with_all_evidence(self) -> "Question":
        """Return the same question as if every condition were met."""
        return replace(self, evidence=_ALL_EVIDENCE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Cedar's decision.

    Attributes:
        allowed: It permits.
        reasons: Ids of the permits if it does, else of the prohibitions; sorted. None of
            either: nothing permits it.
    """

    allowed: bool
    reasons: tuple[str, ...]


class LawSchema:
    """The schema, parsed once.

    Raises:
        MalformedError: Cedar cannot read it.
    """

    def __init__(self, text: str) -> None:
        try:
            self._handle = Schema.from_str(text)
        except ValueError as cause:
            raise MalformedError("Cedar cannot read the schema") from cause

    @property
    def handle(self) -> Schema:
        """Cedar's own handle."""
        return self._handle

    def faults(self, rule: Rule) -> tuple[str, ...]:
        """Return what Cedar's validator has against one rule, a sentence each."""
        found = validate_policies(rule.source, self._handle)
        return tuple(str(error.error).splitlines()[0] for error in found.errors)


class RuleSet:
    """The rules of one layer as Cedar holds them, under our own ids.

    Raises:
        MalformedError: Two rules have one id, or Cedar cannot build the set.
    """

    def __init__(self, rules: Sequence[Rule], schema: LawSchema) -> None:
        self._schema = schema.handle
        self._ids = frozenset(rule.id for rule in rules)
        if len(self._ids) != len(rules):
            raise MalformedError("two rules of one layer have the same id")
        try:
            built = {rule.id: _template(rule) for rule in rules}
            self._handle = PolicySet.from_pst(pst.PolicySet({}, built, ()))
        except ValueError as cause:
            raise MalformedError("Cedar cannot build this layer") from cause

    def ask(self, questions: Sequence[Question], roll: "Roll") -> tuple[Verdict, ...]:
        """Return one verdict a question, in order.

        Args:
            questions: What is asked.
            roll: The entities that the questions may name.

        Raises:
            VerificationError: A guard refused; nothing that was asked may go.
        """
        if not self._ids:
            raise VerificationError("there is no rule in this layer: no law, no answer")  # 5
        for question in questions:
            roll.assert_present(question.matter)  # 3
        requests = [_request(question) for question in questions]
        verdicts: list[Verdict] = []
        for start in range(0, len(requests), _BATCH):
            part = requests[start : start + _BATCH]
            found = is_authorized_batch(part, self._handle, roll.entities, self._schema)  # 2
            verdicts.extend(self._verdict(result) for result in found)
        if len(verdicts) != len(questions):
            raise VerificationError("Cedar answered fewer questions than it was asked")
        return tuple(verdicts)

    def _verdict(self, result: AuthzResult) -> Verdict:
        if result.diagnostics.errors or result.decision is Decision.NoDecision:  # 1
            raise VerificationError("a rule erred or the question has no decision")
        reasons = tuple(sorted(result.diagnostics.reasons))
        if not self._ids.issuperset(reasons):
            raise VerificationError("Cedar names a rule that is not in this layer")
        return Verdict(result.decision is Decision.Allow, reasons)


class Roll:
    """The entities of one decision, built once, when first asked for, against the schema."""

    def __init__(self, things: Iterable[Labels], schema: LawSchema) -> None:
        self._things = {(thing.entity, thing.id): thing for thing in things}
        self._schema = schema

    @cached_property
    def entities(self) -> Entities:
        """The entities as Cedar holds them.

        Raises:
            VerificationError: The schema refuses one.
        """
        document = json.dumps([_entity(thing) for thing in self._things.values()])
        try:
            return Entities.from_json_str(document, self._schema.handle)
        except ValueError as cause:
            raise VerificationError("the schema refuses an entity of the question") from cause

    def assert_present(self, matter: Matter) -> None:
        """Refuse a question about an entity that is not on the roll.

        Raises:
            VerificationError: Cedar would not notice, and every rule on it would be skipped.
        """
        named = [matter.party, matter.resource, matter.case]
        if matter.subject:
            named.append(matter.subject)
        if any((thing.entity, thing.id) not in self._things for thing in named):
            raise VerificationError("a question names an entity that is not there")


def _template(rule: Rule) -> pst.Template:
    parsed = policies_to_pst(rule.source)
    return replace(next(iter(parsed.static_policies.values())), id=rule.id)


def _uid(labels: Labels) -> dict[str, str]:
    return {"type": labels.entity, "id": labels.id}


def _values(entity_type: str, values: Iterable[str]) -> list[dict[str, dict[str, str]]]:
    return [{"__entity": {"type": entity_type, "id": value}} for value in sorted(values)]


def _entity(labels: Labels) -> Mapping[str, object]:
    facts = _FACTS.get(labels.entity)
    if facts is None:
        parents = [
            {"type": label.partition(".")[2], "id": value}
            for label, values in labels.values.items()
            for value in sorted(values)
        ]
        return {"uid": _uid(labels), "attrs": {}, "parents": parents}
    attributes: dict[str, object] = {}
    for name, (entity_type, is_set) in facts.items():
        values = _values(entity_type, labels.values[f"{labels.entity.lower()}.{name}"])
        attributes[name] = values if is_set else values[0]
    return {"uid": _uid(labels), "attrs": attributes, "parents": []}


def _request(question: Question) -> dict[str, Any]:
    matter = question.matter
    context: dict[str, object] = {
        "case": {"__entity": _uid(matter.case)},
        "basis": _values("Basis", matter.basis),
        "evidence": _values("Evidence", question.evidence),
    }
    if matter.subject:
        context["subject"] = {"__entity": _uid(matter.subject)}
    return {
        "principal": _uid(matter.party),
        "action": {"type": "Action", "id": question.action},
        "resource": _uid(matter.resource),
        "context": context,
    }
