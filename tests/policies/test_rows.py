"""Every row of law is somewhere: in a rule, in code with a test that names it, or merged."""

from pathlib import Path

from policies.corpus import Law, parse_rows_of
from policies.folder import read_folder
from policies.linter import unwritten

_HERE = Path(__file__).parent


def test_every_row_that_is_a_rule_has_one(real_law: Law) -> None:
    rows = parse_rows_of(read_folder())

    assert 150 == len(rows)
    assert () == unwritten(real_law.bundles.values(), rows)


def test_every_row_that_is_code_is_named_by_a_test() -> None:
    rows = parse_rows_of(read_folder()).values()
    others = [path for path in _HERE.glob("test_*.py") if path.name != Path(__file__).name]
    tests = "".join(path.read_text() for path in others)
    code = [row.id for row in rows if row.where in {"resolver", "value", "registry", "engine"}]

    assert 6 == len(code)
    assert [] == [row for row in code if row not in tests]


def test_every_row_that_is_merged_is_merged_into_one_that_is_written() -> None:
    rows = parse_rows_of(read_folder())
    merged = [
        row.where.removeprefix("merged:") for row in rows.values() if "merged:" in row.where
    ]

    assert merged
    assert {"cedar"} == {rows[target].where for target in merged}
