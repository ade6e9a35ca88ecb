"""Import case records of the Human Trafficking Case Data Standard (HTCDS) 2.0.

It promises drafts of victim notices from CSV, XLSX, XLSM and Kobo's CSV, every row and cell
accounted for; that macros and formulas are never run; and that nobody is a victim whom the
register says is none. It publishes nothing.

Source: docs/content.md, "2. HTCDS 2.0"; IOM, HTCDS 2.0, CC BY 4.0.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from node.convert.csvfile import open_csv
from node.convert.door import enter
from node.convert.header import match
from node.convert.importer import Record, Source, outcomes
from node.convert.layout import layout
from node.convert.outcome import Note, Outcome, Progress, Settings
from node.convert.refusal import RefusedFileError
from node.convert.workbook import open_workbook
from node.notice import value
from node.notice.codelist import code_list

NAME = "htcds"
_STATUS = "vic_TraffickingStatus"
_PRESUMED = "PossibleVictimOfTrafficking"
_ACTUAL = "ActualVictimOfTrafficking"
_NONE = "NotAVictimOfTrafficking"


def read(path: Path, settings: Settings, progress: Progress | None = None) -> Iterator[Outcome]:
    """Return what becomes of each row of a register, lazily.

    Args:
        path: Of the file.
        settings: What the import is told beforehand.
        progress: Called with the rows done and the rows in the file.

    Raises:
        RefusedFileError: The file is refused whole; before the first row, save for damage
            that shows only in the middle of a workbook.
    """
    source = _open(path, settings)
    order = settings.date_order or source.layout.date_order
    return outcomes(source, replace(settings, date_order=order), _rules, progress)


def _open(path: Path, settings: Settings) -> Source:
    entered = enter(path, settings.encoding)
    known = layout(NAME)
    if entered.workbook:
        table = open_workbook(entered, lambda head: match(known, head) is not None)
    else:
        table = open_csv(entered)
    header = match(known, table.head)
    if header is None:
        raise RefusedFileError("unknown_layout")
    return Source(table, header, known)


def _rules(record: Record) -> str:
    """Decide the victim's role and consent; return a refusal code, or empty."""
    status = _status(record)
    if status == _NONE:
        return "not_a_victim"
    if not status:
        record.notes.append(Note(_STATUS, "status_missing"))
        record.draft.default("victim", "status", value.code("htcds", _PRESUMED))
    role = "victim" if status == _ACTUAL else "presumed_victim"
    record.roles["person"] = frozenset({role})
    record.draft.default("victim", "consent", {"status": value.code("valija", "not_sought")})
    record.draft.default("victim", "pseudonym", record.draft.pseudonym())
    return ""


def _status(record: Record) -> str:
    """Return the status as the register has it; empty where it has none that we know."""
    found = code_list("trafficking_status").read(record.said.get(_STATUS, ""))
    return value.part(found, "code")
