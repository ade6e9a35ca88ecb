"""Answers meet as a lattice: no order of asking and no further rule can widen one."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import shake_128

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.answer import (
    ALLOWED,
    FORMS,
    NEVER,
    Answer,
    Form,
    Imposed,
    Keep,
    Rank,
    Standing,
    forms_of,
    held,
)
from policies.labels import Matter, References, case, content_field, party, subject
from policies.matching import answer, matching
from policies.rule import LADDER, Every, Place, Rule, Some
from policies.vocabulary import CASE_LABELS, KINDS, SUBJECT_LABELS

_NAMES = ("consent_evidence", "judicial_ref", "route:fiu", "risk_assessment")
_CONDITIONS = st.sampled_from([*_NAMES, "judicial_ref | route:fiu"])
STANDINGS = st.one_of(
    st.just(ALLOWED),
    st.just(NEVER),
    st.frozensets(_CONDITIONS, min_size=1, max_size=3).map(held),
)
_WORDS = st.frozensets(st.sampled_from("abcd"), max_size=3)
_DAYS = st.none() | st.integers(1, 400)
IMPOSED = st.builds(Imposed, _WORDS, _WORDS, st.builds(Keep, _DAYS, _DAYS), _WORDS)
ANSWERS = st.builds(
    Answer,
    st.fixed_dictionaries(dict.fromkeys(LADDER, STANDINGS)),
    IMPOSED,
    _WORDS,
    st.booleans(),
    _WORDS,
)


def narrower(left: Standing, right: Standing) -> bool:
    """`left` lets through no more than `right`."""
    if left.rank is not right.rank:
        return left.rank > right.rank
    return left.conditions >= right.conditions


@settings(max_examples=200, deadline=None)
@given(STANDINGS, STANDINGS, STANDINGS)
def test_standings_meet_in_any_order_and_never_widen(
    left: Standing, middle: Standing, right: Standing
) -> None:
    assert right.meet(left) == left.meet(right)
    assert left.meet(middle.meet(right)) == left.meet(middle).meet(right)
    assert left == left.meet(left)
    assert narrower(left.meet(right), left)


@settings(max_examples=100, deadline=None)
@given(ANSWERS, ANSWERS, ANSWERS)
def test_answers_meet_in_any_order_and_never_widen(
    left: Answer, middle: Answer, right: Answer
) -> None:
    both = left.meet(right)

    assert right.meet(left) == both
    assert left.meet(middle.meet(right)) == left.meet(middle).meet(right)
    assert left == left.meet(left)
    assert all(narrower(both.standing(name), left.standing(name)) for name in LADDER)
    assert both.imposed.duties >= left.imposed.duties


def test_what_nobody_asked_is_never() -> None:
    assert NEVER == Answer({}).standing("share_exact")
    assert NEVER == Answer({"match": ALLOWED}).meet(Answer({})).standing("match")


def test_a_standing_has_conditions_exactly_when_it_is_held() -> None:
    with pytest.raises(ValueError, match="exactly when"):
        Standing(Rank.ALLOWED, frozenset({"judicial_ref"}))
    with pytest.raises(ValueError, match="exactly when"):
        Standing(Rank.HELD)
    assert ALLOWED == held([])


def test_every_kind_can_be_exact_and_what_exists_in_secret_nothing_else() -> None:
    assert all(FORMS[kind][0] is Form.EXACT for kind in KINDS)
    assert (Form.EXACT,) == FORMS["grand_jury"] == FORMS["unknown"]
    assert (Form.EXACT, Form.PSEUDONYM, Form.MARKER) == FORMS["identity"]
    assert (Form.EXACT, Form.MARKER) == FORMS["image"]
    assert (Form.EXACT, Form.GENERAL, Form.MARKER) == FORMS["dob"]
    assert (Form.EXACT, Form.MARKER) == forms_of(frozenset({"identity", "intercept"}))


_SAID = {"purpose": "other", "lane": "outside", "refusal": "none"}
_MATTER = Matter(
    party("XB", "police"),
    content_field(frozenset({"identity"}), frozenset(), frozenset({"police"}), frozenset()),
    case(
        {
            name: () if is_set else [_SAID.get(name, "unknown")]
            for name, (_, is_set) in CASE_LABELS.items()
        }
    ),
    subject(dict.fromkeys(SUBJECT_LABELS, ("unknown",))),
    frozenset(),
)


_SETS = 20_000 if "VALIJA_LONG" in os.environ else 6_000
_EACH = 200


class _Draws:
    """Numbers that follow from a seed alone, so that a failure can be repeated."""

    def __init__(self, seed: int) -> None:
        self._stream = shake_128(seed.to_bytes(8)).digest(16_384)
        self._place = 0

    def below(self, bound: int) -> int:
        self._place += 1
        return self._stream[self._place] % bound

    def some(self, words: Sequence[str]) -> tuple[str, ...]:
        mask = self.below(1 << len(words))
        return tuple(word for place, word in enumerate(words) if mask >> place & 1)


def _rule(draws: _Draws, number: int, *, permits: bool) -> Rule:
    step = draws.below(len(LADDER))
    actions = LADDER[step:] if permits else LADDER[: step + 1]
    return Rule(
        id=f"R{number}",
        permits=permits,
        actions=frozenset(actions),
        named=actions,
        when=Some(()) if draws.below(3) == 0 else Every(()),
        evidence=() if permits else draws.some(_NAMES),
        notes={},
        place=Place("x", number),
        source="",
    )


def _said(rules: Sequence[Rule], evidence: Iterable[str]) -> Answer:
    matter = replace(_MATTER, evidence=References(frozenset(evidence)))
    return answer(matching(rules, matter), matter, LADDER)


def _check(draws: _Draws) -> None:
    rules = [
        _rule(draws, number, permits=draws.below(2) == 0) for number in range(draws.below(8))
    ]
    evidence = draws.some(_NAMES)
    more = [*rules, _rule(draws, len(rules), permits=False)]
    before, after, proven = (
        _said(rules, evidence),
        _said(more, evidence),
        _said(rules, (*evidence, "judicial_ref")),
    )
    assert before == _said(rules[::-1], evidence)
    for action in LADDER:
        assert narrower(after.standing(action), before.standing(action))
        assert narrower(before.standing(action), proven.standing(action))


@settings(max_examples=_SETS // _EACH, deadline=None)
@given(st.integers(0, 2**64 - 1))
def test_in_thousands_of_rule_sets_a_restriction_never_widens_and_evidence_never_narrows(
    seed: int,
) -> None:
    draws = _Draws(seed)
    for _ in range(_EACH):
        _check(draws)
