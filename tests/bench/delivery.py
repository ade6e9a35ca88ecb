"""Delivery to 34 streams: from the log to the recipients' sockets, over mutual TLS.

The notices are admitted and proven before the clock runs. The receiving process reads every
message and counts its deliveries; it verifies none, for that is each node's own work.
"""

import asyncio
import time
from contextlib import AsyncExitStack

from tests.bench.admission import Load, RefusedError
from tests.bench.exchange import Served
from tests.bench.figures import Run
from tests.broker.support import SUBMIT, Client, Inbox
from valija.batch import Batch
from valija.ids import Desk
from valija.v1 import exchange_pb2
from valija.wire.submit import submit_request_bytes

_CREDIT = 1 << 20


async def measure(run: Run, engine: str, broker: Served, load: Load) -> None:
    """Measure notices for everybody, each sent to every other state.

    The broker has taken the loads of `tests.bench.admission` already.
    """
    world, start = load.world, broker.founded + load.records
    async with Client(broker.address, f"{world.states[0]}/police") as client:
        await _admit(client, load.everybody)
    count = sum(len(batch.items) for batch in load.everybody)
    expected = count * len(world.others)
    async with AsyncExitStack() as stack:
        clients = {desk: Client(broker.address, str(desk)) for desk in world.others}
        for client in clients.values():  # The handshakes are not delivery.
            await stack.enter_async_context(client)
            await client.channel.channel_ready()
        used, own, began = broker.cpu(), time.process_time(), time.perf_counter()
        found = await asyncio.gather(
            *(_read(client, desk, start, count) for desk, client in clients.items())
        )
        took, used = time.perf_counter() - began, broker.cpu() - used
        own = time.process_time() - own
    if sum(found) != expected:
        raise RefusedError("a delivery is missing")
    name = f"delivery.{engine}"
    run.note(f"{name}.streams", len(world.others), "streams")
    run.note(f"{name}.rate", expected / took, "deliveries/s")
    run.note(f"{name}.broker_cpu", used / expected * 1e6, "us CPU/delivery")
    run.note(f"{name}.client_cpu", own / expected * 1e6, "us CPU/delivery")


async def _admit(client: Client, batches: list[Batch]) -> None:
    call = client.open(SUBMIT)
    for batch in batches:
        await call.write(submit_request_bytes(batch, 0))
        for _ in range(2):
            if exchange_pb2.SubmitResponse.FromString(await call.read()).HasField("refused"):
                raise RefusedError("a notice for everybody")
    await call.done_writing()


async def _read(client: Client, desk: Desk, cursor: int, count: int) -> int:
    """Read one desk's stream until it had `count` deliveries; return how many it had."""
    seen, inbox = 0, Inbox(client, desk)
    await inbox.ask(cursor=cursor, credit=_CREDIT)
    while seen < count:
        message = exchange_pb2.DeliverResponse.FromString(await inbox.call.read())
        seen += len(message.deliveries)
    inbox.close()
    return seen
