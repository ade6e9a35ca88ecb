"""Append to Kafka: idempotent, acknowledged by all in-sync replicas, without transactions.

It promises that an append which returned is durable at the offset returned. aiokafka retries
what may pass and never doubles it; after an error that does not pass, the numbers by which
Kafka tells repeats may have a gap and every later append would fail, so the producer is
replaced by a fresh one. What was then under way may have happened: the caller appends again,
and the fold lets the first count.

Source: docs/architecture.md, "The order of record" (no transactions: their marks would take
offsets); Apache Kafka 4.3, "Producer Configs".
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from broker.spool.kafka_access import KafkaAccess, finish, foreign_errors
from valija.errors import UnavailableError

_PATIENCE_S = 30.0
_REQUEST_MAX_BYTES = 2 * 1024 * 1024
_NO_OFFSET = -1


class KafkaWriter:
    """One idempotent producer; a batch of it holds at most `batch_bytes`, or one entry."""

    def __init__(self, access: KafkaAccess, batch_bytes: int) -> None:
        self._access = access
        self._batch_bytes = batch_bytes
        self._producer: AIOKafkaProducer | None = None
        self._renewing = asyncio.Lock()
        self._retired: set[asyncio.Task[None]] = set()
        self._open = False

    async def start(self) -> None:
        """Connect.

        Raises:
            UnavailableError: No server answers.
        """
        self._open = True
        await self._current()

    async def stop(self) -> None:
        """Send what waits, as long as that is soon, and disconnect."""
        self._open = False
        if self._producer is not None:
            self._retire(self._producer)
        await asyncio.gather(*self._retired)

    async def append(
        self, topic: str, entries: Sequence[tuple[int, bytes | None, bytes]]
    ) -> list[int]:
        """Append (partition, key, value) each, and return their offsets once all are durable.

        Raises:
            UnavailableError: Kafka did not acknowledge all of them in time.
        """
        producer = self._producer or await self._current()
        with foreign_errors():
            try:
                async with asyncio.timeout(_PATIENCE_S):
                    told = await _send(producer, topic, entries)
            except KafkaError:
                self._retire(producer)
                raise
        offsets = [one.offset for one in told]
        if _NO_OFFSET in offsets:
            # A repeat so late that Kafka knows only that it has it, not where.
            raise UnavailableError("Kafka has the entry and cannot say where")
        return offsets

    async def _current(self) -> AIOKafkaProducer:
        async with self._renewing:
            if not self._open:
                raise UnavailableError("the spool is stopped")
            if self._producer is None:
                self._producer = await self._made()
            return self._producer

    async def _made(self) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(
            **self._access.options(),
            acks="all",
            enable_idempotence=True,
            max_batch_size=self._batch_bytes,
            max_request_size=_REQUEST_MAX_BYTES,
        )
        with foreign_errors():
            try:
                async with asyncio.timeout(_PATIENCE_S):
                    await producer.start()
            except BaseException:
                await _finish(producer)
                raise
        return producer

    def _retire(self, producer: AIOKafkaProducer) -> None:
        """Let a producer finish on the side; whoever comes next gets a fresh one."""
        if producer is self._producer:
            self._producer = None
            task = asyncio.create_task(_finish(producer))
            self._retired.add(task)
            task.add_done_callback(self._retired.discard)


async def _send(
    producer: AIOKafkaProducer,
    topic: str,
    entries: Sequence[tuple[int, bytes | None, bytes]],
) -> list[Any]:
    sent = [
        await producer.send(topic, value, key, partition) for partition, key, value in entries
    ]
    # One record is the case to be quick in.
    return [await sent[0]] if len(sent) == 1 else await asyncio.gather(*sent)


async def _finish(producer: AIOKafkaProducer) -> None:
    """Stop a producer, in bounded time though it would wait for Kafka for ever."""
    if not await finish(producer.stop()):
        await finish(producer._sender.close())  # noqa: SLF001  # It outlives a cancelled stop.
        await finish(producer.client.close())
