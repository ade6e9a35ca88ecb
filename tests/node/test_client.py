"""The way to the broker: exact bytes over mutual TLS, and on to the next when one is lost."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from node.client import DELIVER, SUBMIT, Client
from node.metrics import Metrics
from tests.node.echo import credentials, door, pair
from valija.address import Address
from valija.errors import UnavailableError, VerificationError

OURS, OTHER, FIRST, SECOND = (pair(name) for name in ("node-ar", "node-xx", "b1", "b2"))
NOBODY = Address("127.0.0.1", 9)


async def reverse(message: bytes) -> bytes:
    return message[::-1]


async def talk(client: Client, message: bytes, path: str = SUBMIT) -> bytes:
    async with client.stream(path) as stream:
        await stream.send(message)
        return await stream.receive()


@pytest.mark.parametrize("path", [SUBMIT, DELIVER])
async def test_bytes_arrive_as_they_were_handed_over(path: str) -> None:
    async with door(FIRST, OURS, reverse) as (_, address):
        client = Client([address], credentials(OURS, FIRST), Metrics())
        message = bytes(range(256)) * 8192
        assert await talk(client, message, path) == message[::-1]
        await client.close()


async def test_a_broker_that_is_not_in_the_anchor_is_not_spoken_to() -> None:
    async with door(SECOND, OURS, reverse) as (_, address):
        client = Client([address], credentials(OURS, FIRST), Metrics())
        with pytest.raises(UnavailableError):
            await talk(client, b"message")
        await client.close()


async def test_a_node_without_an_admitted_certificate_gets_no_stream() -> None:
    async with door(FIRST, OURS, reverse) as (_, address):
        client = Client([address], credentials(OTHER, FIRST), Metrics())
        with pytest.raises(UnavailableError):
            await talk(client, b"message")
        await client.close()


async def test_when_one_broker_is_gone_the_next_stream_goes_to_the_other() -> None:
    metrics = Metrics()
    async with door(SECOND, OURS, reverse) as (_, address):
        client = Client([NOBODY, address], credentials(OURS, FIRST, SECOND), metrics)
        with pytest.raises(UnavailableError):
            await talk(client, b"abc")
        assert client.broker == address
        assert client.is_lost
        assert await talk(client, b"abc") == b"cba"
        assert not client.is_lost
        await client.close()
    assert b"node_broker_moves_total 1.0" in metrics.page()


async def test_a_broker_that_dies_under_two_streams_is_left_once() -> None:
    async def hang(client: Client, path: str, after: Callable[[], Awaitable[None]]) -> None:
        async with client.stream(path) as stream:
            await stream.send(b"ab")
            assert await stream.receive() == b"ba"
            await after()
            await stream.receive()

    async with (
        door(FIRST, OURS, reverse) as (server, first),
        door(SECOND, OURS, reverse) as (_, second),
    ):
        client = Client([first, second], credentials(OURS, FIRST, SECOND), Metrics())
        both = asyncio.Barrier(2)

        async def die() -> None:
            if await both.wait() == 0:
                await server.stop(None)

        ends = await asyncio.gather(
            hang(client, SUBMIT, die), hang(client, DELIVER, die), return_exceptions=True
        )
        assert [type(end) for end in ends] == [UnavailableError, UnavailableError]
        assert client.broker == second
        assert await talk(client, b"xy") == b"yx"
        await client.close()


async def test_a_stream_that_the_broker_ends_well_is_unavailable_too() -> None:
    async def end(_message: bytes) -> None:
        return None

    async with door(FIRST, OURS, end) as (_, address):
        client = Client([address], credentials(OURS, FIRST), Metrics())
        with pytest.raises(UnavailableError, match="ended the stream"):
            await talk(client, b"message")
        await client.close()


async def test_what_does_not_hold_at_one_broker_is_asked_of_another() -> None:
    async def doubt(client: Client) -> None:
        async with client.stream(SUBMIT) as stream:
            await stream.send(b"a lie")
            raise VerificationError("it proves false")

    async with door(FIRST, OURS, reverse) as (_, address):
        client = Client([address, NOBODY], credentials(OURS, FIRST), Metrics())
        with pytest.raises(VerificationError):
            await doubt(client)
        assert client.broker == NOBODY
        await client.close()


async def test_a_stream_whose_broker_another_gave_up_ends_as_unavailable() -> None:
    async def doubt(client: Client) -> None:
        async with client.stream(SUBMIT):
            raise VerificationError("it proves false")

    async with door(FIRST, OURS, reverse) as (_, address):
        client = Client([address, NOBODY], credentials(OURS, FIRST), Metrics())
        async with client.stream(DELIVER) as waiting:
            await waiting.send(b"ab")
            assert await waiting.receive() == b"ba"
            silence = asyncio.ensure_future(waiting.receive())
            await asyncio.sleep(0)
            with pytest.raises(VerificationError):
                await doubt(client)
            with pytest.raises(UnavailableError, match="given up"):
                await silence
            with pytest.raises(UnavailableError):
                await waiting.send(b"more")
        await client.close()


async def test_a_cancelled_reader_is_cancelled() -> None:
    async with door(FIRST, OURS, reverse) as (_, address):
        client = Client([address], credentials(OURS, FIRST), Metrics())
        async with client.stream(DELIVER) as stream:
            silence = asyncio.ensure_future(stream.receive())
            await asyncio.sleep(0.05)
            silence.cancel()
            with pytest.raises(asyncio.CancelledError):
                await silence
        await client.close()


async def test_a_stream_that_reached_nobody_ends_when_another_gives_the_broker_up() -> None:
    async def doubt(client: Client) -> None:
        async with client.stream(SUBMIT):
            raise VerificationError("it proves false")

    async def say_nothing(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        silent.append(writer)

    silent: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    address = Address("127.0.0.1", server.sockets[0].getsockname()[1])
    client = Client([address, NOBODY], credentials(OURS, FIRST), Metrics())
    async with asyncio.timeout(90), client.stream(DELIVER) as waiting:
        sending = asyncio.ensure_future(waiting.send(b"ab"))
        await asyncio.sleep(0.05)
        with pytest.raises(VerificationError):
            await doubt(client)
        with pytest.raises(UnavailableError):
            await sending
    await client.close()
    for writer in silent:
        writer.close()
    server.close()
