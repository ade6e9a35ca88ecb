"""A whole broker: the exchange behind its doors.

It promises that doors open only when the exchange has caught up, and close before it stops.
It reads configuration, anchor and keys for whoever starts a broker; it makes no decision of
its own.

Source: docs/architecture.md, "The house"; docs/envelope.md, section 5, TLS.
"""

import asyncio
import os
from pathlib import Path
from ssl import SSLContext
from types import TracebackType
from typing import Self

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from broker.config import Config, SqliteFile
from broker.door import Door
from broker.exchange import Exchange, Setting
from broker.handshake import Handshakes, Roots
from broker.http import HttpDoor, Respond, server_context
from broker.keys import PASSPHRASE_VARIABLE, load_keys, read_passphrase
from broker.limits import Allowance
from broker.monitor import Monitor
from broker.pages import Page, Pages
from broker.service import NAME, ExchangeService, Rooms
from broker.spool import Spool
from broker.spool.kafka import KafkaSpool
from broker.spool.kafka_access import KafkaAccess
from broker.spool.sqlite import SqliteSpool
from broker.submission import Counter
from valija.address import Address
from valija.anchor import Anchor, parse_anchor
from valija.certificate import TlsPair
from valija.clock import Clock
from valija.errors import UnavailableError

_RECEIVE_BYTES = 4 * 1024 * 1024  # More than a submission may have, so that we refuse it.
_GRACE_S = 2.0
_OPTIONS = (
    ("grpc.max_receive_message_length", _RECEIVE_BYTES),
    ("grpc.max_send_message_length", _RECEIVE_BYTES),
    ("grpc.so_reuseport", 0),
    ("grpc.keepalive_time_ms", 20_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.http2.min_recv_ping_interval_without_data_ms", 10_000),
    ("grpc.keepalive_permit_without_calls", 1),
)


def load_setting(config: Config, clock: Clock) -> Setting:
    """Read the anchor and open the keys that a configuration names.

    Raises:
        UnavailableError: A file cannot be read.
        MalformedError: A file is not what it must be.
        OpeningError: The passphrase opens no key file.
    """
    named = os.environ.get(PASSPHRASE_VARIABLE)
    passphrase = read_passphrase(Path(named) if named else config.passphrase_file)
    keys = load_keys(config.keys, config.desk, passphrase)
    return Setting(config, load_anchor(config.anchor), keys, clock, spool_of(config, clock))


def load_anchor(path: Path) -> Anchor:
    """Read an anchor file.

    Raises:
        UnavailableError: It cannot be read.
        MalformedError: It is no anchor.
    """
    try:
        return parse_anchor(path.read_bytes())
    except OSError as cause:
        raise UnavailableError("the anchor file cannot be read") from cause


def spool_of(config: Config, clock: Clock) -> Spool:
    """Return the spool that a configuration names, not started."""
    spool = config.spool
    if isinstance(spool, SqliteFile):
        return SqliteSpool(spool.path, clock)
    access = KafkaAccess(spool.bootstrap, spool.authority, spool.certificate)
    return KafkaSpool(access, spool.exchange)


class Assembly:
    """A broker with its doors; an async context manager, or `start` and `stop`.

    Attributes:
        exchange: What stands behind the doors.
        address: Where the gRPC door listens, once started.
        published: Where pages of the log are served; None without such a door.
        monitored: Where health and metrics are; None without such a door.
    """

    def __init__(self, setting: Setting, exchange: Exchange | None = None) -> None:
        self.exchange = exchange or Exchange(setting)
        self.address = setting.config.listen
        self.published: Address | None = None
        self.monitored: Address | None = None
        self._doors: list[HttpDoor] = []
        self._setting = setting
        self._server: grpc.aio.Server | None = None
        self._health = health.aio.HealthServicer()

    async def start(self) -> None:
        """Catch up, then open the doors.

        Raises:
            SplitViewError: The log does not lead to what was signed or indexed.
            UnavailableError: An engine does not answer, or an address is taken.
        """
        monitor = Monitor(self.exchange)
        self.monitored = await self._open(self._setting.config.monitor, monitor.respond)
        await self.exchange.start()
        door = Door(self.exchange.tree, self._setting.clock)
        self._server = server = grpc.aio.server(options=_OPTIONS)
        server.add_generic_rpc_handlers([ExchangeService(self._rooms(door)).handlers()])
        health_pb2_grpc.add_HealthServicer_to_server(self._health, server)
        reflection.enable_server_reflection([NAME, health.SERVICE_NAME], server)
        self.address = _listen(server, self.address, door, self._setting.keys.tls)
        await server.start()
        await self._publish(door)
        for name in ("", NAME):
            await self._health.set(name, health_pb2.HealthCheckResponse.SERVING)

    async def stop(self) -> None:
        """Close the doors, let streams end for two seconds, and stop."""
        self.exchange.admission.stop()
        if self._server is not None:
            await self._health.enter_graceful_shutdown()
            await self._server.stop(_GRACE_S)
        await self.exchange.stop()
        for door in self._doors:
            await door.stop()

    async def serve(self) -> None:
        """Return never; raise what halts the exchange.

        Raises:
            SplitViewError: The log was rewritten, or has a gap.
        """
        await asyncio.shield(self.exchange.halting())

    async def __aenter__(self) -> Self:
        """Start; what a failed start left open is closed."""
        try:
            await self.start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        await self.stop()

    async def _publish(self, door: Door) -> None:
        behind, setting = self.exchange, self._setting
        pages = Pages(setting.anchor, behind.tree, behind.heads, behind.index)

        async def respond(path: str, certificate: bytes) -> Page:
            return await pages.read(path, door.desk_of(certificate))

        context = server_context(setting.keys.tls, Roots(door).pem)
        self.published = await self._open(setting.config.publish, respond, context)

    async def _open(
        self, at: Address | None, respond: Respond, context: SSLContext | None = None
    ) -> Address | None:
        if at is None:
            return None
        door = HttpDoor(respond, context)
        self._doors.append(door)
        return await door.start(at)

    def _rooms(self, door: Door) -> Rooms:
        behind, setting = self.exchange, self._setting
        allowance = Allowance(setting.config.limits, setting.clock)
        reading = (behind.tree, behind.heads, behind.mailroom)
        counter = Counter(behind.admission, *reading, allowance, behind.metrics)
        sending = (behind.delivery, behind.heads, behind.index)
        return Rooms(door, counter, *sending, behind.halting(), behind.metrics)


def _listen(server: grpc.aio.Server, at: Address, door: Door, own: TlsPair) -> Address:
    """Open the port, and return where it is.

    Raises:
        UnavailableError: The address is taken, or not this machine's.
    """
    try:
        port = server.add_secure_port(str(at), Handshakes(Roots(door), own).credentials())
    except RuntimeError as cause:
        raise UnavailableError("the gRPC address is not to be had") from cause
    return Address(at.host, port)
