"""A bundle's hash, the folder it is read from, and the command line."""

import io
import json
import re
import runpy
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import pytest

from policies.__main__ import main
from policies.bundle import manifest, names_of, read_bundle
from policies.folder import load, read_folder
from policies.labels import case, content_field, subject
from policies.vocabulary import SUBJECT_LABELS
from valija.errors import AbsentError, MalformedError


@pytest.fixture
def folder(tmp_path: Path, mini_files: Mapping[str, bytes]) -> Path:
    for path, body in mini_files.items():
        target = tmp_path / path
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(body)
    return tmp_path


def test_a_bundles_hash_covers_rules_schema_and_nothing_that_decides_nothing(
    mini_files: Mapping[str, bytes],
) -> None:
    def digest(files: Mapping[str, bytes]) -> bytes:
        return read_bundle("XA", files)[0].digest

    before = digest(mini_files)

    assert before == digest({**mini_files, "XA/XA.cases.toml": b"# cases decide nothing"})
    assert before == digest({**mini_files, "treaty/send.cedar": b"// another bundle"})
    lines = mini_files["XA/send.cedar"].replace(b"\n", b"\r\n")
    assert before == digest({**mini_files, "XA/send.cedar": lines})
    assert before != digest({**mini_files, "XA/receive.cedar": b"// a rule file"})
    schema = mini_files["schema.cedarschema"] + b"// changed"
    assert before != digest({**mini_files, "schema.cedarschema": schema})


def test_a_manifest_names_files_engine_and_vocabulary(mini_files: Mapping[str, bytes]) -> None:
    said = json.loads(manifest({"XA/send.cedar": b"a\r\nb"}))

    assert {"files", "engine", "vocabulary"} == said.keys()
    assert {"XA/send.cedar": sha256(b"a\nb").hexdigest()} == said["files"]
    assert "cedarpy 4.12.2" == said["engine"]
    assert ("XA", "treaty") == names_of(mini_files)


def test_a_file_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(MalformedError):
        manifest({"XA/send.cedar": b"\xff"})


def test_a_folder_is_read_and_its_law_loads(folder: Path) -> None:
    assert {"treaty", "XA"} == load(folder).bundles.keys()
    assert "treaty/receive.cedar" in read_folder(folder)


def test_a_folder_that_is_not_there_is_absent(tmp_path: Path) -> None:
    with pytest.raises(AbsentError):
        read_folder(tmp_path / "nowhere")


def test_check_tells_what_is_wrong_and_exits_by_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 0 == main(["--law", str(folder), "check"])
    assert "0 faults, 0 failures" in capsys.readouterr().out

    rules = folder / "XA" / "send.cedar"
    rules.write_text(rules.read_text().replace('@keep("days:90")', '@keep("days:0")'))

    assert 1 == main(["--law", str(folder), "check"])
    assert "XA/send.cedar:18: @keep is days:N" in capsys.readouterr().out
    assert 2 == main(["--law", str(folder), "decide", "-"])
    assert "XA/send.cedar:18" in capsys.readouterr().err


def test_check_names_the_rows_of_law_that_have_no_rule(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = folder / "rows.jsonl"
    assert 0 == main(["--law", str(folder), "check"])
    assert "without a rule yet: XA-7, XA-8, XA-9" in capsys.readouterr().out

    kept = [line for line in rows.read_text().splitlines() if not re.search("XA-[789]", line)]
    rows.write_text("\n".join(kept))

    assert 0 == main(["--law", str(folder), "check"])
    assert "without a rule" not in capsys.readouterr().out


def test_mutants_tells_which_rule_nothing_notices(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 1 == main(["--law", str(folder), "mutants"])
    assert "no case of XA notices that XA-2 is gone" in capsys.readouterr().out


_CASE = {
    "id": 7,
    "date": "2026-06-10",
    "action": "release",
    "sender": {"state": "XB", "agency_type": "police"},
}


def test_decide_answers_line_by_line_and_tells_errors_apart(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = folder / "cases.jsonl"
    cases.write_text(f"{json.dumps(_CASE)}\n\n")
    assert 0 == main(["--law", str(folder), "decide", str(cases), "--json"])
    (line,) = capsys.readouterr().out.splitlines()
    assert (7, "deny") == (json.loads(line)["id"], json.loads(line)["decision"])

    given = io.TextIOWrapper(
        io.BytesIO(f'{json.dumps(_CASE)}\nnot json\n{{"id": "B"}}\n[]'.encode())
    )
    monkeypatch.setattr("sys.stdin", given)
    assert 1 == main(["--law", str(folder), "decide", "-", "--json"])
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [7, None, "B", None] == [answer["id"] for answer in answers]
    assert [{"id", "error"}] * 3 == [set(answer) for answer in answers[1:]]


def test_a_line_nested_without_end_is_an_error_and_not_a_crash(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = folder / "cases.jsonl"
    lone = json.dumps({**_CASE, "id": "\ud800"})
    cases.write_text("[" * 100_000 + "\n" + lone)

    assert 1 == main(["--law", str(folder), "decide", str(cases), "--json"])
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert {"id", "error"} == set(first) == set(second)
    assert second["id"] is None


def test_decide_speaks_to_people_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cases = folder / "cases.jsonl"
    cases.write_text(json.dumps(_CASE))

    assert 0 == main(["--law", str(folder), "decide", str(cases)])
    assert '  decision: "deny"' in capsys.readouterr().out
    assert 2 == main(["--law", str(folder), "decide", str(folder / "none.jsonl")])


def test_the_module_runs_as_a_program(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["policies", "--law", str(folder), "check"])
    monkeypatch.delitem(sys.modules, "policies.__main__")

    with pytest.raises(SystemExit) as ended:
        runpy.run_module("policies", run_name="__main__")

    assert 0 == ended.value.code


def test_labels_are_whole_or_refused() -> None:
    whole: dict[str, list[str]] = {name: ["unknown"] for name in SUBJECT_LABELS}

    assert subject(whole) == subject(dict(reversed(whole.items())))
    assert subject(whole) != subject({**whole, "minor": ["no"]})
    for broken in (
        {**whole, "minor": []},
        {**whole, "minor": ["yes", "no"]},
        {**whole, "age": ["18"]},
        {name: values for name, values in whole.items() if name != "minor"},
    ):
        with pytest.raises(MalformedError):
            subject(broken)
    with pytest.raises(MalformedError):
        case({})


def test_a_field_without_kind_or_source_is_refused() -> None:
    nothing, police, kind = frozenset[str](), frozenset({"police"}), frozenset({"identity"})

    for kinds, sources in ((nothing, police), (kind, nothing)):
        with pytest.raises(MalformedError):
            content_field(kinds, nothing, sources, nothing)
