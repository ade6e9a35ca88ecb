"""A case without the names of its fields, which decide nothing.

It promises that two cases of one shape are decided alike, field by field: a name tells a field
from its neighbours and no rule reads it, so the place where it first stands replaces it. What
was decided of one gets the other's names here; `policies.corpus` asks the law.

Source: docs/policy.md, section 3 (rules see labels alone); docs/performance.md (a profile that
was seen).
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from policies.decision import Decision, FieldDecision
from policies.facts import Case, Datum

_REMEMBERED = 64


@dataclass(frozen=True, slots=True, eq=False)
class Bare:
    """Fields without names; equal ones are one object while `Shapes` remembers them."""

    data: tuple[Datum, ...]


Shape = tuple[Bare, Case]
"""A case's bare fields, and the case without any."""


class Shapes:
    """Takes names out of cases; those of one notice share their fields, which it notices."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[Datum, ...], Bare] = OrderedDict()
        self._last: tuple[tuple[Datum, ...], Bare] = ((), Bare(()))

    def shape(self, case: Case) -> Shape:
        """Return the shape of a case."""
        data, bare = self._last
        if data is not case.data:
            bare = self._remembered(_bare(case.data))
            self._last = (case.data, bare)
        return bare, replace(case, data=())

    def _remembered(self, data: tuple[Datum, ...]) -> Bare:
        found = self._known.pop(data, None) or Bare(data)
        self._known[data] = found
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return found


def named(decision: Decision, data: Sequence[Datum]) -> Decision:
    """Return a decision on a case of the same shape with the names of these fields."""
    pairs = list(zip(decision.fields, data, strict=True))
    if all(field.name == datum.name for field, datum in pairs):
        return decision
    return replace(decision, fields=tuple(_named(field, datum.name) for field, datum in pairs))


def _named(field: FieldDecision, name: str) -> FieldDecision:
    # Written out: dataclasses.replace takes twice as long, and a matrix has a thousand.
    return FieldDecision(
        name,
        field.form,
        field.standings,
        field.silent,
        field.essential,
        field.duties,
        field.tasks,
        field.keep,
        field.rules,
        field.alternatives,
        field.limits,
    )


def _bare(data: Sequence[Datum]) -> tuple[Datum, ...]:
    places: dict[str, int] = {}
    for datum in data:
        places.setdefault(datum.name, len(places))
    return tuple(replace(datum, name=str(places[datum.name])) for datum in data)
