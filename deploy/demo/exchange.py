"""A small exchange on this machine: brokers, states and their doors, started and stopped.

It promises that two runs do not disturb each other (ports are the machine's choice), and that
everything it started ends with it. The demo and the tests from outside use it.
"""

import json
import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.demo.founding import BATCHES, State, found
from deploy.demo.process import Running, command, listening
from deploy.kafka.ports import free_ports
from node.gateway.caller import Caller

_ADDRESS = re.compile(r"127\.0\.0\.1:17(\d\d\d)")


@dataclass(frozen=True)
class KafkaSpool:
    """Where a cluster is and what a broker shows it: as `[spool]` of broker.toml names them."""

    bootstrap: tuple[str, ...]
    ca: Path
    identities: tuple[Path, ...]
    exchange: str = "valija"

    def table(self, broker: int) -> str:
        """Return the `[spool]` table of one broker, counted from 0."""
        values = {
            "kafka": ",".join(self.bootstrap),
            "authority": str(self.ca),
            "certificate": str(self.identities[broker]),
            "exchange": self.exchange,
        }
        lines = [f"{key} = {json.dumps(value)}" for key, value in values.items()]
        return "[spool]\n" + "\n".join(lines) + "\n"


@dataclass
class Exchange:
    """One exchange in a folder.

    Attributes:
        home: Its folder.
        states: Who takes part.
        ports: The machine's port for each written one.
        running: What runs, by name: `b1`, `b2`, a state's code.
        founded: Entries of the log that hold the first day; 0 before it is appended.
    """

    home: Path
    states: Sequence[State]
    ports: dict[str, int] = field(default_factory=dict)
    running: dict[str, Running] = field(default_factory=dict)
    founded: int = 0

    @classmethod
    def make(
        cls,
        home: Path,
        states: Iterable[State],
        *,
        kept: Path | None = None,
        brokers: int = 1,
        kafka: KafkaSpool | None = None,
    ) -> Self:
        """Return an exchange whose genesis is done and whose log is empty.

        Args:
            home: Folder to make it in; it must not exist.
            states: Who takes part.
            kept: Folder of a genesis made before, which is copied; None: made now.
            brokers: How many processes.
            kafka: The cluster; None: one SQLite file.
        """
        states = tuple(states)
        if kept is None:
            found(home, states, brokers)
        else:
            shutil.copytree(kept, home)
        one = cls(home, states)
        one._settle_ports(brokers, kafka)
        return one

    def append_genesis(self) -> None:
        """Put the first day's batches into the log, before any door opens."""
        words = ("append", BATCHES, "--config", "exchange/b1.toml", "--json")
        told = command(self.home, "broker", *words)
        leaves = [json.loads(line)["leaf_index"] for line in told.splitlines()]
        self.founded = max(leaves) + 1

    def start_broker(self, number: int = 1) -> Running:
        """Start one broker process, and wait until its door is open."""
        name = f"b{number}"
        words = ("serve", "--config", f"exchange/{name}.toml")
        one = self.running[name] = Running(name, "broker", words, self.home)
        port = self.listens(f"exchange/{name}.toml", "listen")
        one.wait_for(lambda: listening(port))
        return one

    def start_nodes(self, codes: Iterable[str] = ()) -> None:
        """Start nodes side by side, all of them unless named, and wait for their doors."""
        wanted = list(codes) or [state.code for state in self.states]
        self._run_nodes(wanted)
        self._wait_for_nodes(wanted)

    def start_first_day(self) -> None:
        """Begin the log and open every door; nodes open their keys meanwhile, which is slow."""
        codes = [state.code for state in self.states]
        self._run_nodes(codes)
        self.append_genesis()
        self.start_broker()
        self._wait_for_nodes(codes)

    def _run_nodes(self, codes: Iterable[str]) -> None:
        for code in codes:
            words = ("serve", "--config", f"{code}/node.toml")
            self.running[code] = Running(code, "node", words, self.home)

    def _wait_for_nodes(self, codes: Iterable[str]) -> None:
        for code in codes:
            port = self.listens(f"{code}/node.toml", "gateway")
            self.running[code].wait_for(lambda port=port: listening(port))

    def officer(self, code: str, account: str) -> Caller:
        """Return a caller of a state's gateway with an account's token."""
        folder = self.home / code
        token = (folder / f"{account}.token").read_text()
        address = f"127.0.0.1:{self.listens(f'{code}/node.toml', 'gateway')}"
        return Caller(address, (folder / "keys/gateway.pem").read_bytes(), token)

    def listens(self, file: str, key: str) -> int:
        """Return the port that a settings file gives a door."""
        text = (self.home / file).read_text()
        found = re.search(rf'^{key} = "127\.0\.0\.1:(\d+)"', text, re.MULTILINE)
        if found is None:
            raise LookupError(f"{file} has no {key}")
        return int(found.group(1))

    def stop(self) -> None:
        """End everything, nodes first."""
        for one in reversed(self.running.values()):
            one.stop()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End everything."""
        self.stop()

    def _settle_ports(self, brokers: int, kafka: KafkaSpool | None) -> None:
        """Write this run's ports and spool into every settings file."""
        names = [f"b{number + 1}" for number in range(brokers)]
        files = [self.home / f"exchange/{name}.toml" for name in names]
        nodes = [self.home / state.code / "node.toml" for state in self.states]
        texts = {path: path.read_text() for path in (*files, *nodes)}
        written = sorted({found for text in texts.values() for found in _ADDRESS.findall(text)})
        self.ports = dict(zip(written, free_ports(len(written)), strict=True))
        for path, text in texts.items():
            path.write_text(_ADDRESS.sub(lambda m: f"127.0.0.1:{self.ports[m[1]]}", text))
        addresses = [
            f'"127.0.0.1:{self.listens(f"exchange/{name}.toml", "listen")}"' for name in names
        ]
        for path in nodes:
            _replace(path, r"^broker = .*$", f"broker = [{', '.join(addresses)}]")
        for place, path in enumerate(files):
            _replace(path, r"^passphrase_file = .*$", 'passphrase_file = "../passphrase"')
            if kafka is not None:
                _replace(path, r"^\[spool\]\n(.+\n?)+", kafka.table(place))


def _replace(path: Path, pattern: str, text: str) -> None:
    fresh, count = re.subn(pattern, lambda _: text, path.read_text(), flags=re.MULTILINE)
    if count != 1:
        raise LookupError(f"{path.name} has no {pattern}")
    path.write_text(fresh)
