"""Workbooks (XLSX, XLSM): rows of the one sheet that has a register's header.

It promises read-only streaming: macros are never loaded, formulas never run, XML entities
never expanded (openpyxl reads through defusedxml, and refuses to start without it), and no
row handed on of a sheet that cannot be read to its end.

Source: ECMA-376; docs/content.md, "Formats"; the only module that imports `openpyxl`.
"""

import datetime as dt
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from lzma import LZMAError
from typing import Protocol, cast
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml import DefusedXmlException
from openpyxl.utils.exceptions import InvalidFileException

from node.convert.door import Entered
from node.convert.refusal import RefusedFileError
from node.convert.table import FORMULA, Row, Table

MAX_COLUMNS = 2048
"""A cell far to the right makes a row as wide as it says, in every row anew."""
_HEAD = 2
_FOREIGN = (
    InvalidFileException,
    zipfile.BadZipFile,
    zlib.error,
    LZMAError,
    DefusedXmlException,
    ParseError,
    LookupError,
    ArithmeticError,
    ValueError,
    TypeError,
    AttributeError,
    EOFError,
    RuntimeError,
    OSError,
)
"""What openpyxl raises at a damaged or hostile workbook: it wraps little of what it uses."""


def open_workbook(entered: Entered, known: Callable[[tuple[Row, ...]], bool]) -> Table:
    """Return the table of the first sheet whose head is known.

    Args:
        entered: A workbook that passed the door.
        known: Tells whether first rows are those of a register.

    Raises:
        RefusedFileError: `unreadable`, or `unknown_layout`: no sheet is known.
    """
    if not openpyxl.DEFUSEDXML:
        raise RefusedFileError("unreadable")
    # It warns of parts that it drops, such as lists of allowed values: nobody reads them here.
    warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")
    head = tuple(islice(_rows(entered, known), _HEAD))
    return Table(entered.digest, head, _proven(entered, known), entered.lines)


def _proven(entered: Entered, known: Callable[[tuple[Row, ...]], bool]) -> Iterator[Row]:
    """Yield the rows once all of them could be read.

    What fails in the last row refuses the file before the first one becomes a draft.
    """
    for _ in _rows(entered, known):
        pass
    yield from _rows(entered, known)


def _rows(entered: Entered, known: Callable[[tuple[Row, ...]], bool]) -> Iterator[Row]:
    try:
        # The file is ours to close, whatever openpyxl leaves open when it gives up.
        with entered.path.open("rb") as file:
            book = openpyxl.load_workbook(file, read_only=True, keep_vba=False)
            for sheet in book.worksheets:
                rows = _sheet_rows(cast("_Sheet", sheet))
                head = tuple(islice(rows, _HEAD))
                if known(head):
                    yield from chain(head, rows)
                    return
    except _FOREIGN as cause:
        raise RefusedFileError("unreadable") from cause
    raise RefusedFileError("unknown_layout")


class _Cell(Protocol):
    """A cell of a read-only sheet, of which openpyxl has no public type."""

    value: object
    data_type: str


class _Sheet(Protocol):
    """A read-only sheet, likewise."""

    def reset_dimensions(self) -> None:
        """Forget what the sheet says of its size."""

    def iter_rows(self) -> Iterable[Sequence[_Cell]]:
        """Return its rows."""
        ...


def _sheet_rows(sheet: _Sheet) -> Iterator[Row]:
    sheet.reset_dimensions()  # What a sheet says of its size hides the rows beyond it.
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if len(cells) > MAX_COLUMNS:
            raise RefusedFileError("too_large")
        yield Row(number, tuple(_text(cell) for cell in cells))


def _text(cell: _Cell) -> str:
    found = cell.value
    if found is None:
        return ""
    if cell.data_type == "f" or (isinstance(found, str) and found.startswith("=")):
        return FORMULA
    if isinstance(found, bool):
        return "TRUE" if found else "FALSE"
    if isinstance(found, dt.datetime):
        return found.date().isoformat()
    if isinstance(found, float) and found.is_integer():
        return str(int(found))
    return str(found).replace("\xa0", " ").strip()
