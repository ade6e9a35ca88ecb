"""What may pass between two states at all: open, open once conditions are met, or closed.

It promises an answer over the whole label space, from the decision diagrams: the sender's law
and the treaty layer together, for the notice and for the field, on one day, with the treaties
that the registry says both states are party to. A closed corridor comes with the fewest rules
that would have to change, each named; an open one with the fewest conditions and the smallest
circumstances. It proposes no change: which law is right is not its affair.

What the resolver guarantees it is told: a datum about a person makes the case personal, and a
role of the person is a role in the case. Agreements other than treaties are left open, so an
answer may say `basis bilateral`: it would go, had the two states one.

Source: docs/policy.md, section 11 (corridors); docs/law.md, sections 2 and 4.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from policies.bundle import TREATY
from policies.corpus import Law
from policies.diagram import EVERYTHING, NOTHING, Node
from policies.grounds import TREATIES
from policies.premises import ABSENT, GUARANTEED, ORDINARY
from policies.rule import Atom, Every, Expr, Not, Rule, atoms
from policies.space import SCALARS, Space, based
from policies.telling import told_of
from policies.vocabulary import LISTS
from valija.errors import AbsentError

_SENTENCES, _CUBES = 3, 8
_DELIVER = "deliver"
_RANKS = ("open", "held", "closed")
Labels = Mapping[str, frozenset[str]]
"""Values by label, `resource.Kind`, `subject.roles`, …; one of each label's values holds."""


@dataclass(frozen=True, slots=True)
class Route:
    """Between whom, on which day.

    Attributes:
        sender: A state with a bundle of its own.
        recipient: A state.
        day: The law and the registry of this day count.
    """

    sender: str
    recipient: str
    day: date


@dataclass(frozen=True, slots=True)
class Passage:
    """What one question found.

    Attributes:
        rank: open, held or closed.
        form: The action that was asked about.
        conditions: The fewest that must be met; empty unless held.
        rules: Open and held: the rules it goes on and, held, those that ask for conditions.
            Closed: the fewest whose fall would open it; `LAYER: no ground` where none permits.
        where: The smallest circumstances in which it is so, a sentence each; closed: in which
            it would be so.
    """

    rank: str
    form: str
    conditions: tuple[str, ...]
    rules: tuple[str, ...]
    where: tuple[str, ...]


class Corridor:
    """One route, asked for as many data and desks as wanted.

    Args:
        law: Every bundle at hand.
        route: Between whom, and when.
        ordinary: Nothing is the matter but what is given here: no risk, no secrecy, no special
            regime, no danger declared, nothing unknown. None: any circumstances count.

    Raises:
        AbsentError: The sender has no bundle of its own, so nothing leaves at all.
    """

    def __init__(self, law: Law, route: Route, ordinary: Labels | None = None) -> None:
        if route.sender not in law.bundles or route.sender == TREATY:
            raise AbsentError(f"{route.sender} has no bundle of its own, so it sends nothing")
        self._layers = {
            name: [rule for rule in law.bundles[name].send if rule.in_force(route.day)]
            for name in (TREATY, route.sender)
        }
        self._rules = [rule for rules in self._layers.values() for rule in rules]
        self.space = Space(self._rules)
        self._sets = {rule.id: self.space.set_of(rule.when) for rule in self._rules}
        self._known = self._resolved(law, route)
        if ordinary is not None:
            self._known = self._ordinary(ordinary)
            both = self.space.diagrams.both
            self._sets = {name: both(self._known, part) for name, part in self._sets.items()}
        self._read: dict[str, tuple[dict[str, Node], dict[str, Node]]] = {}

    def ask(self, labels: Labels, forms: Sequence[str], *, told: bool = True) -> Passage:
        """Return what can pass where `labels` hold: the most open, then the fullest form.

        Args:
            labels: What is given.
            forms: Actions of the ladder, the fullest first, or `match`; at least one.
            told: Say in which circumstances, which costs more than the answer.
        """
        here = self._known
        for label, values in labels.items():
            here = self.space.diagrams.both(here, self._touching(label, values))
        found, there = self._passage(here, forms[0])
        for form in forms[1:]:
            lesser, place = self._passage(here, form)
            if _RANKS.index(lesser.rank) < _RANKS.index(found.rank):
                found, there = lesser, place
        return replace(found, where=self._said(there, here)) if told else found

    def classes(self, label: str) -> tuple[frozenset[str], ...]:
        """Return the values of a label of one value, those no rule tells apart together."""
        for dimension in self.space.dimensions:
            if dimension.label == label:
                return dimension.classes
        return (frozenset(LISTS[SCALARS[label]]),)

    def _touching(self, label: str, values: frozenset[str]) -> Node:
        """Return the points that may have one of the values; what nobody reads bars nothing."""
        atom = based(Atom(label, values))
        places = [(n, d) for n, d in enumerate(self.space.dimensions) if d.label == atom.label]
        members = {dimension.member for _, dimension in places}
        if not places or (members != {""} and not atom.values <= members):
            return EVERYTHING
        return self.space.diagrams.any_of(
            self.space.diagrams.literal(
                at,
                [1]
                if dimension.member in atom.values
                else [n for n, its in enumerate(dimension.classes) if its & atom.values],
            )
            for at, dimension in places
            if not dimension.member or dimension.member in atom.values
        )

    def _ordinary(self, given: Labels) -> Node:
        """Return the points at which nothing is the matter but what is given."""
        here = self._known
        for label, value in ORDINARY.items():
            if label not in given:
                part = self._touching(label, frozenset({value}))
                here = self.space.diagrams.both(here, part)
        for at, dimension in enumerate(self.space.dimensions):
            label, member = dimension.label, dimension.member
            if label not in given and (label in ABSENT or member in ABSENT):
                here = self.space.diagrams.both(here, self.space.diagrams.literal(at, [0]))
        return here

    def _resolved(self, law: Law, route: Route) -> Node:
        """Return the points that the resolver can make, between these two on this day."""
        held = {
            treaty.type for treaty in law.treaties([route.sender, route.recipient], route.day)
        }
        grounds = [Atom("basis", frozenset({name})) for name in TREATIES]
        said = [atom if held & atom.values else Not(atom) for atom in grounds]
        known = [part for part in (*said, *GUARANTEED) if self._readable(part)]
        abolished = law.registry.value("abolitionist", route.sender, route.day)
        found = self._touching("principal.State", frozenset({route.recipient}))
        for part in (
            self._touching("case.abolitionist", frozenset({abolished})),
            self.space.set_of(Every(tuple(known))),
        ):
            found = self.space.diagrams.both(found, part)
        return found

    def _readable(self, part: Expr) -> bool:
        there = {(d.label, d.member) for d in self.space.dimensions}
        wanted = {
            (atom.label, "" if atom.label in SCALARS else value)
            for atom in map(based, atoms(part))
            for value in atom.values
        }
        return wanted <= there

    def _passage(self, here: Node, form: str) -> tuple[Passage, Node]:
        if form not in self._read:
            self._read[form] = (self._bars(form), self._waits(form))
        bars, waits = self._read[form]
        fallen, ever = self._fewest(here, bars)
        if fallen or here == NOTHING:
            return Passage("closed", form, (), fallen, ()), ever
        asked, there = self._fewest(ever, waits)
        rules = (*self._grounds(there, form), *self._askers(there, form, asked))
        return Passage("held" if asked else "open", form, asked, rules, ()), there

    def _bars(self, form: str) -> dict[str, Node]:
        """Return where each thing stands in the way that no evidence moves."""
        diagrams, found = self.space.diagrams, dict[str, Node]()
        for layer, rules in self._layers.items():
            for action in (form, _DELIVER):
                named = [rule for rule in rules if action in rule.actions]
                permitted = diagrams.any_of(self._sets[r.id] for r in named if r.permits)
                what = "the notice" if action == _DELIVER else "the datum"
                found[f"{layer}: no ground for {what}"] = diagrams.less(self._known, permitted)
                found |= {
                    rule.id: self._sets[rule.id]
                    for rule in named
                    if not rule.permits and not rule.evidence
                }
        return found

    def _waits(self, form: str) -> dict[str, Node]:
        """Return by condition where it is waited for."""
        found: dict[str, Node] = {}
        for rule in self._limits(form):
            before = found.get(rule.condition, NOTHING)
            found[rule.condition] = self.space.diagrams.either(before, self._sets[rule.id])
        return found

    def _limits(self, form: str) -> list[Rule]:
        asked = {form, _DELIVER}
        return [r for r in self._rules if r.evidence and not r.actions.isdisjoint(asked)]

    def _fewest(
        self, here: Node, obstacles: Mapping[str, Node]
    ) -> tuple[tuple[str, ...], Node]:
        """Return the fewest obstacles between us and a point, and the points behind them."""
        both = self.space.diagrams.both
        met = {name: both(here, part) for name, part in obstacles.items()}
        met = {name: part for name, part in met.items() if part != NOTHING}
        there = NOTHING
        for count in range(len(met) + 1):
            there = self._behind(here, list(met.values()), count)
            if there != NOTHING:
                break
        fewest = self._at(there, met)
        for name in fewest:
            there = both(there, met[name])
        return fewest, there

    def _behind(self, here: Node, obstacles: Sequence[Node], most: int) -> Node:
        """Return the points behind exactly `most` obstacles."""
        diagrams = self.space.diagrams
        behind = [here, *[NOTHING] * most]
        for part in obstacles:
            passed = [NOTHING, *(diagrams.both(points, part) for points in behind[:-1])]
            left = [diagrams.less(points, part) for points in behind]
            behind = list(map(diagrams.either, left, passed))
        return behind[most]

    def _at(self, there: Node, sets: Mapping[str, Node]) -> tuple[str, ...]:
        """Return the sets that hold one point of `there`, by name; none where there is none."""
        if there == NOTHING:
            return ()
        cube = next(self.space.diagrams.cover(there))
        point = [min(cube.get(at, {0})) for at in range(len(self.space.dimensions))]
        return tuple(
            name for name, part in sets.items() if self.space.diagrams.holds(part, point)
        )

    def _grounds(self, there: Node, form: str) -> tuple[str, ...]:
        permits = (r for r in self._rules if r.permits and r.actions & {form, _DELIVER})
        return self._at(there, {rule.id: self._sets[rule.id] for rule in permits})

    def _askers(self, there: Node, form: str, asked: Iterable[str]) -> tuple[str, ...]:
        wanted = set(asked)
        limits = (rule for rule in self._limits(form) if rule.condition in wanted)
        return self._at(there, {rule.id: self._sets[rule.id] for rule in limits})

    def _said(self, there: Node, here: Node) -> tuple[str, ...]:
        cubes = islice(self.space.diagrams.cover(there, here), _CUBES)
        return told_of([self.space.labels_of(cube) for cube in cubes])[:_SENTENCES]
