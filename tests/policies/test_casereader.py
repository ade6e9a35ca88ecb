"""What a case file does not say, or says in another shape, opens nothing and loses no line."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from policies.__main__ import main
from policies.caseanswer import answer_of
from policies.casefile import parse_case
from policies.corpus import Law
from policies.facts import Consent
from tests.policies.test_casefile import document


def test_a_field_is_about_nobody_only_if_that_is_said(mini_law: Law) -> None:
    stated = document()
    stated["fields"][0]["category"] = "identity"
    del stated["fields"][0]["subject"]

    case = parse_case(stated)
    answer = answer_of("X1", mini_law.decide(case))

    assert ("fields.road.subject",) == case.missing
    assert ("deny", {"road": "omit"}) == (answer["decision"], answer["fields"])
    stated["fields"][0]["subject"] = None
    assert () == parse_case(stated).missing
    assert () == parse_case(stated).data[0].subjects


def test_what_a_consent_does_not_say_counts_against_it() -> None:
    stated = document()
    full = {
        "status": "given",
        "scope": ["criminal_investigation"],
        "recipients": ["XB"],
        "valid_until": None,
        "given_by": "self",
        "guardian_conflict": False,
    }

    def read(consent: Mapping[str, object]) -> Consent:
        stated["subjects"][0]["consent"] = consent
        return parse_case(stated).persons[0].consent

    def without(key: str) -> Mapping[str, object]:
        return {name: value for name, value in full.items() if name != key}

    assert (None, False) == (read(full).until, read(full).guardian_conflict)
    assert date.min == read(without("valid_until")).until
    assert read(without("guardian_conflict")).guardian_conflict
    odd: tuple[object, ...] = ([], None, "", "perhaps", {}, True)
    for said in odd:
        assert read({**full, "guardian_conflict": said}).guardian_conflict
    assert not read({**full, "guardian_conflict": "no"}).guardian_conflict


def test_one_broken_line_does_not_take_the_others_with_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = document(id="bad")
    broken["fields"][0]["subject"] = {"id": "s1"}
    odd = document(id="odd")
    odd["subjects"][0]["consent"]["guardian_conflict"] = []
    file = tmp_path / "cases.jsonl"
    lines = [document(id="first"), broken, odd, document(id="last")]
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")

    code = main(["decide", str(file), "--json"])

    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert 1 == code
    assert ["first", "bad", "odd", "last"] == [answer["id"] for answer in answers]
    assert ["error" in answer for answer in answers] == [False, True, False, False]
    assert "subject" in answers[1]["error"]
