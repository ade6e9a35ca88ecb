"""Every door of the broker answers alike: there is none, and there is one that is not yours.

Brazil asks two brokers: one whose log holds a notice of Argentina's for Mexico's police, and
one whose log holds as large a notice for a court there. Whatever Brazil asks of the police's
notice, inbox, content or receipts, both answer in the same bytes. The log itself is open to
all members: how many batches there are, how large each and when, is no secret
(docs/envelope.md, section 4).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from http.client import HTTPSConnection
from pathlib import Path
from shutil import copyfile
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection_pb2

from broker.assembly import Assembly
from broker.service import NAME
from tests.broker.support import (
    DELIVER,
    SUBMIT,
    Client,
    World,
    broker_of,
    police,
    realm,
)
from tests.broker.test_http import context_of, with_doors
from valija.batch import Batch
from valija.ids import Desk, Office, digest
from valija.receipt import Event
from valija.statement import Endorsement
from valija.v1 import exchange_pb2
from valija.wire.deliver import DeliverRequest, deliver_request_bytes, parse_deliver_response
from valija.wire.submit import parse_submit_response, submit_request_bytes

AR, BR, MX = map(police, ("AR", "BR", "MX"))
COURT = Desk(MX.member, Office.JUDICIAL)
HEALTH, REFLECTION = "grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection"


@dataclass(frozen=True, slots=True)
class Place:
    """A broker, and the notice that stands in its log for somebody else.

    Attributes:
        folder: Of the broker.
        broker: Serves.
        world: The exchange around it.
        batch: Argentina's, with the notice.
    """

    folder: Path
    broker: Assembly
    world: World
    batch: Batch


@dataclass
class Seen:
    """Everything that a stream leaves with whoever opened it."""

    answers: list[object] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    code: object = grpc.StatusCode.OK
    details: str = ""
    initial: tuple[object, ...] = ()
    trailing: tuple[object, ...] = ()


@pytest.fixture(name="places")
async def _places(founded: Path) -> AsyncIterator[tuple[Place, Place]]:
    async with AsyncExitStack() as stack:
        places = []
        for recipient in (COURT, MX):
            folder = founded / recipient.office.name
            folder.mkdir()
            copyfile(founded / "spool.db", folder / "spool.db")
            broker = await stack.enter_async_context(broker_of(with_doors(folder)))
            world = World()
            batch: Batch = world.actor("AR").sign(world.notice("AR", recipient))
            admitted = await broker.exchange.admission.admit(batch)
            await broker.exchange.heads.covering(admitted.leaf)
            places.append(Place(folder, broker, world, batch))
        yield places[0], places[1]


def test_every_method_of_the_broker_has_a_case() -> None:
    service = exchange_pb2.DESCRIPTOR.services_by_name["ExchangeService"]
    assert {"Submit", "Deliver"} == set(service.methods_by_name)
    assert (SUBMIT, DELIVER) == (f"/{NAME}/Submit", f"/{NAME}/Deliver")


@pytest.mark.parametrize("inbox", [MX, COURT, AR, Desk.parse("ZZ/police"), police("BR")])
async def test_an_inbox_tells_nobody_else_whether_it_holds_something(
    places: tuple[Place, Place], inbox: Desk
) -> None:
    asked = deliver_request_bytes(DeliverRequest(0, 100, desk=inbox))
    bare, full = [await seen(place.broker, DELIVER, asked) for place in places]
    assert bare == full
    refused = grpc.StatusCode.OK if inbox == BR else grpc.StatusCode.UNAUTHENTICATED
    assert refused is bare.code
    assert (inbox == BR) is bool(bare.answers)


async def test_no_inbox_of_another_and_no_such_desk_are_refused_in_the_same_bytes(
    places: tuple[Place, Place],
) -> None:
    _, full = places
    names = (MX, COURT, Desk.parse("ZZ/police"), Desk.parse("BR/financial"))
    found = [
        await seen(full.broker, DELIVER, deliver_request_bytes(DeliverRequest(at, 9, desk=one)))
        for one in names
        for at in (0, 3)
    ]
    assert all(one == found[0] for one in found)


async def test_what_another_desk_received_cannot_be_receipted_into_the_open(
    places: tuple[Place, Place],
) -> None:
    label = digest(places[1].batch.items[0].payload)
    for event in (Event.DELIVERED, Event.OPENED, Event.REFUSED):
        item = realm.item(realm.receipt(event, label, BR), (AR,))
        bare, full = [await submitted(p, p.world.actor("BR").sign(item)) for p in places]
        assert bare == full
        assert bare.answers


async def test_a_head_of_another_and_none_are_withdrawn_alike_by_nobody_else(
    places: tuple[Place, Place],
) -> None:
    name = places[1].batch.head_digest
    item = realm.item(Endorsement(name, withdrawn=True, reason="rejected"))
    bare, full = [await submitted(p, p.world.actor("BR").sign(item)) for p in places]
    assert bare == full
    assert bare.answers


async def test_whether_anothers_batch_was_sent_is_not_told_to_who_carries_it(
    places: tuple[Place, Place],
) -> None:
    bare, full = places
    sent = await submitted(full, full.batch)
    assert sent == await submitted(bare, full.batch)


async def test_no_path_tells_a_member_what_lies_there_for_others(
    places: tuple[Place, Place],
) -> None:
    size = places[0].broker.exchange.tree.size
    label = digest(places[1].batch.items[0].payload).hex()
    there = ("/records/000", f"/records/000.p/{size}", f"/records/000.p/{size - 1}")
    nowhere = (f"/content/{label}", f"/blob/{label}", f"/items/{label}", "/inbox/MX/police")
    beyond = (f"/records/000.p/{size + 1}", f"/tile/0/000.p/{size + 1}", "/records/001")
    for place in places:
        found = await pages(place, *there, *nowhere, *beyond)
        assert {404} == {status for status, _, _ in found}
        assert all(one == found[0] for one in found)


async def test_what_every_member_reads_of_the_log_is_as_large_in_both(
    places: tuple[Place, Place],
) -> None:
    size = places[0].broker.exchange.tree.size
    paths = ("/checkpoint", f"/tile/0/000.p/{size}", f"/tile/entries/000.p/{size}", "/anchor")
    bare, full = [await pages(place, *paths) for place in places]
    assert [(status, heads, len(body)) for status, heads, body in bare] == [
        (status, heads, len(body)) for status, heads, body in full
    ]


async def test_health_and_reflection_know_of_no_notice(places: tuple[Place, Place]) -> None:
    asked = (
        (f"/{HEALTH}/Check", health_pb2.HealthCheckRequest(service=NAME)),
        (f"/{HEALTH}/Check", health_pb2.HealthCheckRequest(service="MX/police")),
        (
            f"/{REFLECTION}/ServerReflectionInfo",
            reflection_pb2.ServerReflectionRequest(list_services=""),
        ),
        (
            f"/{REFLECTION}/ServerReflectionInfo",
            reflection_pb2.ServerReflectionRequest(file_containing_symbol=NAME),
        ),
    )
    for path, request in asked:
        data = request.SerializeToString()
        bare, full = [await seen(place.broker, path, data, plain=bytes) for place in places]
        assert bare == full


async def submitted(place: Place, batch: Batch) -> Seen:
    """Submit a batch as Brazil; of the answers, the digest of its own head is left out."""
    return await seen(place.broker, SUBMIT, submit_request_bytes(batch), plain=_refusal)


def _refusal(data: bytes) -> object:
    answer = parse_submit_response(data)
    return answer.refused, answer.proof, answer.checkpoint, answer.consistency


def _delivered(data: bytes) -> object:
    """Return what a message brings, but for the log's own signature and hashes."""
    answer = parse_deliver_response(data)
    return answer.done, [each.logged.item.payload for each in answer.deliveries]


async def seen(
    broker: Assembly,
    path: str,
    *messages: bytes,
    plain: Any = None,  # noqa: ANN401  # A parser.
) -> Seen:
    """Make a call as Brazil, and return all that can be seen of it."""
    parse, found = plain or _delivered, Seen()
    async with Client(broker.address, "BR/police") as client:
        call = client.open(path)
        try:
            for message in messages:
                await call.write(message)
            if path != DELIVER:
                await call.done_writing()
            while (data := await _next(call)) is not None:
                found.sizes.append(len(data))
                found.answers.append(parse(data))
        except grpc.aio.AioRpcError as error:
            found.code, found.details = error.code(), error.details() or ""
            found.trailing = tuple(error.trailing_metadata())
            found.initial = tuple(error.initial_metadata())
        call.cancel()
    return found


async def _next(call: Any) -> bytes | None:  # noqa: ANN401  # grpc's own call object.
    """Return the next message; None at the end, or where a stream has no more to say."""
    try:
        async with asyncio.timeout(2):
            data = await call.read()
    except TimeoutError:
        return None
    return None if data is grpc.aio.EOF else data


async def pages(place: Place, *paths: str) -> list[tuple[int, list[tuple[str, str]], bytes]]:
    """Return status, headers and body of each path, as Brazil reads it."""

    def fetch() -> list[tuple[int, list[tuple[str, str]], bytes]]:
        at = place.broker.published
        assert at is not None
        context = context_of(place.folder, "BR/police")
        link = HTTPSConnection(at.host, at.port, context=context, timeout=10)
        found = []
        for path in paths:
            link.request("GET", path)
            answer = link.getresponse()
            found.append((answer.status, answer.getheaders(), answer.read()))
        link.close()
        return found

    return await asyncio.to_thread(fetch)
