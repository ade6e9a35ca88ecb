"""A real broker on loopback, and the states around it.

The exchange of `tests.valija.realm`, begun at the machine's own minute because TLS looks at
the machine's clock, with the TLS secrets that clients need. Nothing here is a mock.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from types import ModuleType
from typing import Any, Self

import grpc

from broker.assembly import Assembly
from broker.config import Config, Limits, SqliteFile
from broker.exchange import Exchange, Setting
from broker.keys import BrokerKeys, store_keys
from broker.spool import Spool
from broker.spool.sqlite import SqliteSpool
from valija.address import Address
from valija.batch import Batch
from valija.certificate import TlsPair, make_certificate, to_pem
from valija.clock import Clock, Minute, SystemClock, instant_of, minute_of
from valija.ids import Desk, Member, Office
from valija.keyfile import Cost
from valija.wire.deliver import (
    DeliverRequest,
    DeliverResponse,
    deliver_request_bytes,
    parse_deliver_response,
)
from valija.wire.submit import SubmitResponse, parse_submit_response, submit_request_bytes

NOW = minute_of(datetime.now(UTC))  # noqa: TID251  # TLS looks at the machine's clock.
SUBMIT = "/valija.v1.ExchangeService/Submit"
DELIVER = "/valija.v1.ExchangeService/Deliver"
B1 = Desk(Member("@b1"), Office.STATE)
B2 = Desk(Member("@b2"), Office.STATE)


@cache
def pair(name: str) -> TlsPair:
    """Return a name's certificate and its secret."""
    return make_certificate(name, instant_of(NOW))


def _realm() -> Any:  # noqa: ANN401  # A second reading of a test module, at another minute.
    import_module("tests.valija.realm")  # The plain one stays what other tests import.
    spec = find_spec("tests.valija.realm")
    assert spec is not None
    assert spec.loader is not None
    module: ModuleType = module_from_spec(spec)
    spec.loader.exec_module(module)
    module.__dict__.update(START=NOW, certificate=lambda name: pair(name).certificate)
    return module


realm: Any = _realm()


def police(state: str) -> Desk:
    """Return a state's police desk."""
    return Desk(Member(state), Office.POLICE)


class World(realm.Realm):  # type: ignore[misc]  # As above.
    """The exchange, with every batch that founded it."""

    def __init__(self) -> None:
        super().__init__()
        self.found()

    @property
    def batches(self) -> list[Batch]:
        """Every batch that was logged here: those that founded the exchange."""
        return [record.batch() for record in self.records]


def real_clock() -> Clock:
    return SystemClock(lambda: datetime.now(UTC))  # noqa: TID251  # As above.


def clock_at(minute: Minute) -> Clock:
    return SystemClock(lambda: instant_of(minute))


def broker_keys(desk: Desk) -> BrokerKeys:
    return BrokerKeys(
        realm.log_secret(), realm.composite(str(desk.member)), pair(str(desk.member))
    )


def setting(
    folder: Path, desk: Desk = B1, *, spool: Spool | None = None, clock: Clock | None = None
) -> Setting:
    """Return what a broker over a spool in `folder` is built from."""
    clock = clock or real_clock()
    config = Config(
        desk=desk,
        anchor=folder / "anchor.json",
        keys=folder / "keys",
        passphrase_file=folder / "passphrase",
        listen=Address("127.0.0.1", 0),
        publish=None,
        monitor=None,
        index=f"sqlite:///{folder / desk.member}.db",
        state=folder / "state",
        spool=SqliteFile(folder / "spool.db"),
        limits=Limits(),
    )
    kept = spool or SqliteSpool(folder / "spool.db", clock)
    return Setting(config, realm.anchor(), broker_keys(desk), clock, kept)


def install(
    folder: Path, desk: Desk = B1, spool: str = '[spool]\nsqlite = "spool.db"\n'
) -> Path:
    """Write what a broker process reads at start, and return its settings file."""
    name, cost = desk.member.removeprefix("@"), Cost(1, 1)
    (folder / "passphrase").write_bytes(b"an invented passphrase\n")
    (folder / "anchor.json").write_bytes(realm.anchor().to_bytes())
    keys, secret = broker_keys(desk), b"an invented passphrase"
    if not (folder / "keys" / "log.keys").exists():
        store_keys(folder / "keys" / "log.keys", {"log": keys.log.seed}, secret, cost)
    own = {
        "signing": keys.signing.seed,
        "tls": keys.tls.secret,
        "certificate": keys.tls.certificate,
    }
    store_keys(folder / "keys" / f"{name}.keys", own, secret, cost)
    toml = folder / f"{name}.toml"
    toml.write_text(
        f'desk = "{desk.member}"\nanchor = "anchor.json"\nkeys = "keys"\n'
        f'passphrase_file = "passphrase"\nlisten = "127.0.0.1:0"\n'
        f'index = "sqlite:///{desk.member}.db"\nstate = "state"\n'
        f"{spool}"
    )
    return toml


def limited(base: Setting, limits: Limits) -> Setting:
    return replace(base, config=replace(base.config, limits=limits))


async def found(exchange: Exchange, world: World) -> None:
    """Admit what founded the exchange, until a checkpoint covers it."""
    for batch in world.batches:
        await exchange.admission.admit(batch)
    await exchange.heads.covering(len(world.batches) - 1)


@asynccontextmanager
async def exchange_of(base: Setting) -> AsyncIterator[Exchange]:
    """Run a broker without doors."""
    exchange = Exchange(base)
    try:
        await exchange.start()
        yield exchange
    finally:
        await exchange.stop()


@asynccontextmanager
async def broker_of(base: Setting, world: World | None = None) -> AsyncIterator[Assembly]:
    """Run a broker with its doors, founded when a world is given."""
    async with Assembly(base) as assembly:
        if world is not None:
            await found(assembly.exchange, world)
        yield assembly


class Client:
    """A state's connection, by the certificate of one of its desks."""

    def __init__(self, address: Address, name: str, broker: str = "@b1") -> None:
        own = pair(name)
        secrets = grpc.ssl_channel_credentials(
            to_pem(pair(broker).certificate), own.secret, to_pem(own.certificate)
        )
        self.channel = grpc.aio.secure_channel(
            str(address), secrets, [("grpc.max_receive_message_length", 16 << 20)]
        )

    async def __aenter__(self) -> Self:
        """Open."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close."""
        await self.channel.close()

    def open(self, path: str) -> Any:  # noqa: ANN401  # grpc's own call object.
        return self.channel.stream_stream(path)()

    async def submit(self, *batches: Batch, size: int = 0) -> list[SubmitResponse]:
        """Submit batches on one stream and return all answers."""
        call = self.open(SUBMIT)
        for batch in batches:
            await call.write(submit_request_bytes(batch, size))
            size = 0
        await call.done_writing()
        return [parse_submit_response(message) async for message in call]


class Inbox:
    """One Deliver stream."""

    def __init__(self, client: Client, desk: Desk) -> None:
        self.desk = desk
        self.call = client.open(DELIVER)

    async def ask(self, *, cursor: int = 0, credit: int = 100, size: int = 0) -> None:
        request = DeliverRequest(cursor, credit, desk=self.desk, size=size)
        await self.call.write(deliver_request_bytes(request))

    async def more(self, *, cursor: int, credit: int) -> None:
        await self.call.write(deliver_request_bytes(DeliverRequest(cursor, credit)))

    async def read(self) -> DeliverResponse:
        return parse_deliver_response(await self.call.read())

    def close(self) -> None:
        self.call.cancel()
