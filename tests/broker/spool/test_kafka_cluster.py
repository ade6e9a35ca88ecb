"""Three servers: one is killed, nothing acknowledged is lost, and the log goes on."""

import asyncio
import os
import signal
from itertools import count
from secrets import token_hex

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from broker.spool import Place, Spool
from broker.spool.kafka import KafkaSpool
from broker.spool.kafka_admin import make_topics
from broker.spool.kafka_topics import Topics
from tests.services.kafka import Kafka
from valija.errors import UnavailableError

pytestmark = pytest.mark.xdist_group("kafka_cluster")


async def test_the_leader_of_the_log_is_killed_and_nothing_promised_is_lost(
    kafka_cluster: Kafka,
) -> None:
    exchange = f"valija.{token_hex(4)}"
    await make_topics(kafka_cluster.access("admin"), Topics(exchange), replicas=3)
    async with KafkaSpool(kafka_cluster.access("b1"), exchange) as spool:
        over = asyncio.Event()
        load = [asyncio.create_task(_load(spool, name, over)) for name in (b"one", b"two")]
        reading = asyncio.create_task(_read(spool, 150))
        await asyncio.sleep(0.5)
        os.kill(kafka_cluster.pid(await _leader(kafka_cluster, exchange)), signal.SIGKILL)
        await _grown(spool, await spool.end() + 200)
        over.set()
        promised = [promise for promises in await asyncio.gather(*load) for promise in promises]
        records = dict(await _read(spool, await spool.end()))
        assert await reading == list(records.items())[: len(await reading)]
        contents = await spool.contents(place for _, place, _ in promised)
    kafka_cluster.revive()
    assert list(range(len(records))) == list(records)
    for leaf, place, value in promised:
        assert (records[leaf], contents[place]) == (value, value)


async def _load(
    spool: Spool, name: bytes, over: asyncio.Event
) -> list[tuple[int, Place, bytes]]:
    """Append as a broker does, content first, until it is over; return what was promised."""
    promised: list[tuple[int, Place, bytes]] = []
    for number in count():
        if over.is_set():
            return promised
        value = b"%s %d" % (name, number)
        try:
            (place,) = await spool.append_contents([(os.urandom(32), value)])
            promised.append((await spool.append_record(value), place, value))
        except UnavailableError:
            await asyncio.sleep(0.1)
    raise AssertionError


async def _read(spool: Spool, records: int) -> list[tuple[int, bytes]]:
    found: list[tuple[int, bytes]] = []
    async for batch in spool.records(0):
        found += batch
        if len(found) >= records:
            break
    return found


async def _grown(spool: Spool, end: int) -> None:
    async with asyncio.timeout(90):
        while True:
            try:
                if await spool.end() >= end:
                    return
            except UnavailableError:
                pass
            await asyncio.sleep(0.1)


async def _leader(kafka: Kafka, exchange: str) -> int:
    async with AIOKafkaConsumer(**kafka.access("b1").options()) as consumer:
        await consumer._client.set_topics([f"{exchange}.log"])
        where = TopicPartition(f"{exchange}.log", 0)
        leader: int = consumer._client.cluster.leader_for_partition(where)
        return leader
