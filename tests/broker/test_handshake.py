"""Handshakes follow the log, and nobody who opens connections can end a broker."""

import asyncio
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from broker.handshake import Handshakes, Roots
from tests.broker.support import Client, Inbox, World, pair, police
from tests.broker.test_crash import start
from valija.address import Address
from valija.certificate import to_pem

_ROOT = Path(__file__).parents[2]
_STORM_S = 3.0
_CALLERS = 4


class Given(Roots):
    """Roots that a test gives."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def pem(self) -> bytes:
        return b"".join(to_pem(pair(name).certificate) for name in self.names)


def storm(at: Address, seconds: float) -> int:
    """Open and close bare connections from many threads, and return how many were opened."""
    until, opened = time.monotonic() + seconds, []

    def knock() -> None:
        while time.monotonic() < until:
            with suppress(OSError):
                socket.create_connection((at.host, at.port), 1).close()
                opened.append(1)

    callers = [threading.Thread(target=knock) for _ in range(_CALLERS)]
    for one in callers:
        one.start()
    for one in callers:
        one.join()
    return len(opened)


def test_nothing_is_told_while_nothing_has_changed() -> None:
    naps: list[float] = []
    handshakes = Handshakes(Given("AR"), pair("@b1"), naps.append)
    handshakes.credentials()
    assert [None, None] == [handshakes.fetch(), handshakes.fetch()]
    assert [] == naps


def test_a_change_is_told_once_and_after_many_naps() -> None:
    naps: list[float] = []
    roots = Given("AR")
    handshakes = Handshakes(roots, pair("@b1"), naps.append)
    handshakes.credentials()
    roots.names = ("AR", "BR")
    assert handshakes.fetch() is not None
    assert 25 == len(naps)
    assert handshakes.fetch() is None
    roots.names = ("BR",)
    assert handshakes.fetch() is not None
    assert 50 == len(naps)


def test_a_change_during_the_naps_is_told_next() -> None:
    roots = Given("AR")
    handshakes = Handshakes(roots, pair("@b1"), lambda _: setattr(roots, "names", ("MX",)))
    handshakes.credentials()
    roots.names = ("BR",)
    assert handshakes.fetch() is not None
    assert handshakes.fetch() is not None
    assert handshakes.fetch() is None


async def test_a_broker_outlives_a_storm_of_bare_connections(
    founded: Path, world: World
) -> None:
    process, said = start(founded, "after durable")  # A step that kills nobody who delivers.
    try:
        at = Address.parse(await asyncio.to_thread(said.recv))
        assert 0 < await asyncio.to_thread(storm, at, _STORM_S)
        assert process.exitcode is None
        async with Client(at, "BR/police") as brazil:
            inbox = Inbox(brazil, police("BR"))
            await inbox.ask(cursor=0)
            assert (await inbox.read()).done <= len(world.batches)
            inbox.close()
    finally:
        process.kill()
        await asyncio.to_thread(process.join, 60)


@pytest.mark.parametrize("_time", range(2))
def test_a_server_outlives_a_storm_while_its_certificates_change(_time: int) -> None:
    words = [sys.executable, "-m", "tests.broker.turning", str(_STORM_S + 1)]
    with subprocess.Popen(words, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        storm(Address("127.0.0.1", int(server.stdout.readline())), _STORM_S)
        asked, naps = map(int, server.stdout.read().split())
    assert 0 == server.returncode
    assert 0 < naps < asked
