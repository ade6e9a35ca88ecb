"""Processes of the demo: started with a log file each, waited for, stopped, or killed.

It promises that whatever it started ends with it.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
_PATIENCE = 180.0
_STEP = 0.05


class Running:
    """One process in the background."""

    def __init__(self, name: str, module: str, words: Sequence[str], home: Path) -> None:
        """Start `python -m module words`, its output in `home/logs/name.log`."""
        self.name = name
        logs = home / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        self.log = logs / f"{name}.log"
        with self.log.open("ab") as file:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, *words],
                cwd=home,
                env=environment(home),
                stdout=file,
                stderr=file,
                stdin=subprocess.DEVNULL,
            )

    @property
    def alive(self) -> bool:
        """It has not ended."""
        return self._process.poll() is None

    def wait_for(self, ready: Callable[[], bool]) -> None:
        """Wait until it is ready; say what it wrote last if it ends instead."""
        until = time.monotonic() + _PATIENCE
        while not ready():
            if not self.alive or time.monotonic() > until:
                last = self.log.read_text(errors="replace").splitlines()[-5:]
                raise RuntimeError(f"{self.name} did not start:\n  " + "\n  ".join(last))
            time.sleep(_STEP)

    def stop(self) -> None:
        """Ask it to end, and wait; kill it if it does not."""
        if self.alive:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self._process.kill()
        self._process.wait()


def environment(home: Path) -> dict[str, str]:
    """Return the environment of every process: our modules first, the passphrase's file.

    What a process compiles it may keep, whatever the shell says: the next one starts sooner.
    """
    kept = {key: word for key, word in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return kept | {
        "PYTHONPATH": str(ROOT),
        "VALIJA_PASSPHRASE_FILE": str(home / "passphrase"),
        "GRPC_VERBOSITY": "NONE",
    }


def command(home: Path, module: str, *words: str) -> str:
    """Run `python -m module words` to its end, and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", module, *words],
        cwd=home,
        env=environment(home),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    if done.returncode:
        raise RuntimeError(f"python -m {module} {' '.join(words)}\n{done.stderr.strip()}")
    return done.stdout


def listening(port: int) -> bool:
    """Tell whether somebody listens on a port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0
