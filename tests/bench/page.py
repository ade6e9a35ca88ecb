"""What a run measured, as a table for people and as one JSON file.

It promises to print figures of this run and nothing else. The file holds the machine and the
versions, because a figure without them says nothing.
"""

import json
import os
import platform
import shutil
import subprocess
from collections import Counter
from collections.abc import Set as AbstractSet
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from tests.bench.figures import Run
from tests.bench.goals import GOALS, Goal, Verdict

_PACKAGES = ("aiokafka", "cryptography", "grpcio", "protobuf", "pynacl", "sqlalchemy")
_WIDTH = 80


def table(run: Run, known: AbstractSet[str] = frozenset()) -> str:
    """Return every figure, and what is not here, by part; but for those that are known."""
    parts: dict[str, list[str]] = {}
    for figure in run.figures.values():
        if figure.name in known:
            continue
        part, _, rest = figure.name.partition(".")
        line = f"  {rest:<36}{_number(figure.value):>12} {figure.unit}"
        parts.setdefault(part, []).append(line)
    for part, reason in run.absent.items():
        if part not in known:
            parts.setdefault(part, []).append(f"  {reason}")
    return "\n".join("\n".join(["", part, *lines]) for part, lines in parts.items())


def verdicts(run: Run) -> str:
    """Return the table of goals."""
    lines = [f"\n{'goal':<{_WIDTH}}{'limit':>12}{'measured':>12}  verdict"]
    lines.append("-" * (len(lines[0]) - 1))
    lines += [_verdict(run, goal) for goal in GOALS]
    return "\n".join(lines)


def count(run: Run) -> str:
    """Return how many goals a run met, in one line."""
    found = Counter(goal.judge(run) for goal in GOALS)
    return ", ".join(f"{found[verdict]} {verdict.value}" for verdict in Verdict)


def _verdict(run: Run, goal: Goal) -> str:
    verdict = goal.judge(run)
    limit = f"{'>=' if goal.at_least else '<='} {_number(goal.limit)}" if goal.figure else ""
    measured = "" if verdict is Verdict.UNMEASURED else _number(run.value(goal.figure))
    why = f": {goal.why}" if goal.why else ""
    if goal.over and verdict is Verdict.UNMEASURED and "log.entries" in run.figures:
        why = f" at that size, but at {_number(run.value('log.entries'))} entries (above)"
    return f"{goal.what:<{_WIDTH}}{limit:>12}{measured:>12}  {verdict.value}{why}"


def _number(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}".rstrip("0").rstrip(".") if value >= 1 else f"{value:.3f}"


def report(run: Run, day: str, seconds: float) -> dict[str, object]:
    """Return everything that the file holds."""
    judged = {goal.what: goal.judge(run).value for goal in GOALS}
    return {
        "day": day,
        "share_of_a_whole_run": run.share,
        "seconds": round(seconds, 1),
        "machine": machine(),
        "figures": [asdict(figure) for figure in run.figures.values()],
        "not_here": run.absent,
        "goals": judged,
    }


def machine() -> dict[str, object]:
    """Return what the figures were measured on and with."""
    versions = {name: version(name) for name in _PACKAGES}
    return {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "system": platform.platform(),
        "load_before": os.getloadavg()[1],
        "python": platform.python_version(),
        "gpg": _gpg(),
        **versions,
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor())


def _gpg() -> str:
    if shutil.which("gpg") is None:
        return "not here"
    said = subprocess.run(["gpg", "--version"], check=True, capture_output=True, timeout=30)
    return said.stdout.decode().splitlines()[0]


def write(run: Run, day: str, seconds: float, folder: Path) -> Path:
    """Write the file of a day, and return its path."""
    file = folder / f"bench-{day}.json"
    file.write_text(json.dumps(report(run, day, seconds), indent=1) + "\n")
    return file
