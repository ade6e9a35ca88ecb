"""The gRPC door: who comes in, and what is said to bad bytes."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broker.assembly import Assembly
from broker.config import Limits
from broker.service import NAME
from tests.broker.support import (
    DELIVER,
    SUBMIT,
    Client,
    Inbox,
    World,
    broker_of,
    limited,
    police,
    realm,
    setting,
)
from valija.batch import Batch
from valija.ids import Desk, Kind, Office, digest
from valija.wire.deliver import DeliverRequest, deliver_request_bytes
from valija.wire.submit import (
    Code,
    SubmitResponse,
    parse_submit_response,
    submit_request_bytes,
)

AR, BR = police("AR"), police("BR")


@pytest.fixture(name="broker")
async def _broker(founded: Path) -> AsyncIterator[Assembly]:
    async with broker_of(setting(founded)) as broker:
        yield broker


def notice(world: World, number: int = 0) -> Batch:
    batch: Batch = world.actor("AR").sign(world.notice("AR", BR, number=number))
    return batch


def codes(answers: list[SubmitResponse]) -> list[Code]:
    return [each.refused.code for each in answers if each.refused]


async def send(broker: Assembly, name: str, *messages: bytes) -> list[SubmitResponse]:
    """Send raw messages on one Submit stream and return the answers."""
    async with Client(broker.address, name) as client:
        call = client.open(SUBMIT)
        for message in messages:
            await call.write(message)
        await call.done_writing()
        return [parse_submit_response(each) async for each in call]


async def status(broker: Assembly, name: str, path: str, *messages: bytes) -> grpc.StatusCode:
    """Return how a stream ends."""
    async with Client(broker.address, name) as client:
        call = client.open(path)
        try:
            for message in messages:
                await call.write(message)
            async for _ in call:
                pass
        except grpc.aio.AioRpcError as error:
            return error.code()
        return grpc.StatusCode.OK


async def test_a_stranger_is_not_let_in(broker: Assembly) -> None:
    assert grpc.StatusCode.UNAVAILABLE == await status(broker, "stranger", SUBMIT, b"x")


async def test_a_certificate_that_the_log_adds_is_let_in_without_a_restart(
    broker: Assembly, world: World
) -> None:
    statement = realm.tls(
        AR, "AR/second", broker.exchange.tree.fold.directory.last_statement(AR, realm.Role.TLS)
    )
    await broker.exchange.admission.admit(world.actor("AR").sign(realm.item(statement)))
    async with Client(broker.address, "AR/second") as client:
        durable, _ = await client.submit(notice(world))
    assert durable.proof is not None


async def test_a_batch_of_another_member_with_a_door_of_its_own_is_not_carried(
    broker: Assembly, world: World
) -> None:
    batch = notice(world)
    async with Client(broker.address, "BR/police") as brazil:
        (answer,) = await brazil.submit(batch)
    assert [Code.SIGNATURE] == codes([answer])
    assert digest(batch.head_bytes) == answer.head


async def test_a_batch_of_the_council_is_carried_by_any_member(
    broker: Assembly, world: World
) -> None:
    batch = world.actor("@c1").sign(realm.item(realm.membership("UY")))
    async with Client(broker.address, "BR/police") as brazil:
        durable, proven = await brazil.submit(batch)
    assert durable.proof is not None
    assert proven.checkpoint


async def test_a_duplicate_is_answered_with_the_first_ones_proof(
    broker: Assembly, world: World
) -> None:
    batch = notice(world)
    async with Client(broker.address, "AR/police") as client:
        _, proven = await client.submit(batch)
        durable_again, proven_again = await client.submit(batch)
    assert [Code.DUPLICATE] == codes([durable_again])
    assert proven.proof is not None
    assert durable_again.proof == replace(proven.proof, path=())
    assert proven_again.proof is not None
    assert proven.proof.leaf_index == proven_again.proof.leaf_index


async def test_one_bad_batch_leaves_the_stream_and_the_others_alone(
    broker: Assembly, world: World
) -> None:
    good, bad = notice(world), notice(world, 1)
    flipped = replace(bad, value=bytes(3373))
    answers = await send(
        broker,
        "AR/police",
        b"\xff\xff",
        submit_request_bytes(flipped),
        b"",
        submit_request_bytes(good),
    )
    assert {Code.MALFORMED, Code.SIGNATURE} == set(codes(answers))
    assert 2 == sum(each.head == good.head_digest for each in answers)


async def test_what_is_over_3_mib_is_refused_by_name_and_for_good(
    broker: Assembly, world: World
) -> None:
    batch = notice(world)
    long = submit_request_bytes(batch) + bytes(3 << 20)
    (answer,) = await send(broker, "AR/police", long)
    assert answer.refused is not None
    assert (Code.LIMIT, 0) == (answer.refused.code, answer.refused.until)


async def test_a_member_over_its_limit_is_told_when_to_come_again(
    founded: Path, world: World
) -> None:
    base = limited(setting(founded), Limits(batches_a_minute=2))
    async with broker_of(base) as broker:
        messages = [submit_request_bytes(notice(world, n)) for n in range(5)]
        answers = await send(broker, "AR/police", *messages)
    refused = [each.refused for each in answers if each.refused]
    assert {Code.LIMIT} == {each.code for each in refused}
    assert all(each.until > world.minute for each in refused)
    assert len(refused) >= 1


async def test_a_larger_size_than_the_tree_waits_and_then_is_unavailable(
    broker: Assembly, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("broker.service._PATIENCE_S", 0.2)
    request = DeliverRequest(0, 1, desk=AR, size=10_000)
    answer = await status(broker, "AR/police", DELIVER, deliver_request_bytes(request))
    assert grpc.StatusCode.UNAVAILABLE == answer


async def test_another_members_inbox_stays_closed(broker: Assembly) -> None:
    request = deliver_request_bytes(DeliverRequest(0, 1, desk=BR))
    assert grpc.StatusCode.UNAUTHENTICATED == await status(
        broker, "AR/police", DELIVER, request
    )


async def test_a_desk_that_does_not_stand_has_no_inbox(broker: Assembly) -> None:
    request = DeliverRequest(0, 1, desk=Desk(AR.member, Office.FINANCIAL))
    answer = await status(broker, "AR/police", DELIVER, deliver_request_bytes(request))
    assert grpc.StatusCode.UNAUTHENTICATED == answer


@pytest.mark.parametrize(
    "request_",
    [
        DeliverRequest(0, 1),
        DeliverRequest(0, 1, cosignature=b"line", desk=AR),
    ],
)
async def test_a_first_request_names_a_desk_and_cosigns_nothing(
    broker: Assembly, request_: DeliverRequest
) -> None:
    answer = await status(broker, "AR/police", DELIVER, deliver_request_bytes(request_))
    assert grpc.StatusCode.INVALID_ARGUMENT == answer


async def test_a_second_request_gives_credit_only(broker: Assembly) -> None:
    request = deliver_request_bytes(DeliverRequest(0, 1, desk=AR))
    answer = await status(broker, "AR/police", DELIVER, request, request)
    assert grpc.StatusCode.INVALID_ARGUMENT == answer


async def test_a_waiting_stream_is_sent_what_comes(broker: Assembly, world: World) -> None:
    async with (
        Client(broker.address, "BR/police") as brazil,
        Client(broker.address, "AR/police") as argentina,
    ):
        inbox, start = Inbox(brazil, BR), len(world.batches)
        await inbox.ask(cursor=start, credit=10)
        first = await inbox.read()
        assert () == first.deliveries
        await argentina.submit(notice(world))
        (delivery,) = (await inbox.read()).deliveries
        inbox.close()
    assert Kind.LABEL is delivery.logged.item.kind


async def test_a_cursor_that_was_told_is_remembered(broker: Assembly, world: World) -> None:
    async with Client(broker.address, "BR/police") as brazil:
        inbox = Inbox(brazil, BR)
        await inbox.ask()
        done = (await inbox.read()).done
        await inbox.more(cursor=done, credit=1)
        await inbox.call.done_writing()
        assert grpc.aio.EOF is await inbox.call.read()
    assert len(world.batches) == done
    assert {str(BR): done} == await broker.exchange.index.cursors()


async def test_health_and_reflection_stand_on_the_same_port(broker: Assembly) -> None:
    async with Client(broker.address, "AR/police") as client:
        health: Any = health_pb2_grpc.HealthStub(client.channel)
        found = await health.Check(health_pb2.HealthCheckRequest(service=NAME))
        channel: Any = client.channel
        reflect: Any = reflection_pb2_grpc.ServerReflectionStub(channel)
        words: Any = reflection_pb2
        asked = words.ServerReflectionRequest(list_services="")
        call = reflect.ServerReflectionInfo(iter([asked]))
        names = [each.name for each in (await call.read()).list_services_response.service]
    assert health_pb2.HealthCheckResponse.SERVING == found.status
    assert NAME in names


@given(messages=st.lists(st.binary(max_size=300), min_size=1, max_size=4))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_any_bytes_at_submit_get_one_refusal_each(
    broker: Assembly, messages: list[bytes]
) -> None:
    before = await broker.exchange.spool.end()
    answers = await send(broker, "AR/police", *messages)
    assert [Code.MALFORMED] * len(messages) == codes(answers)
    assert before == await broker.exchange.spool.end()


@given(data=st.data())
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_a_damaged_submission_is_refused_and_nothing_is_stored(
    broker: Assembly, world: World, data: st.DataObject
) -> None:
    whole = bytearray(submit_request_bytes(notice(world, data.draw(st.integers(0, 1000)))))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    before = await broker.exchange.spool.end()
    (code,) = codes(await send(broker, "AR/police", bytes(whole)))
    assert code in {Code.MALFORMED, Code.SIGNATURE, Code.VERIFICATION, Code.REJECTED}
    # Sealed parts are not what was signed: false ones are refused with a word in the log.
    assert before + (code is Code.REJECTED) == await broker.exchange.spool.end()


@given(message=st.binary(max_size=200))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_any_bytes_at_deliver_end_the_stream_in_our_own_words(
    broker: Assembly, message: bytes
) -> None:
    assert grpc.StatusCode.INVALID_ARGUMENT == await status(
        broker, "AR/police", DELIVER, message
    )
