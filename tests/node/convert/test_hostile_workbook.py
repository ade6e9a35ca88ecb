"""Workbooks that lie about themselves: refused whole, or read to the last row, never half."""

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from node.convert import htcds
from node.convert.refusal import FILE_CODES, RefusedFileError
from tests.node.convert.invented import SETTINGS, workbook

HEAD = ("prs_FirstName", "prs_SecondName", "vic_TraffickingStatus")
ROW = ("Amarilis", "Tupayachi", "ActualVictimOfTrafficking")
SHEET, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
ROWS = 5


@pytest.fixture(name="whole")
def _whole(tmp_path: Path) -> Path:
    return workbook(tmp_path / "whole.xlsx", [HEAD, *[ROW] * ROWS])


def changed(
    path: Path,
    change: Callable[[bytes], bytes],
    part: str = SHEET,
    kind: int = zipfile.ZIP_STORED,
) -> Path:
    """Write the same workbook with one part changed."""
    made = path.with_name("changed.xlsx")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(made, "w", kind) as target:
        for each in source.infolist():
            data = source.read(each)
            target.writestr(each.filename, change(data) if each.filename == part else data)
    return made


def read(path: Path) -> int:
    return sum(one.draft is not None for one in htcds.read(path, SETTINGS))


def refusal(path: Path) -> str:
    with pytest.raises(RefusedFileError) as caught:
        read(path)
    assert caught.value.code in FILE_CODES
    return caught.value.code


@pytest.mark.parametrize("said", [b"A1:C2", b"A1", b"A1:A6", b"A1:B6", b"Z90:ZZ99"])
def test_rows_beyond_the_size_that_a_sheet_claims_are_read_too(
    whole: Path, said: bytes
) -> None:
    assert ROWS == read(changed(whole, lambda data: data.replace(b"A1:C6", said)))


NUMBERS = [
    (b'r="3"', "unreadable"),
    (b'r="2"', "unreadable"),
    (b'r="0"', "unreadable"),
    (b'r="-1"', "unreadable"),
    (b'r="4.0"', "unreadable"),
    (b"spans=\" r='4'\" r='3'", "unreadable"),
    (b'spans=">" r="3"', "unreadable"),
    (b'r="1000001"', "too_large"),
    (b'r="99999999999999999999"', "unreadable"),
]


@pytest.mark.parametrize(("number", "code"), NUMBERS)
def test_a_row_that_would_be_passed_over_or_waited_for_refuses_the_file(
    whole: Path, number: bytes, code: str
) -> None:
    path = changed(whole, lambda data: data.replace(b'<row r="4"', b"<row " + number))
    assert code == refusal(path)


def test_a_row_tag_at_the_edge_of_a_piece_is_seen(
    whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = changed(whole, lambda data: data.replace(b'<row r="4"', b'<row spans=">" r="3"'))
    for size in (1, 2, 7, 50):
        monkeypatch.setattr("node.convert.archive._CHUNK", size)
        assert "unreadable" == refusal(path)
        assert ROWS == read(whole)


def recoded(encoding: str, data: bytes) -> bytes:
    return data.decode().encode(encoding)


def test_a_sheet_in_another_encoding_than_utf_8_is_refused(whole: Path) -> None:
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        assert "unreadable" == refusal(changed(whole, partial(recoded, encoding)))
    declared = b'<?xml version="1.0" encoding="iso-8859-1"?>'
    assert "unreadable" == refusal(changed(whole, lambda data: declared + data))


def test_a_cell_far_to_the_right_is_too_large(whole: Path) -> None:
    path = changed(whole, lambda data: data.replace(b'r="C3"', b'r="ZZZ3"'))
    assert "too_large" == refusal(path)


CELLS = [
    b'<c r="D2" t="s"><v>99999</v></c>',
    b'<c r="D2" t="s"><v>-1</v></c>',
    b'<c r="D2" t="n"><v>' + b"1" * 6000 + b"</v></c>",
    b'<c r="D2" t="n"><v>NaN</v></c>',
    b'<c r="D2" t="d"><v>1e999</v></c>',
    b'<c r="D2" t="b"><v>maybe</v></c>',
    b'<c r="AAAAAAA2"><v>1</v></c>',
]


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell[:24].decode())
def test_a_cell_of_nonsense_is_one_error_of_ours(whole: Path, cell: bytes) -> None:
    def add(data: bytes) -> bytes:
        return data.replace(b"</row></sheetData>", cell + b"</row></sheetData>")

    assert "unreadable" == refusal(changed(whole, add))


@pytest.mark.parametrize("part", [SHEET, BOOK, "[Content_Types].xml"])
@pytest.mark.parametrize("kind", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_part_that_does_not_unpack_is_unreadable(whole: Path, part: str, kind: int) -> None:
    path = changed(whole, lambda data: data, kind=kind)
    with zipfile.ZipFile(path) as archive:
        start = archive.getinfo(part).header_offset + 30 + len(part)
    data = bytearray(path.read_bytes())
    for at in range(start + 10, start + 60):
        data[at] ^= 0xFF
    path.write_bytes(data)
    assert "unreadable" == refusal(path)


def with_claimed_size(path: Path, part: str, size: int) -> None:
    """Let the archive say of a part that it unpacks to so many bytes."""
    data = bytearray(path.read_bytes())
    for mark, name_at, size_at in ((b"PK\x03\x04", 30, 22), (b"PK\x01\x02", 46, 24)):
        for start in _places(data, mark):
            if data[start + name_at :].startswith(part.encode()):
                struct.pack_into("<I", data, start + size_at, size)
    path.write_bytes(data)


def _places(data: bytearray, mark: bytes) -> Iterator[int]:
    at = data.find(mark)
    while at >= 0:
        yield at
        at = data.find(mark, at + 1)


def test_a_zip_bomb_that_lies_about_its_size_is_unpacked_no_further_than_it_claims(
    whole: Path,
) -> None:
    blanks = b" " * 60_000_000
    path = changed(whole, lambda data: data + blanks, kind=zipfile.ZIP_DEFLATED)
    assert "too_large" == refusal(path)
    with_claimed_size(path, SHEET, 2_000)
    assert "unreadable" == refusal(path)


def test_many_names_for_one_bomb_are_counted_each(whole: Path) -> None:
    with zipfile.ZipFile(whole) as source:
        packed = len(zlib.compress(source.read(SHEET)))
    path = whole.with_name("names.xlsx")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(20):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", b"<row/>" * 500_000)
    assert packed < path.stat().st_size < 1_000_000
    assert "too_large" == refusal(path)


ENTITIES = [
    b'<!DOCTYPE x [<!ENTITY a "boom"><!ENTITY b "&a;&a;&a;&a;">]>',
    b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
]


@pytest.mark.parametrize("part", [SHEET, BOOK])
@pytest.mark.parametrize("entity", ENTITIES)
def test_no_part_of_a_workbook_expands_an_entity(whole: Path, part: str, entity: bytes) -> None:
    def declare(data: bytes) -> bytes:
        name = b"<worksheet" if part == SHEET else b"<workbook"
        said = data.replace(b"Amarilis", b"&a;") if part == SHEET else data
        return said.replace(name, entity + name, 1)

    assert "unreadable" == refusal(changed(whole, declare, part))


@pytest.mark.parametrize(
    "name", ["../../../evil.xml", "/etc/evil.xml", "xl/..\\..\\evil.xml", "xl/\0evil.xml"]
)
def test_a_path_out_of_the_archive_is_written_nowhere(whole: Path, name: str) -> None:
    before = sorted(whole.parent.parent.rglob("*"))
    with zipfile.ZipFile(whole, "a") as archive:
        archive.writestr(zipfile.ZipInfo(name), b"evil")
    assert ROWS == read(whole)
    assert before == sorted(whole.parent.parent.rglob("*"))


@pytest.fixture(scope="module")
def one_workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return one workbook for all examples: each writing has another date in it."""
    return workbook(tmp_path_factory.mktemp("one") / "a.xlsx", [HEAD, *[ROW] * ROWS])


@settings(max_examples=120, deadline=None, derandomize=True)
@given(data=st.data())
def test_a_workbook_damaged_anywhere_is_read_whole_or_refused(
    one_workbook: Path, data: st.DataObject
) -> None:
    whole, path = bytearray(one_workbook.read_bytes()), one_workbook.with_name("b.xlsx")
    for _ in range(data.draw(st.integers(1, 3))):
        whole[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(whole[: data.draw(st.integers(len(whole) // 2, len(whole)))])
    with suppress(RefusedFileError):
        assert ROWS == read(path)


@pytest.mark.parametrize(
    "name", ["zlib", "hex", "rot13", "base64", "uu", "bz2", "undefined", "a\0b"]
)
def test_a_codec_that_is_no_encoding_of_text_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(",".join(HEAD) + "\n" + ",".join(ROW) + "\n", "utf-8")
    with pytest.raises(RefusedFileError, match="bad_encoding"):
        list(htcds.read(path, replace(SETTINGS, encoding=name)))
