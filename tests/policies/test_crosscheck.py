"""The analysis beside Cedar: they agree wherever asked, and every planted fault is found."""

import os
from dataclasses import replace

import pytest

from policies.__main__ import main
from policies.analysis import tabulate
from policies.crosscheck import Side, compare_side, crosscheck, sides
from policies.diagram import EVERYTHING, Diagrams
from policies.engine import LawSchema
from policies.folder import read_folder
from policies.rule import Every
from policies.sample import Draws, classes
from policies.space import Space

_LONG = "VALIJA_LONG" in os.environ  # The whole law at every class and 10,000 random points.


@pytest.fixture(scope="session")
def schema(schema_text: str) -> LawSchema:
    return LawSchema(schema_text)


def test_tables_and_cedar_agree_wherever_a_rule_decides_and_at_random_points() -> None:
    points = 10_000 if _LONG else 72
    found = list(crosscheck(read_folder(), points, whole=_LONG))

    assert [] == [comparison for comparison in found if comparison.wrong]
    assert points == sum(comparison.drawn for comparison in found)
    assert 900 < sum(comparison.edges for comparison in found)
    assert {"treaty", "AR", "US"} <= {comparison.side.bundle for comparison in found}


@pytest.mark.parametrize("name", ["MX"])
def test_tables_and_cedar_agree_at_every_class_of_a_bundle(
    schema: LawSchema, name: str
) -> None:
    chosen = [side for side in sides(read_folder()) if side.bundle == name]

    found = [compare_side(side, side.rules, schema, 0, whole=True) for side in chosen]

    assert [] == [comparison for comparison in found if comparison.wrong]
    assert 30 < sum(comparison.classes for comparison in found)


def test_a_rule_that_comes_into_force_is_compared_too() -> None:
    days = {str(side.since) for side in sides(read_folder()) if side.bundle == "CL"}

    assert {"None", "2026-12-01"} == days


def _planted(side: Side, schema: LawSchema) -> list[str]:
    """The rules whose conditions a table forgets without anybody noticing."""
    space = Space(side.rules)
    right = tabulate(space, side.rules, side.actions)
    unseen = []
    for rule in side.rules:
        forgotten = [replace(r, when=Every(())) if r is rule else r for r in side.rules]
        if tabulate(space, forgotten, side.actions) == right:
            continue  # It changes no table, so it is no fault.
        if not compare_side(side, forgotten, schema, 0).wrong:
            unseen.append(rule.id)
    return unseen


def test_every_fault_planted_in_a_table_is_found(schema: LawSchema) -> None:
    chosen = [side for side in sides(read_folder()) if _LONG or side.bundle == "MX"]

    unseen = {
        (side.bundle, side.side): _planted(side, schema)
        for side in chosen
        if side.bundle != "treaty"
    }

    assert {} == {name: rules for name, rules in unseen.items() if rules}


def test_agree_counts_and_exits_by_what_it_finds(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    side = next(side for side in sides(read_folder()) if side.bundle == "DO")
    schema = LawSchema(read_folder()["schema.cedarschema"].decode())
    right = compare_side(side, side.rules, schema, 5)
    monkeypatch.setattr("policies.inquiry.crosscheck", lambda *_: [right])

    assert 0 == main(["agree", "--points", "5"])
    assert "5 points drawn" in capsys.readouterr().out
    monkeypatch.setattr("policies.inquiry.crosscheck", lambda *_: [replace(right, wrong=1)])
    assert 1 == main(["agree"])
    assert "1 points at which analysis and Cedar differ" in capsys.readouterr().out


def test_classes_part_the_space_unless_they_are_too_many() -> None:
    diagrams = Diagrams((2, 2, 2))
    sets = [diagrams.literal(at, [1]) for at in range(3)]

    found = classes(diagrams, sets)

    assert 8 == len(found)
    assert EVERYTHING == diagrams.any_of(found)
    assert [] == classes(diagrams, sets, most=7)


def test_draws_follow_from_their_seed() -> None:
    def drawn(seed: str) -> list[int]:
        draws = Draws(seed)
        return [draws.below(7) for _ in range(5000)]

    assert drawn("a") == drawn("a") != drawn("b")
    assert set(range(7)) == set(drawn("a"))
