"""A pre-flight on a terminal: fields by recipients, and what each recipient waits for.

It promises that each cell says the form in a word, its first article and what would open
more; that as many recipients stand side by side as the screen has room for; and that what
each condition means, and who can meet it, stands once below. Colour is never the only sign.

Source: docs/console.md, Pages, 3 and The terminal.
"""

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from node.terminal.entry import say
from node.terminal.reader import Reader
from node.terminal.record import Record, rows, texts
from node.terminal.screen import clean, plain

_FORM_STYLE = {
    "exact": "green",
    "general": "yellow",
    "pseudonym": "yellow",
    "marker": "magenta",
    "omitted": "red",
}
_SHORT = 60
_INDENT = 2
_OWN = "ENG-"
"""How the names of our own safety rules begin."""
_FIELD = 16
_WIDE = 26
"""Characters that a column needs to be read."""


def matrix(console: Console, record: Record, reader: Reader) -> None:
    """Print a pre-flight: fields by recipients, then what each recipient waits for."""
    columns = rows(record, "columns")
    side_by_side = max(1, console.width // _WIDE - 1)
    for start in range(0, len(columns), side_by_side):
        console.print(_table(columns[start : start + side_by_side], console.width, reader))
    for column in columns:
        _foot(console, column, reader)
    _legend(console, columns, reader)
    _unstated(console, record, reader)


def _table(columns: Sequence[Record], width: int, reader: Reader) -> Table:
    table = Table(title=Text(reader.say("matrix")), show_lines=True, width=width)
    longest = max((len(str(one["field"])) for one in rows(columns[0], "cells")), default=0)
    whole = min(max(longest, _FIELD), width * 2 // 5)
    table.add_column(Text(reader.say("field")), overflow="fold", width=whole)
    for column in columns:
        heading = f"{column['recipient']}\n{reader.word('Standing', column['standing'])}"
        table.add_column(plain(heading), overflow="fold", ratio=1)
    cells = [rows(column, "cells") for column in columns]
    for line in zip(*cells, strict=True):
        field = line[0]["field"]
        named = plain(f"{field}\n{reader.field(field)}")
        table.add_row(named, *(_cell(cell, reader) for cell in line))
    return table


def _cell(cell: Record, reader: Reader) -> Text:
    form = str(cell["form"])
    said = plain(reader.word("Form", form), _FORM_STYLE.get(form, ""))
    if rule := _deciding(cell):
        said.append(f"\n{_cited(rule, reader)}", "dim")
    if waits := texts(cell, "conditions"):
        more = reader.say("more_with", what=", ".join(waits))
        said.append(f"\n{clean(more)}", "cyan")
    return said


def _deciding(cell: Record) -> Record | None:
    """Return the rule to name: one that gave this form, and law before our own defaults."""
    found = [row for row in rows(cell, "citations") if row["effect"] != "duty"]
    gave = {cell["form"], "permit" if cell["form"] == "exact" else cell["form"]}
    ranked = sorted(
        found,
        key=lambda row: (row["effect"] not in gave, str(row["rule"]).startswith(_OWN)),
    )
    return next(iter(ranked), None)


def _foot(console: Console, column: Record, reader: Reader) -> None:
    standing = reader.word("Standing", column["standing"])
    head = reader.say("standing", desk=column["recipient"], standing=standing)
    say(console, head, "bold")
    for line in _travels(column, reader):
        say(console, line, indent=_INDENT)
    intake = column.get("intake")
    if isinstance(intake, Mapping):
        _intake(console, intake, reader)


def _travels(column: Record, reader: Reader) -> Iterator[str]:
    if column["sentence"]:
        yield str(column["sentence"])
    if waits := texts(column, "conditions"):
        yield reader.say("waits_for", what=", ".join(waits))
    if duties := texts(column, "duties"):
        yield reader.say("travel", what=reader.duties(duties))
    if column["retention_days"]:
        yield reader.say("days", days=column["retention_days"])


def _intake(console: Console, found: Record, reader: Reader) -> None:
    """Print what the recipient's own law would do, with the article where it would not keep."""
    outcome = reader.word("Intake", found["outcome"])
    there = reader.say("there", what=outcome, sentence=found["sentence"])
    say(console, there, indent=_INDENT)
    for line in _intake_says(found, reader):
        say(console, line, indent=2 * _INDENT)


def _intake_says(found: Record, reader: Reader) -> Iterator[str]:
    if waits := texts(found, "conditions"):
        yield reader.say("there_waits", what=", ".join(waits))
    if duties := texts(found, "duties"):
        yield reader.say("there_duties", what=reader.duties(duties))
    for one in rows(found, "citations"):
        if one["effect"] == "bar":
            yield _cited(one, reader)


def _legend(console: Console, columns: Sequence[Record], reader: Reader) -> None:
    """Print what each condition of the page means and who can meet it, once."""
    named = [name for column in columns for name in _conditions(column)]
    said = {name: reader.meaning(name) for name in dict.fromkeys(named)}
    known = {name: meaning for name, meaning in said.items() if meaning}
    if known:
        say(console, reader.say("conditions"), "bold")
    for name, meaning in known.items():
        line = reader.say("meaning", word=name, meaning=meaning)
        say(console, line, indent=_INDENT)


def _conditions(column: Record) -> Iterator[str]:
    yield from texts(column, "conditions")
    for cell in rows(column, "cells"):
        yield from texts(cell, "conditions")
    intake = column.get("intake")
    if isinstance(intake, Mapping):
        yield from texts(intake, "conditions")


def _unstated(console: Console, record: Record, reader: Reader) -> None:
    unstated = rows(record, "unstated")
    if unstated:
        say(console, reader.say("unstated"), "bold")
    for one in unstated:
        line = reader.say(
            "can_state",
            fact=reader.word("Fact", one["fact"]),
            where=one["where"] or reader.say("the_notice"),
            who=reader.word("Stater", one["who"]),
        )
        say(console, line, indent=_INDENT)


def _cited(row: Record, reader: Reader) -> str:
    article = clean(row["article"])
    short = article if len(article) <= _SHORT else article[: _SHORT - 1] + "…"
    return reader.say("meaning", word=clean(row["rule"]), meaning=short)
