"""What became of one row, and what an import is told beforehand.

It promises that a row is ready, attention or refused, and that each of its cells is counted
once. It stores nothing: drafts are the node's to keep.

Source: docs/content.md, "Formats", the tally.
"""

import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from node.notice.handle import Draw
from node.notice.handling import Handling
from node.notice.notice import Notice
from node.notice.told import PersonTold, Told

CELLS = ("mapped", "local", "empty", "unmapped", "denied", "text")
"""What becomes of a cell; every cell is one of them."""
STATES = ("ready", "attention", "refused")
"""What becomes of a row."""

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the rows done and the rows in the file."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an import is told beforehand.

    Attributes:
        date: ISO date of the drafts, three parts.
        state: Alpha-2 of the state whose register it is: telephone numbers and identity
            numbers are read as written there.
        handling: Of the drafts.
        told: What the law must be told of every draft (source, channel, case).
        persons: What is told of every person, where the register declares that it holds no
            such person; None: nothing is declared, so it stays unknown.
        language: Of the standing title and summary: es, en, pt, fr.
        encoding: Of a CSV file, if the user names it; never guessed.
        date_order: `dmy` or `mdy`, if the user declares it.
        draw: Source of random bytes for handles, seeds and pseudonyms.
    """

    date: str
    state: str
    handling: Handling
    told: Told = field(default_factory=Told)
    persons: PersonTold | None = None
    language: str = "es"
    encoding: str = ""
    date_order: str = ""
    draw: Draw = secrets.token_bytes


@dataclass(frozen=True, slots=True)
class Note:
    """Something a human should see.

    Attributes:
        column: Name of the column as the layout has it; empty for the whole row.
        code: A word of the closed lists.
    """

    column: str
    code: str


@dataclass(frozen=True, slots=True)
class Identity:
    """What makes a row the same row again.

    Attributes:
        digest: SHA-256 of the file, 32 bytes.
        row: Number in the file, from 1, as a spreadsheet counts.
        mapping: Name and version of the mapping, `htcds/1`.
    """

    digest: bytes
    row: int
    mapping: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row.

    Attributes:
        identity: The same file again updates its drafts; equal rows are different persons.
        state: A word of `STATES`.
        draft: The draft; None of a refused row.
        refusal: Why it was refused; empty otherwise.
        notes: What a human should see.
        cells: How many cells became what.
        texts: Long texts by column, shown beside the draft; they enter no notice.
    """

    identity: Identity
    state: str
    draft: Notice | None
    refusal: str = ""
    notes: tuple[Note, ...] = ()
    cells: Mapping[str, int] = field(default_factory=Counter)
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)
