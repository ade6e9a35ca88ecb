"""A table in a file: rows of cells, read lazily, whatever the file's format.

It promises that rows come one at a time and that memory does not grow with them. What stands
in a cell is a text or a formula that nobody ran; what it means is the layout's affair.

Source: docs/content.md, "Formats".
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

FORMULA = "\0formula"
"""What stands in a cell that holds a formula: it is not run, and its text is not kept."""
MALFORMED = "malformed_row"


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        number: In the file, from 1, as a spreadsheet counts.
        cells: Texts, stripped; empty where there is nothing.
        fault: `malformed_row` where it could not be read; empty otherwise.
    """

    number: int
    cells: tuple[str, ...] = field(repr=False)
    fault: str = ""

    @property
    def blank(self) -> bool:
        """Tell whether nothing stands in it."""
        return not self.fault and not any(self.cells)


@dataclass(frozen=True, slots=True)
class Table:
    """A file's one table.

    Attributes:
        digest: SHA-256 of the file, 32 bytes.
        head: Its first rows, at most two.
        rows: All rows, the first included, once.
        total: How many rows the file has, for progress.
    """

    digest: bytes
    head: tuple[Row, ...]
    rows: Iterator[Row]
    total: int
