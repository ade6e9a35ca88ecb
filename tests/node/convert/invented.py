"""Invented registers for tests: no name here is anybody's."""

import csv
import importlib.util
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook

from node.convert.outcome import Settings
from node.notice.handling import Handling

SETTINGS = Settings("2026-11-24", "AR", Handling("amber", "victim_protection", "2027-05-01"))
DEMO = Path(__file__).parents[3] / "deploy" / "demo" / "register.py"
SHARED = Path(__file__).parents[4] / "shared" / "data"


def table(
    path: Path, head: Sequence[str], rows: Sequence[Sequence[str]], mark: str = ","
) -> Path:
    """Write a CSV file."""
    text = io.StringIO()
    csv.writer(text, delimiter=mark).writerows([head, *rows])
    path.write_text(text.getvalue(), "utf-8")
    return path


def records(path: Path, rows: Sequence[Mapping[str, str]]) -> Path:
    """Write a CSV file whose columns are those that some row has, in the order they come."""
    head = list(dict.fromkeys(name for row in rows for name in row))
    return table(path, head, [[row.get(name, "") for name in head] for row in rows])


def workbook(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    """Write a workbook of one sheet."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    book.save(path)
    return path


def register(path: Path) -> Path:
    """Write the demo's register."""
    spec = importlib.util.spec_from_file_location("register", DEMO)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.write(path)
    return path
