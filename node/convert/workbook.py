"""Workbooks (XLSX, XLSM): rows of the one sheet that has a register's header.

It promises read-only streaming: macros are never loaded, formulas never run, XML entities
never expanded (openpyxl reads through defusedxml, and refuses to start without it).

Source: ECMA-376; docs/content.md, "Formats"; the only module that imports `openpyxl`.
"""

import datetime as dt
import warnings
import zipfile
from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml import DefusedXmlException
from openpyxl.utils.exceptions import InvalidFileException

from node.convert.door import Entered
from node.convert.refusal import RefusedFileError
from node.convert.table import FORMULA, Row, Table

_HEAD = 2
_FOREIGN = (
    InvalidFileException,
    zipfile.BadZipFile,
    DefusedXmlException,
    ParseError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    EOFError,
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
    rows = _rows(entered, known)
    head = tuple(islice(rows, _HEAD))
    return Table(entered.digest, head, chain(head, rows), entered.lines)


def _rows(entered: Entered, known: Callable[[tuple[Row, ...]], bool]) -> Iterator[Row]:
    try:
        # The file is ours to close, whatever openpyxl leaves open when it gives up.
        with entered.path.open("rb") as file:
            book = openpyxl.load_workbook(file, read_only=True, keep_vba=False)
            for sheet in book.worksheets:
                rows = _sheet_rows(sheet)
                head = tuple(islice(rows, _HEAD))
                if known(head):
                    yield from chain(head, rows)
                    return
    except _FOREIGN as cause:
        raise RefusedFileError("unreadable") from cause
    raise RefusedFileError("unknown_layout")


def _sheet_rows(sheet: Any) -> Iterator[Row]:  # noqa: ANN401 - openpyxl's read-only sheet has no public type
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        yield Row(number, tuple(_text(cell) for cell in cells))


def _text(cell: Any) -> str:  # noqa: ANN401 - as above
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
