"""docs/doors.md: every door has a table, every row an error and a test that exists."""

import re
from pathlib import Path

import pytest

from tests.docs.test_threats import _tests

ROOT = Path(__file__).parents[2]
_PAGE = (ROOT / "docs" / "doors.md").read_text(encoding="utf-8")
_ROWS = [line for line in _PAGE.splitlines() if line[:2] == "| " and line[:5] != "| ---"]
_HEAD = "| bad input | error | tests |"
_DOORS = (
    "Submit",
    "Deliver",
    "What a broker answers a node",
    "The publication",
    "A log that an auditor reads",
    "The spool read back",
    "The gateway",
    "The terminal and its files",
    "Registers",
    "The law",
    "Genesis",
)
_ERRORS = re.findall(
    r"^class (\w+)\(", (ROOT / "valija" / "errors.py").read_text("utf-8"), re.MULTILINE
)


def test_every_door_has_its_table() -> None:
    found = re.findall(r"^## ([^:\n]+)", _PAGE, re.MULTILINE)
    assert len(_DOORS) == len(found) == _ROWS.count(_HEAD)
    for door, title in zip(_DOORS, found, strict=True):
        assert title.startswith(door)


@pytest.mark.parametrize(
    "row", [row for row in _ROWS if row != _HEAD], ids=lambda row: row[2:40]
)
def test_every_row_says_what_it_meets_and_which_tests_show_it(row: str) -> None:
    bad, error, tests = (cell.strip() for cell in row.strip("|").split("|"))
    assert bad
    assert error
    named = re.findall(r"`(test_\w+)`", tests)
    assert named
    assert tests == " ".join(f"`{name}`" for name in named)
    assert set(named) <= _tests()


def test_every_error_that_the_page_names_is_one_of_ours() -> None:
    assert {*re.findall(r"\b([A-Z]\w+Error)\b", _PAGE)} <= {*_ERRORS}
