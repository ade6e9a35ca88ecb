"""What is left out of a view leaves no trace in it: neither in size, nor order, nor handles.

Views of the same shown fields are drawn many times over, with 0, 20 and 200 hidden fields
beside them. Whoever holds such a view must not be able to tell the three apart: the lengths
of proofs and the gaps between places are compared as two samples (Kolmogorov and Smirnov).
All draws follow from numbers, so the verdict is the same on every run.
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from itertools import pairwise
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valija.commitment import SMALL, Fact, Form, commit, make_fact
from valija.errors import MalformedError
from valija.view import View, make_view, verify_view

SHOWN = [make_fact(f"aaaaaaaa/shown{at}", Form.EXACT, f"value {at}") for at in range(30)]
HIDDEN = (0, 20, 200)
DRAWS = 250
# Two equal samples differ by more than this in one of ten thousand comparisons.
_CRITICAL = 2.23


def hidden(count: int) -> list[Fact]:
    return [make_fact(f"bbbbbbbb/hidden{at}", Form.EXACT, at) for at in range(count)]


@cache
def views(count: int) -> tuple[View, ...]:
    """Return many views of the same shown facts, with `count` hidden beside them."""
    facts = [*SHOWN, *hidden(count)]
    return tuple(
        make_view(commit(facts, SMALL, sha256(f"{count} {draw}".encode()).digest()), SHOWN)
        for draw in range(DRAWS)
    )


def lengths(count: int) -> list[int]:
    return [len(view.proof) for view in views(count)]


def gaps(count: int) -> list[int]:
    places = [[opening.index for opening in view.openings] for view in views(count)]
    return [after - before for each in places for before, after in pairwise(each)]


def distance(one: Sequence[int], two: Sequence[int]) -> float:
    """Return the largest difference of the two samples' distributions, in critical units."""
    first, second = Counter(one), Counter(two)
    below_one = below_two = 0.0
    widest = 0.0
    for value in sorted(first.keys() | second.keys()):
        below_one += first[value] / len(one)
        below_two += second[value] / len(two)
        widest = max(widest, abs(below_one - below_two))
    return widest / (_CRITICAL * sqrt((len(one) + len(two)) / (len(one) * len(two))))


@pytest.mark.parametrize("other", HIDDEN[1:])
def test_hidden_fields_do_not_show_in_the_length_of_the_proof(other: int) -> None:
    assert distance(lengths(0), lengths(other)) < 1


@pytest.mark.parametrize("other", HIDDEN[1:])
def test_hidden_fields_do_not_show_in_the_gaps_between_places(other: int) -> None:
    assert distance(gaps(0), gaps(other)) < 1


def test_the_comparison_would_see_places_that_follow_the_draft() -> None:
    orderly = [1] * len(gaps(0))
    assert distance(gaps(0), orderly) > 1


def test_the_comparison_would_see_a_tree_that_grows_with_its_content() -> None:
    one_level_more = [length + 32 * len(SHOWN) for length in lengths(0)]
    assert distance(lengths(0), one_level_more) > 1


def test_every_place_is_as_likely_as_any_other() -> None:
    taken = Counter(opening.index for view in views(200) for opening in view.openings)
    expected = DRAWS * len(SHOWN) / SMALL
    chi = sum((taken[place] - expected) ** 2 / expected for place in range(SMALL))
    # 255 degrees of freedom: 350 is passed by chance in one of ten thousand.
    assert chi < 350


def test_a_place_tells_nothing_of_the_order_in_the_draft() -> None:
    facts = {fact.to_bytes(): at for at, fact in enumerate(SHOWN)}
    first_of_draft = Counter(facts[view.openings[0].fact] for view in views(20))
    assert len(first_of_draft) == len(SHOWN)


@given(st.integers(0, 200), st.binary(min_size=32, max_size=32))
def test_views_have_the_same_bytes_but_for_what_is_random(count: int, seed: bytes) -> None:
    view = make_view(commit([*SHOWN, *hidden(count)], SMALL, seed), SHOWN)
    plain = make_view(commit(SHOWN, SMALL, seed), SHOWN)
    assert view.size == plain.size
    assert sorted(one.fact for one in view.openings) == sorted(
        one.fact for one in plain.openings
    )
    assert {24} == {len(one.salt) for one in view.openings}


@given(st.integers(1, 30), st.binary(min_size=32, max_size=32))
def test_a_view_of_any_part_opens_to_the_one_commitment(count: int, seed: bytes) -> None:
    committed = commit([*SHOWN, *hidden(40)], SMALL, seed)
    shown = verify_view(committed.commitment, make_view(committed, SHOWN[:count]))
    assert set(SHOWN[:count]) == set(shown)


def test_no_path_counts() -> None:
    # A handle is 40 random bits: nothing that a path may hold tells its place in a row.
    for ordinal in ("P1", "1", "person-1", "00000001", "aaaaaaa1"):
        with pytest.raises(MalformedError):
            make_fact(f"{ordinal}/name", Form.EXACT, 1)
    assert re.fullmatch("[a-z2-7]{8}", SHOWN[0].path.split("/", maxsplit=1)[0])
