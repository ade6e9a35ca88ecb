"""Files refused whole: docs/content.md, "Formats"."""

import struct
import zipfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from node.convert import ctdc, door, htcds
from node.convert.outcome import Outcome
from node.convert.refusal import FILE_CODES, RefusedFileError
from tests.node.convert.invented import SETTINGS, table, workbook
from valija.errors import MalformedError

_HEAD = ("prs_FirstName", "prs_SecondName", "vic_TraffickingStatus")
_ROW = ("Amarilis", "Tupayachi", "ActualVictimOfTrafficking")


def _code(path: Path) -> str:
    with pytest.raises(RefusedFileError) as caught:
        list(htcds.read(path, SETTINGS))
    assert isinstance(caught.value, MalformedError)
    assert caught.value.code in FILE_CODES
    return caught.value.code


def test_a_file_that_is_not_there_is_unreadable(tmp_path: Path) -> None:
    assert _code(tmp_path / "none.csv") == "unreadable"


def test_a_file_over_fifty_megabytes_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(door.MAX_BYTES + 1)
    assert _code(path) == "too_large"


def test_too_many_rows_are_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "MAX_ROWS", 3)
    assert _code(table(tmp_path / "a.csv", _HEAD, [_ROW] * 9)) == "too_large"
    assert _code(workbook(tmp_path / "a.xlsx", [_HEAD, *[_ROW] * 9])) == "too_large"


def test_an_encrypted_workbook_is_said_to_be_encrypted(tmp_path: Path) -> None:
    ole = tmp_path / "ole.xlsx"
    ole.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2000))
    assert _code(ole) == "encrypted"
    path = workbook(tmp_path / "a.xlsx", [_HEAD, _ROW])
    data = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.find(mark)
        while start >= 0:
            flags = struct.unpack_from("<H", data, start + at)[0]
            struct.pack_into("<H", data, start + at, flags | 1)
            start = data.find(mark, start + 4)
    path.write_bytes(data)
    assert _code(path) == "encrypted"


def test_a_zip_bomb_is_too_large_and_is_never_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 60_000_000)
    assert path.stat().st_size < 1_000_000
    assert _code(path) == "too_large"


def test_a_damaged_workbook_is_unreadable(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [_HEAD, _ROW])
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert _code(path) == "unreadable"


def test_a_workbook_without_its_parts_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "x")
    assert _code(path) == "unreadable"


def test_xml_entities_are_never_expanded(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [_HEAD, _ROW])
    evil = tmp_path / "evil.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(evil, "w") as target:
        for part in source.infolist():
            data = source.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                entity = b'<!DOCTYPE x [<!ENTITY a "boom">]>'
                data = data.replace(b"<worksheet", entity + b"<worksheet", 1)
            target.writestr(part.filename, data)
    assert _code(evil) == "unreadable"


def test_an_encoding_is_named_or_marked_and_never_guessed(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", _HEAD, [("Itzel", "Corondel Ñandú", _ROW[2])])
    text = path.read_text("utf-8")
    path.write_bytes(text.encode("latin-1"))
    assert _code(path) == "bad_encoding"
    named = replace(SETTINGS, encoding="latin-1")
    assert _last_names(list(htcds.read(path, named))) == ["Corondel Ñandú"]
    path.write_bytes(text.encode("utf-16"))
    assert _last_names(list(htcds.read(path, SETTINGS))) == ["Corondel Ñandú"]
    path.write_bytes(text.encode("utf-8-sig"))
    assert _last_names(list(htcds.read(path, SETTINGS))) == ["Corondel Ñandú"]
    unknown = replace(SETTINGS, encoding="weather")
    with pytest.raises(RefusedFileError, match="bad_encoding"):
        htcds.read(path, unknown)
    path.write_bytes(b"a,b\0c\n")
    assert _code(path) == "bad_encoding"


def _last_names(outcomes: list[Outcome]) -> list[str]:
    return [one.draft.persons[0].text("lastName") for one in outcomes if one.draft]


@pytest.mark.parametrize("text", ["", "\n\n", "a,b,c\n1,2,3\n", "prs_FirstName,x\n"])
def test_headings_of_no_register_are_an_unknown_layout(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text, "utf-8")
    assert _code(path) == "unknown_layout"
    with pytest.raises(RefusedFileError, match="unknown_layout"):
        ctdc.read(path, SETTINGS)


def test_a_workbook_of_no_register_is_an_unknown_layout(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [("a", "b"), ("1", "2")])
    assert _code(path) == "unknown_layout"
    with pytest.raises(RefusedFileError, match="unknown_layout"):
        ctdc.read(path, SETTINGS)
    assert _code(workbook(tmp_path / "empty.xlsx", [])) == "unknown_layout"


@settings(deadline=None)
@given(data=st.binary(max_size=300))
def test_any_bytes_are_a_register_or_one_error_of_ours(
    data: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("strange") / "x"
    for start in (b"", b"PK\x03\x04", b"prs_FirstName,prs_SecondName,prs_Gender\n"):
        path.write_bytes(start + data)
        with suppress(RefusedFileError):
            list(htcds.read(path, SETTINGS))
