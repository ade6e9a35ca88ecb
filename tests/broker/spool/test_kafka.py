"""What the spool on Apache Kafka promises beyond the contract, against a real server."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import (
    MessageSizeTooLargeError,
    TopicAuthorizationFailedError,
    for_code,
)

from broker.spool.kafka import KafkaSpool
from broker.spool.kafka_access import KafkaAccess
from broker.spool.kafka_admin import check_topics, make_topics
from broker.spool.kafka_topics import Topics
from deploy.kafka.certificates import Authority
from tests.services.kafka import Kafka
from valija.errors import UnavailableError, VerificationError

pytestmark = pytest.mark.xdist_group("kafka")


@pytest.fixture
async def exchange(kafka: Kafka) -> str:
    """Return the name of an exchange whose topics are fresh."""
    name = f"valija.{token_hex(4)}"
    await make_topics(kafka.access("admin"), Topics(name), replicas=1)
    await check_topics(kafka.access("b1"), Topics(name))
    return name


@pytest.fixture
async def admin(kafka: Kafka) -> AsyncIterator[AIOKafkaAdminClient]:
    client = AIOKafkaAdminClient(**kafka.access("admin").options())
    await client.start()
    yield client
    await client.close()


async def test_a_bare_consumer_reads_each_record_at_its_leaf_index(
    kafka: Kafka, exchange: str
) -> None:
    values = [b"record %d" % number for number in range(200)]
    one, other = (KafkaSpool(kafka.access(name), exchange) for name in ("b1", "b2"))
    async with one, other:
        appends = [
            (one, other)[number % 2].append_record(value) for number, value in enumerate(values)
        ]
        leaves = await asyncio.gather(*appends)
    assert dict(zip(leaves, values, strict=True)) == await _bare(kafka, f"{exchange}.log", 200)


async def test_one_partition_holds_the_log(kafka: Kafka, exchange: str) -> None:
    consumer = AIOKafkaConsumer(**kafka.access("b1").options())
    async with consumer:
        await consumer._client.set_topics([f"{exchange}.log"])
        assert consumer.partitions_for_topic(f"{exchange}.log") == {0}


async def test_contents_spread_over_the_partitions(kafka: Kafka, exchange: str) -> None:
    async with KafkaSpool(kafka.access("b1"), exchange) as spool:
        places = await spool.append_contents([(bytes([0, 0, 0, n]), b"v") for n in range(8)])
    assert {place >> 48 for place in places} == {0, 1, 2, 3}


async def test_the_topics_of_an_exchange_are_made_once(kafka: Kafka, exchange: str) -> None:
    await make_topics(kafka.access("admin"), Topics(exchange), replicas=1)
    async with KafkaSpool(kafka.access("b1"), exchange) as spool:
        assert await spool.end() == 0


async def test_a_broker_does_not_start_without_its_topics(
    kafka: Kafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("broker.spool.kafka_admin._PATIENCE_S", 0)
    with pytest.raises(VerificationError, match=r"no topic valija\.nowhere\.log"):
        await check_topics(kafka.access("b1"), Topics("valija.nowhere"))


async def test_a_broker_does_not_start_on_a_log_of_two_partitions(
    kafka: Kafka, exchange: str, admin: AIOKafkaAdminClient
) -> None:
    await admin.create_partitions({f"{exchange}.log": NewPartitions(2)})
    await _until(lambda: _partitions(admin, f"{exchange}.log"), 2)
    with pytest.raises(VerificationError, match="has 2 partitions, must have 1"):
        await _start(kafka.access("b1"), exchange)


@pytest.mark.parametrize(
    ("setting", "value"), [("cleanup.policy", "compact"), ("retention.ms", "86400000")]
)
async def test_a_broker_does_not_start_on_a_log_that_forgets(
    kafka: Kafka, exchange: str, admin: AIOKafkaAdminClient, setting: str, value: str
) -> None:
    await _set(admin, f"{exchange}.log", setting, value)
    await _until(lambda: _setting(admin, f"{exchange}.log", setting), value)
    with pytest.raises(VerificationError, match=setting):
        await _start(kafka.access("b1"), exchange)


async def test_a_broker_cannot_delete_alter_or_make_topics(kafka: Kafka, exchange: str) -> None:
    client = AIOKafkaAdminClient(**kafka.access("b1").options())
    await client.start()
    try:
        deleted = await client.delete_topics([f"{exchange}.log"])
        assert for_code(deleted.topic_error_codes[0][1]) is TopicAuthorizationFailedError
        (altered,) = await _set(client, f"{exchange}.log", "retention.ms", "1")
        assert for_code(altered.resources[0][0]) is TopicAuthorizationFailedError
        with pytest.raises(VerificationError, match="did not make"):
            await make_topics(kafka.access("b1"), Topics("valija.own"), replicas=1)
    finally:
        await client.close()


async def test_a_broker_cannot_read_what_is_not_the_exchange_s(
    kafka: Kafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("broker.spool.kafka_admin._PATIENCE_S", 0.5)
    await make_topics(kafka.access("admin"), Topics("foreign"), replicas=1)
    with pytest.raises(VerificationError, match=r"no topic foreign\.log for us"):
        await check_topics(kafka.access("b1"), Topics("foreign"))


async def test_a_certificate_of_another_authority_opens_nothing(
    kafka: Kafka, exchange: str, tmp_path: Path
) -> None:
    Authority(tmp_path, datetime.now(UTC)).client("b1")  # noqa: TID251  # Real TLS, real time.
    forged = replace(kafka.access("b1"), certificate=tmp_path / "b1.pem")
    with pytest.raises(UnavailableError):
        await _start(forged, exchange)


async def test_a_server_of_another_authority_is_not_trusted(
    kafka: Kafka, exchange: str, tmp_path: Path
) -> None:
    Authority(tmp_path, datetime.now(UTC))  # noqa: TID251  # Real TLS, real time.
    misled = replace(kafka.access("b1"), authority=tmp_path / "ca.pem")
    with pytest.raises(UnavailableError):
        await _start(misled, exchange)


async def test_missing_certificates_are_said_to_be_missing(kafka: Kafka) -> None:
    with pytest.raises(VerificationError, match="certificates"):
        await _start(kafka.access("nobody"), "valija")


async def test_a_batch_that_unpacks_to_more_than_a_message_may_have_is_not_taken(
    kafka: Kafka, exchange: str
) -> None:
    options = kafka.access("b2").options()
    foreign = AIOKafkaProducer(**options, compression_type="gzip", max_request_size=64 << 20)
    async with foreign:
        with pytest.raises(MessageSizeTooLargeError):
            await foreign.send_and_wait(f"{exchange}.log", bytes(32 << 20))
    async with KafkaSpool(kafka.access("b1"), exchange) as spool:
        assert 0 == await spool.end()
        assert 0 == await spool.append_record(b"the next good one")


async def test_an_append_waits_through_a_pause_of_kafka(kafka: Kafka, exchange: str) -> None:
    async with KafkaSpool(kafka.access("b1"), exchange) as spool:
        await spool.append_record(b"before")
        with kafka.paused(1):
            paused = asyncio.create_task(spool.append_record(b"paused"))
            await asyncio.sleep(0.5)
            assert not paused.done()
        assert await paused == 1


async def test_after_a_refused_append_the_next_one_goes_through(
    kafka: Kafka, exchange: str, admin: AIOKafkaAdminClient
) -> None:
    async with KafkaSpool(kafka.access("b1"), exchange) as spool:
        await spool.append_record(b"before")
        await _set(admin, f"{exchange}.log", "max.message.bytes", "100000")
        await _until(lambda: _setting(admin, f"{exchange}.log", "max.message.bytes"), "100000")
        with pytest.raises(UnavailableError, match="MessageSizeTooLarge"):
            await spool.append_record(bytes(500_000))
        assert await spool.append_record(b"after") == 1


async def test_a_stop_ends_soon_though_kafka_does_not_answer(
    kafka: Kafka, exchange: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("broker.spool.kafka_access.REQUEST_MS", 1000)
    monkeypatch.setattr("broker.spool.kafka_access.STOP_S", 0.5)
    before = _sockets()
    spool = KafkaSpool(kafka.access("b1"), exchange)
    await spool.start()
    with kafka.paused(1):
        hanging = asyncio.create_task(spool.append_record(b"never acknowledged"))
        await asyncio.sleep(0.2)
        async with asyncio.timeout(60):
            await spool.stop()
    hanging.cancel()
    await asyncio.gather(hanging, return_exceptions=True)

    async def _gone() -> bool:
        return _sockets() <= before

    # TLS says its good-byes once the server answers, so that no socket outlives the loop.
    await _until(_gone, True)


def _sockets() -> int:
    """Return how many sockets this process holds open."""
    return sum(
        os.path.realpath(path).count("socket:") for path in Path("/proc/self/fd").iterdir()
    )


async def _until(ask: Callable[[], Awaitable[object]], wanted: object) -> None:
    """Wait until what is asked for is as wanted: Kafka's controller tells its servers late."""
    async with asyncio.timeout(30):
        while True:
            if await ask() == wanted:
                return
            await asyncio.sleep(0.05)


async def _start(access: KafkaAccess, exchange: str) -> None:
    async with KafkaSpool(access, exchange):
        pass


async def _partitions(client: AIOKafkaAdminClient, topic: str) -> int:
    (told,) = await client.describe_topics([topic])
    return len(told["partitions"])


async def _setting(client: AIOKafkaAdminClient, topic: str, name: str) -> str:
    asked = ConfigResource(ConfigResourceType.TOPIC, topic)
    ((answer,),) = [one.resources for one in await client.describe_configs([asked])]
    settings: dict[str, str] = {key: value for key, value, *_ in answer[-1]}
    return settings[name]


async def _set(client: AIOKafkaAdminClient, topic: str, name: str, value: str) -> list[Any]:
    asked = ConfigResource(ConfigResourceType.TOPIC, topic, {name: value})
    answers: list[Any] = await client.alter_configs([asked])
    return answers


async def _bare(kafka: Kafka, topic: str, count: int) -> dict[int, bytes]:
    """Read with a consumer that knows nothing of our spool."""
    found: dict[int, bytes] = {}
    async with AIOKafkaConsumer(**kafka.access("b1").options()) as consumer:
        consumer.assign([TopicPartition(topic, 0)])
        await consumer.seek_to_beginning()
        while len(found) < count:
            record = await consumer.getone()
            found[record.offset] = record.value
    return found
