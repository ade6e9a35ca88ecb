"""Two brokers on one Apache Kafka, without a leader, and the loss of one."""

import asyncio
import signal
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from secrets import token_hex

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from broker.exchange import Exchange, Setting
from broker.spool.kafka import KafkaSpool
from broker.spool.kafka_admin import make_topics
from broker.spool.kafka_topics import Topics
from tests.broker import crashing
from tests.broker.support import B1, B2, World, exchange_of, found, install, police, setting
from tests.services.kafka import Kafka
from valija.batch import Batch
from valija.errors import DuplicateError
from valija.head import parse_entry
from valija.ids import Desk, digest
from valija.wire.log import parse_log_record
from valija.wire.submit import batch_file_bytes

pytestmark = pytest.mark.xdist_group("kafka")
PROCESSES = get_context("forkserver")


@pytest.fixture(name="name")
async def _name(kafka: Kafka) -> str:
    """Topics of one's own."""
    name = f"valija.{token_hex(4)}"
    await make_topics(kafka.access("admin"), Topics(name), replicas=1)
    return name


def on_kafka(folder: Path, kafka: Kafka, name: str, desk: Desk = B1) -> Setting:
    base, client = setting(folder, desk), desk.member.removeprefix("@")
    return replace(base, spool=KafkaSpool(kafka.access(client), name))


def notices(world: World, count: int) -> list[Batch]:
    made = (world.notice("AR", police("BR"), number=number) for number in range(count))
    return [world.actor("AR").sign(each) for each in made]


async def place(broker: Exchange, batch: Batch) -> int:
    """Submit a batch, perhaps again, and return where it counts."""
    try:
        return (await broker.admission.admit(batch)).leaf
    except DuplicateError as error:
        return error.leaf_index or 0


async def level(*brokers: Exchange) -> int:
    size = await brokers[0].spool.end()
    for broker in brokers:
        await broker.follower.kept.until(partial(_holds, broker, size))
    return size


def _holds(broker: Exchange, size: int) -> bool:
    return broker.follower.indexed >= size


async def topic(kafka: Kafka, name: str, size: int) -> list[tuple[int, bytes]]:
    """Read the log's topic directly: offsets and values."""
    consumer = AIOKafkaConsumer(**kafka.access("b1").options(), group_id=None)
    await consumer.start()
    try:
        partition = TopicPartition(f"{name}.log", 0)
        consumer.assign([partition])
        await consumer.seek_to_beginning(partition)
        read: list[tuple[int, bytes]] = []
        while len(read) < size:
            got = await consumer.getmany(partition, timeout_ms=500)
            read += [(each.offset, each.value) for run in got.values() for each in run]
        return read
    finally:
        await consumer.stop()


async def test_two_brokers_on_one_kafka_agree_and_offsets_are_leaf_indexes(
    tmp_path: Path, kafka: Kafka, name: str, world: World
) -> None:
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(exchange_of(on_kafka(tmp_path, kafka, name, B1)))
        two = await stack.enter_async_context(exchange_of(on_kafka(tmp_path, kafka, name, B2)))
        await found(one, world)
        batches = notices(world, 20)
        brokers = [one, two] * 10
        await asyncio.gather(*map(place, brokers, batches))
        size = await level(one, two)
        roots = [(one.tree.root(n), two.tree.root(n)) for n in range(size + 1)]
        assert all(left == right for left, right in roots)
        assert await one.index.digest() == await two.index.digest()
        read = await topic(kafka, name, size)
        for offset, value in read:
            head = parse_entry(parse_log_record(value).entry).head
            assert offset == one.tree.fold.known_head(digest(head))
    assert list(range(size)) == [offset for offset, _ in read]


async def test_a_broker_killed_under_load_loses_and_doubles_nothing(
    tmp_path: Path, kafka: Kafka, name: str, world: World
) -> None:
    access = kafka.access("b2")
    spool = (
        f'[spool]\nkafka = "{access.bootstrap}"\nauthority = "{access.authority}"\n'
        f'certificate = "{access.certificate}"\nexchange = "{name}"\n'
    )
    async with exchange_of(on_kafka(tmp_path, kafka, name)) as one:
        await found(one, world)
        batches = notices(world, 6)
        file = tmp_path / "batches"
        await asyncio.to_thread(file.write_bytes, batch_file_bytes(batches))
        here, there = PROCESSES.Pipe(duplex=False)
        words = ("after record", str(install(tmp_path, B2, spool)), str(file), there)
        other = PROCESSES.Process(target=crashing.main, args=words, daemon=True)
        other.start()
        mine = await asyncio.gather(*(place(one, batch) for batch in batches[3:]))
        await asyncio.to_thread(other.join, 60)
        here.close()
        assert -signal.SIGKILL == other.exitcode
        again = [await place(one, batch) for batch in batches]
        assert mine == again[3:]
        assert len(batches) == len(set(again))
        await level(one)
        kept = await one.index.digest()
    async with exchange_of(on_kafka(tmp_path, kafka, name, B2)) as two:
        assert again == [two.tree.fold.known_head(batch.head_digest) for batch in batches]
        assert kept == await two.index.digest()
