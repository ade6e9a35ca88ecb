"""How the gateway's answers look to a person: tables and sentences, never more than was said.

It promises to show what the node answered and to add nothing; `--json` prints the same record
as it came.

Source: docs/console.md, The terminal.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from rich.console import Console
from rich.markup import escape
from rich.table import Table

Record = Mapping[str, object]
_FORM_STYLE = {
    "exact": "green",
    "general": "yellow",
    "pseudonym": "yellow",
    "marker": "magenta",
    "omitted": "red",
}
_SHORT = 60


def print_json(console: Console, record: object) -> None:
    """Print a record as one line of JSON."""
    console.file.write(json.dumps(record, ensure_ascii=False, sort_keys=True) + "\n")


def print_answer(console: Console, record: Record, *, as_json: bool) -> None:
    """Print a record of single facts, one a line, or as JSON."""
    if as_json:
        print_json(console, record)
        return
    for key, value in record.items():
        console.print(f"{key}: {value}", markup=False, soft_wrap=True)


def drafts(console: Console, record: Record) -> None:
    """Print a page of drafts."""
    table = Table("id", "type", "changed", "author", title="Drafts")
    for row in rows(record, "drafts"):
        table.add_row(
            str(row["id"]), str(row["type"]), minute(row["changed"]), str(row["author"])
        )
    console.print(table)


def matrix(console: Console, record: Record) -> None:
    """Print a pre-flight: fields by recipients, then what each recipient waits for."""
    columns = rows(record, "columns")
    table = Table(title="What each state would receive now")
    table.add_column("field")
    for column in columns:
        table.add_column(f"{column['recipient']}\n{column['standing']}")
    cells = [rows(column, "cells") for column in columns]
    for line in zip(*cells, strict=True):
        table.add_row(escape(str(line[0]["field"])), *(_cell(cell) for cell in line))
    console.print(table)
    for column in columns:
        _column_foot(console, column)
    unstated = rows(record, "unstated")
    if unstated:
        console.print("[bold]Nobody said, so it counts against sending:[/bold]")
        for one in unstated:
            place = one["where"] or "the notice"
            console.print(f"  {one['fact']} of {place} — {one['who']} can state it")


def _cell(cell: Record) -> str:
    form = str(cell["form"])
    style = _FORM_STYLE.get(form, "")
    rules = [row for row in rows(cell, "citations") if row["effect"] != "duty"]
    article = (
        f"\n[dim]{rules[0]['rule']}: {_cut(str(rules[0]['article']))}[/dim]" if rules else ""
    )
    waits = texts(cell, "conditions")
    unlock = f"\n[cyan]more with {', '.join(waits)}[/cyan]" if waits else ""
    return f"[{style}]{form}[/{style}]{article}{unlock}"


def _column_foot(console: Console, column: Record) -> None:
    console.print(f"[bold]{column['recipient']}[/bold]: {column['standing']}")
    if column["sentence"]:
        console.print(f"  {escape(str(column['sentence']))}")
    if waits := texts(column, "conditions"):
        console.print(f"  waits for {', '.join(waits)}")
    if duties := texts(column, "duties"):
        console.print(f"  duties that travel: {', '.join(duties)}")
    if column["retention_days"]:
        console.print(f"  ends everywhere after {column['retention_days']} days")


def states(console: Console, record: Record) -> None:
    """Print the one state of each notice towards each recipient."""
    table = Table("notice", "recipient", "state", "meaning", "why")
    for row in rows(record, "states"):
        why = [*texts(row, "conditions"), *texts(row, "citations")[:3]]
        if row["ground"]:
            why.append(str(row["ground"]))
        table.add_row(
            str(row["notice"])[:12],
            str(row["recipient"]),
            str(row["state"]),
            str(row["sentence"]),
            escape("\n".join(why)),
        )
    console.print(table)


def holds(console: Console, record: Record) -> None:
    """Print what waits."""
    table = Table("hold", "draft", "recipient", "waits for", "article", "drafted by")
    for row in rows(record, "holds"):
        table.add_row(
            str(row["id"]),
            str(row["draft"])[:12],
            str(row["recipient"]),
            f"{row['condition']}\n{row['sentence']}",
            escape(str(row["article"])),
            str(row["drafter"]),
        )
    console.print(table)


def inbox(console: Console, record: Record) -> None:
    """Print a page of received notices."""
    table = Table("id", "type", "from", "version", "logged", "leaf", "state")
    for row in rows(record, "notices"):
        table.add_row(
            str(row["id"]),
            str(row["type"]),
            str(row["originator"]),
            str(row["version"]),
            minute(row["logged"]),
            str(row["leaf_index"]),
            f"{row['state']}\n{row['sentence']}",
        )
    console.print(table)


def notice(console: Console, record: Record) -> None:
    """Print an opened notice with what binds whoever reads it."""
    console.print(f"[bold]Handling[/bold] {escape(', '.join(texts(record, 'handling')))}")
    console.print(f"[bold]Duties[/bold] {', '.join(texts(record, 'duties')) or 'none'}")
    console.print(f"[bold]Sent under[/bold] {escape('; '.join(texts(record, 'basis')))}")
    for item in rows(record, "items"):
        table = Table("property", "form", "value", title=f"{item['schema']} {item['handle']}")
        for fact in rows(item, "facts"):
            table.add_row(*(escape(str(fact[key])) for key in ("property", "form", "value")))
        console.print(table)


def tally(console: Console, record: Record) -> None:
    """Print the account of an import."""
    counts = {key: record[key] for key in ("read", "ready", "attention", "refused")}
    console.print("rows: " + ", ".join(f"{key} {value}" for key, value in counts.items()))
    cells = record["cells"]
    if isinstance(cells, Mapping):
        told = ", ".join(f"{key} {value}" for key, value in sorted(cells.items()))
        console.print(f"cells: {told}")


def notes(console: Console, found: Iterable[Record]) -> None:
    """Print what was said of single rows."""
    for note in found:
        place = f"row {note['row']}" + (f", {note['column']}" if note["column"] else "")
        mark = "[red]refused[/red] " if note["refused"] else ""
        said = escape(f"{place}: {note['sentence']}")
        console.print(f"  {mark}{said} [dim]({note['code']})[/dim]")


def minute(value: object) -> str:
    """Return a minute since 1970 as a date and time in UTC."""
    seconds = int(str(value)) * 60
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M")


def rows(record: Record, key: str) -> Sequence[Record]:
    """Return the records under a key."""
    found = record.get(key)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def texts(record: Record, key: str) -> list[str]:
    """Return the texts under a key."""
    found = record.get(key)
    return [str(one) for one in found] if isinstance(found, list) else []


def _cut(text: str) -> str:
    return text if len(text) <= _SHORT else text[: _SHORT - 1] + "…"
