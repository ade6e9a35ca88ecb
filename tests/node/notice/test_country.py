"""Countries: docs/content.md, "Countries"."""

import csv
from pathlib import Path

import pytest

from node.notice import country
from tests.services.absent import absent

_SHARED = Path(__file__).parents[4] / "shared" / "data"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("AR", "AR"), ("ar", "AR"), ("ARG", "AR"), ("032", "AR"), ("32", "AR"),
        ("Perú", "PE"), ("peru", "PE"), ("Brésil", "BR"), ("boliviana", "BO"),
        ("brasileiro", "BR"), ("Estados Unidos", "US"), ("EE. UU.", "US"), ("U.S.A.", "US"),
        ("Bolivia (Plurinational State of)", "BO"), ("Burma", "MM"), ("Zaire", "CD"),
        ("Cote D'Ivoire", "CI"), ("Madagaskar", "MG"), ("stateless", "XXA"), ("XXB", "XXB"),
        ("M\ufffdxico", "MX"), ("Côte d\u2019Ivoire", "CI"),
    ],
)  # fmt: skip
def test_the_usual_ways_to_write_a_country_are_known(text: str, code: str) -> None:
    assert code == country.read(text).code


@pytest.mark.parametrize(
    "text",
    ["", "Dominican", "Congolese", "Total", "otros", "nacionales", "étranger", "Atlantis",
     "999", "XX", "Yugoslavia", "Gran Colombia", "\ufffd\ufffd\ufffd\ufffd"],
)  # fmt: skip
def test_what_fits_two_states_or_none_is_unknown(text: str) -> None:
    assert country.read(text).code == ""


def test_a_near_miss_is_a_suggestion_for_a_human_only() -> None:
    assert country.Found("", "AR") == country.read("Argentinaa")


def test_every_state_has_a_subregion_and_names_in_four_languages() -> None:
    assert country.subregion("AR") == "005"
    assert country.subregion("XXA") == ""
    assert ("Alemania", "Germany") == (country.name("DE", "es"), country.name("DE", "en"))
    assert country.name("ZZ", "es") == "ZZ"
    assert country.name("DE", "qu") == "Germany"
    assert country.is_country("XXA")
    assert not country.is_country("ZZ")


def test_the_member_states_are_as_the_shared_table_has_them() -> None:
    table = _SHARED / "oas" / "oas_35_states.csv"
    if not table.exists():
        absent("the shared table of the 35 states is not here")
    with table.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for way in ("alpha3", "numeric", "name_es", "name_en", "name_pt", "name_fr"):
                assert row["alpha2"] == country.read(row[way]).code
            assert row["m49_subregion"].endswith(country.subregion(row["alpha2"]))


def test_almost_every_name_of_the_reports_edge_lists_is_known() -> None:
    folder = _SHARED / "networks" / "tip_report_edgelists"
    if not folder.exists():
        absent("the edge lists of the shared data are not here")
    names = {
        name.strip()
        for file in folder.glob("*.txt")
        for line in file.read_text("utf-8", "replace").splitlines()
        for name in line.rsplit(",", 1)
    }
    unknown = {name for name in names if not country.read(name).code}
    assert len(unknown) / len(names) < 0.1
