"""`kill -9` at each step: one entry that counts, and nothing that was promised is lost."""

import asyncio
import signal
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest

from broker.candidate import RejectedError
from broker.exchange import Exchange
from tests.broker import crashing
from tests.broker.support import (
    Client,
    Inbox,
    World,
    broker_of,
    exchange_of,
    install,
    police,
    realm,
    setting,
)
from valija.address import Address
from valija.batch import Batch
from valija.errors import DuplicateError
from valija.ids import Kind
from valija.wire.submit import batch_file_bytes

PROCESSES = get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.broker.crashing"])
STEPS = (
    "before content",
    "after content",
    "before record",
    "after record",
    "before index",
    "after index",
    "after durable",
    "before checkpoint",
    "after checkpoint",
)


async def crash(folder: Path, step: str, *batches: Batch) -> None:
    """Run a broker that dies at a step while it admits batches."""
    file = folder / "batches"
    await asyncio.to_thread(file.write_bytes, batch_file_bytes(batches))
    process, _ = start(folder, step, str(file))
    await asyncio.to_thread(process.join, 180)
    assert -signal.SIGKILL == process.exitcode


def start(folder: Path, step: str, batches: str = "") -> tuple[ForkServerProcess, Connection]:
    """Start a broker, and return it with where it says things."""
    here, there = PROCESSES.Pipe(duplex=False)
    arguments = (step, str(install(folder)), batches, there)
    process = PROCESSES.Process(target=crashing.main, args=arguments, daemon=True)
    process.start()
    there.close()
    return process, here


async def again(exchange: Exchange, batch: Batch) -> int:
    """Submit the same bytes again, as a node does, and return where they stand."""
    try:
        return (await exchange.admission.admit(batch)).leaf
    except DuplicateError as error:
        return error.leaf_index or 0


@pytest.mark.parametrize("step", STEPS)
async def test_a_batch_counts_once_wherever_the_broker_dies(
    founded: Path, world: World, step: str
) -> None:
    start = len(world.batches)
    batch = world.actor("AR").sign(world.notice("AR", police("BR")))
    await crash(founded, step, batch)
    async with exchange_of(setting(founded)) as exchange:
        leaf = await again(exchange, batch)
        await exchange.heads.covering(leaf)
        assert start == leaf
        assert start + 1 == exchange.tree.size
        (place,) = (await exchange.mailroom.letters([leaf]))[leaf]._record.places
        await exchange.spool.content(place)  # type: ignore[arg-type]  # A record's number.
        kept = await exchange.index.digest()
    for file in await asyncio.to_thread(lambda: list(founded.glob("@b1.db*"))):
        file.unlink()
    async with exchange_of(setting(founded)) as rebuilt:
        assert kept == await rebuilt.index.digest()


@pytest.mark.parametrize("step", ["before record", "after record", "before index"])
async def test_a_refusal_is_logged_once_wherever_the_broker_dies(
    founded: Path, world: World, step: str
) -> None:
    start = len(world.batches)
    envelope = world.envelope("AR", police("BR"))
    batch = world.actor("AR").sign(realm.relabelled(envelope, expires=1))
    await crash(founded, step, batch)
    async with exchange_of(setting(founded)) as exchange:
        with pytest.raises(RejectedError):
            await exchange.admission.admit(batch)
        assert start + 1 == exchange.tree.size
        assert exchange.tree.fold.rejected(batch.head_digest)


@pytest.mark.parametrize("step", ["before message", "after message"])
async def test_a_delivery_cut_short_comes_again_from_the_cursor(
    founded: Path, world: World, step: str
) -> None:
    batch, leaf = world.actor("AR").sign(world.notice("AR", police("BR"))), len(world.batches)
    async with exchange_of(setting(founded)) as exchange:
        await exchange.heads.covering((await exchange.admission.admit(batch)).leaf)
    process, said = start(founded, step)
    at = Address.parse(await asyncio.to_thread(said.recv))
    async with Client(at, "BR/police") as brazil:
        inbox = Inbox(brazil, police("BR"))
        await inbox.ask(cursor=leaf)
        if step == "after message":
            assert 1 == len((await inbox.read()).deliveries)
        await asyncio.to_thread(process.join, 180)
        assert -signal.SIGKILL == process.exitcode
        inbox.close()
    async with (
        broker_of(setting(founded)) as broker,
        Client(broker.address, "BR/police") as brazil,
    ):
        inbox = Inbox(brazil, police("BR"))
        await inbox.ask(cursor=leaf)
        response = await inbox.read()
        inbox.close()
    assert [Kind.LABEL] == [each.logged.item.kind for each in response.deliveries]
    assert leaf + 1 == response.done
