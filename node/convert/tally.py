"""The tally: every row and every cell of an import, in one of so many places.

It promises `read = ready + attention + refused` and `cells = mapped + local + empty + unmapped
+ denied + text`, and `holds` tells whether that is so. It holds counts and codes only.

Source: docs/content.md, "Formats", the tally.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from node.convert.outcome import CELLS, STATES, Outcome


class Tally:
    """Counts of one import, growing as outcomes pass."""

    def __init__(self) -> None:
        self.read = 0
        self.cells_read = 0
        self.rows: Counter[str] = Counter()
        self.cells: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self.attention: Counter[str] = Counter()

    def add(self, outcome: Outcome) -> None:
        """Count one row."""
        self.read += 1
        self.rows[outcome.state] += 1
        self.cells.update(outcome.cells)
        self.cells_read += sum(outcome.cells.values())
        if outcome.refusal:
            self.refusals[outcome.refusal] += 1
        # A row is counted once under each code, however many of its cells ask for it.
        self.attention.update({note.code for note in outcome.notes})

    def watch(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        """Pass outcomes on and count them."""
        for outcome in outcomes:
            self.add(outcome)
            yield outcome

    @property
    def drafts(self) -> int:
        """Return how many rows became drafts."""
        return self.rows["ready"] + self.rows["attention"]

    @property
    def holds(self) -> bool:
        """Tell whether every row and every cell is accounted for."""
        return (
            self.read == sum(self.rows[state] for state in STATES)
            and self.cells_read == sum(self.cells[state] for state in CELLS)
            and self.rows["refused"] == sum(self.refusals.values())
            and set(self.rows) <= set(STATES)
            and set(self.cells) <= set(CELLS)
        )

    def record(self) -> dict[str, dict[str, int]]:
        """Return the tally as plain counts, for `--json` and for the journal."""
        return {
            "rows": {"read": self.read, **{state: self.rows[state] for state in STATES}},
            "cells": {"read": self.cells_read, **{state: self.cells[state] for state in CELLS}},
            "refused": dict(sorted(self.refusals.items())),
            "attention": dict(sorted(self.attention.items())),
        }
