"""Golden cases: what the law must answer, written beside each bundle.

It promises that a case says only what is particular to it and that nothing is inherited in
silence: an expectation is always the case's own. Each bundle owes cases such that dropping
any rule fails one; a test runs that.

Source: policies/law/README.md, section Golden cases; docs/law.md, section 9; docs/policy.md,
section 12.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from policies.caseanswer import answer_of
from policies.casefile import parse_case
from policies.decision import Decision
from policies.facts import Case
from valija.errors import MalformedError

_Table = Mapping[str, object]
_NAMED_BY = {"subjects": "id", "agreements": "id", "fields": "name"}
_NULL: Mapping[str, _Table] = {
    "subjects": {"consent": {"valid_until": None}},
    "fields": {"subject": None},
}
_NOT_INHERITED = frozenset({"like", "title", "expected"})
_EXPECTATIONS = frozenset(
    {
        "decision",
        "fields",
        "requires_include",
        "requires_exclude",
        "obligations_include",
        "obligations_exclude",
        "rules_include",
        "rules_exclude",
        "retention_max_days",
        "response_mode",
        "alternatives",
        "conditions",
    }
)


@dataclass(frozen=True, slots=True)
class Golden:
    """One golden case.

    Attributes:
        id: Its name, unique in its file.
        title: What it shows, in a sentence.
        case: What is asked.
        expected: What must be answered; checked by `differences`.
    """

    id: str
    title: str
    case: Case
    expected: _Table


def parse_golden(text: str) -> tuple[Golden, ...]:
    """Return the cases of one TOML file, in order.

    Raises:
        MalformedError: It is not TOML, an id is missing or repeated, `like` names no earlier
            case, or an expectation is of no known kind.
    """
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as cause:
        raise MalformedError(f"golden cases do not parse: {cause}") from cause
    written: dict[str, dict[str, object]] = {}
    found = []
    for entry in document.get("case", []):
        name = str(entry.get("id", ""))
        if not name or name in written:
            raise MalformedError(f"a golden case has its own id: {name or 'none'}")
        like = entry.get("like")
        if like is not None and like not in written:
            raise MalformedError(f"{name} is like {like}, which is no earlier case")
        base = written[like] if like is not None else document.get("defaults", {})
        written[name] = _merged(base, _without(entry, _NOT_INHERITED))
        found.append(_golden(name, entry, _completed(written[name], document)))
    return tuple(found)


def _golden(name: str, entry: _Table, full: _Table) -> Golden:
    expected = entry.get("expected")
    if not isinstance(expected, dict) or not expected or not expected.keys() <= _EXPECTATIONS:
        raise MalformedError(f"{name} expects nothing, or something of no known kind")
    try:
        return Golden(name, str(entry.get("title", "")), parse_case(full), expected)
    except MalformedError as cause:
        raise MalformedError(f"{name}: {cause}") from cause


def _without(table: _Table, keys: Iterable[str]) -> dict[str, object]:
    return {key: value for key, value in table.items() if key not in set(keys)}


def _merged(base: _Table, over: _Table) -> dict[str, object]:
    found = dict(base)
    for key, value in over.items():
        below = found.get(key)
        if isinstance(value, dict) and isinstance(below, dict):
            found[key] = _merged(below, value)
        elif key in _NAMED_BY and isinstance(value, list) and value and isinstance(below, list):
            found[key] = _listed(below, value, _NAMED_BY[key])
        elif value == "null":
            found[key] = None
        elif isinstance(value, dict):
            found[key] = _merged({}, value)
        else:
            found[key] = value
    return found


def _listed(base: list[_Table], over: list[_Table], name: str) -> list[_Table]:
    entries = {str(entry.get(name)): entry for entry in base}
    for entry in over:
        key = str(entry.get(name))
        entries[key] = _merged(entries.get(key, {}), entry)
    return [entry for entry in entries.values() if entry.get("drop") is not True]


def _completed(case: _Table, document: _Table) -> dict[str, object]:
    """Put the file's common subject and field under every one of the case.

    TOML has no null: a field that names no subject is about no person, and a consent that
    names no last day is open.
    """
    found = dict(case)
    for key, common in (("subjects", "subject"), ("fields", "field")):
        stated, entries = document.get(common), case.get(key)
        below = _merged(_NULL[key], stated if isinstance(stated, dict) else {})
        if isinstance(entries, list):
            found[key] = [_merged(below, entry) for entry in entries]
    return found


def differences(expected: _Table, decision: Decision) -> tuple[str, ...]:
    """Return how a decision differs from what is expected, a sentence each.

    Source: docs/law.md, section 9: listed fields equal, `*_include` present, an alternative
    counting for each of its names, `*_exclude` absent; null, `{}` and `[]` check nothing.
    """
    answer = answer_of(None, decision)
    found: list[str] = []
    for key, value in expected.items():
        if value in (None, {}, [], "null"):
            continue
        if key == "fields":
            found.extend(_of_fields(value, answer["fields"]))
        elif key == "conditions":
            found.extend(_of_conditions(value, decision))
        elif key.endswith(("_include", "_exclude")):
            found.extend(_of_lists(key, value, answer))
        elif answer[key] != value:
            found.append(f"{key} is {answer[key]}, expected {value}")
    return tuple(found)


def _table(value: object, key: str) -> _Table:
    if not isinstance(value, dict):
        raise MalformedError(f"{key} is a table by field")
    return value


def _of_fields(expected: object, answered: object) -> Iterable[str]:
    found = _table(answered, "fields")
    for name, form in _table(expected, "fields").items():
        if found.get(name) != form:
            yield f"field {name} is {found.get(name)}, expected {form}"


def _of_conditions(expected: object, decision: Decision) -> Iterable[str]:
    named = {field.name: field for field in decision.fields}
    for name, conditions in _table(expected, "conditions").items():
        unlocks = named[name].unlocks() if name in named else ()
        opens = {word for unlock in unlocks for word in unlock.conditions}
        if not isinstance(conditions, list) or opens != set(conditions):
            yield f"field {name} would open with {sorted(opens)}, expected {conditions}"


def _of_lists(key: str, expected: object, answer: _Table) -> Iterable[str]:
    what, _, how = key.rpartition("_")
    answered = answer[what]
    if not isinstance(expected, list) or not isinstance(answered, list):
        raise MalformedError(f"{key} is a list")
    there = {*answered, *(name for entry in answered for name in entry.split(" | "))}
    for word in expected:
        if (word in there) is (how == "exclude"):
            yield f"{what} {'has' if how == 'exclude' else 'lacks'} {word}"
