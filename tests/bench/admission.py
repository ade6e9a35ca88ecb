"""Admission: from bytes received over mutual TLS to a durable, acknowledged log entry.

First one notice at a time on the idle broker. Then two loads, each on the streams of four
states: a signature for every notice, and 64 notices under one. All is signed and written to
bytes beforehand, so that while the clock runs the other process only sends and counts answers.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import NamedTuple

from tests.bench.exchange import Continent, Served, Shape
from tests.bench.figures import Run, spent
from tests.bench.shares import sampled
from tests.bench.spool import bare, measured
from tests.broker.support import SUBMIT, Client
from tests.services.kafka import Kafka
from valija.batch import Batch
from valija.envelope import Envelope
from valija.record import record_of
from valija.signature import BATCH_CONTEXT, verify_composite
from valija.v1 import exchange_pb2
from valija.wire.envelope import envelope_bytes
from valija.wire.log import log_record_bytes
from valija.wire.submit import submit_request_bytes

_STREAMS = 4
_TOGETHER = 64
_FOR_ALL = 16
_PAUSE_S = 0.003
LOADS = {"single": 1, "batched": _TOGETHER}
"""Notices under one signature, by the name of the load."""


class RefusedError(Exception):
    """The broker refused what a benchmark sent, so there is no figure."""


Streams = dict[str, list[Batch]]
"""What each sending desk submits, by its state."""


@dataclass(frozen=True)
class Load:
    """What is submitted to every broker that is measured, each desk's batches in its order.

    Attributes:
        world: Who signs.
        alone: Batches of one notice, for the idle broker.
        streams: By the name of the load, the batches of each sending desk.
        sampled: More with a signature a notice, sent while the broker is sampled.
        everybody: Notices to every other state, for the delivery.
    """

    world: Continent
    alone: list[Batch]
    streams: dict[str, Streams]
    sampled: Streams
    everybody: list[Batch]

    @property
    def records(self) -> int:
        """How many records the log has more, before anything goes to everybody."""
        loads = (*self.streams.values(), self.sampled)
        return len(self.alone) + sum(len(one) for load in loads for one in load.values())


def load_of(run: Run, world: Continent) -> Load:
    """Sign everything."""
    first, to = world.states[0], [world.others[-1]]
    alone = world.signed(first, to, Shape(run.count(300, 10), 1))
    counts = {"single": run.count(800, 4), "batched": run.count(2560, _TOGETHER)}
    senders = world.states[:_STREAMS]
    streams = {
        name: {state: world.signed(state, to, Shape(count, LOADS[name])) for state in senders}
        for name, count in counts.items()
    }
    more = Shape(run.count(500, 4), 1)
    extra = {state: world.signed(state, to, more) for state in senders}
    shape = Shape(run.count(480, _FOR_ALL), _FOR_ALL)
    everybody = world.signed(first, world.others, shape)
    return Load(world, alone, streams, extra, everybody)


def measure_verification(run: Run, load: Load) -> None:
    """Measure what one signature costs to verify, on one core."""
    first = load.world.states[0]
    batches = load.alone + load.streams["single"][first]
    public = load.world.actor(first).secret.public

    def verify() -> None:
        for batch in batches:
            verify_composite(public, batch.head_bytes, batch.value, BATCH_CONTEXT)

    verify()  # Once before, so that no first call is measured.
    took = spent(verify)
    run.note("verify.signature", took.cpu / len(batches) * 1e6, "us CPU")


async def measure(run: Run, engine: str, broker: Served, load: Load) -> None:
    """Measure one notice at a time, which warms the broker too, and then both loads."""
    run.note_times(f"alone.{engine}", await _alone(broker, load.alone))
    for name, streams in load.streams.items():
        await _measure_load(run, f"admission.{engine}.{name}", broker, streams)
        below = run.value("verify.signature") / LOADS[name]
        cpu = run.value(f"admission.{engine}.{name}.broker_cpu")
        run.note(f"admission.{engine}.{name}.cpu_of_verifying", cpu / below, "x")
    run.note(f"admission.{engine}.peak", broker.peak_mb(), "MB")
    with sampled(run, f"shares.{engine}", broker):
        await _submit(broker, load.sampled)


async def _measure_load(run: Run, name: str, broker: Served, streams: Streams) -> None:
    notices = sum(len(one.items) for batches in streams.values() for one in batches)
    took = await _submit(broker, streams)
    run.note(f"{name}.rate", notices / took.wall, "notices/s")
    run.note(f"{name}.broker_cpu", took.broker / notices * 1e6, "us CPU/notice")
    run.note(f"{name}.client_cpu", took.client / notices * 1e6, "us CPU/notice")


class Took(NamedTuple):
    """Seconds until the last batch was durable, and of CPU until the last was proven."""

    wall: float
    broker: float
    client: float


async def _submit(broker: Served, streams: Streams) -> Took:
    """Send on all streams at once, until the last batch is proven."""
    sent = {
        state: [submit_request_bytes(one, 0) for one in batches]
        for state, batches in streams.items()
    }
    async with AsyncExitStack() as stack:
        clients = {state: Client(broker.address, f"{state}/police") for state in sent}
        for client in clients.values():  # The handshakes are not admission.
            await stack.enter_async_context(client)
            await client.channel.channel_ready()
        used, own, began = broker.cpu(), time.process_time(), time.perf_counter()
        durable = max(
            await asyncio.gather(*(_stream(clients[state], sent[state]) for state in sent))
        )
        return Took(durable - began, broker.cpu() - used, time.process_time() - own)


async def _stream(client: Client, messages: Sequence[bytes]) -> float:
    """Send one stream; return when its last batch was durable, once all are proven."""
    call, durable = client.open(SUBMIT), 0.0

    async def write() -> None:
        for message in messages:
            await call.write(message)
        await call.done_writing()

    writing, answers = asyncio.ensure_future(write()), 0
    async for data in call:
        if not _proven(data):
            durable = time.perf_counter()
        answers += 1
    await writing
    if answers != 2 * len(messages):
        raise RefusedError("an answer is missing")
    return durable


def _proven(data: bytes) -> bool:
    answer = exchange_pb2.SubmitResponse.FromString(data)
    if answer.HasField("refused"):
        raise RefusedError(f"code {answer.refused.code}")
    return bool(answer.checkpoint)


async def _alone(broker: Served, batches: Sequence[Batch]) -> list[float]:
    """Return the seconds from submitting one notice to its durable answer, on idle brokers."""
    messages, took = [submit_request_bytes(batch, 0) for batch in batches], []
    async with Client(broker.address, "AR/police") as client:
        call = client.open(SUBMIT)
        for message in messages:
            await asyncio.sleep(_PAUSE_S)
            began = time.perf_counter()
            await call.write(message)
            proven = _proven(await call.read())
            took.append(time.perf_counter() - began)
            while not proven:
                proven = _proven(await call.read())
        await call.done_writing()
    return took[len(took) // 10 :]


def durable_bytes(batch: Batch) -> int:
    """Return how many bytes of a batch become durable: its contents and its record."""
    envelopes = [item.body for item in batch.items if isinstance(item.body, Envelope)]
    record = record_of(batch, envelopes[0].label.issued, tuple(range(len(envelopes))))
    sizes = (len(envelope_bytes(envelope)) for envelope in envelopes)
    return len(log_record_bytes(record)) + sum(sizes)


async def measure_bare(run: Run, kafka: Kafka, load: Load) -> None:
    """Measure the ceiling: a producer that appends as many bytes a notice, and nothing else."""
    for name, streams in load.streams.items():
        first = streams[load.world.states[0]][0]
        size = durable_bytes(first) // len(first.items)
        async with bare(kafka) as append:
            found = await measured("bare", size, run.count(6000, 512), append)
        run.note(f"bare.{name}.record", size, "bytes")
        run.note(f"bare.{name}.rate", found.append_per_s, "records/s")
        run.note(f"bare.{name}.client_cpu", found.append_cpu_us, "us CPU/record")
        for percent, value in ((50, found.alone_p50_ms), (99, found.alone_p99_ms)):
            run.note(f"bare.{name}.alone.p{percent}", value, "ms")
