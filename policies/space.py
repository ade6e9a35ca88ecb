"""The label space of some rules: the labels they name, cut to the values they tell apart.

It promises to be exact: two values are one class only if no rule given to it can tell them
apart, so that what holds of a class holds of each value. What follows from another label is
no dimension: class from kind, circle from agency, lane from purpose. Evidence is none either;
it stands only in `unless`, so each rule carries it as its condition.

A field has one kind of its own and those of where it comes from (`policies.kinds.PROVENANCE`);
each of these is a dimension, there or not, for a permit may ask that one is absent.

Source: docs/policy.md, section 11.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from policies.diagram import EVERYTHING, Cube, Diagrams, Node
from policies.kinds import PROVENANCE
from policies.rule import Atom, Every, Expr, Not, Rule, atoms
from policies.vocabulary import (
    CASE_LABELS,
    CIRCLES,
    CLASSES,
    LANES,
    LISTS,
    SUBJECT_LABELS,
    circles_of,
    classes_of,
)

_LANES = {
    lane: frozenset(purpose for purpose, its in LANES.items() if its == lane)
    for lane in LISTS["Lane"]
}
_DERIVED: Mapping[str, tuple[str, Mapping[str, frozenset[str]]]] = {
    "resource.Class": ("resource.Kind", CLASSES),
    "principal.Circle": ("principal.Agency", CIRCLES),
    "case.s_circles": ("case.s_agency", CIRCLES),
    "case.lane": ("case.purpose", _LANES),
}
"""Labels that follow from another one, and the values of that other for each of theirs."""
SCALARS = {
    "principal.State": "State",
    "principal.Agency": "Agency",
    "resource.Kind": "Kind",
    "resource.NoticeType": "NoticeType",
    **{f"case.{name}": kind for name, (kind, is_set) in CASE_LABELS.items() if not is_set},
    **{
        f"subject.{name}": kind for name, (kind, is_set) in SUBJECT_LABELS.items() if not is_set
    },
}
"""Labels of one value, and their lists."""
_KIND = "resource.Kind"
ALSO = "resource.Provenance"
"""Kinds besides its own that a field has, for where it comes from; rules read them as kinds."""
_FIRST = (_KIND, ALSO, "resource.NoticeType", "principal.Agency", "principal.State")


@dataclass(frozen=True, slots=True)
class Dimension:
    """One label, or one value of a label that is a set.

    Attributes:
        label: As rules read it.
        member: The value that is there or not; empty for a label of one value.
        classes: Values that rules do not tell apart; for a member: absent, present.
    """

    label: str
    member: str
    classes: tuple[frozenset[str], ...]


class Space:
    """The space that some rules share, and their diagrams in it."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        named = [based(atom) for rule in rules for atom in atoms(rule.when)]
        self.dimensions = tuple(sorted(_dimensions(named), key=_order))
        self.diagrams = Diagrams([len(dimension.classes) for dimension in self.dimensions])
        self._place = {(d.label, d.member): at for at, d in enumerate(self.dimensions)}
        self._also = [(at, d) for at, d in enumerate(self.dimensions) if d.label == ALSO]

    def set_of(self, expression: Expr) -> Node:
        """Return the points at which an expression holds."""
        diagrams = self.diagrams
        if isinstance(expression, Atom):
            return self._atom(based(expression))
        if isinstance(expression, Not):
            return diagrams.without(self.set_of(expression.part))
        if isinstance(expression, Every):
            found = EVERYTHING
            for part in expression.parts:
                found = diagrams.both(found, self.set_of(part))
            return found
        return diagrams.any_of(self.set_of(part) for part in expression.parts)

    def _atom(self, atom: Atom) -> Node:
        if atom.label in SCALARS:
            at = self._place[atom.label, ""]
            classes = self.dimensions[at].classes
            chosen = (n for n, values in enumerate(classes) if values <= atom.values)
            found = self.diagrams.literal(at, chosen)
            also = self._also if atom.label == _KIND else ()
            named = (n for n, dimension in also if dimension.member in atom.values)
            return self.diagrams.any_of(
                [found, *(self.diagrams.literal(n, [1]) for n in named)]
            )
        return self.diagrams.any_of(
            self.diagrams.literal(self._place[atom.label, value], [1]) for value in atom.values
        )

    def labels_of(self, cube: Cube) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
        """Return a cube as labels: the values that may be, and the members that may not."""
        found: dict[str, tuple[frozenset[str], frozenset[str]]] = {}
        for at, numbers in cube.items():
            dimension = self.dimensions[at]
            there, absent = found.get(dimension.label, (frozenset[str](), frozenset[str]()))
            if not dimension.member:
                there = frozenset[str]().union(*(dimension.classes[n] for n in numbers))
            elif 1 in numbers:
                there |= {dimension.member}
            else:
                absent |= {dimension.member}
            found[dimension.label] = (there, absent)
        return found


def based(atom: Atom) -> Atom:
    """Return an atom on a label that does not follow from another one."""
    if atom.label not in _DERIVED:
        return atom
    label, table = _DERIVED[atom.label]
    return Atom(label, frozenset[str]().union(*(table[value] for value in atom.values)))


def completed(point: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Return a point with the labels that follow from those it has."""
    found = dict(point)
    kinds = found.get(_KIND, frozenset()) | found.pop(ALSO, frozenset())
    if kinds:
        found[_KIND] = kinds
        found["resource.Class"] = frozenset[str]().union(*map(classes_of, kinds))
    for agency in found["principal.Agency"]:
        found["principal.Circle"] = circles_of(agency)
    for agency in found["case.s_agency"]:
        found["case.s_circles"] = circles_of(agency)
    for purpose in found["case.purpose"]:
        found["case.lane"] = frozenset({LANES[purpose]})
    return found


def _dimensions(named: Sequence[Atom]) -> Iterable[Dimension]:
    by_label: dict[str, list[frozenset[str]]] = {}
    for atom in named:
        by_label.setdefault(atom.label, []).append(atom.values)
    for label, groups in by_label.items():
        if label in SCALARS:
            yield Dimension(label, "", _classes(LISTS[SCALARS[label]], groups))
            yield from _also(groups) if label == _KIND else ()
        else:
            for value in sorted(frozenset[str]().union(*groups)):
                yield Dimension(label, value, (frozenset(), frozenset({value})))


def _also(groups: Sequence[frozenset[str]]) -> Iterable[Dimension]:
    """Yield one dimension for those kinds of origin that no rule tells apart."""
    for alike in _classes(sorted(PROVENANCE), groups):
        if any(alike <= group for group in groups):
            yield Dimension(ALSO, min(alike), (frozenset(), alike))


def _classes(
    words: Sequence[str], groups: Sequence[frozenset[str]]
) -> tuple[frozenset[str], ...]:
    found: dict[tuple[bool, ...], list[str]] = {}
    for word in words:
        found.setdefault(tuple(word in group for group in groups), []).append(word)
    return tuple(frozenset(values) for values in found.values())


def _order(dimension: Dimension) -> tuple[int, str, str]:
    label = dimension.label
    first = _FIRST.index(label) if label in _FIRST else len(_FIRST)
    rank = first if first < len(_FIRST) else first + (not label.startswith("subject."))
    return (rank, label, dimension.member)
