"""One entry of a list: its ids on lines of their own, and below what is to be said of it.

It promises that an id is never broken by us, however narrow the screen, so that it can be
copied whole; what is said below it folds and is never cut.

Source: docs/console.md, The terminal.
"""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from node.terminal.screen import clean, plain

_INDENT = (0, 0, 1, 2)
_GAP = (0, 2, 0, 0)
Fact = tuple[str, Sequence[str]]
"""What is spoken of, and the lines that say it; a fact without a line is left out."""


def entry(console: Console, names: Iterable[tuple[str, object]], facts: Iterable[Fact]) -> None:
    """Print one entry: each name with its id, then the facts in two columns."""
    for label, name in names:
        line(console, f"{label} {name}", "bold")
    grid = Table.grid(padding=_GAP)
    grid.add_column(overflow="fold")
    grid.add_column(overflow="fold")
    for label, lines in facts:
        if said := [one for one in lines if one]:
            grid.add_row(plain(label), plain("\n".join(said)))
    console.print(Padding(grid, _INDENT, expand=False))


def line(console: Console, text: object, style: str = "") -> None:
    """Print one line to be copied: a terminal may wrap it, we never break it."""
    console.print(plain(text, style), soft_wrap=True, highlight=False)


def say(console: Console, text: object, style: str = "", indent: int = 0) -> None:
    """Print a sentence: it breaks between words on a screen, and not at all in a file."""
    if console.is_terminal:
        said = Padding(plain(text, style), (0, 0, 0, indent), expand=False)
        console.print(said, highlight=False)
    else:
        line(console, " " * indent + clean(text), style)
