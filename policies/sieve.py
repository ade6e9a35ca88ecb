"""Which rules of a layer apply to a matter, found by parts that are looked at once.

It promises the rules that `policies.matching.matching` returns, in their order: a rule is a
conjunction, and a conjunct that reads one thing alone (the party, the field, the case, the
subject, the grounds) holds or fails for that thing wherever it stands. What each thing lets
through is remembered by its id, which follows from its labels; only conjuncts that read
several things are looked at each time. It judges nothing.

Source: docs/policy.md, section 6 (matching pass, memo).
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import partial

from policies.labels import Labels, Matter
from policies.matching import matching, speaks_of
from policies.memory import Shelf
from policies.rule import Every, Expr, Point, Rule, atoms, holds

_REMEMBERED = 1 << 12
_Parts = Mapping[str, Sequence[tuple[int, Expr]]]


class Sieve:
    """The rules of one layer, each a bit of a number, and what things let through."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Take apart what each rule reads."""
        self._rules = tuple(rules)
        self._all = (1 << len(self._rules)) - 1
        self._parts, self._mixed = _parted(self._rules)
        self._passed = Shelf[Hashable, int](_REMEMBERED)
        self._spoken = {
            entity: sum(
                1 << place for place, rule in enumerate(rules) if speaks_of(rule, entity)
            )
            for entity in ("Field", "Notice")
        }

    def matching(self, matter: Matter) -> tuple[Rule, ...]:
        """Return the rules whose conditions hold for `matter`, evidence aside."""
        if matter.subject is None:
            return matching(self._rules, matter)  # Of a notice: few, and none reads a subject.
        left = (
            self._spoken[matter.resource.entity]
            & self._of("principal", matter.party)
            & self._of("resource", matter.resource)
            & self._of("case", matter.case)
            & self._of("subject", matter.subject)
            & self._let("basis", matter.basis, {"basis": matter.basis})
        )
        point = matter.point()
        return tuple(
            self._rules[place]
            for place in _bits(left)
            if place not in self._mixed or holds(self._mixed[place], point)
        )

    def _of(self, domain: str, labels: Labels) -> int:
        return self._let(domain, labels.id, labels.values)

    def _let(self, domain: str, name: Hashable, point: Point) -> int:
        return self._passed.recall((domain, name), partial(self._look, domain, point))

    def _look(self, domain: str, point: Point) -> int:
        found = self._all
        for place, part in self._parts.get(domain, ()):
            if not holds(part, point):
                found &= ~(1 << place)
        return found


def _parted(rules: Sequence[Rule]) -> tuple[_Parts, Mapping[int, Expr]]:
    """Return conjuncts by the one thing that they read, and by rule those that read several."""
    alone: dict[str, list[tuple[int, Expr]]] = {}
    mixed: dict[int, list[Expr]] = {}
    for place, rule in enumerate(rules):
        for part in _conjuncts(rule.when):
            domains = {atom.label.partition(".")[0] for atom in atoms(part)}
            if len(domains) == 1:
                alone.setdefault(domains.pop(), []).append((place, part))
            else:
                mixed.setdefault(place, []).append(part)
    return alone, {place: Every(tuple(parts)) for place, parts in mixed.items()}


def _conjuncts(expression: Expr) -> Iterator[Expr]:
    if isinstance(expression, Every):
        for part in expression.parts:
            yield from _conjuncts(part)
    else:
        yield expression


def _bits(number: int) -> Iterator[int]:
    """Yield the places of the bits of a number, the lowest first."""
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest
