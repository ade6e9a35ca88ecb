"""The officer's matrix, and the record of a decision."""

import json
from dataclasses import replace
from hashlib import sha256

from policies.answer import Form
from policies.corpus import Law
from policies.facts import Case, Desk
from policies.matrix import draw
from policies.record import duties_digest


def test_fields_that_everybody_sees_alike_fold_into_one_line(mini_law: Law, case: Case) -> None:
    name, road = case.data
    data = (
        replace(name, name="P1.name[0]"),
        replace(name, name="P1.alias[0]"),
        replace(name, name="P2.name[0]"),
        replace(road, name="route[0].place"),
    )
    asked = replace(case, data=data)
    desks = (Desk("XB", "police"), Desk("AR", "police"))

    matrix = draw(mini_law, [replace(asked, recipient=desk) for desk in desks])

    assert ("XB/police", "AR/police") == matrix.recipients
    assert [("P1.name[0]", 2), ("P2.name[0]", 1), ("route[0].place", 1)] == [
        (line.name, line.count) for line in matrix.lines
    ]
    assert [Form.PSEUDONYM, Form.OMITTED] == [cell.form for cell in matrix.lines[0].cells]
    assert ("consent_evidence",) == matrix.lines[0].cells[0].unlocks[0].conditions
    assert "T-VICTIM" in matrix.lines[0].cells[0].rules


def test_a_matrix_of_nobody_is_empty(mini_law: Law) -> None:
    matrix = draw(mini_law, [])

    assert ((), ()) == (matrix.recipients, matrix.lines)


def test_the_same_case_is_previewed_once(mini_law: Law, case: Case) -> None:
    assert mini_law.preview(case) is mini_law.preview(replace(case))


def test_a_record_is_the_same_bytes_for_the_same_facts(mini_law: Law, case: Case) -> None:
    shuffled = replace(case, persons=case.persons[::-1])

    assert mini_law.decide(case).record == mini_law.decide(shuffled).record
    assert mini_law.decide(case).record != mini_law.decide(replace(case, danger="yes")).record


def test_a_record_says_facts_law_and_outcome(mini_law: Law, case: Case) -> None:
    decision = mini_law.decide(case)

    said = json.loads(decision.record)

    assert {"XA", "treaty"} == said["bundles"].keys()
    assert mini_law.bundles["XA"].digest.hex() == said["bundles"]["XA"]
    assert ["criminal_investigation"] == said["heard"][0]["case"]["case.purpose"]
    assert "PSEUDONYM" == said["outcome"]["fields"][0]["form"]
    assert "T-VICTIM" in said["outcome"]["rules"]
    assert (
        decision.record
        == json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    )


def test_duties_have_one_digest_whatever_their_order() -> None:
    assert duties_digest(["b", "a"]) == duties_digest(("a", "b"))
    assert sha256(b"a\nb").hexdigest() == duties_digest(["b", "a"])
