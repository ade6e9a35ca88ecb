"""Recorded decisions taken again: alike under their own law, and every falsehood named."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from policies.__main__ import main
from policies.corpus import Law, read_law
from policies.facts import Case, Datum, Desk, Essential, Reference
from policies.folder import read_folder
from policies.golden import parse_golden
from policies.replay import replay
from policies.review import golden_files
from valija import canonical
from valija.errors import MalformedError

_LONG = "VALIJA_LONG" in os.environ
_DECISIONS = 1000
MakeDatum = Callable[..., Datum]


@pytest.fixture
def rich(case: Case, make_datum: MakeDatum) -> Case:
    """A case in which every part of a record says something."""
    data = (
        replace(case.data[0], essential=Essential.PRESENT, provenance=frozenset({"intercept"})),
        replace(
            case.data[1], duties=frozenset({"use_only:prosecution"}), subjects=("v1", "s1")
        ),
        replace(make_datum("cell", "statistic"), smallest_count=2),
    )
    references = (
        Reference("judicial_ref", rules=frozenset({"XA-2"})),
        Reference("originator_consent"),
    )
    return replace(case, data=data, references=references, retention_limits={"memo": 50})


@pytest.mark.parametrize("action", ["release", "match", "onward", "store", "use_as_evidence"])
def test_a_decision_taken_again_is_the_same_decision(
    mini_law: Law, rich: Case, action: str
) -> None:
    written = mini_law.decide(replace(rich, action=action)).record

    found = replay(mini_law, written)

    assert () == found.differences
    assert 32 == len(found.digest)


def test_a_refusal_has_a_record_too(mini_law: Law, case: Case) -> None:
    refused = mini_law.decide(replace(case, sender=Desk("XB", "police")))

    assert () == replay(mini_law, refused.record).differences
    assert refused.fault == json.loads(refused.record)["outcome"]["fault"]


def test_a_decision_for_want_of_labels_is_taken_again(mini_law: Law, case: Case) -> None:
    written = mini_law.decide(replace(case, missing=("risk.torture",))).record

    assert () == replay(mini_law, written).differences
    assert ["risk.torture"] == json.loads(written)["missing"]


def tampered(written: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    document = json.loads(written)
    change(document)
    return canonical.to_bytes(document)


def test_a_tampered_outcome_is_named(mini_law: Law, case: Case) -> None:
    def opened(document: dict[str, Any]) -> None:
        document["outcome"]["fields"][0]["form"] = "EXACT"

    written = tampered(mini_law.decide(case).record, opened)

    (told,) = replay(mini_law, written).differences

    assert told.startswith("fields was [{'form': 'EXACT'")


def test_a_tampered_fact_is_named(mini_law: Law, case: Case) -> None:
    def endangered(document: dict[str, Any]) -> None:
        document["heard"][0]["case"]["case.danger"] = ["yes"]

    written = tampered(mini_law.decide(case).record, endangered)

    assert replay(mini_law, written).differences


def test_a_fact_that_follows_from_another_cannot_be_forged(mini_law: Law, case: Case) -> None:
    def declassed(document: dict[str, Any]) -> None:
        document["heard"][0]["fields"][0]["labels"]["resource.Class"] = []

    written = tampered(mini_law.decide(case).record, declassed)

    assert ("the record's heard are not what they would be",) == replay(
        mini_law, written
    ).differences


def test_another_bundle_is_named_and_todays_law_tells_what_would_change(
    mini_law: Law, mini_files: Mapping[str, bytes], case: Case
) -> None:
    written = mini_law.decide(case).record
    changed = mini_files["XA/send.cedar"].replace(b'@in_force("2027-01-01/..") ', b"")
    later = read_law({**mini_files, "XA/send.cedar": changed})

    assert ("the bundle XA at hand is not the one that decided",) == replay(
        later, written
    ).differences
    told = replay(later, written, today=date(2026, 7, 1)).differences
    assert {"fields", "rules"} == {sentence.split(" was ")[0] for sentence in told}
    assert () == replay(mini_law, written, today=date(2026, 7, 1)).differences


def test_a_bundle_that_is_not_there_is_named(
    mini_law: Law, mini_files: Mapping[str, bytes], case: Case
) -> None:
    written = mini_law.decide(case).record
    files = {path: body for path, body in mini_files.items() if not path.startswith("XA/")}

    assert "bundle XA" in replay(read_law(files), written).differences[0]


def test_another_engine_is_named(mini_law: Law, case: Case) -> None:
    def aged(document: dict[str, Any]) -> None:
        document["engine"] = "cedarpy 1.0.0"

    (told,) = replay(mini_law, tampered(mini_law.decide(case).record, aged)).differences

    assert told.startswith("it was decided by cedarpy 1.0.0, and this is cedarpy 4.")


def test_a_guard_that_refuses_is_told(
    mini_law: Law, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = mini_law.decide(case).record
    law = Law(mini_law.bundles.values(), mini_law.registry, mini_law._schema)
    monkeypatch.setattr(law, "_layers_for", lambda _: [])

    assert ("no layer of law was asked",) == replay(law, written).differences


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document.update(version=2),
        lambda document: document.update(heard=[7]),
        lambda document: document.update(day="once"),
        lambda document: document.pop("outcome"),
        lambda document: document.update(bundles=[]),
        lambda document: document.update(agreements="UNTOC"),
        lambda document: document["heard"][0]["case"].pop("case.danger"),
        lambda document: document["heard"][0]["notice"].update(evidence_by_rule=[["a"]]),
        lambda document: document["heard"][0]["fields"][0].pop("labels"),
        lambda document: document["heard"][0].update(recipient="ZZ/police"),
    ],
)
def test_a_record_that_lacks_what_it_rests_on_is_refused(
    mini_law: Law, case: Case, change: Callable[[dict[str, Any]], None]
) -> None:
    with pytest.raises(MalformedError):
        replay(mini_law, tampered(mini_law.decide(case).record, change))


@pytest.mark.parametrize("written", [b"", b"7", b"{}", b'{"version": 1}'])
def test_bytes_that_are_no_record_are_refused(mini_law: Law, written: bytes) -> None:
    with pytest.raises(MalformedError):
        replay(mini_law, written)


def test_three_fresh_processes_give_the_same_digests(tmp_path: Path) -> None:
    """Hash seeds differ from process to process; records do not."""
    files = read_folder()
    for path, body in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(body)
    law, texts = read_law(files), golden_files(files)
    golden = [found.case for path in sorted(texts) for found in parse_golden(texts[path])]
    later = [replace(case, day=case.day + timedelta(days=200)) for case in golden]
    cases = [*golden, *later][:_DECISIONS] if _LONG else golden[::60]
    records = tmp_path / "records"
    records.write_bytes(b"\n".join(law.decide(case).record for case in cases))

    outputs = {
        subprocess.run(  # our own interpreter and module
            [sys.executable, "-m", "policies", "--law", str(tmp_path), "replay", str(records)],
            check=True,
            capture_output=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[2])},
            timeout=300,
        ).stdout
        for seed in ("1", "2", "3")
    }

    (told,) = outputs
    assert len(cases) == told.count(b"decides alike") == len(told.splitlines())
    assert _LONG is (len(cases) == _DECISIONS)


def test_replay_exits_by_what_it_finds(
    tmp_path: Path, mini_law: Law, case: Case, capsys: pytest.CaptureFixture[str]
) -> None:
    records = tmp_path / "records"
    records.write_bytes(mini_law.decide(case).record)

    assert 1 == main(["replay", str(records)])
    assert "not the one that decided" in capsys.readouterr().out
    records.write_bytes(b"{}")
    assert 2 == main(["replay", str(records)])
