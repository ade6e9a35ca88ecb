"""One state's node in a process of its own, sending or receiving while it is watched.

It promises to note instants of the machine's monotonic clock, which all processes of a machine
share, and to ask the database nothing while the notices travel. The node is the real one; only
its calls to its own store are timed.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from secrets import token_hex
from typing import TypeVar

from node.assembly import Assembly
from node.config import Config
from node.logs import configure
from node.store import received
from node.store.database import Transaction
from node.terminal.service import spare_the_collector
from tests.node.exchange import machine_clock, until
from tests.node.sample import decided_by
from valija.ids import Desk, Digest, NoticeId

_T = TypeVar("_T")
_STORE = "inbox.store"
_PATIENCE_S = 120


@dataclass(frozen=True, slots=True)
class Errand:
    """What travels.

    Attributes:
        sender: Whose node sends.
        recipient: To whom.
        agreement: Relied on.
        founding: Statements that both know before it begins.
        count: Notices.
        rate: Notices a second.
    """

    sender: Desk
    recipient: Desk
    agreement: Digest
    founding: int
    count: int
    rate: float


class Watch:
    """Notes when the recipient's commits are done, beside them and without a query."""

    def __init__(self, node: Assembly, desk: Desk) -> None:
        self.commits: list[float] = []
        self._node, self._desk = node, desk
        self._plain = node.parts.database.write_now
        node.parts.database.write_now = self._write_now  # type: ignore[method-assign]  # Watched.

    def _write_now(self, step: str, work: Callable[[Transaction], _T]) -> _T:
        result = self._plain(step, work)
        if step == _STORE:
            self.commits += [time.perf_counter()] * len(getattr(result, "arrivals", ()))
        return result

    def stored(self) -> dict[NoticeId, float]:
        """Return when each notice was stored: commits and rows are in the same order."""
        database = self._node.parts.database
        rows = database.read_now(
            lambda tx: received.page(tx, self._desk, limit=len(self.commits))
        )
        names = [row.notice for row in reversed(rows)]
        return dict(zip(names, self.commits, strict=True))


def send(pipe: Connection, config: Config, errand: Errand) -> None:
    """Publish at the errand's rate, and say when each notice was durable in the outbox."""
    asyncio.run(_send(pipe, config, errand))


def receive(pipe: Connection, config: Config, errand: Errand) -> None:
    """Receive, and say when each notice was verified and stored."""
    asyncio.run(_receive(pipe, config, errand))


async def _send(pipe: Connection, config: Config, errand: Errand) -> None:
    async with _running(config, errand) as node:
        await _ready(pipe)
        used = time.process_time()
        left = await _published(node, errand)
        used = time.process_time() - used
        pipe.send({"at": left, "cpu": used})
        await _heard(pipe)


async def _receive(pipe: Connection, config: Config, errand: Errand) -> None:
    async with _running(config, errand) as node:
        watch = Watch(node, errand.recipient)
        await _ready(pipe)
        used = time.process_time()
        await until(lambda: len(watch.commits) == errand.count, _PATIENCE_S)
        used = time.process_time() - used
        pipe.send({"at": watch.stored(), "cpu": used})
        await _heard(pipe)


async def _published(node: Assembly, errand: Errand) -> dict[NoticeId, float]:
    left: dict[NoticeId, float] = {}
    begun = time.perf_counter()

    async def publish(number: int) -> None:
        await asyncio.sleep(begun + number / errand.rate - time.perf_counter())
        name = token_hex(16)
        notice = decided_by(errand.sender, errand.recipient, errand.agreement, name)
        await node.outbox.publish(notice)
        left[notice.notice] = time.perf_counter()

    await asyncio.gather(*(publish(number) for number in range(errand.count)))
    return left


@asynccontextmanager
async def _running(config: Config, errand: Errand) -> AsyncIterator[Assembly]:
    """Run a node that knows everything which founded the exchange."""
    configure(level="CRITICAL")
    async with Assembly(config, machine_clock()) as node:
        serving = asyncio.ensure_future(node.serve())
        try:
            await until(lambda: len(node.parts.knowledge.learned) == errand.founding)
            spare_the_collector()
            yield node
        finally:
            serving.cancel()
            with suppress(asyncio.CancelledError):
                await serving


async def _ready(pipe: Connection) -> None:
    pipe.send("ready")
    await _heard(pipe)


async def _heard(pipe: Connection) -> None:
    await asyncio.to_thread(pipe.recv)
