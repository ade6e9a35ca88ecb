"""Decisions that are remembered: of an equal case only, so many, and never a refused one."""

from dataclasses import replace

import pytest

from policies.corpus import Law
from policies.decision import Decision
from policies.facts import Case, Reference
from policies.memory import Memory, Shelf


class Clerk:
    """Asks the law, and counts."""

    def __init__(self, law: Law) -> None:
        self.asked = 0
        self._law = law

    def decide(self, case: Case) -> Decision:
        self.asked += 1
        return self._law._decide(case, certain=True)


@pytest.fixture(name="clerk")
def _clerk(mini_law: Law) -> Clerk:
    return Clerk(mini_law)


def test_an_equal_case_has_the_decision_that_was_made(case: Case, clerk: Clerk) -> None:
    memory = Memory(2)
    first = memory.recall(case, clerk.decide)
    assert first is memory.recall(replace(case), clerk.decide)
    assert 1 == clerk.asked


def test_a_case_that_differs_in_any_way_is_decided_anew(case: Case, clerk: Clerk) -> None:
    memory = Memory(8)
    first = memory.recall(case, clerk.decide)
    changed = replace(case, references=(Reference("authority_request"),))
    assert first.record != memory.recall(changed, clerk.decide).record
    memory.recall(replace(case, retention_limits={"foreign": 3}), clerk.decide)
    assert 3 == clerk.asked


def test_the_case_asked_for_longest_ago_makes_room(case: Case, clerk: Clerk) -> None:
    memory, other = Memory(1), replace(case, danger="yes")
    for asked in (case, other, other, case):
        memory.recall(asked, clerk.decide)
    assert 3 == clerk.asked


def test_a_refusal_by_a_guard_is_not_remembered(case: Case, clerk: Clerk) -> None:
    memory, lacking = Memory(2), replace(case, missing=("risk.torture",))
    for _ in range(2):
        assert memory.recall(lacking, clerk.decide).fault
    assert 2 == clerk.asked


def test_a_shelf_gives_what_was_made_and_makes_what_it_lost() -> None:
    shelf, made = Shelf[str, list[str]](2), list[str]()

    def put(name: str) -> list[str]:
        return shelf.recall(name, lambda: made.append(name) or [name])

    first = put("a")
    assert first is put("a")
    for name in ("b", "a", "c", "a", "b"):
        put(name)
    assert ["a", "b", "c", "b"] == made
    shelf.drop("b")
    shelf.drop("never there")
    put("b")
    assert ["a", "b", "c", "b", "b"] == made
