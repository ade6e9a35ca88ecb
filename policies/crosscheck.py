"""The analysis beside Cedar: do the tables and the engine say the same of the same point?

It promises to ask Cedar itself, at one point of every class that a table tells apart, where
each rule decides and just outside each of its clauses, and at points drawn from a seed with
evidence drawn too; and to compare standings, their conditions, duties, tasks and limits of
time. A table that differs from Cedar at one of them is counted; it mends nothing.

Source: docs/policy.md, section 11 (agreement with Cedar).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from policies import sample
from policies.analysis import Opening, Tables, noted, on_fields, on_notices, tabulate
from policies.answer import NEVER, Standing, held
from policies.bundle import SCHEMA, names_of, read_bundle, text_of
from policies.diagram import Node
from policies.engine import LawSchema, Roll
from policies.labels import References
from policies.ladder import Rung
from policies.layer import Layer
from policies.rule import ACTS, LADDER, Rule, periods
from policies.sample import Draws, Place
from policies.space import Space

_AT_ONCE = 400
_MOST = 1000
_SEED = "analysis and engine"


@dataclass(frozen=True, slots=True)
class Side:
    """The rules of one bundle that are asked together.

    Attributes:
        bundle: Its name.
        side: send or receive.
        since: First day on which these rules are the law; None: from the first.
        notice: They speak of the notice, not of its fields.
        rules: In force then.
    """

    bundle: str
    side: str
    since: date | None
    notice: bool
    rules: tuple[Rule, ...]

    @property
    def actions(self) -> tuple[str, ...]:
        """The actions that the tables speak of."""
        if self.notice:
            return ("deliver",) if self.side == "send" else ()
        return (*LADDER, "match") if self.side == "send" else ACTS

    @property
    def imposed(self) -> tuple[str, ...]:
        """The actions under which duties, tasks and limits attach."""
        if self.notice:
            return ("impose_notice",)
        return (
            ("impose_field", "impose_disclosure")
            if self.side == "receive"
            else ("impose_field",)
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of comparing one side.

    Attributes:
        side: Which.
        classes: Points that stand for a class of points each.
        edges: Points where a rule decides, and just outside.
        drawn: Points drawn at random.
        asked: Standings and attachments compared.
        wrong: Points at which the two do not agree.
    """

    side: Side
    classes: int
    edges: int
    drawn: int
    asked: int
    wrong: int


def sides(files: Mapping[str, bytes]) -> Iterator[Side]:
    """Yield every side of every bundle, once for each set of rules that is ever in force."""
    for name in names_of(files):
        bundle = read_bundle(name, files)[0]
        for side, rules in (("send", bundle.send), ("receive", bundle.receive)):
            for notice, pick in ((False, on_fields), (True, on_notices)):
                yield from _by_period(Side(name, side, None, notice, pick(rules)))


def _by_period(whole: Side) -> Iterator[Side]:
    seen: set[tuple[str, ...]] = {()}
    for since in periods(whole.rules):
        chosen = tuple(rule for rule in whole.rules if rule.in_force(since or date.min))
        names = tuple(rule.id for rule in chosen)
        if names not in seen:
            seen.add(names)
            yield replace(whole, since=since, rules=chosen)


def crosscheck(
    files: Mapping[str, bytes], points: int, *, whole: bool = True
) -> Iterator[Comparison]:
    """Yield what came of comparing each side of each bundle.

    Args:
        files: Bodies by path below the folder of laws.
        points: How many points are drawn at random over all sides together.
        whole: Ask at a point of every class; otherwise where rules decide, and at random.

    Raises:
        MalformedError: A file of the law does not read.
        VerificationError: A guard of the engine refused a question.
    """
    schema = LawSchema(text_of(files[SCHEMA]))
    found = list(sides(files))
    for number, side in enumerate(found):
        share = points // len(found) + (number < points % len(found))
        yield compare_side(side, side.rules, schema, share, whole=whole)


def compare_side(
    side: Side, tabled: Sequence[Rule], schema: LawSchema, points: int, *, whole: bool = False
) -> Comparison:
    """Return what came of comparing Cedar on `side` with the tables of `tabled`.

    Args:
        side: What Cedar is asked.
        tabled: What the tables are made of: the same rules, unless a fault is planted.
        schema: The schema.
        points: How many points are drawn at random.
        whole: Ask at a point of every class too.
    """
    space = Space(side.rules)
    tables = tabulate(space, tabled, side.actions)
    draws = Draws(f"{_SEED} {side.bundle} {side.side} {side.notice} {side.since}")
    parts = _classes(space, tabled, tables) if whole else []
    classes = [sample.inside(space, part, draws) for part in parts]
    edges = list(dict.fromkeys(sample.edges(space, side.rules, draws)))
    places = [(place, References()) for place in (*classes, *edges)]
    places += [(sample.anywhere(space, draws), sample.evidence(draws)) for _ in range(points)]
    reader = _Reader(side, space, tables, Layer(side.bundle, side.rules, schema))
    wrong = sum(
        reader.wrong(places[start : start + _AT_ONCE], schema, draws)
        for start in range(0, len(places), _AT_ONCE)
    )
    asked = len(places) * (len(side.actions) + len(side.imposed))
    return Comparison(side, len(classes), len(edges), points, asked, wrong)


def _classes(space: Space, tabled: Sequence[Rule], tables: Tables) -> list[Node]:
    """Return the classes that each table tells apart, and those that the rules do.

    The rules of a state make some hundred classes; those of the treaty layer too many, so
    there the tables are taken, one by one.
    """
    diagrams, found = space.diagrams, list[Node]()
    for opening in tables.openings.values():
        found += sample.classes(diagrams, [opening.ever, *opening.waits.values()])
    attached = (*tables.attached.values(), *tables.limits.values())
    found += sample.classes(diagrams, attached)
    written = (space.set_of(rule.when) for rule in tabled)
    return list(dict.fromkeys([*found, *sample.classes(diagrams, written, _MOST)]))


@dataclass(frozen=True, slots=True)
class _Reader:
    """One side, read both ways."""

    side: Side
    space: Space
    tables: Tables
    layer: Layer

    def wrong(
        self, places: Sequence[tuple[Place, References]], schema: LawSchema, draws: Draws
    ) -> int:
        """Return at how many places Cedar and the tables do not say the same."""
        matters = [
            sample.matter(
                sample.stated(self.space, place, draws), known, notice=self.side.notice
            )
            for place, known in places
        ]
        things = [
            thing
            for m in matters
            for thing in (m.party, m.resource, m.case, m.subject)
            if thing
        ]
        asked = (*self.side.actions, *self.side.imposed)
        rungs = self.layer.climb([(m, asked) for m in matters], Roll(things, schema))
        both = zip(places, rungs, strict=True)
        return sum(not self._agrees(place, known, rung) for (place, known), rung in both)

    def _agrees(self, place: Place, known: References, rung: Rung) -> bool:
        expected = {
            action: self._standing(opening, place, known)
            for action, opening in self.tables.openings.items()
        }
        return expected == dict(rung.standings) and self._attached(place) == self._notes(rung)

    def _standing(self, opening: Opening, place: Place, known: References) -> Standing:
        holds = self.space.diagrams.holds
        if not holds(opening.ever, place):
            return NEVER
        waits = [name for name, points in opening.waits.items() if holds(points, place)]
        if holds(opening.now, place) is bool(waits):
            return NEVER  # The tables contradict themselves: no engine agrees with that.
        return held(c for c in waits if not known.answers("", c.split(" | ")))

    def _attached(self, place: Place) -> set[str]:
        holds = self.space.diagrams.holds
        limits = {f"keep {said}": points for said, points in self.tables.limits.items()}
        both = {**self.tables.attached, **limits}
        return {said for said, points in both.items() if holds(points, place)}

    def _notes(self, rung: Rung) -> set[str]:
        return {said for rule in rung.attached for said in noted(self.layer.written[rule])}
