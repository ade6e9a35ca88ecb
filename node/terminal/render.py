"""How lists and states look to a person: entries and sentences, never more than was said.

It promises to show what the node answered and to add nothing but what its codes mean, in the
reader's language, every identifier whole so that it can be typed again; `--json` prints the
same record as it came. Strange text goes through `node.terminal.screen`; the matrix is in
`node.terminal.matrix`, an opened notice in `opened`, words in `wordlist`, an import in
`account`.

Source: docs/console.md, The terminal.
"""

import json

from rich.console import Console

from node.terminal.entry import entry, line, say
from node.terminal.reader import Reader
from node.terminal.record import Record, minute, rows, texts
from node.terminal.refusal import fault, finding
from node.terminal.screen import clean_json

_CAUSES = 3
_INDENT = 2
_TITLES = frozenset({"drafts", "holds", "inbox"})


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
        line(console, f"{key}: {said}")


def drafts(console: Console, record: Record, reader: Reader) -> None:
    """Print a page of drafts, and how to see the next one."""
    found = rows(record, "drafts")
    _head(console, "drafts" if found else "no_drafts", reader)
    for row in found:
        facts = [
            (reader.say("kind"), [reader.kind(row["type"])]),
            (reader.say("changed"), [minute(row["changed"])]),
            (reader.say("by"), [str(row["author"])]),
        ]
        entry(console, [(reader.say("draft"), row["id"])], facts)
    _more(console, record, reader)


def draft(console: Console, record: Record, reader: Reader) -> None:
    """Print the id of a fresh draft, and what must change before it can go."""
    line(console, f"{reader.say('draft')} {record['id']}")
    for one in texts(record, "blocking"):
        say(console, reader.say("blocked", what=finding(one, reader)), "red", _INDENT)


def states(console: Console, record: Record, reader: Reader) -> None:
    """Print the one state of each notice towards each recipient, notice by notice."""
    found = rows(record, "states")
    for notice in dict.fromkeys(str(row["notice"]) for row in found):
        facts = [
            (str(row["recipient"]), _state(row, reader))
            for row in found
            if str(row["notice"]) == notice
        ]
        entry(console, [(reader.say("notice"), notice)], facts)
    if not found:
        say(console, reader.say("no_states"))
    if any(row["state"] == "held" for row in found):
        say(console, reader.say("held_here"))


def _state(row: Record, reader: Reader) -> list[str]:
    lines = [reader.stated("Became", row["state"], row["sentence"])]
    for one in texts(row, "conditions"):
        lines += [reader.say("waits_for", what=one), _meaning(one, reader)]
    lines += texts(row, "citations")[:_CAUSES]
    if row["ground"]:
        lines.append(reader.say("ground", what=reader.word("Ground", row["ground"])))
    return lines


def holds(console: Console, record: Record, reader: Reader) -> None:
    """Print what waits, and how it is given or refused."""
    found = rows(record, "holds")
    _head(console, "holds" if found else "no_holds", reader)
    for row in found:
        told = row["sentence"] or reader.meaning(str(row["condition"]))
        facts = [
            (reader.say("recipient"), [str(row["recipient"])]),
            (reader.say("waiting"), [str(row["condition"]), f"  {told}"]),
            (reader.say("why"), [str(row["article"])]),
            (reader.say("by"), [str(row["drafter"])]),
            (reader.say("since"), [minute(row["since"])]),
        ]
        names = [(reader.say("hold"), row["id"]), (reader.say("draft"), row["draft"])]
        entry(console, names, facts)
    if found:
        line(console, reader.say("approve"))


def inbox(console: Console, record: Record, reader: Reader) -> None:
    """Print a page of received notices, how to open one, and how to see the next page."""
    found = rows(record, "notices")
    _head(console, "inbox" if found else "no_inbox", reader)
    for row in found:
        kind = reader.kind(row["type"]) if row["type"] else reader.say("closed")
        when = reader.say("leaf", when=minute(row["logged"]), leaf=row["leaf_index"])
        origin = reader.say("version", desk=row["originator"], version=row["version"])
        facts = [
            (reader.say("kind"), [kind]),
            (reader.say("from"), [origin]),
            (reader.say("purpose"), [reader.named("Purpose", str(row.get("purpose", "")))]),
            (reader.say("logged"), [when]),
            (reader.say("state"), [_arrived(row, reader)]),
        ]
        entry(console, [(reader.say("notice"), row["id"])], facts)
    if found:
        line(console, reader.say("open"))
    _more(console, record, reader)


def _arrived(row: Record, reader: Reader) -> str:
    """Return the state of a notice in our own inbox as it is from here, not for its sender."""
    known = reader.word("Arrived", row["state"])
    return known if known != row["state"] else reader.stated("", known, row["sentence"])


def status(console: Console, record: Record, reader: Reader) -> None:
    """Print what became of a notice, and how the node fares."""
    if rows(record, "states"):
        states(console, record, reader)
    say(console, reader.say("log", size=record["log_size"], read=record["log_read"]))
    troubles = texts(record, "troubles")
    for one in troubles:
        say(console, fault(one, reader) or one, "red")
    if not troubles:
        say(console, reader.say("well"))


def decisions(console: Console, record: Record, reader: Reader) -> None:
    """Print where decisions were written, and how they are decided again."""
    line(console, reader.say("records", file=record["records"]))
    line(console, reader.say("index", file=record["index"]))
    line(console, reader.say("decisions", count=record["decisions"]))
    line(console, reader.say("lines", count=record["lines"]))
    line(console, reader.say("next", command=record["next"]))


def _head(console: Console, phrase: str, reader: Reader) -> None:
    say(console, reader.say(phrase), "bold" if phrase in _TITLES else "")


def _meaning(condition: str, reader: Reader) -> str:
    said = reader.meaning(condition)
    return f"  {said}" if said else ""


def _more(console: Console, record: Record, reader: Reader) -> None:
    after = str(record.get("after") or "")
    if after.strip("0"):
        line(console, reader.say("more", after=after))
