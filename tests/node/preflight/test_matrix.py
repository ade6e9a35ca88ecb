"""Golden: what each of four states lets another see of one notice, each with its article."""

from dataclasses import replace
from pathlib import Path

import pytest

from node.notice import native
from node.preflight.draft import Draft
from node.release.preview import Column
from node.release.publication import Judged
from node.release.reader import Cell
from node.store.releases import Wish
from policies.answer import Rank
from policies.corpus import Law
from policies.facts import Reference
from tests.node.preflight.matrices import (
    NOW,
    SECOND,
    column,
    law,
    notice,
    ruling,
    victims,
)
from valija.ids import Desk, NoticeId

ACCEPTED = Reference("recipient_accepts_caveats")
OWN = {
    "AR": ("AR-26364-6", "Ley 26.364"),
    "BR": ("BR-13344-6", "13.344"),
    "CO": ("CO-985-2", "985"),
    "MX": ("MX-CPEUM-20C", "20"),
}
"""The rule by which each state shields a victim's name, and its article."""
STATES = tuple(OWN)


@pytest.fixture(scope="session")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("register")


def other(state: str) -> str:
    return "AR" if state == "BR" else "BR"


def cell(found: Column, field: str) -> Cell:
    return next(one for one in found.cells if one.field == field)


def articles(found: Cell) -> dict[str, str]:
    return {one.rule: one.legal_basis for one in found.citations}


def network(state: str, *references: Reference, **changes: object) -> Column:
    found = notice("network", **changes)
    return column(found, f"{state}/police", f"{other(state)}/police", references)


def victim(state: str, register: Path, *references: Reference) -> Column:
    desks = f"{state}/protection", f"{other(state)}/protection"
    return column(victims(register)[0], *desks, references)


@pytest.mark.parametrize("state", STATES)
def test_a_title_goes_exact_under_an_agreement(state: str) -> None:
    found = cell(network(state), "title[0]")
    assert ("exact", "allowed") == (found.form, found.exact)
    assert any(one.effect == "permit" and one.legal_basis for one in found.citations)


@pytest.mark.parametrize("state", STATES)
def test_small_counts_go_general(state: str) -> None:
    found = cell(network(state), "victim.counts")
    assert ("general", "never") == (found.form, found.exact)
    assert "OAS-G-111" in articles(found)


@pytest.mark.parametrize("state", STATES)
def test_a_victims_birth_goes_general_by_the_states_own_law(state: str, register: Path) -> None:
    found = cell(victim(state, register, SECOND), "P1.birthDate[0]")
    rule, article = OWN[state]
    assert ("general", "held", ("consent_evidence",)) == (
        found.form,
        found.exact,
        found.conditions,
    )
    assert article in articles(found)[f"{rule}.general"]


@pytest.mark.parametrize("state", STATES)
def test_a_victims_name_goes_by_pseudonym_by_the_states_own_law(
    state: str, register: Path
) -> None:
    found = cell(victim(state, register, SECOND), "P1.firstName[0]")
    rule, article = OWN[state]
    assert ("pseudonym", "held") == (found.form, found.exact)
    assert article in articles(found)[rule]
    assert "the person's" not in found.who[0]
    assert found.who == ("the person, through whoever assists them",)


@pytest.mark.parametrize("state", STATES)
def test_a_case_number_is_marked_and_waits_for_a_second_person(state: str) -> None:
    found = cell(network(state), "case.ref[0]")
    assert ("marker", "held") == (found.form, found.exact)
    assert "approval:second_person" in found.conditions
    said = "Valija's own safety rule: two persons decide (four-eyes principle)"
    assert said == articles(found)["ENG-SECOND"]
    assert "a supervisor who did not draft it" in found.who


@pytest.mark.parametrize(
    ("language", "article"),
    [
        (
            "es",
            "Regla de seguridad de Valija: deciden dos personas (principio de los cuatro ojos)",
        ),
        (
            "pt",
            "Regra de segurança da Valija: duas pessoas decidem (princípio dos quatro olhos)",
        ),
        (
            "fr",
            "Règle de sûreté de Valija : deux personnes décident (principe des quatre yeux)",
        ),
    ],
)
def test_a_matrix_cites_in_the_readers_language(language: str, article: str) -> None:
    found = column(notice("network"), "AR/police", "BR/police", language=language)
    (held,) = (one for one in found.cells if one.field == "case.ref[0]")
    assert articles(held)["ENG-SECOND"].replace(" :", ":") == article.replace(" :", ":")


@pytest.mark.parametrize("state", STATES)
def test_how_a_victim_was_controlled_is_never_exact(state: str, register: Path) -> None:
    found = cell(victim(state, register, SECOND), "control.methods[0]")
    assert ("marker", "never") == (found.form, found.exact)
    assert "OAS-P-i" in articles(found)


@pytest.mark.parametrize("state", STATES)
def test_who_fears_the_recipient_is_omitted_whole_and_no_link_tells(state: str) -> None:
    told = notice("network").told
    record = native.to_bytes(notice("network"))
    feared = native.parse(record)
    persons = {
        handle: replace(one, feared_state=other(state)) if handle in _people(feared) else one
        for handle, one in feared.told.persons.items()
    }
    feared = replace(feared, told=replace(feared.told, persons=persons))
    assert told != feared.told
    found = ruling(feared, f"{state}/police", f"{other(state)}/police", [SECOND, ACCEPTED])
    shown = {path.split("/")[0] for path, _, _ in found.opened}
    assert not shown & _people(feared)
    targets = {value for _, _, value in found.opened if isinstance(value, str)}
    assert not targets & _people(feared)
    cells = column(feared, f"{state}/police", f"{other(state)}/police", [SECOND]).cells
    name = next(one for one in cells if one.field == "P1.name[0]")
    assert ("omitted", "never") == (name.form, name.exact)
    assert "TIP-14-1" in articles(name)
    assert "omitted" == next(one for one in cells if one.field == "P1.grade[0]").form


def _people(found: object) -> set[str]:
    items = found.items  # type: ignore[attr-defined]
    return {item.handle for item in items if item.schema == "Person"}


@pytest.mark.parametrize("state", STATES)
def test_for_immigration_enforcement_a_notice_is_barred_and_the_article_named(
    state: str,
) -> None:
    found = network(state, SECOND, handling=_handled("immigration_enforcement"))
    assert "never" == found.standing
    assert found.fault or found.citations


def _handled(purpose: str) -> dict[str, object]:
    return {
        "tlp": "amber",
        "purpose": purpose,
        "legal_basis": ["UNTOC art. 18(4)"],
        "retention_until": "2027-11-23",
    }


def test_mexico_holds_a_notice_with_persons_until_the_recipient_accepts() -> None:
    held = network("MX", SECOND)
    assert ("held", ("recipient_accepts_caveats",)) == (held.standing, held.conditions)
    assert "allowed" == network("MX", SECOND, ACCEPTED).standing


@pytest.mark.parametrize("state", STATES)
def test_every_cell_that_is_kept_back_names_an_article_for_it(
    state: str, register: Path
) -> None:
    for found in (network(state), victim(state, register)):
        for one in found.cells:
            assert one.citations, one.field
            assert "exact" == one.form or any(each.legal_basis for each in one.citations)


@pytest.mark.parametrize("state", STATES)
def test_what_is_opened_is_what_the_matrix_promised(state: str, register: Path) -> None:
    found = victims(register)[0]
    desks = f"{state}/protection", f"{other(state)}/protection"
    there = ruling(found, *desks, [SECOND, ACCEPTED])
    paths = {path for path, _, _ in there.opened}
    fields = Draft.of(found).fields
    promised = {
        one.field
        for one in column(found, *desks, [SECOND, ACCEPTED]).cells
        if one.form != "omitted"
    }
    assert promised == {
        field.row for field in fields if {field.path, field.marker_path} & paths
    }


def test_a_rule_that_errors_refuses_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    from valija.errors import VerificationError  # noqa: PLC0415  # Of this test only.

    def broken(*_: object, **__: object) -> object:
        raise VerificationError("a rule failed")

    monkeypatch.setattr(Law, "hear", broken)
    found = ruling(notice("network"), "AR/police", "BR/police", [SECOND])
    assert (Rank.NEVER, ()) == (found.rank, found.opened)
    assert found.decision.fault


def test_an_unknown_label_refuses_everything() -> None:
    wrong = Reference("approval:nobody")
    found = ruling(notice("network"), "AR/police", "BR/police", [wrong])
    assert (Rank.NEVER, ()) == (found.rank, found.opened)
    assert "approval:nobody" not in found.decision.fault


def test_a_recipient_that_the_law_does_not_know_refuses_everything() -> None:
    found = ruling(notice("network"), "AR/police", "ZZ/police", [SECOND])
    assert (Rank.NEVER, ()) == (found.rank, found.opened)


def test_a_state_without_a_bundle_sends_nothing() -> None:
    found = ruling(notice("network"), "HN/police", "BR/police", [SECOND])
    assert (Rank.NEVER, ()) == (found.rank, found.opened)


def test_without_an_agreement_nothing_goes_whatever_the_rules_say() -> None:
    found = ruling(notice("network"), "AR/police", "BR/police", [SECOND])
    assert Rank.ALLOWED is found.rank
    assert Rank.NEVER is replace(found, agreement=None).rank
    assert Rank.NEVER is replace(found, opened=()).rank
    assert Rank.NEVER is replace(found, bare=True).rank


def test_what_never_goes_waits_for_nothing() -> None:
    found = ruling(notice("network"), "AR/police", "BR/police")
    wish = Wish(
        NoticeId(bytes(16)),
        Desk.parse("BR/police"),
        "criminal_investigation",
        urgent=False,
        awaited=frozenset({"approval:second_person"}),
        account="r.quispe",
        content="",
        at=NOW,
    )
    assert "held" == Judged(wish, found).rank
    barred = Judged(wish, replace(found, agreement=None))
    assert ("never", ()) == (barred.rank, barred.waits_for)


def test_the_law_is_the_projects_own() -> None:
    assert {*STATES, "treaty"} <= set(law().bundles)
