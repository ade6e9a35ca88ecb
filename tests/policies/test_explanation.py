"""A decision in words: every cell from its rules, in the reader's language."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from policies.__main__ import main
from policies.bundle import WORDS
from policies.conditions import LANGUAGES
from policies.corpus import Law
from policies.explanation import Explanation
from policies.facts import Case, Datum, Desk, Essential, Reference
from policies.folder import read_folder
from policies.golden import parse_golden
from policies.review import golden_files
from policies.words import Words

MakeDatum = Callable[..., Datum]


@pytest.fixture(scope="session")
def words() -> Words:
    return Words(read_folder()[WORDS])


def test_a_held_field_tells_what_it_waits_for_and_who_can_meet_it(
    mini_law: Law, words: Words, case: Case, make_datum: MakeDatum
) -> None:
    account = replace(make_datum("account", "bank_record", "s1"), essential=Essential.EXACT)

    told = Explanation(words, "en").tell(mini_law.decide(replace(case, data=(account,))))

    assert "waits" == told[0]
    assert (
        "  needs: a court's order or a request by an authority that the law names — the"
        " competent court or the authority that the law names"
    ) in told
    assert "account: marked as withheld" in told
    assert "  because of Invented Act s. 1 (XA-2)" in told
    assert any(line.startswith("  exact would need: a court's order") for line in told)
    assert "  kept at most 90 days" in told


def test_a_condition_that_is_met_is_told_as_met(
    mini_law: Law, words: Words, case: Case, make_datum: MakeDatum
) -> None:
    asked = replace(
        case,
        data=(make_datum("account", "bank_record", "s1"),),
        references=(Reference("judicial_ref"),),
    )

    told = Explanation(words, "es").tell(mini_law.decide(asked))

    assert "account: exacto" in told
    assert "  condiciones ya cumplidas: Invented Act, sección 1 (XA-2)" in told


def test_a_count_too_small_to_publish_is_told_with_its_guideline(
    mini_law: Law, words: Words, case: Case, make_datum: MakeDatum
) -> None:
    cell = replace(make_datum("cell", "statistic"), smallest_count=2, geography="country")

    told = Explanation(words, "en").tell(mini_law.decide(replace(case, data=(cell,))))

    assert "cell: in a general form" in told
    assert (
        "  because of OAS Third Work Plan against Trafficking in Persons,"
        " guidelines 111, 117, 119 (OAS-G-111)"
    ) in told


def test_what_is_left_out_without_a_trace_is_told_to_the_sender(
    mini_law: Law, words: Words, case: Case
) -> None:
    person = replace(case.persons[0], feared_state="XB")

    told = Explanation(words, "fr").tell(mini_law.decide(replace(case, persons=(person,))))

    assert "name : omis, sans laisser de trace" in told


def test_a_refusal_tells_why(mini_law: Law, words: Words, case: Case) -> None:
    told = Explanation(words, "pt").tell(
        mini_law.decide(replace(case, sender=Desk("XB", "police")))
    )

    assert (
        "nunca pode sair: XB não tem regras próprias carregadas, por isso nada envia" == told[0]
    )
    assert "road: omitido: nada o permite" in told


def test_another_way_and_tasks_are_told(mini_law: Law, words: Words, case: Case) -> None:
    asked = replace(case, notice_type="evidence_request", refusal="bank_secrecy")

    told = Explanation(words, "en").tell(mini_law.decide(asked))

    assert (
        "  another way: the route through any central authority — the central authority" in told
    )
    assert (
        "  and for the sender, to answer that this is no reason to refuse: bank secrecy" in told
    )
    assert "  with the duty to use it only for criminal investigation" in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_golden_case_can_be_told_in_every_language(
    real_law: Law, words: Words, language: str
) -> None:
    teller = Explanation(words, language)
    for text in golden_files(read_folder()).values():
        for golden in parse_golden(text)[::10]:
            assert teller.tell(real_law.preview(golden.case))


def test_explain_prints_each_case(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = {"id": "E1", "date": "2026-06-10", "action": "release"}
    (tmp_path / "cases.jsonl").write_text(json.dumps(case))

    assert 0 == main(["explain", str(tmp_path / "cases.jsonl"), "--lang", "es"])
    assert capsys.readouterr().out.startswith("E1:\nnunca puede salir: falta declarar")
    (tmp_path / "cases.jsonl").write_text("not json")
    assert 2 == main(["explain", str(tmp_path / "cases.jsonl")])
