"""A node put together: everything that its settings name, opened once, closed at the end.

It promises that a node starts whole or says in one sentence why not: its settings, keys,
anchor, store and law are read and compared before any door opens. It decides nothing.

Source: docs/architecture.md, The journey of a notice; docs/envelope.md, section 5.
"""

from types import TracebackType
from typing import Self

from node.client import Client, Credentials
from node.config import Config
from node.inbox import Inbox
from node.journal import Journal
from node.keystore import KeyFile, Keystore
from node.keystore.folder import KeyFolder
from node.knowledge import Knowledge
from node.metrics import Metrics
from node.outbox import Outbox
from node.parts import Parts
from node.race import race
from node.store import settings
from node.store.database import Database
from node.store.migration import migrate
from policies.corpus import Law
from policies.folder import load
from valija.anchor import Anchor, parse_anchor
from valija.certificate import TlsPair, to_pem
from valija.clock import Clock, minute_of
from valija.errors import AbsentError, MalformedError, ValijaError
from valija.statement import Role


class Assembly:
    """One node's parts.

    Attributes:
        config: Its settings.
        parts: What outbox and inbox stand on: store, knowledge, keys, clock, metrics.
        law: The law that it asks, both ways.
        journal: Who did what when.
        client: The way to the broker.
        outbox: Everything that it sends.
        inbox: Everything that it receives.
    """

    def __init__(self, config: Config, clock: Clock, metrics: Metrics | None = None) -> None:
        """Open everything but the streams.

        Raises:
            MalformedError: A file is missing or none of its kind, or the store belongs to
                another member or anchor.
            AbsentError: There are no keys yet: `init` makes them.
            OpeningError: The passphrase does not open the keys, or they not the store.
            UnavailableError: The store cannot be reached now.
        """
        metrics = metrics or Metrics()
        self.config = config
        self.law: Law = load(config.policies)
        keystore = open_keystore(config)
        pair = _tls_pair(config, keystore)
        database = open_database(config, keystore, metrics)
        knowledge = Knowledge.load(read_anchor(config), database)
        self.parts = Parts(database, knowledge, keystore, clock, metrics)
        self.journal = Journal(database, clock)
        self.client = Client(config.brokers, _credentials(self.parts, pair), metrics)
        self.outbox = Outbox(self.parts, self.client)
        self.inbox = Inbox(self.parts, self.client, self.law, config.desks)

    async def serve(self) -> None:
        """Send and receive until cancelled.

        Raises:
            SplitViewError: The log showed two histories: alarm, stop, never retry.
        """
        await race(self.outbox.run(), self.inbox.run())

    async def __aenter__(self) -> Self:
        """Return itself; it is open already."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close everything, the store last."""
        self.outbox.close()
        await self.client.close()
        self.parts.database.close()


def _tls_pair(config: Config, keystore: Keystore) -> TlsPair:
    """Return the newest TLS key of the first desk.

    Raises:
        AbsentError: It has none.
    """
    held = keystore.held(config.desks[0], Role.TLS)
    if not held:
        raise AbsentError(f"{config.desks[0]} has no TLS key; node init makes it")
    return keystore.tls(held[-1].key_id)


def _credentials(parts: Parts, pair: TlsPair) -> Credentials:
    """Return what the client shows and trusts."""
    now = minute_of(parts.clock.now())
    roots = parts.knowledge.directory.broker_certificates(now)
    return Credentials(
        roots=b"".join(to_pem(root) for root in roots),
        certificate=to_pem(pair.certificate),
        key=pair.secret,
    )


def open_keystore(config: Config) -> Keystore:
    """Return the key store that a node's settings name.

    Raises:
        MalformedError: The passphrase file cannot be read or is empty.
        AbsentError: There are no keys yet.
        OpeningError: The passphrase does not open them.
    """
    return Keystore.load(KeyFile(KeyFolder(config.keys), read_passphrase(config)))


def open_database(config: Config, keystore: Keystore, metrics: Metrics) -> Database:
    """Return the store, brought to the shape that this program knows.

    Raises:
        MalformedError: A later program's store, or another member's or anchor's.
        UnavailableError: It cannot be reached now.
    """
    anchor = read_anchor(config).digest
    database = Database(config.store, keystore.vault(), metrics)
    try:
        migrate(database)
        database.write_now("claim", lambda tx: settings.claim(tx, config.member, anchor))
    except ValijaError:
        database.close()
        raise
    return database


def read_anchor(config: Config) -> Anchor:
    """Return the anchor.

    Raises:
        MalformedError: The file cannot be read, or is no anchor.
    """
    try:
        return parse_anchor(config.anchor.read_bytes())
    except OSError as cause:
        raise MalformedError(f"{config.anchor.name}: the anchor cannot be read") from cause


def read_passphrase(config: Config) -> bytes:
    """Return the first line of the passphrase file.

    Raises:
        MalformedError: It cannot be read, or is empty.
    """
    try:
        line = config.passphrase_file.read_bytes().split(b"\n")[0].strip()
    except OSError as cause:
        raise MalformedError("the passphrase file cannot be read") from cause
    if not line:
        raise MalformedError("the passphrase file is empty")
    return line
