"""HTCDS 2.0: docs/content.md, "2. HTCDS 2.0"; every person here is invented."""

import importlib.util
import warnings
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from openpyxl import Workbook, load_workbook

from node.convert import htcds
from node.convert.outcome import Outcome
from node.convert.refusal import RefusedFileError
from node.convert.tally import Tally
from node.convert.workbook import _text
from node.notice import native, validation, value
from node.notice.item import Item
from node.notice.notice import Notice
from node.notice.told import PersonTold, Told
from tests.node.convert.invented import SETTINGS, SHARED, records, table, workbook

_DEMO = Path(__file__).parents[3] / "deploy" / "demo" / "register.py"
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


def _register(path: Path) -> Path:
    spec = importlib.util.spec_from_file_location("register", _DEMO)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.write(path)
    return path


def test_the_demos_register_ends_in_ten_drafts_and_two_refusals(tmp_path: Path) -> None:
    tally, seen = Tally(), []
    path = _register(tmp_path / "register.xlsx")
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


def test_the_label_wins_in_the_five_address_columns(tmp_path: Path) -> None:
    first, *_ = htcds.read(_register(tmp_path / "register.xlsx"), SETTINGS)
    assert first.draft is not None
    address = _item(first.draft, "Address")
    assert address.text("street") == "Pasaje de los Jacarandás 14"
    assert address.text("city") == "Orán"
    assert address.text("country") == "AR"
    assert first.draft.persons[0].targets("addressEntity") == (address.handle,)


def test_the_standards_own_workbooks_are_read(tmp_path: Path) -> None:
    folder = SHARED / "htcds" / "Excel"
    if not folder.exists():
        pytest.skip("the workbooks of HTCDS are not among the shared data")
    for path in folder.glob("*.xls*"):
        assert list(htcds.read(path, SETTINGS)) == []
    plain = next(folder.glob("HTCDS Excel Spreadsheet v2.0.xlsx"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl drops an extension that nobody reads.
        book = load_workbook(plain)
    sheet = book.worksheets[0]
    for column in range(2, 41):
        if sheet.cell(2, column).value in {"First Name", "Citizenship", "Mailing Country"}:
            sheet.cell(3, column, "Bolivia")
    filled = tmp_path / "filled.xlsx"
    book.save(filled)
    (found,) = htcds.read(filled, SETTINGS)
    assert found.draft is not None
    assert _item(found.draft, "Address").text("country") == "BO"
    assert found.draft.persons[0].text("citizenship") == "BO"


def test_a_workbook_with_macros_is_read_and_they_are_not(tmp_path: Path) -> None:
    path = _register(tmp_path / "register.xlsx")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"Auto_Open: not a macro, and never loaded")
    macro = path.rename(tmp_path / "register.xlsm")
    assert len(list(htcds.read(macro, SETTINGS))) == 12


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
    assert "xyzzy" not in repr(found)
    assert "Pasaje 9" not in repr(found)


def test_a_formula_is_never_run_and_its_text_is_not_kept(tmp_path: Path) -> None:
    row = {**_POSSIBLE, "prs_Gender": '=HYPERLINK("http://x","y")', "spl_Objectives": "=1+1"}
    found = _one(tmp_path, row)
    assert {("prs_Gender", "formula"), ("spl_Objectives", "formula")} <= _notes(found)
    assert found.draft is not None
    assert "HYPERLINK" not in repr(found)
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


def test_the_surveys_names_prefixes_and_split_choices_are_read(tmp_path: Path) -> None:
    head = [
        "start", "person/prs_First_Name", "person/prs_Second_Name", "vic_Methods_of_Control",
        "vic_Methods_of_Control/DebtBondage", "group/vic_Methods_of_Control/PhysicalAbuse",
        "vic_Methods_of_Control/Weather", "_uuid",
    ]  # fmt: skip
    rows = [
        ["2026", "Nayeli", "Quispe", "DebtBondage FalsePromises", "1", "0", "1", "x"],
        ["2026", "Heitor", "Salgueiro", "", "", "1", "", "y"],
    ]
    first, second = htcds.read(table(tmp_path / "kobo.csv", head, rows, ";"), SETTINGS)
    assert first.draft is not None
    assert second.draft is not None
    assert [
        value.codes(one) for one in _item(first.draft, "control").properties["methods"]
    ] == [
        {"DebtBondage"},
        {"FalsePromises"},
    ]
    assert [
        value.codes(one) for one in _item(second.draft, "control").properties["methods"]
    ] == [{"PhysicalAbuse"}]
    assert sum(first.cells.values()) == len(head)


def test_labels_alone_are_a_header_too(tmp_path: Path) -> None:
    head = ["Person/First Name", "Second Name", "Citizenship", "Mailing State/Province"]
    row = ["Amarilis", "Tupayachi", "BO", "Salta"]
    (found,) = htcds.read(workbook(tmp_path / "a.xlsx", [head, row]), SETTINGS)
    assert found.draft is not None
    assert found.draft.victims[0].text("lastName") == "Tupayachi"


@pytest.mark.parametrize(
    "head",
    [
        ["prs_FirstName", "prs_SecondName", "prs_Gender", "group/prs_Gender"],
        ["First Name", "Second Name", "Citizenship", "Type"],
        ["First Name", "Second Name", "Second Name", "Citizenship"],
    ],
)
def test_two_columns_of_one_meaning_refuse_the_file(tmp_path: Path, head: list[str]) -> None:
    with pytest.raises(RefusedFileError, match="ambiguous_header"):
        htcds.read(table(tmp_path / "a.csv", head, [["x"] * 4]), SETTINGS)


def test_a_label_of_two_fields_without_a_hidden_name_refuses_the_file(tmp_path: Path) -> None:
    rows = [
        ["prs_FirstName", "prs_SecondName", "prs_Gender", ""],
        ["First Name", "Second Name", "Gender", "Type"],
        ["a", "b", "c", "d"],
    ]
    with pytest.raises(RefusedFileError, match="ambiguous_header"):
        htcds.read(workbook(tmp_path / "a.xlsx", rows), SETTINGS)


def test_progress_is_told_on_the_way(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    path = records(tmp_path / "a.csv", [{**_NAMES, **_POSSIBLE}] * 60)
    list(htcds.read(path, SETTINGS, lambda done, total: seen.append((done, total))))
    assert seen == [(50, 61), (61, 61)]


def test_a_formula_in_a_split_choice_is_no_tick(tmp_path: Path) -> None:
    row = {"vic_MethodsOfControl/DebtBondage": "=TRUE()", "prs_Gender": ""}
    found = _one(tmp_path, row)
    assert ("vic_MethodsOfControl", "formula") in _notes(found)
    assert found.draft is not None
    assert found.draft.of("control") == ()


def test_without_the_guard_of_xml_no_workbook_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openpyxl.DEFUSEDXML", False)
    with pytest.raises(RefusedFileError, match="unreadable"):
        htcds.read(workbook(tmp_path / "a.xlsx", [["a"]]), SETTINGS)


def test_a_hidden_name_and_a_label_that_contradict_refuse_the_file(tmp_path: Path) -> None:
    rows = [
        ["prs_FirstName", "prs_SecondName", "prs_Gender", "prs_Birthdate"],
        ["First Name", "Second Name", "Birthdate", "Gender"],
        ["a", "b", "c", "d"],
    ]
    with pytest.raises(RefusedFileError, match="ambiguous_header"):
        htcds.read(workbook(tmp_path / "a.xlsx", rows), SETTINGS)


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


def test_cells_of_a_workbook_are_texts(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [[True, False, 3, 3.5, 4.0, " x\xa0", None]])
    with path.open("rb") as file:
        row = next(iter(load_workbook(file, read_only=True).worksheets[0].iter_rows()))
        found = [_text(cell) for cell in row]
    assert found[:6] == ["TRUE", "FALSE", "3", "3.5", "4", "x"]
    assert _text(SimpleNamespace(value=1e3, data_type="n")) == "1000"


def test_a_date_cell_is_a_date(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["prs_FirstName", "prs_SecondName", "prs_Birthdate"])
    sheet.append(["Amarilis", "Tupayachi", None])
    cell = sheet.cell(2, 3)
    cell.value, cell.number_format = 35172, "yyyy-mm-dd"
    book.save(tmp_path / "a.xlsx")
    (found,) = htcds.read(tmp_path / "a.xlsx", SETTINGS)
    assert found.draft is not None
    assert found.draft.victims[0].text("birthDate") == "1996-04-17"
