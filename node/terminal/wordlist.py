"""How words look to a person: which were given, what a withdrawal left, what is owed.

It promises to show what the node answered and to add nothing, every identifier whole so that
it can be typed again.

Source: docs/console.md, The terminal; docs/coordination.md, Recall.
"""

from rich.console import Console

from node.terminal.render import Record, grid, minute, put, rows, say, states, texts


def words(console: Console, record: Record) -> None:
    """Print the words given about a draft, each with what it is worth."""
    found = rows(record, "words")
    shown = grid(("word", "answers", "by", "for", "worth"), title="Words given")
    for row in found:
        by = f"{row['by']}\n{row['role']}"
        answers = f"{row['condition']}\n{_period(row)}"
        reach = [*texts(row, "recipients"), *texts(row, "purposes")]
        worth = f"{row['worth']}\n{row['sentence']}"
        put(shown, row["id"], answers, by, "\n".join(reach), worth)
    console.print(shown)
    if not found:
        say(console, "No word was given about this draft.")


def withdrawn(console: Console, record: Record) -> None:
    """Print what became of a notice's orders, and what is owed."""
    say(console, "The word is taken back: nothing more leaves under it.", "bold")
    states(console, record)
    owed(console, record)


def owed(console: Console, record: Record) -> None:
    """Print what recipients hold under words that were taken back."""
    found = rows(record, "owed")
    if not found:
        say(console, "Nothing that left is owed a recall.")
        return
    shown = grid(("notice", "held by", "sent", "shown", "word"), title="Owed a recall")
    for row in found:
        holder = f"{row['recipient']}\nversion {row['version']}\n{row['state']}"
        sent = f"{minute(row['sent'])}\nlabel {row['label']}"
        word = f"{row['word']}\n{row['condition']}\nwithdrawn {minute(row['withdrawn'])}"
        put(shown, row["notice"], holder, sent, "\n".join(texts(row, "shown")), word)
    console.print(shown)
    total = int(str(record.get("total", len(found))))
    if total > len(found):
        say(console, f"There are {total} in all: name a notice to see its own.")
    say(console, "Recall is not built yet: ask each desk above to erase what it holds.")


def _period(row: Record) -> str:
    until = int(str(row["until"]))
    end = f" until {minute(until)}" if until else ""
    return f"from {minute(row['since'])}{end}"
