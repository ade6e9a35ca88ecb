"""Whether a charge is on a list, however it is written."""

import pytest

from policies.charge import on_list

LISTED = ("CP213", "CP216A", "CP217A")


@pytest.mark.parametrize("charge", ["CP213", "cp213", "CP 213", "CP213A", "CP 217-A", "cp217a"])
def test_an_article_is_the_same_however_it_is_written(charge: str) -> None:
    assert "yes" == on_list([charge], LISTED)


@pytest.mark.parametrize(
    "charge",
    [
        "213",
        "art. 213 CP",
        "Código Penal 213",
        "CODIGOPENAL213",
        "CP213/II",
        "CP216",
        "",
        "rape",
    ],
)
def test_what_does_not_read_may_be_on_the_list(charge: str) -> None:
    assert "unknown" == on_list([charge], LISTED)
    assert "unknown" == on_list(["CP149A", charge], LISTED)


def test_another_article_is_not_on_the_list() -> None:
    assert "no" == on_list(["CP149A", "CP145bis", "ECA241"], LISTED)
    assert "no" == on_list([], LISTED)


def test_one_charge_on_the_list_is_enough() -> None:
    assert "yes" == on_list(["rape", "CP149A", "CP213"], LISTED)


def test_where_nothing_is_listed_nothing_is_on_the_list() -> None:
    assert "no" == on_list(["rape"], ())
