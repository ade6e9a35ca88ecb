"""How an opened notice looks to a person: what binds its reader first, then what it says.

It promises that handling and duties stand above the content, and that every value is shown as
it came or, where it is a code, by its meaning with the code.

Source: docs/console.md, The terminal and Pages, 5; docs/content.md, "Handling and evaluation".
"""

from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from node.terminal.entry import say
from node.terminal.reader import Reader
from node.terminal.record import Record, rows, texts
from node.terminal.screen import plain
from node.terminal.value import told

_DAY_SECONDS = 86_400


def notice(console: Console, record: Record, reader: Reader) -> None:
    """Print an opened notice with what binds whoever reads it."""
    handling = [reader.handling(code) for code in texts(record, "handling")]
    duties = reader.duties(texts(record, "duties")) or reader.say("none")
    basis = [reader.cite(one) for one in texts(record, "basis")]
    for key, said in (
        ("handling", reader.joined(handling)),
        ("duties", duties),
        ("basis", reader.joined(basis)),
    ):
        line = reader.say("meaning", word=reader.say(key), meaning=said)
        say(console, line, "bold" if key != "basis" else "")
    seconds = int(str(record["retain_until"])) * _DAY_SECONDS
    day = datetime.fromtimestamp(seconds, UTC).date()
    say(console, reader.say("ends", day=day.isoformat()))
    for item in rows(record, "items"):
        say(console, f"{reader.word('Schema', item['schema'])} {item['handle']}", "bold")
        console.print(_facts(item, reader))


def _facts(item: Record, reader: Reader) -> Table:
    table = Table(show_lines=True)
    for key in ("property", "form", "value"):
        table.add_column(Text(reader.say(key)), overflow="fold")
    for fact in rows(item, "facts"):
        known = str(item["schema"]), str(fact["property"])
        table.add_row(
            plain(reader.field(fact["property"])),
            plain(reader.word("Form", fact["form"])),
            plain(told(str(fact["value"]), known, reader)),
        )
    return table
