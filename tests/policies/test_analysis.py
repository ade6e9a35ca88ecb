"""What the tables say over the whole label space: dead rules, and what must always hold."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from policies.analysis import Tables, needless, on_fields, on_notices, tabulate
from policies.bundle import read_bundle
from policies.corpus import Law
from policies.diagram import NOTHING
from policies.rule import LADDER, NOTICE_ACTIONS, Atom, Every, Rule
from policies.space import Space


def test_a_rule_that_changes_no_table_is_found(mini_files: Mapping[str, bytes]) -> None:
    rules = on_fields(read_bundle("XA", mini_files)[0].send)
    doubled = (*rules, replace(rules[1], id="XA-8"))

    assert () == needless(rules, (*LADDER, "match"))
    assert ("XA-2", "XA-8") == needless(doubled, (*LADDER, "match"))


def test_every_rule_that_changes_no_table_says_why_it_stays(real_law: Law) -> None:
    unexplained = {}
    days = (date(2026, 6, 10), date(2027, 1, 1))
    periods: dict[tuple[str, ...], list[Rule]] = {}
    for name, bundle in real_law.bundles.items():
        for day in days:
            day_rules = [rule for rule in bundle.send if rule.in_force(day)]
            periods[(name, *(rule.id for rule in day_rules))] = day_rules
    for (name, *_), day_rules in periods.items():
        found = {
            *needless(on_fields(day_rules), (*LADDER, "match")),
            *needless(on_notices(day_rules), ("deliver",)),
        }
        unexcused = {rule.id for rule in day_rules if "redundant" not in rule.notes}
        if found & unexcused:
            unexplained[name] = found & unexcused
    assert {} == unexplained


# What must hold over the whole space, sender's law and treaty layer together.


@pytest.fixture(scope="session")
def joint(real_law: Law) -> Mapping[str, tuple[Space, Tables, Tables]]:
    """By state: the one space of all bundles, the treaty layer's tables, and the state's."""
    rules = {name: on_fields(bundle.send) for name, bundle in real_law.bundles.items()}
    space = Space([rule for part in rules.values() for rule in part])
    tables = {name: tabulate(space, part, (*LADDER, "match")) for name, part in rules.items()}
    return {
        name: (space, tables["treaty"], own) for name, own in tables.items() if name != "treaty"
    }


def test_over_the_whole_space_no_ground_means_nothing_but_a_marker(
    joint: Mapping[str, tuple[Space, Tables, Tables]],
) -> None:
    for name, (space, treaty, own) in joint.items():
        grounds = [d for d in space.dimensions if d.label == "basis"]
        cube = {space.dimensions.index(d): frozenset({0}) for d in grounds}
        nothing = space.diagrams.cube(cube)
        for action in (*LADDER[:3], "match"):
            ever = space.diagrams.both(treaty.openings[action].ever, own.openings[action].ever)
            assert NOTHING == space.diagrams.both(ever, nothing), (name, action)


def test_over_the_whole_space_abuse_images_and_unknown_kinds_never_go(
    joint: Mapping[str, tuple[Space, Tables, Tables]],
) -> None:
    for name, (space, treaty, _) in joint.items():
        for action in (*LADDER, "match"):
            at = next(n for n, d in enumerate(space.dimensions) if d.label == "resource.Kind")
            classes = space.dimensions[at].classes
            barred = [n for n, its in enumerate(classes) if its & {"csam_image", "unknown"}]
            kinds = space.diagrams.literal(at, barred)
            assert NOTHING == space.diagrams.both(treaty.openings[action].ever, kinds), name


def test_over_the_whole_space_a_feared_state_gets_no_personal_datum(
    joint: Mapping[str, tuple[Space, Tables, Tables]],
) -> None:
    fear = Atom("subject.feared", frozenset({"recipient", "unknown"}))
    personal = Atom("resource.Class", frozenset({"personal"}))
    for name, (space, treaty, _) in joint.items():
        where = space.set_of(Every((fear, personal)))
        for action in (*LADDER, "match"):
            ever = treaty.openings[action].ever
            assert NOTHING == space.diagrams.both(ever, where), (name, action)


def test_over_the_whole_space_the_ladder_is_monotone(
    joint: Mapping[str, tuple[Space, Tables, Tables]],
) -> None:
    """What may go in a fuller form may go in each lesser form of content."""
    for name, (space, treaty, own) in joint.items():
        for tables in (treaty, own):
            for fuller, lesser in pairwise(LADDER[:3]):
                more = tables.openings[fuller]
                less = tables.openings[lesser]
                assert NOTHING == space.diagrams.less(more.ever, less.ever), (name, fuller)
                assert NOTHING == space.diagrams.less(more.now, less.now), (name, fuller)


def test_over_the_whole_space_danger_opens_only_what_the_override_names(
    joint: Mapping[str, tuple[Space, Tables, Tables]],
) -> None:
    """Identity, birth date, image and place; towards a rescue agency; nothing special."""
    for name, (space, treaty, own) in joint.items():
        diagrams = space.diagrams
        at = {d.label: n for n, d in enumerate(space.dimensions) if not d.member}
        danger = at["case.danger"]
        classes = space.dimensions[danger].classes
        yes = next(n for n, its in enumerate(classes) if "yes" in its)
        kind = at["resource.Kind"]
        opened = frozenset({"identity", "dob", "image", "location"})
        named = [n for n, its in enumerate(space.dimensions[kind].classes) if its <= opened]
        other = diagrams.without(diagrams.literal(kind, named))
        for tables in (treaty, own):
            for action in ("share_exact", "share_general", "share_pseudonym", "match"):
                ever = tables.openings[action].ever
                calm = _shifted(space, ever, danger, yes)
                newly = diagrams.both(diagrams.less(ever, calm), other)
                assert NOTHING == _where(space, newly, danger, yes), (name, action)


def _shifted(space: Space, node: int, dimension: int, value: int) -> int:
    """The points that would be in `node` under another value of one dimension."""
    diagrams = space.diagrams
    size = len(space.dimensions[dimension].classes)
    rest = [n for n in range(size) if n != value]
    return diagrams.any_of(diagrams.fixed(node, dimension, n) for n in rest)


def _where(space: Space, node: int, dimension: int, value: int) -> int:
    return space.diagrams.both(node, space.diagrams.literal(dimension, [value]))


def test_over_the_whole_space_unknown_is_never_more_open_than_another_value(
    joint: Mapping[str, tuple[Space, Tables, Tables]],
) -> None:
    """Each label that has `unknown`: what goes then goes under every other value too."""
    wrong = [
        (name, dimension.label, action, sorted(its))
        for name, (space, treaty, own) in joint.items()
        for at, dimension in enumerate(space.dimensions)
        if not dimension.member and any("unknown" in its for its in dimension.classes)
        for action, opening in treaty.openings.items()
        for its in _more_open(
            space, space.diagrams.both(opening.now, own.openings[action].now), at
        )
    ]
    assert [] == wrong


def test_over_the_whole_space_a_further_unknown_never_opens(
    joint: Mapping[str, tuple[Space, Tables, Tables]],
) -> None:
    """Sets that may hold `unknown`: roles, regimes, sources, secrecy."""
    for name, (space, treaty, own) in joint.items():
        diagrams = space.diagrams
        for at, dimension in enumerate(space.dimensions):
            if dimension.member != "unknown":
                continue
            for action, opening in treaty.openings.items():
                now = diagrams.both(opening.now, own.openings[action].now)
                there, absent = diagrams.fixed(now, at, 1), diagrams.fixed(now, at, 0)
                assert NOTHING == diagrams.less(there, absent), (name, dimension.label, action)


def _more_open(space: Space, node: int, at: int) -> Iterator[frozenset[str]]:
    """The classes of values of a dimension under which less goes than under `unknown`."""
    diagrams, classes = space.diagrams, space.dimensions[at].classes
    unknown = next(n for n, its in enumerate(classes) if "unknown" in its)
    under = diagrams.fixed(node, at, unknown)
    for number, its in enumerate(classes):
        if diagrams.less(under, diagrams.fixed(node, at, number)) != NOTHING:
            yield its


def test_the_acts_of_a_notice_are_not_those_of_a_field() -> None:
    assert {"deliver", "impose_notice"} == NOTICE_ACTIONS
