"""Import records of the Counter Trafficking Data Collaborative (CTDC), in its three layouts.

It promises drafts of victim notices in which empty is unknown and never no, merged flags stay
merged, a region stays a region, and several suspects of one row stay one group. It counts
nobody: in one layout a person fills several rows.

Source: docs/content.md, "5. Statistics and CTDC"; CTDC's codebook, version 2, February 2024.
"""

from collections.abc import Iterator
from pathlib import Path

from node.convert.csvfile import open_csv
from node.convert.door import enter
from node.convert.header import Header, match
from node.convert.importer import Record, Source, outcomes
from node.convert.layout import Layout, layout
from node.convert.outcome import Outcome, Progress, Settings
from node.convert.refusal import RefusedFileError
from node.convert.table import Table
from node.notice import value

NAMES = ("ctdc_victim_perpetrator", "ctdc_global_synthetic", "ctdc_k_anonymised")
"""Its layouts."""


def read(path: Path, settings: Settings, progress: Progress | None = None) -> Iterator[Outcome]:
    """Return what becomes of each row, lazily.

    Args:
        path: Of a CSV file.
        settings: What the import is told beforehand.
        progress: Called with the rows done and the rows in the file.

    Raises:
        RefusedFileError: The file is refused whole, before the first row.
    """
    entered = enter(path, settings.encoding)
    if entered.workbook:
        raise RefusedFileError("unknown_layout")
    table = open_csv(entered)
    return outcomes(_source(table), settings, _rules, progress)


def _source(table: Table) -> Source:
    """Return the table with the layout that knows most of its columns."""
    found = [_Matched(layout(name), table) for name in NAMES]
    best = max(found, key=lambda one: one.known)
    if best.header is None:
        raise RefusedFileError("unknown_layout")
    if sum(one.known == best.known for one in found) > 1:
        raise RefusedFileError("ambiguous_header")
    return Source(table, best.header, best.layout)


class _Matched:
    """One layout against one table."""

    def __init__(self, known: Layout, table: Table) -> None:
        self.layout = known
        self.header: Header | None = match(known, table.head[:1])
        places = self.header.places if self.header else ()
        self.known = sum(1 for place in places if place.column.name)


def _rules(record: Record) -> str:
    """Add what every row is: one presumed victim, who was asked nothing."""
    draft = record.draft
    presumed = value.code("htcds", "PossibleVictimOfTrafficking")
    draft.default("victim", "status", presumed)
    draft.default("victim", "consent", {"status": value.code("valija", "not_sought")})
    draft.default("victim", "pseudonym", draft.pseudonym())
    return ""
