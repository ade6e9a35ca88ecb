"""The spool on Apache Kafka: what it acknowledged survives the loss of a server.

It promises what `broker.spool.Spool` says, for any number of broker processes on any number
of machines: the offset in the one partition of `valija.log` is the leaf index, and readers
see only what is below the high watermark. It starts only on topics that could keep it so.

Source: docs/architecture.md, "The order of record"; docs/envelope.md, section 4.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager

from broker.spool import Place, Spool, check_size, place_at, split_place
from broker.spool.kafka_access import KafkaAccess
from broker.spool.kafka_admin import check_topics
from broker.spool.kafka_reader import KafkaReader
from broker.spool.kafka_topics import Topics
from broker.spool.kafka_writer import KafkaWriter
from valija.clock import Day
from valija.ids import LeafIndex

EXCHANGE = "valija"
_LOG_BATCH_BYTES = 1024 * 1024
_CONTENT_BATCH_BYTES = 256 * 1024  # Whoever wants one content is sent its whole batch.


class KafkaSpool(Spool):
    """A spool in the topics of `exchange`.

    Contents have their own producer, so that a record never waits behind megabytes.
    """

    def __init__(self, access: KafkaAccess, exchange: str = EXCHANGE) -> None:
        self._access = access
        self._topics = Topics(exchange)
        self._log = KafkaWriter(access, _LOG_BATCH_BYTES)
        self._contents = KafkaWriter(access, _CONTENT_BATCH_BYTES)
        self._reader = KafkaReader(access, [topic.name for topic in self._topics.all])
        self._partitions = 0

    async def start(self) -> None:
        """Check the topics, then connect."""
        self._partitions = await check_topics(self._access, self._topics)
        await self._reader.start()
        await self._log.start()
        await self._contents.start()

    async def stop(self) -> None:
        """Send what waits, and disconnect; whoever follows closes for himself."""
        await asyncio.gather(self._log.stop(), self._contents.stop(), self._reader.stop())

    async def append_contents(self, items: Sequence[tuple[bytes, bytes]]) -> list[Place]:
        """Append contents, spread over the partitions by their keys, which are digests."""
        for key, value in items:
            check_size(key, value)
        entries = [
            (int.from_bytes(key[:4]) % self._partitions, key, value) for key, value in items
        ]
        offsets = await self._contents.append(self._topics.content.name, entries)
        return [
            place_at(partition, offset)
            for (partition, _, _), offset in zip(entries, offsets, strict=True)
        ]

    async def append_record(self, value: bytes) -> LeafIndex:
        """Append one record with whatever else waits for this request."""
        check_size(value)
        (offset,) = await self._log.append(self._topics.log.name, [(0, None, value)])
        return LeafIndex(offset)

    async def records(self, start: int) -> AsyncIterator[list[tuple[LeafIndex, bytes]]]:
        """Follow the log."""
        async with self._follower(self._topics.log.name) as reader:
            async for batch in reader.follow(self._topics.log.name, start):
                yield [(LeafIndex(offset), value) for offset, value in batch]

    async def end(self) -> int:
        """Return the high watermark of the log."""
        return await self._reader.end(self._topics.log.name)

    async def contents(self, places: Iterable[Place]) -> dict[Place, bytes]:
        """Fetch the values, from all partitions at once."""
        wanted = defaultdict(list)
        for place in places:
            partition, offset = split_place(place)
            wanted[partition].append(offset)
        topic = self._topics.content.name
        found = await asyncio.gather(
            *(self._reader.values(topic, *asked) for asked in wanted.items())
        )
        return {
            place_at(partition, offset): value
            for partition, values in zip(wanted, found, strict=True)
            for offset, value in values.items()
        }

    async def expire(self, before: Day) -> None:
        """Do nothing: Kafka expires contents by their topic's policy, which `start` checked."""

    async def append_checkpoint(self, note: bytes) -> int:
        """Append one note."""
        check_size(note)
        topic = self._topics.checkpoints.name
        return (await self._log.append(topic, [(0, None, note)]))[0]

    async def checkpoints(self, start: int) -> AsyncIterator[list[tuple[int, bytes]]]:
        """Follow the checkpoints."""
        async with self._follower(self._topics.checkpoints.name) as reader:
            async for batch in reader.follow(self._topics.checkpoints.name, start):
                yield batch

    async def last_checkpoints(self, most: int) -> list[bytes]:
        """Return the newest notes."""
        topic = self._topics.checkpoints.name
        end = await self._reader.end(topic)
        values = await self._reader.values(topic, 0, range(max(0, end - most), end))
        return [values[offset] for offset in sorted(values, reverse=True)]

    @asynccontextmanager
    async def _follower(self, topic: str) -> AsyncIterator[KafkaReader]:
        reader = KafkaReader(self._access, [topic])
        await reader.start()
        try:
            yield reader
        finally:
            await reader.stop()
