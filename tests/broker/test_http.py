"""Pages of the log over mutual TLS, health and metrics on loopback."""

import asyncio
import ssl
from dataclasses import replace
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import Any

import pytest

from broker.assembly import Assembly
from tests.broker.support import World, broker_of, pair, police, realm, setting
from valija.__main__ import main as audit
from valija.address import Address
from valija.certificate import to_pem

ANY = Address("127.0.0.1", 0)


def with_doors(folder: Path) -> Any:  # noqa: ANN401  # As in support.
    base = setting(folder)
    return replace(base, config=replace(base.config, publish=ANY, monitor=ANY))


def context_of(folder: Path, name: str) -> ssl.SSLContext:
    own = pair(name)
    path = folder / "client.pem"
    path.write_bytes(own.secret + to_pem(own.certificate))
    context = ssl.create_default_context(cadata=to_pem(pair("@b1").certificate).decode())
    context.load_cert_chain(path)
    return context


async def get(
    broker: Assembly, folder: Path, name: str, *paths: str
) -> list[tuple[int, bytes]]:
    """Return status and body of each path, on one connection."""

    def fetch() -> list[tuple[int, bytes]]:
        assert broker.published is not None
        at = broker.published
        link = HTTPSConnection(at.host, at.port, context=context_of(folder, name), timeout=90)
        found = []
        for path in paths:
            link.request("GET", path)
            answer = link.getresponse()
            found.append((answer.status, answer.read()))
        link.close()
        return found

    return await asyncio.to_thread(fetch)


async def test_members_read_tiles_and_the_auditor_records(founded: Path, world: World) -> None:
    size = len(world.batches)
    async with broker_of(with_doors(founded)) as broker:
        await broker.exchange.heads.covering(size - 1)
        paths = ("/checkpoint", f"/tile/0/000.p/{size}", f"/records/000.p/{size}")
        member = await get(broker, founded, "AR/police", *paths)
        auditor = await get(broker, founded, "@audit", *paths)
        leaves = broker.exchange.tree.nodes(0, 0, size)
    assert [200, 200, 404] == [status for status, _ in member]
    assert [200, 200, 200] == [status for status, _ in auditor]
    assert leaves == member[1][1]


async def test_the_auditors_command_finds_the_served_log_whole(
    founded: Path, world: World
) -> None:
    (founded / "anchor.json").write_bytes(realm.anchor().to_bytes())
    context_of(founded, "@audit")
    async with broker_of(with_doors(founded)) as broker:
        for number in range(5):
            notice = world.notice("AR", police("BR"), number=number)
            batch = world.actor("AR").sign(notice)
            await broker.exchange.heads.covering(
                (await broker.exchange.admission.admit(batch)).leaf
            )
        words = ["--anchor", str(founded / "anchor.json")]
        words += ["--identity", str(founded / "client.pem"), "--json"]
        log = f"https://{broker.published}"
        assert 0 == await asyncio.to_thread(audit, ["verify-log", log, *words])


async def test_nothing_beyond_the_checkpoint_is_served(founded: Path, world: World) -> None:
    size = len(world.batches)
    async with broker_of(with_doors(founded)) as broker:
        await broker.exchange.heads.covering(size - 1)
        paths = (f"/tile/0/000.p/{size + 1}", "/tile/1/000", "/tile/0/x", "/", "/%2e%2e/keys")
        found = await get(broker, founded, "AR/police", *paths)
    assert [404] * 5 == [status for status, _ in found]


async def test_a_stranger_gets_no_further_than_the_handshake(founded: Path) -> None:
    async with broker_of(with_doors(founded)) as broker:
        with pytest.raises((ssl.SSLError, OSError)):
            await get(broker, founded, "stranger", "/checkpoint")


async def test_health_says_a_sentence_and_metrics_count(founded: Path) -> None:
    async with broker_of(with_doors(founded)) as broker:
        assert broker.monitored is not None
        at = broker.monitored

        def fetch() -> tuple[bytes, bytes]:
            link = HTTPConnection(at.host, at.port, timeout=90)
            link.request("GET", "/health")
            health = link.getresponse().read()
            link.request("GET", "/metrics")
            metrics = link.getresponse().read()
            link.close()
            return health, metrics

        health, metrics = await asyncio.to_thread(fetch)
    assert b"The broker serves." in health
    assert b"broker_tree_size" in metrics


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"POST / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.0\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
        b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
)
async def test_what_is_no_plain_get_is_a_bad_request(
    tmp_path: Path, request_bytes: bytes
) -> None:
    async with broker_of(with_doors(tmp_path)) as broker:
        assert broker.monitored is not None
        reader, writer = await asyncio.open_connection("127.0.0.1", broker.monitored.port)
        writer.write(request_bytes)
        answer = await reader.read()
        writer.close()
    assert answer.startswith(b"HTTP/1.1 400 ")


async def test_a_head_without_end_is_cut_off(tmp_path: Path) -> None:
    async with broker_of(with_doors(tmp_path)) as broker:
        assert broker.monitored is not None
        reader, writer = await asyncio.open_connection("127.0.0.1", broker.monitored.port)
        writer.write(b"GET /" + b"a" * 20_000)
        assert b"" == await reader.read()
        writer.close()


async def test_a_head_request_has_headers_only(tmp_path: Path) -> None:
    async with broker_of(with_doors(tmp_path)) as broker:
        assert broker.monitored is not None
        reader, writer = await asyncio.open_connection("127.0.0.1", broker.monitored.port)
        writer.write(b"HEAD /health HTTP/1.1\r\nConnection: close\r\n\r\n")
        answer = await reader.read()
        writer.close()
    assert answer.endswith(b"\r\n\r\n")
