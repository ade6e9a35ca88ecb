"""Match the head of a table to a layout: which column stands where.

It promises that two columns of one meaning, or a label that fits two fields, refuse the file
rather than letting one win; and that in the five address columns of the standard's workbook,
whose hidden names and labels contradict each other, the label wins, for people type under
labels.

Source: docs/content.md, "HTCDS 2.0": names and workbook.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from node.convert.layout import DENIED, UNMAPPED, Column, Layout
from node.convert.refusal import RefusedFileError
from node.convert.table import Row
from node.notice.codelist import code_list
from node.notice.folding import fold
from node.notice.table import toml_table

_ENOUGH = 3
"""Known columns that make a table one of this layout."""
_LABEL_WINS = frozenset(
    {
        "prs_MailingCity",
        "prs_MailingCountry",
        "prs_MailingState",
        "prs_MailingStreet",
        "prs_MailingPostalCode",
    }
)


@dataclass(frozen=True, slots=True)
class Place:
    """One column of a table.

    Attributes:
        index: Of its cells, from 0.
        column: Of the layout; for a stranger, one without a home.
        choice: Code that a tick in it says, of a split multiple choice; empty otherwise.
    """

    index: int
    column: Column
    choice: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    """Where the columns of a table stand.

    Attributes:
        places: In the order of the table; columns without any header have none.
        first: Row number of the first record.
        width: Cells that a row may have.
    """

    places: tuple[Place, ...]
    first: int
    width: int


def match(layout: Layout, head: Sequence[Row]) -> Header | None:
    """Return where a layout's columns stand, or None where the table is not of this layout.

    Args:
        layout: The layout.
        head: The first rows of the table, at most two.

    Raises:
        RefusedFileError: `ambiguous_header`.
    """
    if not head:
        return None
    names = _Names(layout)
    first = [names.by_name(cell) for cell in head[0].cells]
    second = names.by_label(head[1]) if len(head) > 1 else []
    if _known(first) >= _ENOUGH and _known(second) >= _ENOUGH:
        # Row 1 has the hidden names, row 2 the labels, and row 3 the first record.
        return _header(head[1], _joined(first, second), first_row=3)
    if _known(first) >= _ENOUGH:
        return _header(head[0], first, first_row=2)
    labels = names.by_label(head[0])
    if _known(labels) < _ENOUGH:
        return None
    if any(len(found) > 1 for found in labels):
        raise RefusedFileError("ambiguous_header")
    return _header(head[0], labels, first_row=2)


Candidates: TypeAlias = tuple[Place, ...]


class _Names:
    """The ways a layout's columns are called."""

    def __init__(self, layout: Layout) -> None:
        self._named = layout.named()
        self._labelled = layout.labelled()

    def by_name(self, cell: str) -> Candidates:
        """Return the column a technical name means: `group/field`, or `field/Code`."""
        *before, last = (part.strip() for part in cell.split("/")) if cell else ("",)
        column = self._named.get(last.lower())
        if column is not None:
            return (Place(0, column),)
        parent = self._named.get(before[-1].lower()) if before else None
        if parent is not None and parent.list:
            choice = code_list(parent.list).read(last)
            if choice is not None:
                return (Place(0, parent, last),)
        return ()

    def by_label(self, row: Row) -> list[Candidates]:
        """Return the columns that each label of a row fits."""
        return [
            tuple(Place(0, column) for column in self._of_label(cell)) for cell in row.cells
        ]

    def _of_label(self, cell: str) -> tuple[Column, ...]:
        # Labels hold a stroke too (State/Province): only what is none is cut like a name.
        last = cell.rpartition("/")[2]
        return self._labelled.get(fold(cell)) or self._labelled.get(fold(last), ())


def _known(found: Sequence[Candidates]) -> int:
    return sum(1 for one in found if one)


def _joined(first: list[Candidates], second: list[Candidates]) -> list[Candidates]:
    """Return the column of each place from its hidden name and its label together."""
    width = max(len(first), len(second))
    named = [*first, *[()] * (width - len(first))]
    labelled = [*second, *[()] * (width - len(second))]
    return [_one(name, label) for name, label in zip(named, labelled, strict=True)]


def _one(name: Candidates, label: Candidates) -> Candidates:
    if not label:
        return name
    if not name:
        return label
    if any(place.column is name[0].column for place in label):
        return name
    if {place.column.name for place in label} <= _LABEL_WINS:
        return label
    raise RefusedFileError("ambiguous_header")


def _header(titles: Row, found: list[Candidates], first_row: int) -> Header:
    places = []
    for index, candidates in enumerate(found):
        if len(candidates) > 1:
            raise RefusedFileError("ambiguous_header")
        title = titles.cells[index] if index < len(titles.cells) else ""
        if candidates:
            places.append(Place(index, candidates[0].column, candidates[0].choice))
        elif title:
            places.append(Place(index, _stranger(title)))
    whole = [place.column.name for place in places if place.column.part and not place.choice]
    if len(whole) != len(set(whole)):
        raise RefusedFileError("ambiguous_header")
    return Header(tuple(places), first_row, len(found))


def _stranger(title: str) -> Column:
    reader = DENIED if _denied(title) else UNMAPPED
    return Column(name="", part="", prop="", reader=reader, label=title)


def _denied(title: str) -> bool:
    return any(fold(part) in _denied_words() for part in (title, title.rpartition("/")[2]))


@cache
def _denied_words() -> frozenset[str]:
    return frozenset(fold(word) for word in toml_table("denied")["words"])
