"""Partial dates: docs/content.md, "Dates, unknowns, merged flags"."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.notice import partial
from valija.errors import MalformedError


@pytest.mark.parametrize("text", ["1980", "1980-02", "1980-02-29"])
def test_a_date_is_kept_as_it_was_given(text: str) -> None:
    assert text == str(partial.parse(text))


@pytest.mark.parametrize(
    "text", ["", "80", "1980-2", "1980-13", "1981-02-29", "1980-02-07T00:00", "0000"]
)
def test_what_is_no_partial_date_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        partial.parse(text)


def test_a_partial_date_is_read_as_young_as_it_allows() -> None:
    assert date(2007, 12, 31) == partial.parse("2007").last
    assert date(2007, 2, 28) == partial.parse("2007-02").last
    assert date(2007, 1, 1) == partial.parse("2007").first
    assert 17 == partial.age_on(partial.parse("2007"), date(2025, 6, 1))
    assert 18 == partial.oldest_age_on(partial.parse("2007"), date(2025, 6, 1))
    assert not partial.parse("2007-02").full


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("1999-05-01", "", ("1999-05-01", "")),
        (" 1999-05-01 00:00:00 ", "", ("1999-05-01", "")),
        ("03/04/2025", "", ("", "ambiguous_date")),
        ("03/04/2025", "dmy", ("2025-04-03", "")),
        ("03/04/2025", "mdy", ("2025-03-04", "")),
        ("31/12/2025", "", ("2025-12-31", "")),
        ("05.05.2025", "", ("2025-05-05", "")),
        ("31/31/2025", "", ("", "bad_date")),
        ("yesterday", "", ("", "bad_date")),
    ],
)
def test_an_ambiguous_date_is_asked_and_never_guessed(
    text: str, order: str, expected: tuple[str, str]
) -> None:
    assert expected == partial.read(text, order)


@given(st.dates(date(1900, 1, 1), date(2020, 1, 1)), st.dates(date(2020, 1, 1)))
def test_the_young_reading_is_never_older_than_the_old_one(born: date, day: date) -> None:
    for text in (str(born), str(born)[:7], str(born)[:4]):
        found = partial.parse(text)
        assert partial.age_on(found, day) <= partial.oldest_age_on(found, day)
