"""HTCDS 2.0: docs/content.md, "2. HTCDS 2.0"; every person here is invented."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from node.convert import htcds
from node.convert.outcome import Outcome
from node.convert.tally import Tally
from node.notice import native, validation, value
from node.notice.item import Item
from node.notice.notice import Notice
from node.notice.told import PersonTold, Told
from tests.node.convert.invented import SETTINGS, records, register, table

_NAMES = {"prs_FirstName": "Amarilis", "prs_SecondName": "Tupayachi"}
_POSSIBLE = {"vic_TraffickingStatus": "PossibleVictimOfTrafficking"}


def _one(path: Path, row: Mapping[str, str]) -> Outcome:
    (found,) = htcds.read(records(path / "one.csv", [{**_NAMES, **row}]), SETTINGS)
    assert found.state in {"ready", "attention", "refused"}
    return found


def _draft(path: Path, row: Mapping[str, str]) -> Notice:
    found = _one(path, {**_POSSIBLE, **row}).draft
    assert found is not None
    assert [one for one in validation.check(found) if one.blocking] == []
    return found


def _item(found: Notice, schema: str) -> Item:
    return found.of(schema)[0]


def _notes(found: Outcome) -> set[tuple[str, str]]:
    return {(note.column, note.code) for note in found.notes}


def test_the_demos_register_ends_in_ten_drafts_and_two_refusals(tmp_path: Path) -> None:
    tally, seen = Tally(), []
    path = register(tmp_path / "register.xlsx")
    outcomes = list(
        tally.watch(htcds.read(path, SETTINGS, lambda done, total: seen.append((done, total))))
    )
    assert tally.holds
    assert tally.record()["rows"] == {"read": 12, "ready": 3, "attention": 7, "refused": 2}
    assert tally.record()["refused"] == {"no_subject": 1, "not_a_victim": 1}
    assert tally.drafts == 10
    assert tally.cells["unmapped"] == 4
    assert seen[-1][0] == seen[-1][1]
    for one in outcomes:
        if one.draft is not None:
            assert not [f for f in validation.check(one.draft) if f.blocking]
            assert one.draft == native.parse(native.to_bytes(one.draft))
    assert {one.identity.row for one in outcomes} == set(range(3, 15))


@pytest.mark.parametrize(
    ("status", "role"),
    [
        ("PossibleVictimOfTrafficking", "presumed_victim"),
        ("Possible victim of trafficking", "presumed_victim"),
        ("ACTUAL victim of\xa0trafficking ", "victim"),
    ],
)
def test_the_status_decides_the_role(tmp_path: Path, status: str, role: str) -> None:
    found = _draft(tmp_path, {"vic_TraffickingStatus": status})
    assert found.persons[0].roles == {role}


def test_who_is_no_victim_becomes_no_draft(tmp_path: Path) -> None:
    found = _one(tmp_path, {"vic_TraffickingStatus": "Not a victim of trafficking"})
    assert ("refused", "not_a_victim", None) == (found.state, found.refusal, found.draft)


@pytest.mark.parametrize("status", ["", "perhaps"])
def test_a_missing_status_is_a_presumed_victim_and_is_said(tmp_path: Path, status: str) -> None:
    found = _one(tmp_path, {"vic_TraffickingStatus": status, "prs_Gender": "Feminine"})
    assert ("vic_TraffickingStatus", "status_missing") in _notes(found)
    assert found.draft is not None
    assert found.draft.persons[0].roles == {"presumed_victim"}


@pytest.mark.parametrize(
    ("text", "status", "note"),
    [
        ("TRUE", "given", True),
        ("sí", "given", True),
        ("FALSE", "refused", False),
        ("", "not_sought", False),
        ("maybe", "not_sought", True),
    ],
)
def test_a_consent_is_never_more_than_was_said(
    tmp_path: Path, text: str, status: str, note: bool
) -> None:
    found = _one(tmp_path, {**_POSSIBLE, "con_Consent": text})
    assert found.draft is not None
    consent = _item(found.draft, "victim").first("consent")
    assert consent == {"status": value.code("valija", status)}
    assert (("con_Consent", "consent_incomplete") in _notes(found)) is note


def test_every_field_of_the_standard_goes_to_its_place(tmp_path: Path) -> None:
    found = _draft(
        tmp_path,
        {
            "prs_MiddleName": "Luz",
            "prs_Birthdate": "1996-04-17",
            "prs_Gender": "Transgender Feminine",
            "prs_Citizenship": "PE;BO",
            "prs_PrimaryLanguage": "que",
            "prs_SecondaryLanguage": "spa",
            "prs_IdentityNumber": "27-32055711-4",
            "prs_Email": "A.T@Correo.Example",
            "prs_HomePhone": "011 4555-0199",
            "prs_MobilePhone": "+591 71550123",
            "vic_AgeWhenTrafficked": "17",
            "vic_RelationshipToTrafficker": "Unaquainted",
            "vic_TypeOfExploitation": "ForcedLabour SexualExploitation",
            "vic_ForcedLabourIndustry": "Water supply; sewerage, waste management and"
            " remediation",
            "vic_RecruitmentWebsitesAndApps": "4Sale;WhatsApp",
            "vic_TraffickingStatusDecisionMakingOrg": "NGO",
            "per_RoleInProcess": "Abuser;Kidnapper",
            "cas_Status": "Follow Up",
            "hte_Country": "Argentina",
            "hte_State": "Salta",
            "hte_City": "Orán",
            "hte_Date": "2025-03",
            "hte_Type": "Transit",
            "spl_Type": "Legal",
            "hte_Description": "Llegó de noche.",
        },
    )
    person = found.victims[0]
    assert person.text("middleName") == "Luz"
    assert person.properties["citizenship"] == ("PE", "BO")
    assert [value.part(one, "code") for one in person.properties["spokenLanguage"]] == [
        "qu",
        "es",
    ]
    assert person.properties["phone"] == ("+541145550199", "+59171550123")
    assert person.text("email") == "a.t@correo.example"
    document = _item(found, "Identification")
    assert document.text("number") == "cuit:AR:27320557114"
    assert document.targets("holder") == (person.handle,)
    victim = _item(found, "victim")
    assert victim.first("ageWhenTrafficked") == 17
    exploitation = _item(found, "exploitation")
    assert [value.part(one, "code") for one in exploitation.properties["type"]] == [
        "ForcedLabour",
        "SexualExploitation",
    ]
    assert value.part(exploitation.first("industry"), "code") == "E"
    assert len(_item(found, "recruitment").properties["platform"]) == 2
    suspect = next(one for one in found.persons if one.roles == {"suspect"})
    assert len(suspect.properties["vx:roleInProcess"]) == 2
    leg = _item(found, "route.leg")
    assert (leg.text("admin1"), leg.text("from")) == ("Salta", "2025-03")


def test_long_texts_stand_beside_the_draft_and_never_in_it(tmp_path: Path) -> None:
    found = _one(tmp_path, {
        **_POSSIBLE, "cco_CaseComment": "Llamar al 011 15 4555-0123",
        "spl_Objectives": "Volver",
    })  # fmt: skip
    assert dict(found.texts) == {
        "cco_CaseComment": "Llamar al 011 15 4555-0123",
        "spl_Objectives": "Volver",
    }
    assert ("cco_CaseComment", "identifier_in_text") in _notes(found)
    assert found.draft is not None
    assert b"4555" not in native.to_bytes(found.draft)
    assert found.cells["text"] == 2


def test_what_has_no_home_is_counted_and_what_is_denied_goes_nowhere(tmp_path: Path) -> None:
    found = _one(tmp_path, {
        **_POSSIBLE, "prs_MaritalStatus": "Single", "vic_Vulnerabilities": "Poverty",
        "Religión": "xyzzy", "group/religion": "xyzzy", "org_ShippingStreet": "Pasaje 9",
        "Contraseña": "", "Weather": "fine",
    })  # fmt: skip
    assert (found.cells["unmapped"], found.cells["denied"], found.cells["empty"]) == (3, 3, 1)
    assert found.draft is not None
    assert b"xyzzy" not in native.to_bytes(found.draft)
    assert b"Pasaje 9" not in native.to_bytes(found.draft)
    assert found.texts == {}


def test_a_formula_is_never_run_and_its_text_is_not_kept(tmp_path: Path) -> None:
    row = {**_POSSIBLE, "prs_Gender": '=HYPERLINK("http://x","y")', "spl_Objectives": "=1+1"}
    found = _one(tmp_path, row)
    assert {("prs_Gender", "formula"), ("spl_Objectives", "formula")} <= _notes(found)
    assert found.draft is not None
    assert b"HYPERLINK" not in native.to_bytes(found.draft)
    assert found.texts == {}


def test_what_fails_its_check_stays_as_it_was_written(tmp_path: Path) -> None:
    found = _one(tmp_path, {
        **_POSSIBLE, "prs_MobilePhone": "12", "prs_Email": "nobody",
        "prs_IdentityNumber": "77", "vic_AgeWhenTrafficked": "young",
        "prs_Birthdate": "soon", "prs_Citizenship": "Atlantis",
        "hte_Country": "Total", "hte_Date": "03/04/2025", "vic_TypeOfExploitation": "Weather",
    })  # fmt: skip
    assert _notes(found) == {
        ("prs_MobilePhone", "failed_check"),
        ("prs_Email", "failed_check"),
        ("prs_IdentityNumber", "failed_check"),
        ("vic_AgeWhenTrafficked", "failed_check"),
        ("prs_Birthdate", "bad_date"),
        ("prs_Citizenship", "local_code"),
        ("hte_Country", "local_code"),
        ("hte_Date", "ambiguous_date"),
        ("vic_TypeOfExploitation", "local_code"),
    }
    assert found.draft is not None
    assert found.draft.victims[0].text("phone") == "unverified::12"
    local = value.code("local", "Weather")
    assert _item(found.draft, "exploitation").first("type") == local
    assert not [one for one in validation.check(found.draft) if one.blocking]


def test_several_citizenships_are_read_with_either_separator(tmp_path: Path) -> None:
    for text, expected in (
        ("PE BO", ("PE", "BO")),
        ("El Salvador", ("SV",)),
        ("PE;XX", ("PE",)),
    ):
        found = _draft(tmp_path, {"prs_Citizenship": text})
        assert expected == found.victims[0].properties["citizenship"]


def test_a_declared_order_of_dates_is_followed(tmp_path: Path) -> None:
    path = records(tmp_path / "a.csv", [{**_NAMES, "prs_Birthdate": "03/04/1990"}])
    (found,) = htcds.read(path, replace(SETTINGS, date_order="dmy"))
    assert found.draft is not None
    assert found.draft.victims[0].text("birthDate") == "1990-04-03"


def test_progress_is_told_on_the_way(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    path = records(tmp_path / "a.csv", [{**_NAMES, **_POSSIBLE}] * 60)
    list(htcds.read(path, SETTINGS, lambda done, total: seen.append((done, total))))
    assert seen == [(50, 61), (61, 61)]


def test_a_row_that_is_too_long_or_cannot_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    head = "prs_FirstName,prs_SecondName,prs_Gender\n"
    path.write_text(head + 'a,b,c,d\n"x" y,b,c\na,b\n,,\n', "utf-8")
    found = list(htcds.read(path, SETTINGS))
    assert ["too_many_cells", "malformed_row", ""] == [one.refusal for one in found]
    assert [2, 3, 4] == [one.identity.row for one in found]
    tally = Tally()
    for one in found:
        tally.add(one)
    assert tally.holds


def test_a_row_about_nobody_is_refused(tmp_path: Path) -> None:
    head = ["prs_FirstName", "prs_SecondName", "cas_Status"]
    (found,) = htcds.read(table(tmp_path / "a.csv", head, [["", "", "Active"]]), SETTINGS)
    assert found.refusal == "no_subject"


def test_the_same_file_again_has_the_same_identities_and_fresh_handles(tmp_path: Path) -> None:
    path = records(tmp_path / "a.csv", [{**_NAMES, **_POSSIBLE, "prs_Gender": ""}] * 2)
    once, again = list(htcds.read(path, SETTINGS)), list(htcds.read(path, SETTINGS))
    assert [one.identity for one in once] == [one.identity for one in again]
    assert once[0].identity != once[1].identity
    pseudonyms = {
        one.draft.of("victim")[0].text("pseudonym") for one in (*once, *again) if one.draft
    }
    assert len(pseudonyms) == 4


def test_what_the_register_declares_is_told_of_every_person(tmp_path: Path) -> None:
    nobody = PersonTold("no", "none", "no", "no")
    settings = replace(
        SETTINGS, told=Told("ngo", (), "ngo_referral"), persons=nobody, language="pt"
    )
    path = records(tmp_path / "a.csv", [{**_NAMES, **_POSSIBLE}])
    (found,) = htcds.read(path, settings)
    assert found.draft is not None
    assert found.draft.told.person(found.draft.victims[0].handle) == nobody
    assert (found.draft.told.source, found.draft.told.channel) == ("ngo", "ngo_referral")
    assert value.part(found.draft.items[0].first("title"), "lang") == "pt"
