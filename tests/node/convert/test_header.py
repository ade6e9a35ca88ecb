"""Headers and workbooks: docs/content.md, "2. HTCDS 2.0", names and workbook."""

import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

import pytest
from openpyxl import Workbook, load_workbook

from node.convert import htcds
from node.convert.outcome import Outcome
from node.convert.refusal import RefusedFileError
from node.convert.workbook import _text
from node.notice import value
from node.notice.item import Item
from node.notice.notice import Notice
from tests.node.convert.invented import SETTINGS, SHARED, records, register, table, workbook
from tests.services.absent import absent

_NAMES = {"prs_FirstName": "Amarilis", "prs_SecondName": "Tupayachi"}
_POSSIBLE = {"vic_TraffickingStatus": "PossibleVictimOfTrafficking"}


def _one(path: Path, row: Mapping[str, str]) -> Outcome:
    (found,) = htcds.read(records(path / "one.csv", [{**_NAMES, **row}]), SETTINGS)
    assert found.state in {"ready", "attention", "refused"}
    return found


def _item(found: Notice, schema: str) -> Item:
    return found.of(schema)[0]


def _notes(found: Outcome) -> set[tuple[str, str]]:
    return {(note.column, note.code) for note in found.notes}


def test_the_label_wins_in_the_five_address_columns(tmp_path: Path) -> None:
    first, *_ = htcds.read(register(tmp_path / "register.xlsx"), SETTINGS)
    assert first.draft is not None
    address = _item(first.draft, "Address")
    assert address.text("street") == "Pasaje de los Jacarandás 14"
    assert address.text("city") == "Orán"
    assert address.text("country") == "AR"
    assert first.draft.persons[0].targets("addressEntity") == (address.handle,)


def test_the_standards_own_workbooks_are_read(tmp_path: Path) -> None:
    folder = SHARED / "htcds" / "Excel"
    if not folder.exists():
        absent("the workbooks of HTCDS are not among the shared data")
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
    path = register(tmp_path / "register.xlsx")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"Auto_Open: not a macro, and never loaded")
    macro = path.rename(tmp_path / "register.xlsm")
    assert len(list(htcds.read(macro, SETTINGS))) == 12


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
