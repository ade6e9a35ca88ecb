"""Files of cases, of records and of laws that somebody made to fool or stop the engine."""

import json
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.__main__ import main
from policies.casefile import parse_case
from policies.caseline import parse_line
from policies.corpus import Law
from policies.facts import Case
from policies.folder import HOME, load
from policies.golden import parse_golden
from policies.linter import parse_rows
from policies.registry import parse_registry
from policies.replay import replay
from tests.policies.test_casefile import document
from valija import canonical
from valija.errors import MalformedError

DEEP, LONG = "[" * 100_000, "9" * 5_000
LINES = [
    "null",
    '"text"',
    "[]",
    "{",
    DEEP,
    '{"id":' * 50_000,
    '{"id":NaN}',
    '{"id":-Infinity}',
    '{"id":' + LONG + "}",
    '{"id":1,"id":2}',
    '{"id":"\x00"}',
    json.dumps(document(id="\ud800")),
]


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[:12])
def test_a_line_that_is_no_case_is_malformed_and_nothing_else(line: str) -> None:
    with pytest.raises(MalformedError):
        parse_case(parse_line(line))


@pytest.mark.parametrize(
    "twice", ['"minor":"yes","minor":"no"', '"role":"victim","role":"suspect"']
)
def test_of_two_values_under_one_key_none_is_taken(twice: str) -> None:
    text = json.dumps(document())
    name = twice.partition(":")[0]
    at = text.index(name)
    with pytest.raises(MalformedError, match="twice"):
        parse_line(text[:at] + twice + "," + text[at:])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder of laws with the treaty layer only: it loads in a moment."""
    for path in (*HOME.glob("*.jsonl"), *HOME.glob("*.tsv"), *HOME.glob("treaty/*.cedar")):
        target = tmp_path / "law" / path.relative_to(HOME)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    registry = (HOME / "treaty" / "registry.toml").read_bytes()
    (tmp_path / "law" / "treaty" / "registry.toml").write_bytes(registry)
    return tmp_path / "law"


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str]:
    told = TextIOWrapper(BytesIO(), encoding="utf-8", newline="\n")
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", told)
        patch.setattr(sys, "stderr", told)
        code = main(words)
    told.flush()
    buffer = told.buffer
    assert isinstance(buffer, BytesIO)
    return code, buffer.getvalue().decode()


def test_every_bad_line_is_answered_by_itself_and_the_good_one_is_decided(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "cases.jsonl"
    good = json.dumps(document(id="good"))
    file.write_bytes("\n".join(["", *LINES, "", good]).encode())
    code, told = run(monkeypatch, "--law", str(home), "decide", str(file), "--json")
    answers = [json.loads(line) for line in told.splitlines()]
    assert 1 == code
    assert [True] * len(LINES) + [False] == ["error" in each for each in answers]
    assert "good" == answers[-1]["id"]


@pytest.mark.parametrize("verb", ["decide", "explain", "replay"])
@pytest.mark.parametrize("data", [b"\xff\xfe", DEEP.encode(), b"\x00\x01"], ids=[0, 1, 2])
def test_a_file_that_is_none_ends_in_one_sentence_of_ours(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str, data: bytes
) -> None:
    file = tmp_path / "file"
    file.write_bytes(data)
    code, told = run(monkeypatch, "--law", str(home), verb, str(file))
    assert code in {1, 2}
    assert told.startswith("MalformedError: ") or '"a case is one JSON object' in told
    assert "Traceback" not in told


@pytest.mark.parametrize("verb", ["decide", "explain"])
def test_a_name_that_would_act_on_a_terminal_is_shown_by_its_numbers(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    evil = "a\x1b[2J\x07\u202eb\nallowed"
    fields = [{"name": evil, "category": "identity", "subject": "s1", "source": "police"}]
    file = tmp_path / "cases.jsonl"
    file.write_text(json.dumps(document(id=evil, fields=fields)), encoding="utf-8")
    _, told = run(monkeypatch, "--law", str(home), verb, str(file))
    assert "<U+001B>[2J<U+0007><U+202E>b<U+000A>allowed" in told
    assert all(one.isprintable() for one in told.replace("\n", ""))
    assert "\nallowed" not in told


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def paths(found: object, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    parts = (
        found.items()
        if isinstance(found, dict)
        else enumerate(found)
        if isinstance(found, list)
        else ()
    )
    return [at] * bool(at) + [p for key, part in parts for p in paths(part, (*at, key))]


def replaced(found: Any, at: tuple[Any, ...], value: object) -> Any:  # noqa: ANN401  # JSON.
    if not at:
        return value
    key, *rest = at
    fresh = dict(found) if isinstance(found, Mapping) else list(found)
    fresh[key] = replaced(found[key], tuple(rest), value)
    return fresh


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_a_record_with_anything_anywhere_is_named_or_malformed(
    mini_law: Law, case: Case, data: st.DataObject
) -> None:
    written = mini_law.decide(replace(case, missing=("risk.torture",))).record
    whole = json.loads(written)
    at = data.draw(st.sampled_from(paths(whole)))
    try:
        changed = canonical.to_bytes(replaced(whole, at, data.draw(JSON)))
    except MalformedError:
        return  # It has a fraction or the like: no record at all.
    with suppress(MalformedError):
        assert sha256(changed).digest() == replay(mini_law, changed).digest


def test_a_head_of_a_record_that_the_engine_would_not_write_is_named(
    mini_law: Law, case: Case
) -> None:
    whole = json.loads(mini_law.decide(case).record)
    for key in ("action", "sender", "recipient"):
        changed = canonical.to_bytes(replaced(whole, (key,), None))
        told = replay(mini_law, changed).differences
        assert f"the record's {key} are not what they would be" in told


@pytest.mark.parametrize("text", ["a = " + DEEP, "a = " + LONG, "row = 3", "row = [3]", "="])
def test_a_table_of_law_that_does_not_parse_is_malformed(text: str) -> None:
    with pytest.raises(MalformedError):
        parse_registry(text)
    if "row" not in text:
        with pytest.raises(MalformedError):
            parse_golden(text)
    with pytest.raises(MalformedError):
        parse_rows(text.encode())
    with pytest.raises(MalformedError):
        parse_rows(DEEP.encode())


def test_a_folder_of_laws_with_a_damaged_file_is_refused_whole(home: Path) -> None:
    load(home)
    path = home / "treaty" / "send.cedar"
    whole = path.read_bytes()
    for damaged in (whole[: len(whole) // 2], whole + b"\xff", b"permit(", whole + b"\x00"):
        path.write_bytes(damaged)
        with pytest.raises(MalformedError):
            load(home)
    path.write_bytes(whole)
    load(home)
