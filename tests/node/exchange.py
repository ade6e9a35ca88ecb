"""A small real exchange on loopback: a council, a broker or two, and states with nodes.

Everything is founded as docs/guides/join.md says, with the program's own genesis, at the
machine's own minute because TLS looks at the machine's clock. Nothing here is a mock; key
files only cost less to open.
"""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path

from broker.assembly import Assembly as Broker
from broker.config import Config as BrokerConfig
from broker.config import Limits, SqliteFile
from broker.exchange import Setting
from broker.keys import BrokerKeys
from broker.spool.sqlite import SqliteSpool
from node import assembly
from node.assembly import Assembly
from node.config import Config
from node.genesis import council, oversight
from node.genesis.founding import found
from node.genesis.joining import Candidate
from node.genesis.signing import Desktop
from node.genesis.statements import agree, endorse
from node.keystore import KeyFile, Keystore
from node.keystore.folder import KeyFolder
from node.store.database import Database
from node.store.migration import migrate
from policies.folder import HOME
from tests.node import laws
from valija import canonical
from valija.address import Address
from valija.anchor import AUDITOR, Anchor, Authority, CouncilKey, SuitePeriod
from valija.batch import Batch
from valija.certificate import TlsPair, make_certificate
from valija.clock import Minute, SystemClock, day_of, minute_of
from valija.directory import Directory
from valija.errors import VerificationError
from valija.ids import ZERO_DIGEST, Desk, Digest, Kind, Member, Office, digest
from valija.keyfile import Cost
from valija.signature import CompositeSecret, LogSecret, WitnessSecret
from valija.statement import AgreementStatement, Role

assembly.load = cache(assembly.load)  # The law never changes; all nodes here read it once.
CHEAP = Cost(1, 1)
ORIGIN = "valija.example/log"
PASSPHRASE = b"an invented passphrase"


def machine_clock() -> SystemClock:
    return SystemClock(lambda: datetime.now(UTC))  # noqa: TID251  # TLS looks at the machine's.


def desk(member: str, office: Office = Office.POLICE) -> Desk:
    return Desk(Member(member), office)


@dataclass
class State:
    """One state's node: its settings, and the desk that most tests use."""

    config: Config

    @property
    def desk(self) -> Desk:
        return self.config.desks[0]

    def open(self, clock: SystemClock) -> Assembly:
        return Assembly(self.config, clock)

    def write_toml(self) -> Path:
        """Write its settings as an operator would, and return the file."""
        config = self.config
        lines = {
            "member": config.member,
            "desks": [str(each) for each in config.desks],
            "anchor": str(config.anchor),
            "store": config.store,
            "keys": str(config.keys),
            "passphrase_file": str(config.passphrase_file),
            "gateway": str(config.gateway),
            "broker": [str(each) for each in config.brokers],
        }
        file = config.anchor.parent / "node.toml"
        file.write_text("".join(f"{key} = {json.dumps(v)}\n" for key, v in lines.items()))
        return file


@dataclass
class Exchange:
    """The whole of it, in one folder."""

    folder: Path
    members: Sequence[str] = ("AR", "BR")
    offices: Sequence[Office] = (Office.POLICE,)
    brokers: Sequence[str] = ("@b1",)
    clock: SystemClock = field(default_factory=machine_clock)
    store_url: Callable[[str], str] | None = None
    states: dict[str, State] = field(default_factory=dict)
    genesis: list[Batch] = field(default_factory=list)
    agreement: Digest = ZERO_DIGEST
    addresses: list[Address] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Found it: keys, anchor, joining requests, memberships, one agreement, laws."""
        self._overseers: dict[str, Desktop] = {}
        self._laws: dict[str, tuple[Path, ...]] = {}
        self._log, self._auditor = LogSecret.generate(), CompositeSecret.generate()
        self._signing = {name: CompositeSecret.generate() for name in self.brokers}
        self._council = self._desktop("council")
        self._council.keystore.generate([(desk("@c1", Office.STATE), Role.SIGNING)], self.now)
        self._requests = [self._found(member) for member in self.members]
        proposals = [council.proposal_in(request) for request in self._requests]
        self.genesis.append(
            council.name_members(self._council, desk("@c1", Office.STATE), proposals)
        )
        for request in self._requests:
            self.genesis += request[1:]
        self._agree()
        self.genesis.append(laws.treaty_layer(self._council, desk("@c1", Office.STATE)))
        for member in self.members:
            self.bring_law(member)

    @property
    def now(self) -> datetime:
        return self.clock.now()

    @cached_property
    def tls(self) -> dict[str, TlsPair]:
        return {name: make_certificate(name, self.now) for name in (*self.brokers, "@audit")}

    @cached_property
    def anchor(self) -> Anchor:
        today = day_of(minute_of(self.now))
        held = self._council.keystore.held(role=Role.SIGNING)
        return Anchor(
            origin=ORIGIN,
            log_key=self._log.public,
            suites=(SuitePeriod(1, today, type(today)(today + 3650)),),
            council=tuple(CouncilKey(each.desk, each.public) for each in held),
            quorum=1,
            brokers=tuple(
                Authority(
                    desk(name, Office.STATE),
                    self._signing[name].public,
                    self.tls[name].certificate,
                )
                for name in self.brokers
            ),
            auditor=Authority(
                AUDITOR,
                self._auditor.public,
                self.tls["@audit"].certificate,
                WitnessSecret.generate().public,
            ),
            policy="quorum none\n",
        )

    def state(self, member: str) -> State:
        return self.states[member]

    def moved(self, folder: Path) -> "Exchange":
        """Return the same exchange, as it was founded, in a folder of its own."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        twin = copy(self)
        twin.folder, twin.addresses = folder, []
        twin.states = {name: State(_moved(s.config, folder)) for name, s in self.states.items()}
        return twin

    @asynccontextmanager
    async def broker(self, name: str = "@b1", port: int = 0) -> AsyncIterator[Broker]:
        """Run a broker over the one spool, with everything that founded the exchange."""
        home = self.folder / name
        home.mkdir(exist_ok=True)
        config = BrokerConfig(
            desk=desk(name, Office.STATE),
            anchor=home / "anchor.json",
            keys=home / "keys",
            passphrase_file=home / "passphrase",
            listen=Address("127.0.0.1", port),
            publish=None,
            monitor=None,
            index=f"sqlite:///{home / 'index.db'}",
            state=home / "state",
            spool=SqliteFile(self.folder / "spool.db"),
            limits=Limits(),
        )
        keys = BrokerKeys(self._log, self._signing[name], self.tls[name])
        spool = SqliteSpool(self.folder / "spool.db", self.clock)
        async with Broker(Setting(config, self.anchor, keys, self.clock, spool)) as broker:
            for batch in self.genesis:
                with suppress(Exception):  # A second start: they are there already.
                    await broker.exchange.admission.admit(batch)
            self.reach(Address(broker.address.host, broker.address.port))
            yield broker

    def reach(self, *addresses: Address) -> None:
        """Tell every node where brokers listen."""
        self.addresses = [a for a in self.addresses if a not in addresses] + [*addresses]
        for state in self.states.values():
            state.config = _replace(state.config, brokers=tuple(self.addresses))

    @asynccontextmanager
    async def node(self, member: str) -> AsyncIterator[Assembly]:
        """Run a node until the block ends; an alarm in it fails the test."""
        async with self.state(member).open(self.clock) as node:
            task = asyncio.ensure_future(node.serve())
            try:
                yield node
            finally:
                if task.done():
                    task.result()
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def is_founded(self, node: Assembly) -> None:
        """Wait until a node knows everything that founded the exchange."""
        known = sum(len(batch.items) for batch in self.genesis)
        knowledge = node.parts.knowledge
        await until(lambda: len(knowledge.learned) == known and not knowledge.is_behind)

    def bring_law(self, member: str, folder: Path = HOME) -> None:
        """Let a state bring its law, and its oversight endorse it where it opens more."""
        directory = laws.folded(self.anchor, self.genesis, minute_of(self.now))
        folders = [folder, *self._laws.get(member, ())]
        desktop, own = self._opened(member), self.state(member).desk
        brought = laws.bring(desktop, self._overseers[member], own, directory, folders)
        desktop.database.close()
        self.genesis = [*self.genesis, *brought]
        self._laws = {**self._laws, member: (folder,)}

    def _found(self, member: str) -> tuple[Batch, ...]:
        home = self.folder / member
        home.mkdir(parents=True)
        (home / "anchor.json").write_bytes(self.anchor.to_bytes())
        (home / "passphrase").write_bytes(PASSPHRASE + b"\n")
        desks = tuple(desk(member, office) for office in self.offices)
        config = Config(
            member=Member(member),
            desks=desks,
            anchor=home / "anchor.json",
            store=self.store_url(member) if self.store_url else f"sqlite:///{home / 'n.db'}",
            keys=home / "keys",
            passphrase_file=home / "passphrase",
            policies=HOME,
            gateway=Address("127.0.0.1", 0),
            metrics=None,
            brokers=(Address("127.0.0.1", 9),),
        )
        self.states[member] = State(config)
        self._overseers[member] = overseer = self._desktop(f"{member}-oversight")
        key = oversight.make_key(overseer, Member(member))
        candidate = Candidate(Member(member), f"State {member}", desks, oversight=key)
        return found(config, candidate, self.clock, CHEAP)

    def _desktop(self, name: str) -> Desktop:
        home = self.folder / name
        home.mkdir(parents=True)
        keystore = Keystore.create(KeyFile(KeyFolder(home), PASSPHRASE, cost=CHEAP))
        database = Database(f"sqlite:///{home / 'store.db'}", keystore.vault())
        migrate(database)
        return Desktop(database, keystore, self.clock)

    def _agree(self) -> None:
        """All desks of all states agree, each with its own key."""
        today = day_of(minute_of(self.now))
        parties = tuple(sorted(d for state in self.states.values() for d in state.config.desks))
        agreement = AgreementStatement(
            id=bytes(16),
            parties=parties,
            instruments=("Trafficking Protocol",),
            formal=True,
            purposes=("criminal_investigation",),
            since=today,
            until=type(today)(today + 3650),
            text=digest(b"the signed text"),
            replaces=ZERO_DIGEST,
            terms=canonical.to_bytes(_TERMS | {"parties": sorted(self.members)}),
        )
        directory = Directory.of(self.anchor)
        for number, party in enumerate(parties):
            desktop = self._opened(str(party.member))
            if number == 0:
                batch = agree(desktop, directory, party, agreement)
                self.agreement = digest(batch.items[0].payload)
            else:
                batch = endorse(desktop, directory, party, self.agreement)
            self.genesis.append(batch)
            desktop.database.close()

    def _opened(self, member: str) -> Desktop:
        config = self.state(member).config
        keystore = Keystore.load(KeyFile(KeyFolder(config.keys), PASSPHRASE, cost=CHEAP))
        return Desktop(Database(config.store, keystore.vault()), keystore, self.clock)


_TERMS: dict[str, canonical.Value] = {
    "id": "TIP",
    "type": "treaty",
    "channel": "formal",
    "evidence_use": "yes",
    "onward": "with_consent",
    "in_force_from": "2003-12-25",
    "in_force_to": None,
    "purposes": ["*"],
    "agencies": ["*"],
    "data_categories": ["*"],
    "covers_SIT": False,
    "retention_max_days": None,
}


def _moved(config: Config, folder: Path) -> Config:
    home = folder / config.member
    return _replace(
        config,
        anchor=home / "anchor.json",
        keys=home / "keys",
        passphrase_file=home / "passphrase",
        store=f"sqlite:///{home / 'n.db'}",
    )


def _replace(config: Config, **values: object) -> Config:
    fields = {name: getattr(config, name) for name in Config.__slots__}
    return Config(**(fields | values))  # type: ignore[arg-type]  # Fields of the same class.


@asynccontextmanager
async def fault_finding(exchange: Exchange, times: int) -> AsyncIterator[Broker]:
    """Run a broker that finds fault with so many batches of notices, and logs that."""
    left = times

    def fault(batch: Batch, minute: Minute) -> VerificationError | None:
        nonlocal left
        if left and any(item.kind is Kind.LABEL for item in batch.items):
            left -= 1
            return VerificationError("a label that this broker finds fault with")
        return plain(batch, minute)

    async with exchange.broker() as broker:
        plain = broker.exchange.admission._fault
        broker.exchange.admission._fault = fault  # type: ignore[method-assign]
        yield broker


async def until(condition: Callable[[], object], seconds: float = 90.0) -> None:
    """Wait for a condition of the world; fail with its name when it never comes."""
    end = asyncio.get_running_loop().time() + seconds
    while not condition():
        assert asyncio.get_running_loop().time() < end, "it never came"
        await asyncio.sleep(0.01)
