"""The door for strange files: what is refused before a row is read.

It promises that a file over 50 MB, over a million rows, that is encrypted or of no known kind
is refused whole; and that encodings are named or marked, never guessed. What a workbook's
archive may hold is `node.convert.archive`'s.

Source: docs/content.md, "Formats", file refused whole.
"""

import codecs
import hashlib
from dataclasses import dataclass
from pathlib import Path

from node.convert.archive import count_rows
from node.convert.refusal import RefusedFileError

MAX_BYTES = 50 * 1024 * 1024
MAX_ROWS = 1_000_000
_COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")
"""An OLE file: an encrypted workbook, or one of before 2007."""
_ZIP = b"PK\x03\x04"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Entered:
    """A file that passed the door.

    Attributes:
        path: Where it lies.
        digest: SHA-256, 32 bytes.
        workbook: It is a workbook; otherwise it is text.
        encoding: Of a text.
        lines: Line ends in a text, or rows in a workbook's largest sheet.
    """

    path: Path
    digest: bytes
    workbook: bool
    encoding: str
    lines: int


def enter(path: Path, encoding: str = "") -> Entered:
    """Return the file, looked at once from end to end.

    Args:
        path: Of the file.
        encoding: Of a text, if the user names it.

    Raises:
        RefusedFileError: It is `unreadable`, `encrypted`, `too_large` or `bad_encoding`.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise RefusedFileError("too_large")
        with path.open("rb") as file:
            start = file.read(len(_COMPOUND))
    except OSError as cause:
        raise RefusedFileError("unreadable") from cause
    if start == _COMPOUND:
        raise RefusedFileError("encrypted")
    if start.startswith(_ZIP):
        return Entered(path, _digest(path), True, "", count_rows(path, MAX_ROWS))
    named = encoding or _marked(start)
    return Entered(path, _digest(path), False, named, _text_lines(path, named))


def _marked(start: bytes) -> str:
    return next((name for mark, name in _MARKS if start.startswith(mark)), "utf-8")


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _text_lines(path: Path, encoding: str) -> int:
    try:
        "a".encode(encoding)  # Refuses a codec that is no encoding of text, such as zlib.
        decoder = codecs.getincrementaldecoder(encoding)("strict")
    except (LookupError, ValueError) as cause:
        raise RefusedFileError("bad_encoding") from cause
    lines = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            lines += _decoded(decoder, chunk, final=False).count("\n")
        lines += _decoded(decoder, b"", final=True).count("\n")
    if lines > MAX_ROWS:
        raise RefusedFileError("too_large")
    return lines


def _decoded(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool) -> str:
    try:
        text = decoder.decode(chunk, final)
    except UnicodeError as cause:
        raise RefusedFileError("bad_encoding") from cause
    if "\0" in text:
        # A text with zero bytes is another kind of file, or another encoding.
        raise RefusedFileError("bad_encoding")
    return text
