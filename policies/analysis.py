"""What a layer's rules say over their whole label space, and what a change would widen.

It promises to be exhaustive: every point that the labels can make is in the sets compared,
not a sample of them. Each action has the points allowed *ever* (some evidence opens them),
allowed *now* (without any), and those that wait for each condition; each duty and each limit
of time has the points it attaches to.

Source: docs/policy.md, section 11.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from policies.diagram import EVERYTHING, NOTHING, Node
from policies.rule import NOTICE_ACTIONS, Rule
from policies.space import Space

_KEEP = "keep "


@dataclass(frozen=True, slots=True)
class Opening:
    """The points at which one action may go.

    Attributes:
        ever: With some evidence.
        now: With none.
        waits: By condition, the points that wait for it.
    """

    ever: Node
    now: Node
    waits: Mapping[str, Node]


@dataclass(frozen=True, slots=True)
class Tables:
    """What some rules of one layer say, in one space.

    Attributes:
        openings: By action.
        silent: An omission leaves no trace.
        attached: By duty or task, `duty no_onward`.
        limits: By `days:90` or `review:365`: what is kept so long, or reviewed by then.
    """

    openings: Mapping[str, Opening]
    silent: Node
    attached: Mapping[str, Node]
    limits: Mapping[str, Node]


@dataclass(frozen=True, slots=True)
class Widening:
    """One way in which a change lets more through.

    Attributes:
        what: What is newly so: `ever`, `now`, `without CONDITION`, `without` (a duty or task),
            `kept longer`, `with a trace`.
        action: The action, or the duty or limit that falls.
        points: Where.
    """

    what: str
    action: str
    points: Node


def on_fields(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return the rules that speak of fields."""
    return tuple(rule for rule in rules if not rule.actions <= NOTICE_ACTIONS)


def on_notices(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return the rules that speak of the notice as a whole."""
    return tuple(rule for rule in rules if not rule.actions.isdisjoint(NOTICE_ACTIONS))


def tabulate(space: Space, rules: Sequence[Rule], actions: Iterable[str]) -> Tables:
    """Return what `rules` say of each of `actions`, in a space that knows all their labels."""
    diagrams, where = space.diagrams, _where(space, rules)
    groups: dict[str, list[Node]] = {}
    for rule in rules:
        for said in noted(rule):
            groups.setdefault(said, []).append(where[rule.id])
    attached = {said: diagrams.any_of(parts) for said, parts in sorted(groups.items())}
    return Tables(
        {name: _opening(space, rules, name, where) for name in actions},
        diagrams.any_of(where[rule.id] for rule in rules if "silent" in rule.notes),
        {said: points for said, points in attached.items() if not said.startswith(_KEEP)},
        {
            said.removeprefix(_KEEP): points
            for said, points in attached.items()
            if said.startswith(_KEEP)
        },
    )


def noted(rule: Rule) -> Iterator[str]:
    """Yield what a rule attaches: `duty no_onward`, `keep days:90`.

    What binds only who discloses is another duty than what binds who keeps.
    """
    keeps = not rule.actions.isdisjoint({"impose_field", "impose_notice"})
    for note in ("duty", "task", "keep"):
        if note in rule.notes:
            yield f"{note} {'' if keeps else 'disclosed '}{rule.notes[note]}"


def _where(space: Space, rules: Iterable[Rule]) -> dict[str, Node]:
    return {rule.id: space.set_of(rule.when) for rule in rules}


def _opening(
    space: Space, rules: Sequence[Rule], action: str, where: Mapping[str, Node]
) -> Opening:
    diagrams = space.diagrams
    named = [rule for rule in rules if action in rule.actions]
    limits = [rule for rule in named if not rule.permits]
    permitted = diagrams.any_of(where[rule.id] for rule in named if rule.permits)
    barred = diagrams.any_of(where[rule.id] for rule in limits if not rule.evidence)
    ever = diagrams.less(permitted, barred)
    waits = {
        condition: diagrams.both(
            ever, diagrams.any_of(where[r.id] for r in limits if r.condition == condition)
        )
        for condition in sorted({rule.condition for rule in limits if rule.evidence})
    }
    return Opening(ever, diagrams.less(ever, diagrams.any_of(waits.values())), waits)


def widenings(space: Space, before: Tables, after: Tables) -> Iterator[Widening]:
    """Yield every way in which `after` lets more through than `before`, never an empty one."""
    for found in _all_widenings(space, before, after):
        if found.points != NOTHING:
            yield found


def _all_widenings(space: Space, before: Tables, after: Tables) -> Iterator[Widening]:
    diagrams = space.diagrams
    # A receiving side says nothing of a notice but what binds it: that counts everywhere.
    openings = after.openings.values()
    sent = diagrams.any_of(one.ever for one in openings) if openings else EVERYTHING
    for action, opening in after.openings.items():
        earlier = before.openings[action]
        yield Widening("ever", action, diagrams.less(opening.ever, earlier.ever))
        yield Widening("now", action, diagrams.less(opening.now, earlier.now))
        for condition, waited in earlier.waits.items():
            freely = diagrams.less(opening.ever, opening.waits.get(condition, NOTHING))
            yield Widening(f"without {condition}", action, diagrams.both(waited, freely))
    for said, points in before.attached.items():
        fallen = diagrams.less(points, after.attached.get(said, NOTHING))
        yield Widening("without", said, diagrams.both(fallen, sent))
    for limit, points in before.limits.items():
        what, _, days = limit.partition(":")
        longer = diagrams.less(points, _limited(space, after, what, int(days)))
        yield Widening("kept longer", limit, diagrams.both(longer, sent))
    if sent != NOTHING:
        yield Widening("with a trace", "omission", diagrams.less(before.silent, after.silent))


def _limited(space: Space, tables: Tables, what: str, days: int) -> Node:
    """Return the points that are kept, or go unreviewed, at most so many days."""
    found = NOTHING
    for limit, points in tables.limits.items():
        kind, _, number = limit.partition(":")
        if kind == what and int(number) <= days:
            found = space.diagrams.either(found, points)
    return found


def needless(rules: Sequence[Rule], actions: Collection[str]) -> tuple[str, ...]:
    """Return the rules whose removal changes no table: they decide nothing on their own."""
    space = Space(rules)
    where = _where(space, rules)
    found = []
    for rule in rules:
        others = [other for other in rules if other is not rule]
        if not _tells(space, where, rule, others, actions):
            found.append(rule.id)
    return tuple(found)


def _tells(
    space: Space,
    where: Mapping[str, Node],
    rule: Rule,
    others: Sequence[Rule],
    actions: Collection[str],
) -> bool:
    """Return whether a table of `others` changes when `rule` joins them."""
    both = [*others, rule]
    if any(
        _opening(space, both, name, where) != _opening(space, others, name, where)
        for name in sorted(rule.actions.intersection(actions))
    ):
        return True
    return any(_adds(space, where, rule, others, said) for said in _attaching(rule))


def _attaching(rule: Rule) -> frozenset[str]:
    return frozenset(noted(rule)) | ({"silent"} if "silent" in rule.notes else frozenset())


def _adds(
    space: Space, where: Mapping[str, Node], rule: Rule, others: Sequence[Rule], said: str
) -> bool:
    same = (other for other in others if said in _attaching(other))
    covered = space.diagrams.any_of(where[other.id] for other in same)
    return space.diagrams.less(where[rule.id], covered) != NOTHING
