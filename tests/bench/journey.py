"""The journey of a notice between two nodes: from the sender's outbox to the recipient's store.

Founded as a new exchange is, with real nodes, each with its database, and a broker on the
embedded spool. All of them share this one process and its interpreter's lock, which real
states do not, so the figures are rather too long than too short.

It begins when `publish` has made a notice durable in the sender's outbox, sealed and not yet
signed, and ends when the recipient has verified it and the commit that stores it is done.
"""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from node.assembly import Assembly
from node.store import received
from node.store.database import Transaction
from tests.bench.figures import Run
from tests.node.exchange import Exchange, until
from tests.node.sample import decided, whole
from valija.ids import Desk, NoticeId

_T = TypeVar("_T")
_RATE = 50
_STORE = "inbox.store"


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


def measure(run: Run, folder: Path) -> None:
    """Measure a steady rate of 50 notices a second between two nodes."""
    folder.mkdir()
    asyncio.run(_measure(run, Exchange(folder)))


async def _measure(run: Run, exchange: Exchange) -> None:
    br = exchange.state("BR").desk
    count = run.count(500, 20)
    async with (
        exchange.broker(),
        exchange.node("AR") as argentina,
        exchange.node("BR") as brazil,
    ):
        await exchange.is_founded(argentina)
        await exchange.is_founded(brazil)
        watch = Watch(brazil, br)
        left = await _sent(exchange, argentina, br, count)
        await until(lambda: len(watch.commits) == count, 120)
        stored = watch.stored()
    took = [stored[name] - at for name, at in left.items()]
    run.note("journey.rate", count / (max(left.values()) - min(left.values())), "notices/s")
    run.note_times("journey.stored", took[count // 10 :])


async def _sent(
    exchange: Exchange, node: Assembly, to: Desk, count: int
) -> dict[NoticeId, float]:
    """Publish at the rate, and return when each notice was durable in the outbox."""
    left: dict[NoticeId, float] = {}
    begun = time.perf_counter()

    async def publish(number: int) -> None:
        await asyncio.sleep(begun + number / _RATE - time.perf_counter())
        notice = decided(exchange, {to: whole()})
        await node.outbox.publish(notice)
        left[notice.notice] = time.perf_counter()

    await asyncio.gather(*(publish(number) for number in range(count)))
    return left
