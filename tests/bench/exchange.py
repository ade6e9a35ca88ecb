"""An exchange of many states for the benchmarks, and a broker of its own process.

The broker is `python -m broker serve`, as an operator runs it, so that its CPU is its own. The
keys of the invented states stay in the measuring process, which plays all of them.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from broker.spool.kafka_admin import make_topics
from broker.spool.kafka_topics import Topics
from tests.bench.figures import peak_mb
from tests.broker.support import World, install, police, real_clock, realm
from tests.services.kafka import Kafka
from valija.address import Address
from valija.batch import Batch
from valija.clock import minute_of
from valija.ids import Desk, digest
from valija.wire.statement import statement_bytes
from valija.wire.submit import batch_file_bytes

_ROOT = Path(__file__).parents[2]
_TICKS = os.sysconf("SC_CLK_TCK")
GENESIS = "genesis.batches"
"""The file beside a broker's settings that its log begins with."""
LIMITS = "[limits]\nbatches_a_minute = 10000000\nbytes_a_minute = 1000000000000\n"
"""So high that no load is refused."""
SQLITE = '[spool]\nsqlite = "spool.db"\n'
STATES = (
    *("AR", "BR", "MX", "AG", "BB", "BO", "BS", "BZ", "CA", "CL", "CO", "CR"),
    *("CU", "DM", "DO", "EC", "GD", "GT", "GY", "HN", "HT", "JM", "KN", "LC"),
    *("NI", "PA", "PE", "PY", "SR", "SV", "TT", "US", "UY", "VC", "VE"),
)
"""The 35 states of the hemisphere; the first of them sends."""


class Shape(NamedTuple):
    """How many notices, and how many of them under one signature."""

    notices: int
    together: int


class Continent(World):
    """An exchange of many states, with one agreement between all their police desks."""

    def __init__(self, states: Sequence[str]) -> None:
        super().__init__()
        self.states = tuple(states)
        for state in states:
            if state not in realm.STATES:
                self.admit(state)
                self.key_desks(state)
        self._agree_all()
        self.founded = list(self.batches)
        self._made = 0

    @property
    def others(self) -> list[Desk]:
        """Every police desk but the first state's."""
        return [police(state) for state in self.states[1:]]

    def signed(self, sender: str, recipients: Sequence[Desk], shape: Shape) -> list[Batch]:
        """Return a state's next batches of fresh notices, 4 KiB of sealed content each."""
        self.minute = minute_of(real_clock().now())
        numbers = range(self._made, self._made + shape.notices)
        self._made = numbers.stop
        items = [self.notice(sender, *recipients, number=number) for number in numbers]
        actor, size = self.actor(sender), shape.together
        return [actor.sign(*items[at : at + size]) for at in range(0, len(items), size)]

    def _agree_all(self) -> None:
        parties = tuple(sorted(police(state) for state in self.states))
        statement = realm.agreement(parties, id=realm.seed("agreement of all", 16))
        self.agreement = digest(statement_bytes(statement))
        first, *rest = [self.actors[str(party)] for party in parties]
        self.count(first.sign(realm.item(statement)))
        for actor in rest:
            self.count(actor.sign(realm.item(realm.Endorsement(self.agreement))))


@dataclass(frozen=True)
class Served:
    """A broker that runs in a process of its own.

    Attributes:
        pid: Of its process.
        address: Where its door is.
        founded: Records that the log began with.
        folder: Its own.
    """

    pid: int
    address: Address
    founded: int
    folder: Path

    def cpu(self) -> float:
        """Return the seconds of CPU that it has used, in steps of the kernel's tick."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def peak_mb(self) -> float:
        """Return the most memory that it has held."""
        return peak_mb(self.pid)


@contextmanager
def served(folder: Path, world: Continent, spool: str = SQLITE) -> Iterator[Served]:
    """Found the exchange over an empty spool, and run a broker until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    config = install(folder, spool=LIMITS + spool)
    (folder / GENESIS).write_bytes(batch_file_bytes(world.founded))
    with serving(config, len(world.founded)) as broker:
        yield broker


@contextmanager
def serving(config: Path, founded: int) -> Iterator[Served]:
    """Append the batch file beside a broker's settings, and run it until the block ends."""
    words = [sys.executable, "-m", "broker", "--log", "ERROR"]
    told = ["append", str(config.parent / GENESIS), "--config", str(config)]
    subprocess.run([*words, *told], cwd=_ROOT, check=True, capture_output=True, timeout=120)
    process = subprocess.Popen(
        [*words, "serve", "--config", str(config)], cwd=_ROOT, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        said = json.loads(process.stdout.readline())
        host, _, port = said["listen"].rpartition(":")
        yield Served(process.pid, Address(host, int(port)), founded, config.parent)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def on_kafka(kafka: Kafka, name: str) -> str:
    """Make topics of one's own, and return the settings of a spool on them."""
    asyncio.run(make_topics(kafka.access("admin"), Topics(name), replicas=1))
    access = kafka.access("b1")
    return (
        f'[spool]\nkafka = "{access.bootstrap}"\nauthority = "{access.authority}"\n'
        f'certificate = "{access.certificate}"\nexchange = "{name}"\n'
    )
