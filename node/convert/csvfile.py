"""CSV files: rows of text, in commas, semicolons or tabs.

It promises the separator that the header line has most of, and that a cell which begins with
`=` is a formula nobody runs.

Source: RFC 4180; docs/content.md, "Formats".
"""

import csv
from collections.abc import Iterator
from itertools import chain, islice

from node.convert.door import Entered
from node.convert.refusal import RefusedFileError
from node.convert.table import FORMULA, MALFORMED, Row, Table

_SEPARATORS = ",;\t"
_HEAD = 2


def open_csv(entered: Entered) -> Table:
    """Return the table in a text file.

    Raises:
        RefusedFileError: `unknown_layout`: it has no header line.
    """
    rows = _rows(entered)
    head = tuple(islice(rows, _HEAD))
    if not head or head[0].fault or head[0].blank:
        raise RefusedFileError("unknown_layout")
    return Table(entered.digest, head, chain(head, rows), max(entered.lines, len(head)))


def _rows(entered: Entered) -> Iterator[Row]:
    with entered.path.open(encoding=entered.encoding, newline="") as file:
        first = file.readline()
        file.seek(0)
        separator = max(_SEPARATORS, key=first.count)
        reader = csv.reader(file, delimiter=separator, strict=True)
        while True:
            number = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield Row(number, (), MALFORMED)
            else:
                yield Row(number, tuple(_text(cell) for cell in cells))


def _text(cell: str) -> str:
    plain = cell.replace("\xa0", " ").strip()
    return FORMULA if plain.startswith("=") else plain
