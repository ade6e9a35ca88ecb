"""A workbook's archive, looked at from end to end before anything parses it.

It promises that the sizes it claims are bounded and true, that no part is encrypted, and that
its sheets number their rows upwards: openpyxl passes over a row whose number is not above the
one before, and fills up to a number as far away as it says. What the rows say is
`node.convert.workbook`'s.

Source: ECMA-376, part 1, section 18.3.1.73 (row) and part 2 (packages); PKWARE, APPNOTE.
"""

import re
import struct
import zipfile
import zlib
from lzma import LZMAError
from pathlib import Path

from node.convert.refusal import RefusedFileError

MAX_EXPANSION = 100
MAX_EXPANDED = 500 * 1024 * 1024
"""Bytes of all parts of a workbook together: its table of strings is held in memory."""
_ENCRYPTED_FLAG = 0x1
_CHUNK = 1024 * 1024
_LONGEST_TAG = 64 * 1024
_NAME = rb"<(?:[^\s<>/\"'=:]+:)?row"
_SAID = rb"\s+([^\s=<>\"']+)\s*=\s*(\"[^\"<]*\"|'[^'<]*')"
_TAG = re.compile(_NAME + rb"(?P<said>(?:" + _SAID + rb")*)\s*/?>")
_BEGUN = re.compile(_NAME + rb"[\s/]")
_ATTRIBUTE = re.compile(_SAID)
_NUMBER = re.compile(rb"[1-9][0-9]{0,9}")
_DECLARED = re.compile(rb"<\?xml[^>]*\sencoding\s*=\s*[\"']([^\"']*)[\"']")
_FOREIGN = (
    zipfile.BadZipFile,
    zlib.error,
    LZMAError,
    struct.error,
    OSError,
    EOFError,
    RuntimeError,
    ValueError,
)
"""What `zipfile` and what unpacks for it raise at a damaged or hostile archive."""


def count_rows(path: Path, most: int) -> int:
    """Return how many rows the largest sheet of a workbook has.

    Args:
        path: Of a ZIP file.
        most: Rows that a sheet may have, and number.

    Raises:
        RefusedFileError: It is `unreadable`, `encrypted` or `too_large`.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            _guard(parts, path.stat().st_size)
            return max((_Rows(most).of(archive, part) for part in parts), default=0)
    except _FOREIGN as cause:
        raise RefusedFileError("unreadable") from cause


def _guard(parts: list[zipfile.ZipInfo], size: int) -> None:
    if any(part.flag_bits & _ENCRYPTED_FLAG for part in parts):
        raise RefusedFileError("encrypted")
    expanded = sum(part.file_size for part in parts)
    if expanded > min(size * MAX_EXPANSION, MAX_EXPANDED):
        raise RefusedFileError("too_large")


class _Rows:
    """The row tags of one part; a part that is no sheet has none that are numbered."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._count = self._last = 0

    def of(self, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
        """Return how many there are."""
        rest = b""
        with archive.open(part) as file:
            while chunk := file.read(_CHUNK):
                if file.tell() == len(chunk):
                    _check_text(chunk)
                rest = self._read(rest + chunk)
        return self._count

    def _read(self, text: bytes) -> bytes:
        """Take the tags in a piece, and return what of its end belongs to the next piece."""
        end = 0
        for tag in _TAG.finditer(text):
            self._take(dict(_ATTRIBUTE.findall(tag["said"])).get(b"r"))
            end = tag.end()
        rest = text[max(text.rfind(b"<"), end) :]
        if len(rest) <= _LONGEST_TAG:
            return rest
        if _BEGUN.match(rest):
            raise RefusedFileError("unreadable")
        return b""

    def _take(self, quoted: bytes | None) -> None:
        said = _NUMBER.fullmatch(quoted[1:-1]) if quoted is not None else None
        number = self._last + 1 if quoted is None else int(said[0]) if said else 0
        if number <= self._last:
            raise RefusedFileError("unreadable")
        self._count, self._last = self._count + 1, number
        if number > self._most:
            raise RefusedFileError("too_large")


def _check_text(start: bytes) -> None:
    """Refuse XML that is not in UTF-8: a row tag in another encoding would not be seen."""
    declared = _DECLARED.search(start[:_LONGEST_TAG])
    utf8 = declared is None or declared[1].lower() in {b"utf-8", b"us-ascii"}
    if start.startswith((b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")) or not utf8:
        raise RefusedFileError("unreadable")
