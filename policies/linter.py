"""What a rule may not be, told with file, line and a sentence.

It promises to judge structure against claim: a rule that says it lowers a field to a
pseudonym must forbid exactly that, a condition must be the evidence that answers the rule,
and nothing but the one override of danger to life reads danger. It does not judge law; the
golden cases, the analysis and counsel do.

Source: docs/policy.md, sections 5, 8 and 10; policies/law/README.md, section A rule.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from policies.bundle import TREATY, Bundle, text_of
from policies.engine import LawSchema
from policies.rule import ACTS, GROUPS, LADDER, NOTICE_ACTIONS, Place, Rule, atoms
from policies.syntax import Fault
from policies.vocabulary import DUTIES, EVIDENCE, LISTS, TASKS, USE_ARGUMENTS
from valija.errors import MalformedError

_RELEASE = frozenset(LADDER)
_LIMITS: Mapping[str, frozenset[frozenset[str]]] = {
    "general": frozenset({frozenset(LADDER[:1])}),
    "pseudonym": frozenset({frozenset(LADDER[:2])}),
    "marker": frozenset({frozenset(LADDER[:3])}),
    "omitted": frozenset({_RELEASE, frozenset(LADDER[3:])}),
    "never": frozenset({frozenset({"deliver"})}),
    "no_match": frozenset({frozenset({"match"})}),
}
_STEPS = frozenset(frozenset(LADDER[step:]) for step in range(len(LADDER)))
_NOTES = frozenset(
    {
        "id",
        "effect",
        "legal_basis",
        "confidence",
        "basis",
        "condition",
        "silent",
        "relaxed_by",
        "duty",
        "task",
        "keep",
        "in_force",
        "alternative",
        "redundant",
    }
)
_ATTACHED = {"duty": "duty", "task": "task", "keep": "keep"}
_SUFFIX = re.compile(r"[a-z0-9_]+")
_OVERRIDE = "TIP-6-5"
_LONGEST_KEEP = 3650


@dataclass(frozen=True, slots=True)
class Row:
    """One row of law that rules belong to.

    Attributes:
        id: Its name.
        layer: plan, treaty, agreement, engine, or a state's code.
        where: cedar, resolver, value, registry, engine, or `merged:ID`.
        confidence: high, medium, low.
        basis: text seen, partly seen, knowledge only.
    """

    id: str
    layer: str
    where: str
    confidence: str
    basis: str


def parse_rows(body: bytes) -> dict[str, Row]:
    """Return the rows of law by id.

    Raises:
        MalformedError: A line is no JSON object with the keys of a row.
    """
    try:
        lines = [json.loads(line) for line in text_of(body).splitlines() if line.strip()]
        keys = ("id", "layer", "where", "confidence", "basis")
        return {line["id"]: Row(*(str(line[key]) for key in keys)) for line in lines}
    except (ValueError, KeyError, TypeError, RecursionError) as cause:
        raise MalformedError("the rows of law do not parse") from cause


def lint(bundle: Bundle, rows: Mapping[str, Row], schema: LawSchema) -> tuple[Fault, ...]:
    """Return everything that is wrong with the rules of one bundle."""
    found: list[Fault] = []
    seen: dict[str, Place] = {}
    for rule in (*bundle.send, *bundle.receive):
        found.extend(Fault(rule.place, sentence) for sentence in _judge(rule))
        found.extend(Fault(rule.place, s) for s in _of_row(rule, bundle.name, rows))
        found.extend(Fault(rule.place, f"Cedar: {s}") for s in schema.faults(rule))
        if rule.id and rule.id in seen:
            first = seen[rule.id]
            found.append(
                Fault(rule.place, f"{rule.id} stands already at {first.file}:{first.line}")
            )
        seen.setdefault(rule.id, rule.place)
    found.extend(_of_side(bundle))
    return tuple(found)


def unwritten(bundles: Iterable[Bundle], rows: Mapping[str, Row]) -> tuple[str, ...]:
    """Return the rows of law that say `where: cedar` and have no rule in any bundle."""
    rules = [rule for bundle in bundles for rule in (*bundle.send, *bundle.receive)]
    written = {row.id for rule in rules if (row := _row_of(rule.id, rows)) is not None}
    wanted = {row.id for row in rows.values() if row.where == "cedar"}
    return tuple(sorted(wanted - written))


def _row_of(name: str, rows: Mapping[str, Row]) -> Row | None:
    if name in rows:
        return rows[name]
    stem, dot, suffix = name.rpartition(".")
    return rows.get(stem) if dot and _SUFFIX.fullmatch(suffix) else None


def _of_row(rule: Rule, bundle: str, rows: Mapping[str, Row]) -> Iterator[str]:
    row = _row_of(rule.id, rows)
    if not rule.id:
        yield "the rule has no @id"
    elif row is None or row.where != "cedar":
        yield f"{rule.id} is no row of law that is written as a rule"
    else:
        home = row.layer if row.layer in LISTS["State"] else TREATY
        if home != bundle:
            yield f"{rule.id} belongs to {home}, not to {bundle}"
        for note, said in (("confidence", row.confidence), ("basis", row.basis)):
            if rule.notes.get(note) != said:
                yield f"@{note} is not what the row of law says: {said}"


def _of_side(bundle: Bundle) -> Iterator[Fault]:
    acts = frozenset(ACTS)
    for rule in bundle.send:
        if not rule.actions.isdisjoint(acts | {"impose_disclosure"}):
            yield Fault(rule.place, "an act of the receiving state stands in receive.cedar")
    for rule in bundle.receive:
        if not rule.actions.isdisjoint(_RELEASE | {"match", "deliver"}):
            yield Fault(rule.place, "a release stands in send.cedar")


def _judge(rule: Rule) -> Iterator[str]:
    for check in _CHECKS:
        yield from check(rule)


def _annotations(rule: Rule) -> Iterator[str]:
    if not rule.notes.get("legal_basis", "").strip():
        yield "the rule cites no instrument and article: @legal_basis"
    for note in sorted(rule.notes.keys() - _NOTES):
        yield f"there is no annotation @{note}"
    if "redundant" in rule.notes and not rule.notes["redundant"].strip():
        yield "@redundant says why"
    for route in filter(None, rule.notes.get("alternative", "").split(" | ")):
        if route not in EVIDENCE:
            yield f"@alternative names no condition: {route}"
    if "alternative" in rule.notes and (rule.permits or not rule.notes["alternative"]):
        yield "@alternative is for a restriction and names a route"


def _effect(rule: Rule) -> Iterator[str]:
    effect, actions = rule.effect, rule.actions
    if effect in _LIMITS:
        core = actions - {"match"} if effect not in {"never", "no_match"} else actions
        if rule.permits or core not in _LIMITS[effect]:
            yield f"@effect says {effect}, but the rule does something else"
    elif effect == "bar":
        if rule.permits or not actions <= set(ACTS):
            yield "@effect says bar, but the rule does not forbid acts only"
    elif effect in _ATTACHED:
        if not rule.permits or not actions <= GROUPS["impose"] or len(actions) != 1:
            yield f"@effect says {effect}, but the rule does not permit one impose action"
    elif effect == "permit":
        yield from _permit(rule)
    else:
        yield f"there is no effect {effect or '(none)'}"


def _permit(rule: Rule) -> Iterator[str]:
    steps = rule.actions & _RELEASE
    if not rule.permits or not rule.actions.isdisjoint(GROUPS["impose"]):
        yield "@effect says permit, but the rule does something else"
    elif steps and steps not in _STEPS:
        yield "a permit opens a form together with every lesser form"


def _condition(rule: Rule) -> Iterator[str]:
    if rule.evidence and rule.permits:
        yield "a permit or a duty does not ask for evidence"
    elif rule.notes.get("condition", "") != rule.condition:
        said = rule.condition or "nothing"
        yield f"@condition is not the evidence that answers the rule: {said}"
    if len(set(rule.evidence)) != len(rule.evidence):
        yield "one piece of evidence is named twice"


def _silence(rule: Rule) -> Iterator[str]:
    if ("silent" in rule.notes) is not (rule.effect == "omitted"):
        yield "@silent belongs to every omitted, and to nothing else"


def _danger(rule: Rule) -> Iterator[str]:
    reads = any(atom.label == "case.danger" for atom in atoms(rule.when))
    relaxed = rule.notes.get("relaxed_by")
    if relaxed is not None and (relaxed != _OVERRIDE or not reads or rule.permits):
        yield f"@relaxed_by names {_OVERRIDE}, on a restriction that reads danger"
    if reads and relaxed is None and not rule.permits:
        yield "a restriction that reads danger says @relaxed_by"


def _attachment(rule: Rule) -> Iterator[str]:
    for effect, note in _ATTACHED.items():
        if (rule.effect == effect) is not (note in rule.notes):
            yield f"@{note} belongs to the effect {effect}"
    if "duty" in rule.notes and not _is_duty(rule.notes["duty"]):
        yield f"there is no duty {rule.notes['duty']}"
    if "task" in rule.notes and not _is_task(rule.notes["task"]):
        yield f"there is no task {rule.notes['task']}"
    if "keep" in rule.notes and not _is_keep(rule.notes["keep"]):
        yield "@keep is days:N or review:N, N from 1 to 3650"


def _is_duty(text: str) -> bool:
    name, colon, argument = text.partition(":")
    if name == "use_only":
        return argument in USE_ARGUMENTS | {"{purpose}"}
    return name in DUTIES and not colon


def _is_task(text: str) -> bool:
    name, colon, argument = text.partition(":")
    if name == "invalid_refusal_reason":
        return argument in set(LISTS["Refusal"]) - {"none"}
    return name in TASKS and not colon


def _is_keep(text: str) -> bool:
    what, _, number = text.partition(":")
    known = what in {"days", "review"} and number.isascii() and number.isdecimal()
    return known and 1 <= int(number) <= _LONGEST_KEEP


def _dates(rule: Rule) -> Iterator[str]:
    if "in_force" not in rule.notes:
        return
    first, slash, last = rule.notes["in_force"].partition("/")
    try:
        days = [date.fromisoformat(day) for day in (first, last) if day != ".."]
    except ValueError:
        days = []
    if not slash or not days or days != sorted(days):
        yield "@in_force is FIRST/LAST, two dates in order, .. for an open one"


def _reach(rule: Rule) -> Iterator[str]:
    labels = {atom.label for atom in atoms(rule.when)}
    on_notice = not rule.actions.isdisjoint(NOTICE_ACTIONS)
    if on_notice and any(label.startswith("subject.") for label in labels):
        yield "a rule on the notice cannot read a subject"
    if "impose_notice" in rule.actions and rule.effect == "duty" and "case.roles" in labels:
        yield "a duty on the notice may not depend on roles: it would betray a hidden witness"


_CHECKS: Sequence[Callable[[Rule], Iterable[str]]] = (
    _annotations,
    _effect,
    _condition,
    _silence,
    _danger,
    _attachment,
    _dates,
    _reach,
)
