"""A pre-flight on a terminal: fields by recipients, and what each recipient waits for.

It promises that each cell says the form in a word, its first article and what would open
more; colour is never the only sign.

Source: docs/console.md, Pages, 3 and The terminal.
"""

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from node.terminal.render import Record, rows, say, texts
from node.terminal.screen import clean, plain

_FORM_STYLE = {
    "exact": "green",
    "general": "yellow",
    "pseudonym": "yellow",
    "marker": "magenta",
    "omitted": "red",
}
_SHORT = 60


def matrix(console: Console, record: Record) -> None:
    """Print a pre-flight: fields by recipients, then what each recipient waits for."""
    columns = rows(record, "columns")
    table = Table(title="What each state would receive now")
    table.add_column("field", overflow="fold")
    for column in columns:
        heading = f"{column['recipient']}\n{column['standing']}"
        table.add_column(plain(heading), overflow="fold")
    cells = [rows(column, "cells") for column in columns]
    for line in zip(*cells, strict=True):
        table.add_row(plain(line[0]["field"]), *(_cell(cell) for cell in line))
    console.print(table)
    for column in columns:
        _foot(console, column)
    _unstated(console, record)


def _cell(cell: Record) -> Text:
    form = clean(cell["form"])
    said = Text(form, style=_FORM_STYLE.get(form, ""), overflow="fold")
    rules = [row for row in rows(cell, "citations") if row["effect"] != "duty"]
    if rules:
        said.append(f"\n{clean(rules[0]['rule'])}: {_cut(clean(rules[0]['article']))}", "dim")
    if waits := texts(cell, "conditions"):
        said.append(f"\nmore with {clean(', '.join(waits))}", "cyan")
    return said


def _foot(console: Console, column: Record) -> None:
    say(console, f"{column['recipient']}: {column['standing']}", "bold")
    if column["sentence"]:
        say(console, f"  {column['sentence']}")
    if waits := texts(column, "conditions"):
        say(console, f"  waits for {', '.join(waits)}")
    if duties := texts(column, "duties"):
        say(console, f"  duties that travel: {', '.join(duties)}")
    if column["retention_days"]:
        say(console, f"  ends everywhere after {column['retention_days']} days")
    intake = column.get("intake")
    if isinstance(intake, Mapping):
        _intake(console, intake)


def _intake(console: Console, found: Record) -> None:
    """Print what the recipient's own law would do, with the article where it would not keep."""
    say(console, f"  there: {found['outcome']}. {found['sentence']}")
    if waits := texts(found, "conditions"):
        say(console, f"    it would wait for {', '.join(waits)}")
    if duties := texts(found, "duties"):
        say(console, f"    its own duties: {', '.join(duties)}")
    for one in rows(found, "citations"):
        if one["effect"] == "bar":
            say(console, f"    {one['rule']}: {_cut(clean(one['article']))}")


def _unstated(console: Console, record: Record) -> None:
    unstated = rows(record, "unstated")
    if unstated:
        say(console, "Nobody said, so it counts against sending:", "bold")
    for one in unstated:
        place = one["where"] or "the notice"
        say(console, f"  {one['fact']} of {place}: {one['who']} can state it")


def _cut(text: str) -> str:
    return text if len(text) <= _SHORT else text[: _SHORT - 1] + "…"
