"""A guide's shell blocks as one script, run in a folder of its own on free loopback ports."""

import os
import re
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from deploy.kafka.ports import free_ports

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def script_of(text: str) -> str:
    """Return all blocks of a guide, in order, as one script that stops where one fails."""
    return "set -eu\n" + "\n".join(_BLOCK.findall(text))


def on_free_ports(script: str, rows: Sequence[Sequence[int]]) -> str:
    """Replace the ports of a guide; those of one row stay neighbours."""
    for row in rows:
        first = free_ports(len(row))[0]
        for place, port in enumerate(row):
            script = re.sub(rf"\b{port}\b", str(first + place), script)
    return script


def run(script: str, home: Path, seconds: float) -> tuple[int, str]:
    """Run a script from the repository's root, and return its exit code and all it said.

    Whatever it started is stopped when it ends, or when its time is over.
    """
    output = home / "output.txt"
    with output.open("wb") as file:
        shell = subprocess.Popen(
            ["bash", "-c", script],
            cwd=ROOT,
            env=_environment(home),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = shell.wait(seconds)
        except subprocess.TimeoutExpired:
            code = -1
        finally:
            _end(shell)
    return code, output.read_text()


def _environment(home: Path) -> Mapping[str, str]:
    # A wide terminal, so that no table folds the words that are looked for.
    return {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "COLUMNS": "200",
        "LC_ALL": "C.UTF-8",
    }


def _end(shell: subprocess.Popen[bytes]) -> None:
    """Stop the script's own process group: the shell, and every service it left behind."""
    with suppress(ProcessLookupError):
        os.killpg(shell.pid, signal.SIGKILL)
    shell.wait()
