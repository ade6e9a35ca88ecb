"""A plain consumer of Kafka, which knows nothing of our spool: what lies in a topic."""

import asyncio
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, TopicPartition

from tests.services.kafka import Kafka


@dataclass(frozen=True)
class Entry:
    """One record as Kafka holds it."""

    partition: int
    offset: int
    value: bytes


def read_topic(kafka: Kafka, topic: str) -> list[Entry]:
    """Return everything in a topic, partition by partition, in Kafka's order."""
    return asyncio.run(_read(kafka, topic))


async def _read(kafka: Kafka, topic: str) -> list[Entry]:
    found: list[Entry] = []
    async with AIOKafkaConsumer(**kafka.access("b1").options()) as consumer:
        partitions = await consumer._client.fetch_all_metadata()
        numbers = partitions.partitions_for_topic(topic) or set()
        where = [TopicPartition(topic, number) for number in sorted(numbers)]
        consumer.assign(where)
        await consumer.seek_to_beginning(*where)
        ends = await consumer.end_offsets(where)
        while any([await consumer.position(one) < ends[one] for one in where]):
            batches = await consumer.getmany(*where, timeout_ms=200)
            for at, records in batches.items():
                found += [Entry(at.partition, one.offset, bytes(one.value)) for one in records]
    return sorted(found, key=lambda one: (one.partition, one.offset))
