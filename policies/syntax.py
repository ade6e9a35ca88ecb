"""Rule files to rules: statement by statement, so that every fault has its line.

It promises that only the analysable subset passes: `==`, `!=`, `in`, `contains`,
`containsAny`, `&&`, `||`, `!` over closed lists. Whatever else Cedar can say is refused here,
with file, line and a sentence. Whether a rule is lawful is not its affair;
`policies.linter` judges the rule, and Cedar itself decides by it.

Source: docs/policy.md, sections 2 and 10; policies/law/README.md.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cedarpy import policies_to_pst, pst

from policies.rule import (
    ACTIONS,
    GROUPS,
    Atom,
    Every,
    Expr,
    Not,
    Place,
    Rule,
    Some,
)
from policies.vocabulary import CASE_LABELS, LISTS, SUBJECT_LABELS
from valija.errors import MalformedError

_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|;|\n|[^\s"/;]+|/|[^\S\n]+')
_PRINCIPAL = frozenset({"State", "Agency", "Circle"})
_RESOURCE = frozenset({"Kind", "Class", "Regime", "Source", "Duty", "NoticeType"})


@dataclass(frozen=True, slots=True)
class Fault:
    """Something a rule file says wrongly.

    Attributes:
        place: File and line.
        sentence: What is wrong, for the writer of the rule.
    """

    place: Place
    sentence: str

    def __str__(self) -> str:
        """Return `file:line: sentence`."""
        return f"{self.place.file}:{self.place.line}: {self.sentence}"


def read_rules(file: str, text: str) -> tuple[list[Rule], list[Fault]]:
    """Return the rules of one file, in order, and the faults of those that do not read."""
    rules: list[Rule] = []
    faults: list[Fault] = []
    for line, statement in _statements(text):
        place = Place(file, line)
        try:
            rules.append(_rule(statement, place))
        except MalformedError as cause:
            faults.append(Fault(place, str(cause)))
    return rules, faults


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Yield each statement with the line of its first word; comments are left out."""
    line, start, parts = 1, 0, list[str]()
    for word in _TOKEN.findall(text):
        if word == "\n":
            line += 1
        if word.startswith("//"):
            continue
        if word.strip() and not start:
            start = line
        parts.append(word)
        if word == ";":
            yield start, "".join(parts).strip()
            start, parts = 0, []
    if start:
        yield start, "".join(parts).strip()


def _rule(statement: str, place: Place) -> Rule:
    try:
        parsed = policies_to_pst(statement)
    except ValueError as cause:
        raise MalformedError(f"Cedar cannot read this rule: {_first_line(cause)}") from cause
    if parsed.templates or len(parsed.static_policies) != 1:
        raise MalformedError("a rule is one permit or forbid without slots")
    template = next(iter(parsed.static_policies.values()))
    conditions = [
        _scope("principal", template.principal),
        _scope("resource", template.resource),
    ]
    evidence: list[str] = []
    for clause in template.clauses:
        token = _evidence(clause)
        if token:
            evidence.append(token)
        else:
            expression = _expr(clause.expr)
            conditions.append(expression if isinstance(clause, pst.When) else Not(expression))
    named = _named(template.action)
    return Rule(
        id=template.annotations.get("id", ""),
        permits=template.effect == "permit",
        actions=frozenset[str]().union(*(GROUPS.get(name, {name}) for name in named)),
        named=named,
        when=Every(tuple(conditions)),
        evidence=tuple(evidence),
        notes=dict(template.annotations),
        place=place,
        source=statement,
    )


def _first_line(cause: ValueError) -> str:
    return str(cause).strip().splitlines()[0] if str(cause).strip() else "no reason given"


def _named(action: pst.ActionConstraint) -> tuple[str, ...]:
    if isinstance(action, pst.ActionEq):
        entities: Sequence[pst.EntityUid] = (action.entity,)
    elif isinstance(action, pst.ActionIn):
        entities = action.entities
    else:
        raise MalformedError("the action is not named: a rule says what it speaks of")
    for entity in entities:
        if entity.type.basename != "Action" or entity.id not in ACTIONS | GROUPS.keys():
            raise MalformedError(f"there is no action {entity.id}")
        if isinstance(action, pst.ActionEq) and entity.id in GROUPS:
            raise MalformedError(f"{entity.id} is a group: write `action in`")
    return tuple(entity.id for entity in entities)


def _scope(variable: str, scope: pst.PrincipalOrResourceConstraint) -> Expr:
    if isinstance(scope, pst.ScopeAny):
        return Every(())
    if isinstance(scope, pst.ScopeIn) and isinstance(scope.entity, pst.EntityUid):
        return _membership(variable, (scope.entity,))
    raise MalformedError(f"the scope of {variable} is bare or `in` one entity")


def _evidence(clause: pst.Clause) -> str | None:
    """Return the evidence that one `unless` clause names; None if it names none."""
    if not any(entity.type.basename == "Evidence" for entity in pst.entity_uids(clause)):
        if _reads(clause.expr, "evidence"):
            raise MalformedError("evidence is compared with nothing")
        return None
    match clause:
        case pst.Unless(
            pst.BinaryOp(
                "contains", pst.GetAttr(pst.Var("context"), "evidence"), pst.EntityLit(uid)
            )
        ):
            return _listed(uid)
    raise MalformedError(
        'evidence stands alone: `unless { context.evidence.contains(Evidence::"…") }`'
    )


def _reads(expression: pst.Expr, attribute: str) -> bool:
    match expression:
        case pst.GetAttr(base, name):
            return name == attribute or _reads(base, attribute)
        case pst.UnaryOp(_, part):
            return _reads(part, attribute)
        case pst.BinaryOp(_, left, right):
            return _reads(left, attribute) or _reads(right, attribute)
        case _:
            return False


def _expr(expression: pst.Expr) -> Expr:
    match expression:
        case pst.UnaryOp("not", part):
            return Not(_expr(part))
        case pst.BinaryOp("and", left, right):
            return Every((_expr(left), _expr(right)))
        case pst.BinaryOp("or", left, right):
            return Some((_expr(left), _expr(right)))
        case pst.BinaryOp("not_eq", left, right):
            return Not(_compare("eq", left, right))
        case pst.BinaryOp("eq" | "in" | "contains" | "contains_any" as name, left, right):
            return _compare(name, left, right)
    raise MalformedError(
        "outside the analysable subset: only ==, !=, in, contains, containsAny, &&, ||, !"
    )


def _compare(name: str, left: pst.Expr, right: pst.Expr) -> Atom | Some:
    if name == "in" and isinstance(left, pst.Var) and left.name in {"principal", "resource"}:
        return _membership(left.name, _uids(right))
    if name in {"eq", "in"} and isinstance(left, pst.GetAttr):
        return _atom(left, _uids(right), is_set=False)
    if name == "eq" and isinstance(right, pst.GetAttr):
        return _atom(right, _uids(left), is_set=False)
    return _contained(name, left, right)


def _contained(name: str, left: pst.Expr, right: pst.Expr) -> Atom:
    """Return the atom of `contains` and `containsAny`, whichever side names the label."""
    if name == "contains" and isinstance(left, pst.Set) and isinstance(right, pst.GetAttr):
        return _atom(right, _uids(left), is_set=False)
    if (
        name == "contains"
        and isinstance(left, pst.GetAttr)
        and isinstance(right, pst.EntityLit)
    ):
        return _atom(left, _uids(right), is_set=True)
    if name == "contains_any" and isinstance(left, pst.GetAttr):
        return _atom(left, _uids(right), is_set=True)
    if name == "contains_any" and isinstance(right, pst.GetAttr):
        return _atom(right, _uids(left), is_set=True)
    raise MalformedError("a comparison sets one label against named values of its list")


def _uids(expression: pst.Expr) -> tuple[pst.EntityUid, ...]:
    elements = expression.elements if isinstance(expression, pst.Set) else (expression,)
    found = tuple(part.value for part in elements if isinstance(part, pst.EntityLit))
    if not found or len(found) != len(elements):
        raise MalformedError("a set holds named values only, at least one")
    return found


def _membership(variable: str, entities: Sequence[pst.EntityUid]) -> Atom | Some:
    types = _PRINCIPAL if variable == "principal" else _RESOURCE
    labels: dict[str, set[str]] = {}
    for entity in entities:
        if entity.type.basename not in types:
            raise MalformedError(f"{variable} is never in {entity.type.basename}")
        labels.setdefault(f"{variable}.{entity.type}", set()).add(_listed(entity))
    parts = tuple(Atom(label, frozenset(values)) for label, values in labels.items())
    return parts[0] if len(parts) == 1 else Some(parts)


def _atom(target: pst.GetAttr, entities: Sequence[pst.EntityUid], *, is_set: bool) -> Atom:
    match target:
        case pst.GetAttr(pst.Var("context"), "basis"):
            label, (list_name, set_valued) = "basis", ("Basis", True)
        case pst.GetAttr(pst.GetAttr(pst.Var("context"), "case"), name) if name in CASE_LABELS:
            label, (list_name, set_valued) = f"case.{name}", CASE_LABELS[name]
        case pst.GetAttr(pst.GetAttr(pst.Var("context"), "subject"), name) if (
            name in SUBJECT_LABELS
        ):
            label, (list_name, set_valued) = f"subject.{name}", SUBJECT_LABELS[name]
        case _:
            raise MalformedError(f"there is no label {target.attr} to read here")
    if set_valued is not is_set:
        raise MalformedError(f"{label} is {'a set' if set_valued else 'one value'}")
    if any(entity.type.basename != list_name for entity in entities):
        raise MalformedError(f"{label} has values of {list_name}")
    return Atom(label, frozenset(_listed(entity) for entity in entities))


def _listed(entity: pst.EntityUid) -> str:
    if entity.id not in LISTS.get(entity.type.basename, ()):
        raise MalformedError(f"{entity.id} is not on the closed list {entity.type}")
    return entity.id
