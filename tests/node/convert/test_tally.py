"""The tally and the words of imports: docs/content.md, "Formats", the tally."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.convert import refusal
from node.convert.outcome import CELLS, STATES, Identity, Note, Outcome
from node.convert.tally import Tally
from node.notice.wording import LANGUAGES, sentence

_IDENTITY = Identity(bytes(32), 1, "x/1")
_OUTCOMES = st.builds(
    lambda state, code, cells, notes: Outcome(
        _IDENTITY,
        state,
        None,
        code if state == "refused" else "",
        tuple(Note("c", one) for one in notes),
        Counter(cells),
    ),
    st.sampled_from(STATES),
    st.sampled_from(refusal.ROW_CODES),
    st.dictionaries(st.sampled_from(CELLS), st.integers(0, 9)),
    st.lists(st.sampled_from(refusal.ATTENTION_CODES)),
)


@given(st.lists(_OUTCOMES))
def test_rows_and_cells_add_up(outcomes: list[Outcome]) -> None:
    tally = Tally()
    assert outcomes == list(tally.watch(outcomes))
    assert tally.holds
    rows = tally.record()["rows"]
    assert rows["read"] == sum(rows[state] for state in STATES) == len(outcomes)
    assert tally.drafts == rows["ready"] + rows["attention"]


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome(_IDENTITY, "lost", None),
        Outcome(_IDENTITY, "refused", None),
        Outcome(_IDENTITY, "ready", None, cells={"lost": 1}),
    ],
)
def test_a_row_or_cell_in_no_place_is_noticed(outcome: Outcome) -> None:
    tally = Tally()
    tally.add(outcome)
    assert not tally.holds


def test_every_code_of_an_import_has_a_sentence_in_four_languages() -> None:
    for code in (*refusal.FILE_CODES, *refusal.ROW_CODES, *refusal.ATTENTION_CODES):
        for language in LANGUAGES:
            assert sentence(code, language)


def test_a_code_is_counted_once_a_row() -> None:
    tally = Tally()
    notes = (Note("a", "formula"), Note("b", "formula"))
    tally.add(Outcome(_IDENTITY, "attention", None, "", notes))
    assert tally.attention == {"formula": 1}
