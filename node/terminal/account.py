"""The account of an import: rows and cells by what became of them, and what was said of rows.

It promises that each count and each sentence is the node's; it counts nothing itself.

Source: docs/console.md, The terminal; docs/content.md, "Formats", the tally.
"""

from collections.abc import Iterable, Mapping

from rich.console import Console

from node.terminal.entry import say
from node.terminal.reader import Reader
from node.terminal.record import Record

_INDENT = 2
_COUNTS = ("read", "ready", "attention", "refused")


def tally(console: Console, record: Record, reader: Reader) -> None:
    """Print the account of an import."""
    counts = [(reader.word("Row", key), record.get(key, 0)) for key in _COUNTS]
    say(console, reader.say("rows", counts=_counts(counts, reader)))
    cells = record.get("cells")
    if isinstance(cells, Mapping):
        told = [(reader.word("Cell", key), cells[key]) for key in sorted(cells)]
        say(console, reader.say("cells", counts=_counts(told, reader)))


def notes(console: Console, found: Iterable[Record], reader: Reader) -> None:
    """Print what was said of single rows."""
    for note in found:
        key = "cell" if note["column"] else "row"
        place = reader.say(key, row=note["row"], column=note["column"])
        said = reader.say("note", place=place, sentence=note["sentence"], code=note["code"])
        if note["refused"]:
            say(console, reader.say("refused", what=said), "red", _INDENT)
        else:
            say(console, said, indent=_INDENT)


def _counts(found: Iterable[tuple[str, object]], reader: Reader) -> str:
    return ", ".join(reader.say("count", what=what, count=count) for what, count in found)
