"""Folding: two spellings of one thing are equal."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.notice.folding import compact, fold, latin_tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Debt bondage ", "debt bondage"),
        ("Threatens\xa0children/family", "threatens children family"),
        ("ÑANDÚ, Muñoz", "nandu munoz"),
        ("São-Tomé", "sao tome"),
        ("\uff21\uff22", "ab"),
        ("...", ""),
    ],
)
def test_case_accents_and_punctuation_make_no_difference(text: str, expected: str) -> None:
    assert expected == fold(text)


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_the_short_way_for_plain_letters_folds_as_the_long_one(text: str) -> None:
    # One letter that is none in ASCII forces the long way.
    assert fold(text) == fold(text + " \u00b4").strip()


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(text) == fold(fold(text))
    assert fold(text) == fold(unicodedata.normalize("NFC", text))


def test_identifiers_and_names_have_their_own_ways() -> None:
    assert compact("af 731-zq") == "AF731ZQ"
    assert latin_tokens("Quiroga, Báltasar") == "BALTASAR QUIROGA"
