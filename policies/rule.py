"""One rule of law as data: what it permits or forbids, when, and under which article.

It promises that whether a rule applies to a point is a total function of finite sets: no
attribute can be missing and nothing can fail. That is a second reading of the rule beside
Cedar's, and the two are compared before anything leaves. It does not read Cedar;
`policies.syntax` does.

Source: docs/policy.md, sections 5 and 6.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

Point = Mapping[str, frozenset[str]]
"""Values by label: `principal.State`, `resource.Kind`, `case.purpose`, `basis`, …"""

LADDER = ("share_exact", "share_general", "share_pseudonym", "share_marker")
ACTS = (
    "store",
    "store_register",
    "use_as_evidence",
    "use_other_purpose",
    "onward",
    "publish",
    "disclose_exculpatory",
)
IMPOSE = ("impose_field", "impose_disclosure", "impose_notice")
NOTICE_ACTIONS = frozenset({"deliver", "impose_notice"})
"""Actions on a notice; every other one is on a field."""

GROUPS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "release": frozenset(LADDER),
        "content": frozenset(LADDER[:3]),
        "plain": frozenset(LADDER[:2]),
        "at_most_general": frozenset(LADDER[1:]),
        "at_most_pseudonym": frozenset(LADDER[2:]),
        "act": frozenset(ACTS),
        "impose": frozenset(IMPOSE),
    }
)
"""The actions in each group of the schema."""
ACTIONS = frozenset(LADDER) | frozenset(ACTS) | frozenset(IMPOSE) | {"match", "deliver"}


@dataclass(frozen=True, slots=True)
class Atom:
    """The label has at least one of these values."""

    label: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: "Expr"


@dataclass(frozen=True, slots=True)
class Every:
    """All parts hold; true when there are none."""

    parts: tuple["Expr", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part holds; false when there are none."""

    parts: tuple["Expr", ...]


Expr = Atom | Not | Every | Some


def holds(expression: Expr, point: Point) -> bool:
    """Return whether `expression` holds at `point`, which names every label it reads."""
    if isinstance(expression, Atom):
        return not expression.values.isdisjoint(point[expression.label])
    if isinstance(expression, Not):
        return not holds(expression.part, point)
    if isinstance(expression, Every):
        return all(holds(part, point) for part in expression.parts)
    return any(holds(part, point) for part in expression.parts)


def atoms(expression: Expr) -> Iterable[Atom]:
    """Yield every atom of an expression, in the order written."""
    if isinstance(expression, Atom):
        yield expression
    elif isinstance(expression, Not):
        yield from atoms(expression.part)
    else:
        for part in expression.parts:
            yield from atoms(part)


def asserted(expression: Expr, *, positive: bool = True) -> Iterable[Atom]:
    """Yield the atoms that help an expression to hold, not those that stand in its way."""
    if isinstance(expression, Atom):
        if positive:
            yield expression
    elif isinstance(expression, Not):
        yield from asserted(expression.part, positive=not positive)
    else:
        for part in expression.parts:
            yield from asserted(part, positive=positive)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a rule stands.

    Attributes:
        file: Path below the folder of laws, `AR/send.cedar`.
        line: Counted from 1.
    """

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it is asked.

    Attributes:
        id: The row of law, with a suffix where one row needs several rules.
        permits: It permits; otherwise it forbids.
        actions: Concrete actions that it speaks of.
        named: Actions and groups as written, in order.
        when: Scope and clauses, evidence left out.
        evidence: Its alternatives: any one of them answers it. Empty: nothing does.
        notes: Annotations by name.
        place: Where it stands.
        source: Its own text, from the first annotation to the semicolon.
    """

    id: str
    permits: bool
    actions: frozenset[str]
    named: tuple[str, ...]
    when: Expr
    evidence: tuple[str, ...]
    notes: Mapping[str, str]
    place: Place
    source: str

    @property
    def effect(self) -> str:
        """The declared effect; empty if it declares none."""
        return self.notes.get("effect", "")

    @property
    def condition(self) -> str:
        """What would answer it, `a | b`; empty if nothing does."""
        return " | ".join(self.evidence)

    def in_force(self, day: date) -> bool:
        """Return whether the rule is law on `day`; without dates it always is."""
        first, _, last = self.notes.get("in_force", "../..").partition("/")
        begun = first == ".." or date.fromisoformat(first) <= day
        return begun and (last == ".." or day <= date.fromisoformat(last))


def periods(rules: Iterable[Rule]) -> list[date | None]:
    """Return the first day of every period in which the same rules are in force.

    The first is None: before any date that a rule names.
    """
    found: set[date] = set()
    for rule in rules:
        first, _, last = rule.notes.get("in_force", "../..").partition("/")
        if first != "..":
            found.add(date.fromisoformat(first))
        if last != "..":
            found.add(date.fromisoformat(last) + timedelta(days=1))
    return [None, *sorted(found)]
