"""Compare measured branch coverage with what each part of the system owes.

The kernel, the law, sealing and the notice are owed in full, for a line of theirs that no test
runs is a line that nobody knows; everything else is owed at nine tenths.
"""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

FULL = ("valija/", "policies/", "node/sealing.py", "node/notice/")
_OWED_FULL, _OWED = 100.0, 90.0
_REPORT = Path(".venv/coverage.json")


def share(files: Iterable[dict[str, int]]) -> float:
    """Return how much of the statements and branches of some files was run, in per cent."""
    covered = total = 0
    for summary in files:
        covered += summary["covered_lines"] + summary["covered_branches"]
        total += summary["num_statements"] + summary["num_branches"]
    return 100.0 * covered / total if total else 100.0


def main() -> int:
    """Print both groups, and every file that owes; 0 when nothing does."""
    command = [sys.executable, "-m", "coverage", "json", "--quiet", "-o", str(_REPORT)]
    subprocess.run(command, check=True)
    files = {
        name: report["summary"]
        for name, report in json.loads(_REPORT.read_text())["files"].items()
    }
    full = {name: one for name, one in files.items() if name.startswith(FULL)}
    other = {name: one for name, one in files.items() if name not in full}
    found = (share(full.values()), share(other.values()))
    for name, one in sorted(full.items()):
        if share([one]) < _OWED_FULL:
            print(f"{name}: {share([one]):.1f} % of {_OWED_FULL:.0f} %")
    print(f"kernel, law, sealing, notice: {found[0]:.2f} %; everything else: {found[1]:.1f} %")
    return int(found[0] < _OWED_FULL or found[1] < _OWED)


if __name__ == "__main__":
    sys.exit(main())
