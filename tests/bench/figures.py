"""What one run of the benchmarks measured, and the arithmetic between figures.

It promises that a figure is noted once, that a ratio is made only of two figures of the same
run, and that what was not measured has a reason in place of a number. It prints nothing;
`tests.bench.page` does.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path


class UnknownFigureError(Exception):
    """Nobody measured it, in this run."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that was measured.

    Attributes:
        name: Dotted: part, engine, what.
        value: In `unit`.
        unit: As printed.
    """

    name: str
    value: float
    unit: str


@dataclass
class Run:
    """All figures of one run, and why others are missing.

    Attributes:
        share: What part of the usual amount of work is done; 1 is a whole run.
        figures: By name, in the order of measuring.
        absent: Why a part was not measured, by the part's name.
    """

    share: float = 1.0
    figures: dict[str, Figure] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)

    def count(self, usual: int, least: int = 1) -> int:
        """Return how much of a usual count this run does."""
        return max(least, round(usual * self.share))

    def note(self, name: str, value: float, unit: str) -> float:
        """Keep a figure, and return its value."""
        assert name not in self.figures, name
        self.figures[name] = Figure(name, value, unit)
        return value

    def note_times(self, name: str, seconds: Sequence[float], high: int = 99) -> None:
        """Keep the median and a high percentile of some durations, in milliseconds."""
        for percent in (50, high):
            value = percentile(seconds, percent) * 1e3
            self.note(f"{name}.p{percent}", value, "ms")

    def value(self, name: str) -> float:
        """Return a figure.

        Raises:
            UnknownFigureError: It was not measured.
        """
        if name not in self.figures:
            raise UnknownFigureError(name)
        return self.figures[name].value

    def note_ratio(self, name: str, above: str, below: str) -> None:
        """Keep how often one figure holds another; nothing where one was not measured."""
        if above in self.figures and below in self.figures:
            self.note(name, self.value(above) / self.value(below), "x")

    def miss(self, part: str, reason: str) -> None:
        """Keep why a part has no figures."""
        self.absent[part] = reason


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the value below which so many percent lie, by the nearest rank.

    Args:
        values: At least one.
        percent: 1 to 100.
    """
    ranked = sorted(values)
    return ranked[max(0, -(-len(ranked) * percent // 100) - 1)]


@dataclass(frozen=True, slots=True)
class Spent:
    """What some work took, in seconds: of the wall clock, and of this process's CPU."""

    wall: float
    cpu: float


def spent(work: Callable[[], object]) -> Spent:
    """Do some work and return what it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Spent(time.perf_counter() - wall, time.process_time() - cpu)


def peak_mb(process: int | str = "self") -> float:
    """Return the most memory that a running process has held since it began, in MB.

    Not what `wait4` tells of a child, which begins with the memory of whoever started it. Of a
    process that has just ended, and holds none any more: 0.
    """
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    held = (int(one.split()[1]) for one in lines if one.startswith("VmHWM"))
    return next(held, 0) / 1024
