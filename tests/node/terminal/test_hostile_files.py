"""Files that people carry to a node: an agreement, a batch file, a notice typed by hand."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from node.notice import native
from node.release.profile import parse_profile
from node.terminal import batchfile
from node.terminal.agreement import read_agreement
from valija.clock import Day
from valija.errors import DuplicateError, MalformedError
from valija.ids import Desk, Kind
from valija.wire.statement import parse_statement, statement_bytes

TODAY = Day(20_000)
TERMS: dict[str, Any] = {
    "id": "TIP",
    "type": "treaty",
    "channel": "formal",
    "evidence_use": "yes",
    "onward": "with_consent",
    "parties": ["AR", "BR"],
    "in_force_from": "2003-12-25",
    "in_force_to": None,
    "purposes": ["*"],
    "agencies": ["*"],
    "data_categories": ["*"],
    "covers_SIT": False,
    "retention_max_days": None,
}
GOOD: dict[str, Any] = {
    "desks": ["AR/police", "BR/police"],
    "instruments": ["An invented treaty, art. 4"],
    "purposes": ["criminal_investigation"],
    "days": 30,
    "terms": TERMS,
}
DEEP = b"[" * 100_000
BAD: list[dict[str, Any]] = [
    {"days": 0},
    {"days": -5},
    {"days": 36_501},
    {"days": 2**32},
    {"days": 10**30},
    {"days": float("nan")},
    {"days": True},
    {"days": "30"},
    {"desks": ["AR/police"]},
    {"desks": ["AR/police", "AR/police"]},
    {"desks": ["../AR/police", "BR/police"]},
    {"desks": ["\ud800/police", "BR/police"]},
    {"instruments": []},
    {"instruments": ["x" * 300]},
    {"instruments": ["\x1b[2J"]},
    {"instruments": ["\ud800"]},
    {"purposes": ["\0"]},
    {"terms": TERMS | {"retention_max_days": 10**400}},
    {"terms": TERMS | {"in_force_from": "soon"}},
    {"terms": TERMS | {"note": json.loads("[" * 90 + "]" * 90)}},
    {"more": 1},
]


def signed(folder: Path, data: bytes) -> object:
    """Return what an agreement's file becomes on the wire."""
    path, text = folder / "agreement.json", folder / "text.pdf"
    path.write_bytes(data)
    text.write_bytes(b"the signed text")
    statement = read_agreement(path, text, TODAY)
    return parse_statement(Kind.AGREEMENT, statement_bytes(statement))


@pytest.mark.parametrize("changes", BAD, ids=lambda changes: repr(changes)[:40])
def test_an_agreement_that_says_something_impossible_is_malformed(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    with pytest.raises(MalformedError):
        signed(tmp_path, json.dumps(GOOD | changes).encode())
    assert signed(tmp_path, json.dumps(GOOD).encode())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"\xff",
        DEEP,
        b'{"days":' + b"9" * 5_000 + b"}",
        json.dumps(GOOD)[:-1].encode() + b',"days":36500}',
    ],
    ids=range(6),
)
def test_a_file_that_is_no_agreement_is_malformed(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(MalformedError):
        signed(tmp_path, data)


@settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.binary(max_size=300))
def test_any_bytes_in_a_batch_file_are_malformed_and_nothing_is_written_over(
    tmp_path: Path, data: bytes
) -> None:
    path = tmp_path / "carried.batches"
    path.write_bytes(data or b"\x00")
    with pytest.raises(MalformedError):
        batchfile.read(path)
    with pytest.raises(DuplicateError):
        batchfile.write_bytes(path, b"another")
    assert (data or b"\x00") == path.read_bytes()


@pytest.mark.parametrize(
    "data",
    [
        DEEP,
        b'{"a":' * 50_000,
        b"\xff",
        b'{"valija":1e999}',
        b'{"valija":NaN}',
        b'{"valija":' + b"9" * 5_000 + b"}",
        b'{"valija":1,"valija":1}',
        b'{"valija":1,"\\ud800":2}',
    ],
    ids=range(8),
)
def test_a_notice_typed_by_hand_that_is_none_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError):
        native.parse(data)


@pytest.mark.parametrize("text", ["a = " + "[" * 5_000, "a = " + "9" * 5_000, "\0", "a=1\na=2"])
def test_a_profile_of_a_register_that_is_no_toml_is_malformed(text: str) -> None:
    with pytest.raises(MalformedError, match="TOML"):
        parse_profile(text, "2026-11-24")


@pytest.mark.parametrize(
    "code", ["A/police", "AR/", "/AR", "A\0", "A\nB", "Ä", "", "ABCDEFGHI"]
)
def test_a_member_code_that_could_be_read_as_another_desk_is_none(code: str) -> None:
    with pytest.raises(MalformedError):
        Desk.parse(f"{code}/police")
