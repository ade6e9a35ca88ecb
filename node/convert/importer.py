"""Rows of a table to outcomes, one by one.

It promises that every row that holds anything is read once and ends ready, attention or
refused, that every cell under a header is counted once, and that memory does not grow with
the file. What a layout adds to this (a status, a consent) is its own module's.

Source: docs/content.md, "Formats", the tally.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from node.convert.cell import NOTHING, Said, chosen, read
from node.convert.draft import Draft
from node.convert.header import Header, Place
from node.convert.layout import KEEP, Layout
from node.convert.outcome import Identity, Note, Outcome, Progress, Settings
from node.convert.table import FORMULA, Row, Table
from node.notice.codelist import code_list
from node.notice.pattern import find

_PROGRESS_ROWS = 50


@dataclass(slots=True)
class Record:
    """One row while it is read.

    Attributes:
        draft: As it grows.
        notes: What a human should see.
        cells: How many cells became what.
        texts: Long texts by column.
        said: Text of each mapped cell by column, for the layout's own rules.
        roles: Of parts whose roles the row decides.
    """

    draft: Draft
    notes: list[Note] = field(default_factory=list)
    cells: Counter[str] = field(default_factory=Counter)
    texts: dict[str, str] = field(default_factory=dict, repr=False)
    said: dict[str, str] = field(default_factory=dict, repr=False)
    roles: dict[str, frozenset[str]] = field(default_factory=dict)


Rules: TypeAlias = Callable[[Record], str]
"""What a layout decides at the end of a row; a refusal code, or empty."""


@dataclass(frozen=True, slots=True)
class Source:
    """A table whose header is matched.

    Attributes:
        table: The table.
        header: Where its columns stand.
        layout: Its layout.
    """

    table: Table
    header: Header
    layout: Layout


def outcomes(
    source: Source, settings: Settings, rules: Rules, progress: Progress | None = None
) -> Iterator[Outcome]:
    """Yield what became of each row that holds anything, in the file's order."""
    for done, row in enumerate(source.table.rows, start=1):
        if progress is not None and done % _PROGRESS_ROWS == 0:
            progress(min(done, source.table.total), source.table.total)
        if row.number >= source.header.first and _holds_anything(row, source.header):
            yield _outcome(row, source, settings, rules)
    if progress is not None:
        progress(source.table.total, source.table.total)


def _holds_anything(row: Row, header: Header) -> bool:
    # The standard's workbook numbers a thousand empty rows in a column without a header.
    if row.fault or any(row.cells[header.width :]):
        return True
    return any(
        place.index < len(row.cells) and row.cells[place.index] for place in header.places
    )


def _outcome(row: Row, source: Source, settings: Settings, rules: Rules) -> Outcome:
    identity = Identity(source.table.digest, row.number, source.layout.mapping)
    if row.fault:
        return Outcome(identity, "refused", None, row.fault)
    if any(row.cells[source.header.width :]):
        # Which cell belongs to which column nobody can know: none is read.
        return Outcome(identity, "refused", None, "too_many_cells", (), _unread(row))
    record = Record(Draft(source.layout, settings))
    for place in source.header.places:
        _take(record, place, row, settings)
    subject = source.layout.subject
    nobody = subject and not subject & record.draft.spoken
    refusal = "no_subject" if nobody else rules(record)
    if refusal:
        return Outcome(identity, "refused", None, refusal, tuple(record.notes), record.cells)
    return Outcome(
        identity=identity,
        state="attention" if record.notes else "ready",
        draft=record.draft.finish(record.roles),
        notes=tuple(record.notes),
        cells=record.cells,
        texts=record.texts,
    )


def _unread(row: Row) -> Mapping[str, int]:
    counted: Counter[str] = Counter("unmapped" if cell else "empty" for cell in row.cells)
    return counted


def _take(record: Record, place: Place, row: Row, settings: Settings) -> None:
    text = row.cells[place.index] if place.index < len(row.cells) else ""
    column = place.column
    said = _ticked(text, place) if place.choice else read(text, column, settings)
    record.cells[said.state] += 1
    record.notes += [Note(column.name, code) for code in said.notes]
    if said.state == "text":
        record.texts[column.name] = text
        if column.reader == KEEP and find(text, (settings.state,)):
            record.notes.append(Note(column.name, "identifier_in_text"))
    if said.values:
        record.said[column.name] = text
        record.draft.add(column.part, column.prop, said.values)
        for where, word in column.adds.items():
            record.draft.add_coded(where, word)


def _ticked(text: str, place: Place) -> Said:
    if text == FORMULA:
        return Said("unmapped", notes=("formula",))
    found = code_list(place.column.list).read(place.choice) if chosen(text) else None
    return Said("mapped", (found,)) if found is not None else NOTHING
