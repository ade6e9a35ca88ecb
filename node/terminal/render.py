"""How the gateway's answers look to a person: tables and sentences, never more than was said.

It promises to show what the node answered and to add nothing, every identifier whole so that
it can be typed again; `--json` prints the same record as it came. Strange text goes through
`node.terminal.screen`; a matrix is `node.terminal.matrix`.

Source: docs/console.md, The terminal.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from node.terminal.screen import clean, clean_json, plain

Record = Mapping[str, object]
_CAUSES = 3


def print_json(console: Console, record: object) -> None:
    """Print a record as one line of JSON."""
    line = json.dumps(record, ensure_ascii=False, sort_keys=True)
    console.file.write(clean_json(line) + "\n")


def print_answer(console: Console, record: Record, *, as_json: bool) -> None:
    """Print a record of single facts, one a line, or as JSON."""
    if as_json:
        print_json(console, record)
        return
    for key, value in record.items():
        said = ", ".join(map(str, value)) if isinstance(value, list) else value
        say(console, f"{key}: {said}")


def say(console: Console, text: object, style: str = "") -> None:
    """Print one line that is no markup; a terminal may wrap it, nothing cuts it."""
    console.print(plain(text, style), soft_wrap=True, highlight=False)


def drafts(console: Console, record: Record) -> None:
    """Print a page of drafts, and how to see the next one."""
    found = rows(record, "drafts")
    table = grid(("id", "type", "changed", "author"), title="Drafts")
    for row in found:
        put(table, row["id"], row["type"], minute(row["changed"]), row["author"])
    console.print(table)
    if not found:
        say(console, "There is no draft at this desk.")
    if record.get("after"):
        say(console, f"There are more: --after {record['after']}")


def draft(console: Console, record: Record) -> None:
    """Print the id of a fresh draft, and what must change before it can go."""
    say(console, f"draft {record['id']}")
    for one in texts(record, "blocking"):
        say(console, f"  before it can go: {one}", "red")


def states(console: Console, record: Record) -> None:
    """Print the one state of each notice towards each recipient."""
    found = rows(record, "states")
    table = grid(("notice", "recipient", "state", "why"))
    for row in found:
        waits = [f"waits for {one}" for one in texts(row, "conditions")]
        why = [*waits, *texts(row, "citations")[:_CAUSES]]
        if row["ground"]:
            why.append(f"ground: {row['ground']}")
        state = f"{row['state']}\n{row['sentence']}"
        put(table, row["notice"], row["recipient"], state, "\n".join(why))
    console.print(table)
    if any(row["state"] == "held" for row in found):
        say(console, "What is held is kept here; `holds` lists who can open it.")


def holds(console: Console, record: Record) -> None:
    """Print what waits."""
    found = rows(record, "holds")
    table = grid(("hold", "draft", "recipient", "waits for", "by"))
    for row in found:
        waits = f"{row['condition']}\n{row['sentence']}\n{row['article']}"
        put(table, row["id"], row["draft"], row["recipient"], waits, row["drafter"])
    console.print(table)
    if not found:
        say(console, "Nothing waits at this desk.")


def inbox(console: Console, record: Record) -> None:
    """Print a page of received notices, and how to see the next one."""
    found = rows(record, "notices")
    table = grid(("id", "from", "logged", "state"))
    for row in found:
        what = f"{row['type'] or 'closed'} {row['originator']}\nversion {row['version']}"
        when = f"{minute(row['logged'])}\nleaf {row['leaf_index']}"
        put(table, row["id"], what, when, f"{row['state']}\n{row['sentence']}")
    console.print(table)
    if not found:
        say(console, "Nothing has arrived at this desk.")
    if int(str(record.get("after", 0))):
        say(console, f"There are more: --after {record['after']}")


def notice(console: Console, record: Record) -> None:
    """Print an opened notice with what binds whoever reads it."""
    day = datetime.fromtimestamp(int(str(record["retain_until"])) * 86_400, UTC).date()
    say(console, f"Handling: {', '.join(texts(record, 'handling'))}", "bold")
    say(console, f"Duties: {', '.join(texts(record, 'duties')) or 'none'}", "bold")
    say(console, f"Sent under: {'; '.join(texts(record, 'basis'))}")
    say(console, f"It ends everywhere on {day.isoformat()}.")
    for item in rows(record, "items"):
        table = grid(("property", "form", "value"), f"{item['schema']} {item['handle']}")
        for fact in rows(item, "facts"):
            put(table, *(fact[key] for key in ("property", "form", "value")))
        console.print(table)


def status(console: Console, record: Record) -> None:
    """Print what became of a notice, and how the node fares."""
    if rows(record, "states"):
        states(console, record)
    say(
        console,
        f"the log, as far as this node verified it: {record['log_size']} entries, "
        f"{record['log_read']} of them read",
    )
    troubles = texts(record, "troubles")
    for one in troubles:
        say(console, one, "red")
    if not troubles:
        say(console, "the node is well")


def tally(console: Console, record: Record) -> None:
    """Print the account of an import."""
    counts = {key: record.get(key, 0) for key in ("read", "ready", "attention", "refused")}
    say(console, "rows: " + ", ".join(f"{key} {value}" for key, value in counts.items()))
    cells = record.get("cells")
    if isinstance(cells, Mapping):
        told = ", ".join(f"{key} {value}" for key, value in sorted(cells.items()))
        say(console, f"cells: {told}")


def notes(console: Console, found: Iterable[Record]) -> None:
    """Print what was said of single rows."""
    for note in found:
        place = f"row {note['row']}" + (f", {note['column']}" if note["column"] else "")
        mark, style = ("refused: ", "red") if note["refused"] else ("", "")
        say(console, f"  {mark}{place}: {note['sentence']} ({note['code']})", style)


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


def grid(names: Iterable[str], title: str = "") -> Table:
    """Return an empty table of these columns; long text folds and is never cut."""
    table = Table(title=Text(clean(title)) if title else None, show_lines=True)
    for name in names:
        table.add_column(name, overflow="fold")
    return table


def put(table: Table, *cells: object) -> None:
    """Add a row of cells that are no markup."""
    table.add_row(*(plain(one) for one in cells))
