"""Each engine breaks once, and is asked again: nothing is lost, nothing is half-stored."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
import pytest

from broker.assembly import Assembly
from broker.contents import Contents
from broker.exchange import Exchange
from broker.expiry import Expiry
from broker.mailroom import Mailroom
from broker.monitor import Monitor
from broker.spool import Place
from tests.broker.support import (
    B2,
    DELIVER,
    Client,
    World,
    broker_of,
    clock_at,
    exchange_of,
    police,
    setting,
)
from tests.broker.test_service import status
from valija.batch import Batch
from valija.clock import MINUTES_A_DAY, Minute
from valija.errors import LimitError, SplitViewError, UnavailableError, ValijaError
from valija.ids import digest
from valija.wire.deliver import DeliverRequest, deliver_request_bytes

BR = police("BR")


def notice(world: World, number: int = 0) -> Batch:
    batch: Batch = world.actor("AR").sign(world.notice("AR", BR, number=number))
    return batch


def break_once(part: Any, name: str, error: ValijaError) -> list[int]:  # noqa: ANN401
    """Make the next call of a method fail; return a list that grows with each call."""
    inner: Callable[..., Awaitable[Any]] = getattr(part, name)
    calls: list[int] = []

    async def outer(*arguments: Any) -> Any:  # noqa: ANN401  # Any part.
        calls.append(1)
        if len(calls) == 1:
            raise error
        return await inner(*arguments)

    part.__dict__[name] = outer
    return calls


@pytest.fixture(name="exchange")
async def _exchange(founded: Path) -> AsyncIterator[Exchange]:
    async with exchange_of(setting(founded)) as exchange:
        yield exchange


async def test_a_checkpoint_that_was_not_kept_is_not_shown(
    exchange: Exchange, world: World
) -> None:
    calls = break_once(exchange.spool, "append_checkpoint", UnavailableError("away"))
    taken = await exchange.admission.admit(notice(world))
    head = await exchange.heads.covering(taken.leaf)
    assert 2 == len(calls)
    assert [head.note] == await exchange.spool.last_checkpoints(1)


async def test_an_index_that_is_away_is_caught_up(exchange: Exchange, world: World) -> None:
    calls = break_once(exchange.mailroom, "keep", UnavailableError("away"))
    taken = await exchange.admission.admit(notice(world))
    await exchange.heads.covering(taken.leaf)
    assert 2 == len(calls)
    assert [taken.leaf] == list(await exchange.index.records([taken.leaf]))


async def test_content_that_is_not_kept_refuses_its_batch_and_no_other(
    exchange: Exchange, world: World
) -> None:
    batches = [notice(world, number) for number in range(3)]
    inner = exchange.spool.append_contents

    async def outer(items: Sequence[tuple[bytes, bytes]]) -> list[Place]:
        if len(items) > 1 or items[0][0] == _label(batches[1]):
            raise UnavailableError("away")
        return await inner(items)

    exchange.spool.__dict__["append_contents"] = outer
    found = await asyncio.gather(
        *map(exchange.admission.admit, batches), return_exceptions=True
    )
    assert [False, True, False] == [isinstance(each, UnavailableError) for each in found]
    assert 2 == exchange.tree.size - len(world.batches)


async def test_a_record_that_is_not_kept_is_told_to_come_again(
    exchange: Exchange, world: World
) -> None:
    batch = notice(world)
    for error in (UnavailableError("away"), LimitError("too large")):
        break_once(exchange.spool, "append_record", error)
        with pytest.raises(type(error)):
            await exchange.admission.admit(batch)
    assert len(world.batches) == (await exchange.admission.admit(batch)).leaf


async def test_memory_holds_a_bounded_tail_and_the_index_has_the_rest(
    exchange: Exchange, world: World
) -> None:
    small = Mailroom(exchange.index, most=20_000)
    exchange.follower._mailroom = small
    start = exchange.tree.size
    for number in range(8):
        await exchange.admission.admit(notice(world, number))
    await exchange.heads.covering(exchange.tree.size - 1)
    assert 0 < len(small._recent) < 8
    span = range(start, exchange.tree.size)
    found = await small.waiting(BR, span, 99)
    assert list(span) == [post.leaf for post in found]
    assert list(span) == sorted(await small.letters(span))


async def test_contents_hold_so_many_bytes_and_read_the_rest_again(
    exchange: Exchange, world: World
) -> None:
    taken = [await exchange.admission.admit(notice(world, n)) for n in range(3)]
    places = [Place(each.record.places[0]) for each in taken]
    contents = Contents(exchange.spool, most=10_000)
    for _ in range(2):
        assert set(places) == set(await contents.fetch(places))
    assert 1 == len(contents._held)
    assert {} == await contents.fetch([Place(1 << 40)])


async def test_a_months_old_content_is_deleted_and_no_younger_one(
    exchange: Exchange, world: World
) -> None:
    taken = await exchange.admission.admit(notice(world))
    place = Place(taken.record.places[0])
    for days, left in ((30, True), (32, False)):
        later = clock_at(Minute(world.minute + days * MINUTES_A_DAY))
        await Expiry(exchange.spool, later).expire()
        assert left is bool(await exchange.spool.contents([place]))


async def test_a_bug_is_told_by_an_incident_number_alone(
    founded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with broker_of(setting(founded)) as broker:

        def broken(_reader: object) -> None:
            raise RuntimeError("a sentence that nobody outside may read")

        monkeypatch.setattr(broker.exchange.delivery, "messages", broken)
        request = deliver_request_bytes(DeliverRequest(0, 1, desk=police("AR")))
        async with Client(broker.address, "AR/police") as client:
            call = client.open(DELIVER)
            await call.write(request)
            with pytest.raises(grpc.aio.AioRpcError) as told:
                await call.read()
    assert grpc.StatusCode.INTERNAL == told.value.code()
    assert 16 == len(told.value.details() or "")


async def test_a_halted_broker_ends_its_streams_and_says_why(founded: Path) -> None:
    async with broker_of(setting(founded)) as broker:
        monitor = Monitor(broker.exchange)
        assert monitor.health()["serving"]
        await broker.exchange.spool.append_record(b"no record")
        with pytest.raises(SplitViewError):
            await broker.serve()
        assert "halted" in str(monitor.health()["sentence"])
        request = deliver_request_bytes(DeliverRequest(0, 1, desk=police("AR")))
        assert grpc.StatusCode.DATA_LOSS == await status(broker, "AR/police", DELIVER, request)


def test_a_broker_that_is_not_started_is_catching_up(founded: Path) -> None:
    exchange = Exchange(setting(founded))
    assert "catching up" in str(Monitor(exchange).health()["sentence"])
    with pytest.raises(UnavailableError):
        exchange.halting()


async def test_two_brokers_do_not_share_an_address(founded: Path) -> None:
    async with broker_of(setting(founded)) as one:
        base = setting(founded, B2)
        taken = replace(base, config=replace(base.config, listen=one.address))
        with pytest.raises(UnavailableError):
            async with Assembly(taken):
                pass


def _label(batch: Batch) -> bytes:
    return digest(batch.items[0].payload)
