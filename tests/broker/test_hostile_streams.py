"""The gRPC door against members that lie about numbers and sizes: refused, and nothing kept."""

from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest

from broker.assembly import Assembly
from tests.broker.support import (
    DELIVER,
    SUBMIT,
    Client,
    Inbox,
    World,
    broker_of,
    police,
    setting,
)
from tests.broker.test_service import codes, notice, send, status
from valija.v1 import exchange_pb2, label_pb2
from valija.wire import strict
from valija.wire.deliver import DeliverRequest, deliver_request_bytes
from valija.wire.submit import Code, submit_request_bytes

AR, BR = police("AR"), police("BR")
HUGE = 2**64 - 1


@pytest.fixture(name="broker")
async def _broker(founded: Path) -> AsyncIterator[Assembly]:
    async with broker_of(setting(founded)) as broker:
        yield broker


async def drain(inbox: Inbox) -> None:
    while True:
        await inbox.read()


@pytest.mark.parametrize("cursor", ["one more", "the largest"])
async def test_a_cursor_beyond_what_was_shown_is_refused_and_not_remembered(
    broker: Assembly, world: World, cursor: str
) -> None:
    beyond = {"one more": len(world.batches) + 1, "the largest": strict.MAX_COUNT}[cursor]
    async with Client(broker.address, "BR/police") as brazil:
        inbox = Inbox(brazil, BR)
        await inbox.ask()
        done = (await inbox.read()).done
        await inbox.more(cursor=beyond, credit=1)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await drain(inbox)
        assert grpc.StatusCode.INVALID_ARGUMENT == caught.value.code()
        assert {} == await broker.exchange.index.cursors()
        again = Inbox(brazil, BR)
        await again.ask(cursor=done)
        assert done == (await again.read()).done


@pytest.mark.parametrize("field", ["cursor", "size"])
async def test_a_first_request_that_counts_too_far_is_malformed(
    broker: Assembly, field: str
) -> None:
    whole = exchange_pb2.DeliverRequest.FromString(
        deliver_request_bytes(DeliverRequest(0, 1, desk=AR))
    )
    setattr(whole, field, HUGE)
    answer = await status(broker, "AR/police", DELIVER, strict.to_bytes(whole))
    assert grpc.StatusCode.INVALID_ARGUMENT == answer


@pytest.mark.parametrize("part", ["pair_sequence", "version"])
async def test_a_notice_with_a_number_that_no_store_keeps_never_enters_the_log(
    broker: Assembly, world: World, part: str
) -> None:
    good, whole = notice(world), exchange_pb2.SubmitRequest()
    whole.ParseFromString(submit_request_bytes(notice(world, 1)))
    envelope = whole.items[0].envelope
    if part == "version":
        label = label_pb2.Label.FromString(envelope.label)
        label.version = 2**32 - 1
        envelope.label = strict.to_bytes(label)
    else:
        envelope.stanzas[0].pair_sequence = HUGE
    before = await broker.exchange.spool.end()
    answers = await send(
        broker, "AR/police", strict.to_bytes(whole), submit_request_bytes(good)
    )
    assert [Code.MALFORMED] == codes(answers)
    assert 2 == sum(each.head == good.head_digest for each in answers)
    assert before + 1 == await broker.exchange.spool.end()


async def test_a_message_of_empty_items_without_end_is_malformed(broker: Assembly) -> None:
    items = b"\x1a\x00" * 1_000_000
    before = await broker.exchange.spool.end()
    assert [Code.MALFORMED] == codes(await send(broker, "AR/police", items))
    assert before == await broker.exchange.spool.end()


async def test_what_is_over_any_message_ends_its_stream_and_no_other(
    broker: Assembly, world: World
) -> None:
    before = await broker.exchange.spool.end()
    answer = await status(broker, "AR/police", SUBMIT, bytes(5 << 20))
    assert grpc.StatusCode.RESOURCE_EXHAUSTED == answer
    assert before == await broker.exchange.spool.end()
    async with Client(broker.address, "AR/police") as client:
        durable, _ = await client.submit(notice(world))
    assert durable.proof is not None


async def test_a_notice_sent_a_second_time_by_its_thief_stands_once(
    broker: Assembly, world: World
) -> None:
    batch = notice(world)
    await send(broker, "AR/police", submit_request_bytes(batch))
    before = await broker.exchange.spool.end()
    assert [Code.SIGNATURE] == codes(
        await send(broker, "BR/police", submit_request_bytes(batch))
    )
    assert [Code.DUPLICATE] == codes(
        await send(broker, "AR/police", submit_request_bytes(batch))
    )
    assert before == await broker.exchange.spool.end()
