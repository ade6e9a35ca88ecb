"""A broker process that kills itself at a named step, for `test_crash.py`.

It is the real broker, put together from its real parts and files; only the calls between the
parts are wrapped. It admits a file of batches, or opens its door and says where.
"""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from broker.assembly import Assembly, load_setting
from broker.config import load
from broker.exchange import Exchange
from broker.logs import configure
from valija.clock import SystemClock
from valija.errors import ValijaError
from valija.wire.submit import parse_batch_file


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def wrap(holder: Any, name: str, *, before: bool) -> None:  # noqa: ANN401  # Any part.
    """Die before or after the next call of a method."""
    inner: Callable[..., Awaitable[Any]] = getattr(holder, name)

    async def outer(*arguments: Any) -> Any:  # noqa: ANN401  # Any part.
        if before:
            die()
        await inner(*arguments)
        die()

    holder.__dict__[name] = outer


def arm(exchange: Exchange, step: str) -> None:
    """Make one step the last."""
    steps: dict[str, Callable[[], None]] = {
        "before content": lambda: wrap(exchange.spool, "append_contents", before=True),
        "after content": lambda: wrap(exchange.spool, "append_contents", before=False),
        "before record": lambda: wrap(exchange.spool, "append_record", before=True),
        "after record": lambda: wrap(exchange.spool, "append_record", before=False),
        "before index": lambda: wrap(exchange.mailroom, "keep", before=True),
        "after index": lambda: wrap(exchange.mailroom, "keep", before=False),
        "before checkpoint": lambda: wrap(exchange.spool, "append_checkpoint", before=True),
        "after checkpoint": lambda: wrap(exchange.spool, "append_checkpoint", before=False),
        "before message": lambda: wrap(exchange.delivery, "_message", before=True),
        "after durable": lambda: None,
        "after message": lambda: None,
    }
    steps[step]()


async def admit(exchange: Exchange, step: str, path: str) -> None:
    await exchange.start()
    arm(exchange, step)
    for batch in parse_batch_file(Path(path).read_bytes()):  # noqa: ASYNC240  # A test.
        with suppress(ValijaError):
            taken = await exchange.admission.admit(batch)
            if step == "after durable":
                die()
            await exchange.heads.covering(taken.leaf)
    die()


async def deliver(assembly: Assembly, step: str, said: Connection) -> None:
    await assembly.start()
    arm(assembly.exchange, step)
    if step == "after message":
        messages = assembly.exchange.delivery.messages

        async def once(reader: Any) -> Any:  # noqa: ANN401  # As above.
            async for message, count in messages(reader):
                yield message, count
                if count:  # Asked for the next one: this one was written.
                    await asyncio.sleep(2)  # To the reader's machine, which nobody tells us of.
                    die()

        assembly.exchange.delivery.__dict__["messages"] = once
    said.send(str(assembly.address))
    await assembly.serve()


def main(step: str, config: str, batches: str, said: Connection) -> None:
    """Run until the step: admit a file of batches, or with none serve."""
    configure(level="CRITICAL")
    clock = SystemClock(lambda: datetime.now(UTC))  # noqa: TID251  # As the real one.
    setting = load_setting(load(Path(config)), clock)
    if batches:
        asyncio.run(admit(Exchange(setting), step, batches))
    else:
        asyncio.run(deliver(Assembly(setting), step, said))
