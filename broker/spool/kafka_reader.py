"""Read Kafka by offset: follow one partition without holes, or fetch values by their places.

It promises to return only what lies below the high watermark, in order, and to stop at a hole
instead of stepping over it. aiokafka's consumer is made for following many partitions and
skips what transactions leave behind; places ask for single offsets and the log for proof that
none is missing. So this speaks aiokafka's fetch requests itself, on one connection a reader:
a request that waits for news would hold up the others.

Source: docs/architecture.md, "The order of record"; Apache Kafka protocol, Fetch and
ListOffsets.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import (
    KafkaError,
    LeaderNotAvailableError,
    NoError,
    OffsetOutOfRangeError,
    for_code,
)
from aiokafka.protocol.api import Request
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.protocol.offset import OffsetRequest
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.structs import TopicPartition

from broker.spool import end_of
from broker.spool.kafka_access import KafkaAccess, finish, foreign_errors
from valija.errors import MalformedError, SplitViewError, UnavailableError

Entry = tuple[int, bytes | None]
"""An offset and its value; None where a transaction's mark stands, which is nobody's entry."""

_NEWS_MS = 500  # How long Kafka holds a request that waits for news.
_PATIENCE_S = 15.0  # A new leader is elected well within.
_PAUSE_S = 0.05
_BATCH_BYTES = 4 * 1024 * 1024
# What to ask for: enough for the entries between the first and the last place, and for places
# far apart no more than a batch each. Kafka sends at least the whole batch the first lies in.
_ENTRY_BYTES = 16 * 1024
_BATCH_EACH_BYTES = 128 * 1024
_CONSUMER = -1
_LATEST = -1
_READ_UNCOMMITTED = 0


class KafkaReader:
    """One connection that reads; `topics` are the names it will ask for."""

    def __init__(self, access: KafkaAccess, topics: Iterable[str]) -> None:
        self._access = access
        self._topics = list(topics)
        self._client: AIOKafkaClient | None = None

    async def start(self) -> None:
        """Connect.

        Raises:
            UnavailableError: No server answers.
        """
        client = AIOKafkaClient(**self._access.options())
        with foreign_errors():
            try:
                await client.bootstrap()
                await client.set_topics(self._topics)
            except BaseException:
                await finish(client.close())
                raise
        self._client = client

    async def stop(self) -> None:
        """Disconnect."""
        client, self._client = self._client, None
        if client is not None:
            await finish(client.close())

    async def end(self, topic: str, partition: int = 0) -> int:
        """Return the high watermark: the offset that comes next."""
        request = OffsetRequest(_CONSUMER, _READ_UNCOMMITTED, [(topic, [(partition, _LATEST)])])
        where = TopicPartition(topic, partition)
        answer = await self._insist(where, request, _PATIENCE_S)
        return 0 if answer is None else int(answer[-1])

    async def follow(self, topic: str, start: int) -> AsyncIterator[list[tuple[int, bytes]]]:
        """Follow partition 0 of a topic from an offset on, through any outage.

        Raises:
            SplitViewError: An offset from `start` on holds no entry, or the topic is shorter.
            UnavailableError: Kafka does not let us read.
        """
        where = TopicPartition(topic, 0)
        while True:
            entries = await self._fetch(where, start, _NEWS_MS, _BATCH_BYTES)
            if entries is None:
                raise SplitViewError(f"{topic} does not hold what it held: entries were lost")
            batch = [(offset, value) for offset, value in entries if value is not None]
            if len(batch) < len(entries):
                raise SplitViewError(f"{topic} was written by a transaction: a hole")
            if batch:
                start = end_of(batch, start)
                yield batch

    async def values(
        self, topic: str, partition: int, offsets: Iterable[int]
    ) -> dict[int, bytes]:
        """Return the values at these offsets; what has expired or never was is left out."""
        client = self._opened()
        found: dict[int, bytes] = {}
        if partition not in (client.cluster.partitions_for_topic(topic) or ()):
            return found
        where, rest = TopicPartition(topic, partition), sorted(set(offsets))
        while rest:
            span = (rest[-1] - rest[0] + 1) * _ENTRY_BYTES
            size = min(span, len(rest) * _BATCH_EACH_BYTES)
            entries = await self._fetch(where, rest[0], 0, size)
            if entries == [] and rest[0] < await self.end(topic, partition):
                await asyncio.sleep(
                    _PAUSE_S
                )  # A new leader shows what it holds only by and by.
                continue
            values = dict(entries or ())
            seen = max(values, default=rest[0])
            for offset in rest:
                if (value := values.get(offset)) is not None:
                    found[offset] = value
            rest = [offset for offset in rest if offset > seen]
        return found

    async def _fetch(
        self, where: TopicPartition, start: int, wait_ms: int, size: int
    ) -> list[Entry] | None:
        """Return entries from `start` on; none at the end, None outside the partition."""
        size = min(size, _BATCH_BYTES)
        partitions = [(where.partition, start, size)]
        request = FetchRequest(wait_ms, 1, size, _READ_UNCOMMITTED, [(where.topic, partitions)])
        patience = math.inf if wait_ms else _PATIENCE_S
        answer = await self._insist(where, request, patience)
        return None if answer is None else entries_of(answer[-1], start)

    async def _insist(
        self, where: TopicPartition, request: Request, patience_s: float
    ) -> list[Any] | None:
        """Ask the leader, and the next one while the error may pass; None: out of range."""
        client, loop = self._opened(), asyncio.get_running_loop()
        until = loop.time() + patience_s
        with foreign_errors():
            while True:
                try:
                    return await _ask(client, where, request)
                except OffsetOutOfRangeError:
                    return None
                except KafkaError as error:
                    if not error.retriable or loop.time() > until:
                        raise
                await client.force_metadata_update()
                await asyncio.sleep(_PAUSE_S)

    def _opened(self) -> AIOKafkaClient:
        if self._client is None:
            raise UnavailableError("the spool is not started")
        return self._client


async def _ask(client: AIOKafkaClient, where: TopicPartition, request: Request) -> list[Any]:
    """Return what the leader of a partition says of it, after the error code."""
    leader = client.cluster.leader_for_partition(where)
    if leader in {None, -1}:
        raise LeaderNotAvailableError
    answer = await client.send(leader, request)
    ((_, ((_, code, *said),)),) = answer.topics
    error = for_code(code)
    if error is not NoError:
        raise error
    return list(said)


def entries_of(data: bytes | None, start: int) -> list[Entry]:
    """Return the entries from `start` on out of what a fetch brought.

    Raises:
        MalformedError: A batch is damaged, or written as no broker writes: the disk or the
            server lies.
    """
    try:
        return list(_entries(data, start))
    except (KafkaError, SystemError, OSError, EOFError, ValueError) as cause:
        # aiokafka's parser in C says SystemError where a size is negative.
        raise MalformedError("a batch that Kafka sent cannot be read") from cause


def _entries(data: bytes | None, start: int) -> Iterator[Entry]:
    records = MemoryRecords(bytes(data or b""))
    while (batch := records.next_batch()) is not None:
        if not batch.validate_crc():
            raise MalformedError("a batch that Kafka sent is damaged")
        for record in batch:
            if record.offset >= start:
                yield record.offset, None if batch.is_control_batch else record.value
