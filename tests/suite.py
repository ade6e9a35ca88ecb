"""Runs the whole suite, and tells a test that failed from a process that died under it.

A test that fails is a failure, at once and for good. A worker that dies by a signal of its own
(a fault in a library below Python: gRPC, libpq, the interpreter) ends the run; the suite is run
once more, whole, and the death is told again at the end, with the stacks that were printed. A
second death is a failure. Why: docs/decisions/0026-a-native-death-is-told.md.

It does not choose tests: every argument goes to pytest as it is.
"""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

# xdist's word for a worker that is gone; one that pytest itself ended says something else.
_DIED = re.compile(r"node down: Not properly terminated")
_STACKS = re.compile(r"Fatal Python error.*?(?=\n\[gw\d+\] node down|\Z)", re.DOTALL)
_KEPT = 20_000  # Characters of the stacks that are told again.
_CHUNK = 65_536


@dataclass(frozen=True)
class Run:
    """How one run of the suite ended."""

    code: int
    died: bool
    stacks: str


def run(words: Sequence[str]) -> Run:
    """Run pytest, show what it prints as it prints it, and say how it ended."""
    whole = bytearray()
    command = [sys.executable, "-m", "pytest", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as pytest:
        assert pytest.stdout is not None
        while part := os.read(pytest.stdout.fileno(), _CHUNK):
            whole += part
            sys.stdout.buffer.write(part)
            sys.stdout.flush()
    said = whole.decode(errors="replace")
    stacks = _STACKS.search(said)
    return Run(pytest.returncode, bool(_DIED.search(said)), stacks[0] if stacks else "")


def main(words: Sequence[str]) -> int:
    """Run the suite, once more if a worker died; return what the shell is told."""
    first = run(words)
    if not first.died:
        return first.code
    print("\nA worker died below Python. The whole suite runs once more.\n", flush=True)
    second = run(words)
    print(f"\nIn the first run a worker died below Python:\n{first.stacks[:_KEPT]}")
    if second.died:
        print(f"\nIn the second run one died again:\n{second.stacks[:_KEPT]}")
        return second.code or 1
    return second.code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
