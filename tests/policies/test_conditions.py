"""Every condition has a name and somebody who can meet it, in four languages."""

import pytest

from policies.conditions import CONDITIONS, LANGUAGES, what, who
from policies.vocabulary import EVIDENCE


def test_every_condition_is_named_in_every_language() -> None:
    assert set(EVIDENCE) | {"complete_labels"} == CONDITIONS
    for condition in CONDITIONS:
        for language in LANGUAGES:
            assert what(condition, language)
            assert who(condition, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_conditions_have_one_name(language: str) -> None:
    assert len(CONDITIONS) == len({what(condition, language) for condition in CONDITIONS})


def test_alternatives_are_read_as_such() -> None:
    assert "a court's order or a request by an authority that the law names" == what(
        "judicial_ref | authority_request", "en"
    )
    assert "el Estado destinatario" == who(
        "assurance:no_death_penalty | assurance:mistreatment", "es"
    )
