"""Refusals and citations in the reader's language; the record keeps the engine's own words."""

from dataclasses import replace

import pytest

from policies.conditions import LANGUAGES
from policies.corpus import Law
from policies.facts import Case
from policies.words import EMPTY, Words


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_has_no_law_is_told_so_in_the_readers_language(
    real_law: Law, case: Case, language: str
) -> None:
    stranger = replace(case.sender, state="XB")
    decision = real_law.decide(replace(case, sender=stranger))
    assert decision.fault == "XB has no bundle of its own, so it sends nothing"
    told = real_law.words.refusal(decision.fault, language)
    assert told.startswith("XB ")
    assert (told == decision.fault) == (language == "en")


def test_what_was_not_stated_is_named_in_every_language(real_law: Law) -> None:
    told = {
        real_law.words.refusal("labels are missing: risk.torture", each) for each in LANGUAGES
    }
    assert len(told) == len(LANGUAGES)
    assert all(each.endswith(": risk.torture") for each in told)


def test_a_refusal_without_a_word_stays_as_it_was_said(real_law: Law) -> None:
    assert real_law.words.refusal("something new", "es") == "something new"
    assert real_law.words.refusal("", "es") == ""
    assert Words(EMPTY).refusal("the law knows no such action", "fr").startswith("the law")


def test_a_brace_in_what_is_told_is_no_form_to_fill(real_law: Law) -> None:
    told = real_law.words.refusal("labels are missing: {what}{0}", "pt")
    assert told.endswith("{what}{0}")
