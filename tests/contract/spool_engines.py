"""The engines that every case of the spool's contract runs against.

An engine opens spools over one fresh store, here or in another process, and can do to that
store what only an attacker or a broken disk would.
"""

import sqlite3
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from broker.spool import Place, Spool, split_place
from broker.spool.kafka import KafkaSpool
from broker.spool.kafka_access import KafkaAccess
from broker.spool.kafka_admin import make_topics
from broker.spool.kafka_topics import Topics
from broker.spool.sqlite import SqliteSpool
from tests.services.kafka import Kafka
from valija.clock import SystemClock, day_from

TODAY = datetime(2031, 5, 4, 12, tzinfo=UTC)
TOMORROW = day_from(date(2031, 5, 5))


class Engine(ABC):
    """One store, and the spools over it."""

    @property
    @abstractmethod
    def words(self) -> list[str]:
        """What another process needs to know, for `opened`."""

    @abstractmethod
    def open(self) -> Spool:
        """Return a spool over the store, not started."""

    @abstractmethod
    async def skip_leaf(self) -> None:
        """Leave one leaf index without a record, as no honest engine does."""

    @abstractmethod
    async def expire_all(self, place: Place) -> None:
        """Let all contents so far expire, as the engine's policy will; `place` is the last."""


@dataclass(frozen=True)
class SqliteEngine(Engine):
    """A file."""

    path: Path
    now: datetime = TODAY

    @property
    def words(self) -> list[str]:
        return ["sqlite", str(self.path)]

    def open(self) -> Spool:
        return SqliteSpool(self.path, SystemClock(lambda: self.now))

    async def skip_leaf(self) -> None:
        file = sqlite3.connect(self.path)
        with file:
            file.execute("INSERT INTO log SELECT max(number) + 2, x'00' FROM log")
        file.close()

    async def expire_all(self, place: Place) -> None:
        del place
        async with self.open() as spool:
            await spool.expire(TOMORROW)


@dataclass(frozen=True)
class KafkaEngine(Engine):
    """Three topics of their own on a cluster."""

    kafka: Kafka
    exchange: str

    @property
    def words(self) -> list[str]:
        access = self.kafka.access("b2")
        files = [str(access.authority), str(access.certificate)]
        return ["kafka", access.bootstrap, *files, self.exchange]

    def open(self) -> Spool:
        return KafkaSpool(self.kafka.access("b1"), self.exchange)

    async def make(self) -> None:
        await make_topics(self.kafka.access("admin"), Topics(self.exchange), replicas=1)

    async def skip_leaf(self) -> None:
        """Write as a transaction does: its mark takes an offset and is nobody's record."""
        options = self.kafka.access("admin").options()
        producer = AIOKafkaProducer(**options, transactional_id=self.exchange)
        async with producer, producer.transaction():
            await producer.send_and_wait(f"{self.exchange}.log", b"foreign")

    async def expire_all(self, place: Place) -> None:
        partition, offset = split_place(place)
        old = {
            TopicPartition(f"{self.exchange}.content", partition): RecordsToDelete(offset + 1)
        }
        admin = AIOKafkaAdminClient(**self.kafka.access("admin").options())
        await admin.start()
        await admin.delete_records(old)
        await admin.close()


def opened(words: list[str]) -> Spool:
    """Return the spool that an engine's words name."""
    kind, *rest = words
    if kind == "sqlite":
        return SqliteEngine(Path(rest[0])).open()
    bootstrap, authority, certificate, exchange = rest
    return KafkaSpool(KafkaAccess(bootstrap, Path(authority), Path(certificate)), exchange)
