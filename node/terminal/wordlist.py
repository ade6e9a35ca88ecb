"""How words look to a person: which were given, what a withdrawal left, what is owed.

It promises to show what the node answered and to add nothing but what its codes mean, every
identifier whole so that it can be typed again.

Source: docs/console.md, The terminal; docs/coordination.md, Recall.
"""

from collections.abc import Iterable

from rich.console import Console

from node.terminal.entry import entry, say
from node.terminal.reader import Reader
from node.terminal.record import Record, minute, rows, texts
from node.terminal.render import states


def words(console: Console, record: Record, reader: Reader) -> None:
    """Print the words given about a draft, each with what it is worth."""
    found = rows(record, "words")
    if not found:
        say(console, reader.say("no_words"))
        return
    say(console, reader.say("words"), "bold")
    for row in found:
        by = reader.say("account", account=row["by"], role=reader.word("Account", row["role"]))
        reach = [reader.named("Purpose", one) for one in texts(row, "purposes")]
        worth = reader.stated("Worth", row["worth"], row["sentence"])
        facts = [
            (reader.say("answers"), _answered(row["condition"], reader)),
            (reader.say("given_by"), [by]),
            (reader.say("for"), [*texts(row, "recipients"), *reach]),
            (reader.say("counted"), [_period(row, reader)]),
            (reader.say("worth"), [worth]),
        ]
        entry(console, [(reader.say("word"), row["id"])], facts)


def withdrawn(console: Console, record: Record, reader: Reader) -> None:
    """Print what became of a notice's orders, and what is owed."""
    say(console, reader.say("taken_back"), "bold")
    states(console, record, reader)
    owed(console, record, reader)


def owed(console: Console, record: Record, reader: Reader) -> None:
    """Print what recipients hold under words that were taken back."""
    found = rows(record, "owed")
    if not found:
        say(console, reader.say("nothing_owed"))
        return
    say(console, reader.say("owed"), "bold")
    for row in found:
        names = [(reader.say(key), row[key]) for key in ("notice", "label", "word")]
        entry(console, names, _debt(row, reader))
    total = int(str(record.get("total", len(found))))
    if total > len(found):
        say(console, reader.say("total", total=total))
    say(console, reader.say("no_recall"))


def _debt(row: Record, reader: Reader) -> list[tuple[str, list[str]]]:
    """Return what is to be said of what one recipient holds."""
    holder = reader.say("version", desk=row["recipient"], version=row["version"])
    state = reader.stated("Became", row["state"], row.get("sentence", ""))
    return [
        (reader.say("held_by"), [holder]),
        (reader.say("state"), [state]),
        (reader.say("sent"), [minute(row["sent"])]),
        (reader.say("shown"), _shown(texts(row, "shown"), reader)),
        (reader.say("answers"), _answered(row["condition"], reader)),
        (reader.say("withdrawn"), [minute(row["withdrawn"])]),
    ]


def _answered(condition: object, reader: Reader) -> list[str]:
    said = reader.meaning(str(condition))
    return [str(condition), f"  {said}" if said else ""]


def _period(row: Record, reader: Reader) -> str:
    since, until = minute(row["since"]), int(str(row["until"]))
    return reader.say("period", since=since, until=minute(until)) if until else since


def _shown(found: Iterable[str], reader: Reader) -> list[str]:
    """Return what was shown, each `schema.property form`, as a line for each kind of item."""
    gathered: dict[tuple[str, str], list[str]] = {}
    for one in found:
        place, _, form = one.rpartition(" ")
        schema, _, _ = place.rpartition(".")
        gathered.setdefault((schema, form), []).append(reader.field(place))
    return [
        reader.say(
            "shown_of",
            whose=reader.word("Schema", schema),
            what=", ".join(fields),
            form=reader.word("Form", form),
        )
        for (schema, form), fields in gathered.items()
    ]
