"""A real Apache Kafka for tests: one server for all of them, or three for a module.

Tests that ask for one belong to the xdist group of its fixture's name, so that one process
alone starts it.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from broker.spool.kafka_access import KafkaAccess
from tests.services.absent import absent

_ROOT = Path(__file__).parents[2]
_SCRIPT = _ROOT / "deploy/kafka/kafka.py"
_SECONDS = 1800  # It ends by itself, should the tests die before they stop it.
_NOT_HERE = 2


@dataclass(frozen=True)
class Kafka:
    """A running cluster."""

    home: Path
    bootstrap: str
    certificates: Path

    def access(self, client: str) -> KafkaAccess:
        """Return the way in for `admin`, `b1` or `b2`."""
        folder = self.certificates
        return KafkaAccess(self.bootstrap, folder / "ca.pem", folder / f"{client}.pem")

    def pid(self, node: int) -> int:
        """Return the process of a server, by its node number from 1 on."""
        return int((self.home / str(node) / "pid").read_text())

    @contextmanager
    def paused(self, node: int) -> Iterator[None]:
        """Stop a server's process for as long as the context lasts, as a hung machine does."""
        pid = self.pid(node)
        os.kill(pid, signal.SIGSTOP)
        try:
            while any(_state(task) not in "TX" for task in Path(f"/proc/{pid}/task").iterdir()):
                time.sleep(0.01)  # Each thread stops when it is next to run.
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def revive(self) -> None:
        """Start the servers again that a test killed."""
        _run("revive", self.home, [])


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """One server."""
    with running(tmp_path_factory.mktemp("kafka"), 1) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def kafka_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """Three servers; a record is acknowledged once two have it. They weigh, so they go soon."""
    with running(tmp_path_factory.mktemp("kafka-cluster"), 3) as cluster:
        yield cluster


@contextmanager
def running(home: Path, brokers: int) -> Iterator[Kafka]:
    """Run a cluster under `home` for as long as the context lasts."""
    options = ["--brokers", str(brokers), "--port", "0", "--seconds", str(_SECONDS), "--json"]
    started = _run("start", home, options)
    if started.returncode == _NOT_HERE:
        absent(started.stderr.strip())
    assert started.returncode == 0, started.stderr
    try:
        facts = json.loads(started.stdout)
        yield Kafka(home, facts["bootstrap"], Path(facts["certificates"]))
    finally:
        _run("stop", home, [])


def _state(task: Path) -> str:
    """Return the state of a thread; `X`, dead, where it has ended between two looks."""
    try:
        return (task / "stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "X"


def _run(command: str, home: Path, options: list[str]) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, str(_SCRIPT), command, "--home", str(home), *options]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=300)
