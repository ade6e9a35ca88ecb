"""Views of one commitment."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valija.commitment import SMALL, Committed, Fact, Form, commit, commitment_of, make_fact
from valija.errors import MalformedError, ProofError
from valija.ids import Digest
from valija.view import Opening, View, make_view, verify_view

FACTS = [
    make_fact(f"aaaaaaaa/p{index}", form, f"value {index}")
    for index in range(40)
    for form in (Form.EXACT, Form.MARKER)
]
COMMITTED = commit(FACTS, SMALL, bytes(32))
EXACT = [fact for fact in FACTS if fact.form is Form.EXACT]
VIEW = make_view(COMMITTED, EXACT[:9])
DECOY = next(place for place in range(SMALL) if place not in COMMITTED.places)


@given(st.sets(st.sampled_from(EXACT), min_size=1))
def test_every_part_of_a_notice_opens_to_its_commitment(chosen: set[Fact]) -> None:
    view = make_view(COMMITTED, chosen)
    assert chosen == set(verify_view(COMMITTED.commitment, view))


def test_a_whole_view_of_a_full_tree_needs_no_proof() -> None:
    full = commit([make_fact(f"aaaaaaaa/p{at}", Form.EXACT, at) for at in range(SMALL)], SMALL)
    view = make_view(full, full.facts)
    assert b"" == view.proof
    assert SMALL == len(verify_view(full.commitment, view))


def test_the_proof_stands_level_by_level_left_to_right() -> None:
    def siblings(committed: Committed, places: set[int]) -> list[Digest]:
        found: list[Digest] = []
        for level in committed.levels[:-1]:
            wanted = sorted(place ^ 1 for place in places if place ^ 1 not in places)
            found += [level[place] for place in wanted]
            places = {place >> 1 for place in places}
        return found

    places = {opening.index for opening in VIEW.openings}
    assert b"".join(siblings(COMMITTED, places)) == VIEW.proof


@pytest.mark.parametrize("chosen", [[], [EXACT[0], EXACT[0]], FACTS[:2]])
def test_a_view_of_nothing_or_of_a_path_twice_is_not_made(chosen: list[Fact]) -> None:
    with pytest.raises(MalformedError):
        make_view(COMMITTED, chosen)


def test_what_was_not_committed_is_not_shown() -> None:
    with pytest.raises(MalformedError):
        make_view(COMMITTED, [make_fact("aaaaaaaa/p0", Form.EXACT, "another value")])


def opened(view: View, at: int, **changed: object) -> View:
    openings = list(view.openings)
    openings[at] = replace(openings[at], **changed)  # type: ignore[arg-type] # any field
    return replace(view, openings=tuple(openings))


FIRST = VIEW.openings[0]
OTHER_VALUE = replace(EXACT[0], path="bbbbbbbb/name", value=b'"another"').to_bytes()


@pytest.mark.parametrize(
    "change",
    [
        lambda view: opened(view, 0, fact=OTHER_VALUE),
        lambda view: opened(view, 0, salt=bytes(24)),
        lambda view: replace(view, proof=view.proof[:-32]),
        lambda view: replace(view, proof=view.proof[:-1]),
        lambda view: replace(view, proof=view.proof + bytes(32)),
        lambda view: replace(view, proof=b""),
        lambda view: replace(view, proof=bytes([view.proof[0] ^ 1]) + view.proof[1:]),
        lambda view: replace(view, openings=view.openings[1:]),
        lambda view: replace(view, size=1024),
        lambda view: replace(view, openings=(Opening(DECOY, bytes(24), OTHER_VALUE),)),
    ],
    ids=[
        "value",
        "salt",
        "cut",
        "ragged",
        "grown",
        "none",
        "bit",
        "fewer",
        "size",
        "decoy",
    ],
)
def test_a_changed_view_proves_nothing(change: Callable[[View], View]) -> None:
    with pytest.raises(ProofError):
        verify_view(COMMITTED.commitment, change(VIEW))


def test_a_moved_index_proves_nothing() -> None:
    taken = {opening.index for opening in VIEW.openings}
    last = VIEW.openings[-1].index
    for index in range(last + 1, SMALL):
        assert index not in taken
        with pytest.raises(ProofError):
            verify_view(COMMITTED.commitment, opened(VIEW, -1, index=index))


@pytest.mark.parametrize(
    "change",
    [
        lambda view: replace(view, size=512),
        lambda view: replace(view, openings=()),
        lambda view: replace(view, openings=view.openings[::-1]),
        lambda view: replace(view, openings=(FIRST, FIRST)),
        lambda view: opened(view, 0, index=-1),
        lambda view: opened(view, -1, index=SMALL),
        lambda view: opened(view, 0, salt=bytes(23)),
        lambda view: opened(view, 0, fact=b""),
        lambda view: opened(view, 0, fact=view.openings[1].fact),
    ],
    ids=["size", "empty", "order", "twice", "below", "above", "salt", "fact", "path"],
)
def test_a_view_of_another_form_is_malformed(change: Callable[[View], View]) -> None:
    with pytest.raises(MalformedError):
        verify_view(COMMITTED.commitment, change(VIEW))


def test_two_notices_do_not_share_a_view() -> None:
    other = commit(FACTS, SMALL)
    with pytest.raises(ProofError):
        verify_view(other.commitment, VIEW)


def test_a_size_claimed_for_the_same_root_is_refused() -> None:
    claimed = commitment_of(1024, COMMITTED.levels[-1][0])
    with pytest.raises(ProofError):
        verify_view(claimed, VIEW)
