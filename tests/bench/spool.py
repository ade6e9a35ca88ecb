"""Measure both spools beside a bare aiokafka producer, in one run on one machine.

Run as `python -m tests.bench.spool [--quick] [--json FILE]`. It prints a table, and writes the
same figures as JSON. It asserts nothing: docs/performance.md has the goals.

- *append*: records a second with 512 appends under way, and the client's CPU for each.
- *one at a time*: milliseconds from call to durable, on an otherwise idle spool.
- *follow*: records a second read from the start by a second reader.
- *contents*: 4.8 KB contents a second appended 32 at a time, then read back in batches of 64.
"""

import argparse
import asyncio
import json
import logging
import os
import platform
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

from aiokafka import AIOKafkaProducer

from broker.spool import Spool
from broker.spool.kafka import KafkaSpool
from broker.spool.kafka_admin import make_topics
from broker.spool.kafka_topics import Topics
from broker.spool.sqlite import SqliteSpool
from deploy.kafka import jars
from tests.services.kafka import Kafka, running
from valija.clock import SystemClock

Append = Callable[[bytes], Awaitable[int]]

_SIZES = {600: 20_000, 4_800: 8_000, 37_000: 2_000}
_ALONE = 300
_AT_ONCE = 512
_CONTENTS, _CONTENT_BYTES, _TOGETHER, _ASKED = 3_200, 4_800, 32, 64


@dataclass
class Figures:
    """What was measured of one spool at one record size."""

    spool: str
    record_bytes: int
    append_per_s: float
    append_cpu_us: float
    alone_p50_ms: float
    alone_p99_ms: float
    of_bare: float | None = None
    more: dict[str, float] = field(default_factory=dict)


async def measured(name: str, size: int, count: int, append: Append) -> Figures:
    """Append `count` records of `size` bytes all at once, then some one at a time."""
    value = os.urandom(size)
    waiting = iter(range(count))

    async def some() -> None:
        for _ in waiting:
            await append(value)

    began, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(some() for _ in range(_AT_ONCE)))
    took, used = time.perf_counter() - began, time.process_time() - cpu
    alone = []
    for _ in range(_ALONE):
        began = time.perf_counter()
        await append(value)
        alone.append((time.perf_counter() - began) * 1e3)
    alone.sort()
    p50, p99 = alone[_ALONE // 2], alone[_ALONE * 99 // 100]
    return Figures(name, size, count / took, used / count * 1e6, p50, p99)


async def followed(spool: Spool) -> dict[str, float]:
    """Read the whole log from its start."""
    end, seen, began = await spool.end(), 0, time.perf_counter()
    async for batch in spool.records(0):
        seen += len(batch)
        if seen >= end:
            break
    return {"follow_per_s": seen / (time.perf_counter() - began)}


async def contents(spool: Spool, count: int) -> dict[str, float]:
    """Append contents, four groups under way, and read them back in the order of the log."""
    items = [(os.urandom(32), os.urandom(_CONTENT_BYTES)) for _ in range(count)]
    groups = [items[at : at + _TOGETHER] for at in range(0, count, _TOGETHER)]
    began, places = time.perf_counter(), []
    for at in range(0, len(groups), 4):
        for some in await asyncio.gather(*map(spool.append_contents, groups[at : at + 4])):
            places += some
    appended = time.perf_counter() - began
    began = time.perf_counter()
    for at in range(0, count, _ASKED):
        await spool.contents(places[at : at + _ASKED])
    read = time.perf_counter() - began
    return {"contents_append_per_s": count / appended, "contents_read_per_s": count / read}


@asynccontextmanager
async def bare(kafka: Kafka) -> AsyncIterator[Append]:
    """Give the append of a producer that does nothing else: the ceiling of the spool."""
    topic = await _exchange(kafka) + ".log"
    options = kafka.access("b1").options()
    async with AIOKafkaProducer(
        **options, acks="all", enable_idempotence=True, max_batch_size=1024 * 1024
    ) as producer:

        async def append(value: bytes) -> int:
            told = await producer.send_and_wait(topic, value, partition=0)
            offset: int = told.offset
            return offset

        yield append


async def of_spool(
    name: str, made: Callable[[], Awaitable[Spool]], share: float
) -> list[Figures]:
    """Measure one spool at every size, with a fresh store each."""
    figures = []
    for size, count in _SIZES.items():
        async with await made() as spool:
            one = await measured(name, size, int(count * share), spool.append_record)
            one.more |= await followed(spool)
            if size == _CONTENT_BYTES:
                one.more |= await contents(spool, int(_CONTENTS * share))
            figures.append(one)
    return figures


async def of_bare(kafka: Kafka, share: float) -> list[Figures]:
    """Measure the bare producer at every size."""
    figures = []
    for size, count in _SIZES.items():
        async with bare(kafka) as append:
            figures.append(await measured("bare aiokafka", size, int(count * share), append))
    return figures


async def run(home: Path, kafka: Kafka | None, share: float) -> list[Figures]:
    """Measure everything that is here; each figure of a spool also as a share of the bare."""
    clock = SystemClock(lambda: datetime(2031, 5, 4, tzinfo=UTC))

    async def embedded() -> Spool:
        return SqliteSpool(home / f"{token_hex(4)}.db", clock)

    figures = await of_spool("SQLite", embedded, share)
    if kafka is None:
        return figures

    async def on_kafka() -> Spool:
        return KafkaSpool(kafka.access("b1"), await _exchange(kafka))

    ceiling = await of_bare(kafka, share)
    figures += await of_spool("Kafka", on_kafka, share) + ceiling
    for one, best in zip(figures, [*ceiling, *ceiling, *ceiling], strict=True):
        one.of_bare = one.append_per_s / best.append_per_s
    return figures


async def _exchange(kafka: Kafka) -> str:
    name = f"valija.{token_hex(4)}"
    await make_topics(kafka.access("admin"), Topics(name), replicas=1)
    return name


def table(figures: list[Figures]) -> str:
    """Return the figures as a table for people."""
    head = "spool          bytes  append/s  CPU us  of bare  alone p50 ms  p99 ms  more"
    lines = [head, "-" * len(head)]
    for one in figures:
        share = "" if one.of_bare is None else f"{one.of_bare:.0%}"
        more = "  ".join(f"{name} {value:,.0f}" for name, value in one.more.items())
        lines.append(
            f"{one.spool:<14}{one.record_bytes:>6}{one.append_per_s:>10,.0f}"
            f"{one.append_cpu_us:>8.0f}{share:>9}{one.alone_p50_ms:>14.2f}"
            f"{one.alone_p99_ms:>8.2f}  {more}"
        )
    return "\n".join(lines)


def report(figures: list[Figures]) -> dict[str, object]:
    """Return the figures with the machine they were measured on."""
    machine = {"cores": os.cpu_count(), "python": platform.python_version()}
    return {"machine": machine, "figures": [asdict(one) for one in figures]}


@contextmanager
def _kafka(home: Path) -> Iterator[Kafka | None]:
    """Run a server, or say in one sentence why none can be measured here."""
    try:
        jars.fetch()
    except jars.MissingPartError as error:
        print(error)
        yield None
        return
    home.mkdir()
    with running(home, 1) as kafka:
        yield kafka


def main() -> None:
    """Measure, print, and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the records")
    parser.add_argument("--json", type=Path, help="write the figures here")
    asked = parser.parse_args()
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    share = 0.1 if asked.quick else 1.0
    with tempfile.TemporaryDirectory() as folder, _kafka(Path(folder) / "kafka") as kafka:
        figures = asyncio.run(run(Path(folder), kafka, share))
    print(table(figures))
    if asked.json:
        asked.json.write_text(json.dumps(report(figures), indent=1))


if __name__ == "__main__":
    main()
