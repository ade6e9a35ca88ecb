"""Diagrams beside plain sets of points, on spaces small enough to write out."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from policies.diagram import EVERYTHING, NOTHING, Cube, Diagrams, Node

_SIZES = (3, 2, 4, 2)
_POINTS = tuple(product(*map(range, _SIZES)))
_CUBES = st.lists(
    st.fixed_dictionaries(
        {}, optional={at: st.frozensets(st.integers(0, n - 1)) for at, n in enumerate(_SIZES)}
    ),
    max_size=4,
)


def written_out(cubes: list[Cube]) -> set[tuple[int, ...]]:
    return {
        point
        for point in _POINTS
        if any(all(point[at] in values for at, values in cube.items()) for cube in cubes)
    }


def drawn(diagrams: Diagrams, cubes: list[Cube]) -> Node:
    return diagrams.any_of(map(diagrams.cube, cubes))


def points_of(diagrams: Diagrams, node: Node) -> set[tuple[int, ...]]:
    return {point for point in _POINTS if diagrams.holds(node, point)}


@settings(max_examples=80, deadline=None)
@given(_CUBES, _CUBES)
def test_sets_of_points_combine_as_sets_do(left: list[Cube], right: list[Cube]) -> None:
    diagrams = Diagrams(_SIZES)
    a, b = drawn(diagrams, left), drawn(diagrams, right)
    first, second = written_out(left), written_out(right)

    assert first == points_of(diagrams, a)
    assert first & second == points_of(diagrams, diagrams.both(a, b))
    assert first | second == points_of(diagrams, diagrams.either(a, b))
    assert first - second == points_of(diagrams, diagrams.less(a, b))
    assert set(_POINTS) - first == points_of(diagrams, diagrams.without(a))
    assert len(first) == diagrams.count(a)
    assert (first == second) is (a == b)


@settings(max_examples=80, deadline=None)
@given(_CUBES)
def test_a_cover_is_the_set_and_says_no_more_than_it_must(cubes: list[Cube]) -> None:
    diagrams = Diagrams(_SIZES)
    node = drawn(diagrams, cubes)

    cover = list(diagrams.cover(node))

    assert node == drawn(diagrams, cover)
    for cube in cover:
        for at in cube:
            wider = {name: values for name, values in cube.items() if name != at}
            assert diagrams.less(diagrams.cube(wider), node) != NOTHING


@settings(max_examples=100, deadline=None)
@given(_CUBES, st.integers(0, 3), st.integers(0, 1))
def test_a_set_with_one_value_fixed_forgets_that_dimension(
    cubes: list[Cube], at: int, value: int
) -> None:
    diagrams = Diagrams(_SIZES)
    written = written_out(cubes)

    fixed = diagrams.fixed(drawn(diagrams, cubes), at, value)

    assert points_of(diagrams, fixed) == {
        point for point in _POINTS if (*point[:at], value, *point[at + 1 :]) in written
    }


def test_nothing_and_everything_are_what_they_are_called() -> None:
    diagrams = Diagrams(_SIZES)

    assert 0 == diagrams.count(NOTHING)
    assert len(_POINTS) == diagrams.count(EVERYTHING)
    assert [] == list(diagrams.cover(NOTHING))
    assert [{}] == list(diagrams.cover(EVERYTHING))
    assert EVERYTHING == diagrams.literal(0, range(3))
    assert 2 == len(diagrams)
