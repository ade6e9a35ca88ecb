"""Runs nodes that die by SIGKILL at a named step, each in a process of its own.

Started once, because starting costs more than dying: for each line of JSON on standard input
it forks a child, which runs a whole node and kills itself where the line says; then it prints
how the child ended. The node is the program's own; only its store and stream are wrapped.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from node.assembly import Assembly
from node.client import Stream
from node.config import load
from node.store.database import Database
from tests.node.exchange import machine_clock, until
from tests.node.sample import decided_by
from valija.errors import DuplicateError
from valija.ids import Desk, Digest

_COMMIT = "outbox.publish"


def die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise SystemExit


@dataclass
class Fate:
    """Where this process dies: `before` or `after` a step, once the notice is committed.

    What the node still hears about older batches passes the same steps, and kills nobody.
    """

    step: str
    when: str
    armed: bool = False

    def meet(self, step: str, when: str) -> None:
        here = (step, when) == (self.step, self.when)
        if here and (self.armed or step == _COMMIT):
            die()
        self.armed |= (step, when) == (_COMMIT, "after")


def arm(fate: Fate) -> None:
    """Wrap the node's store and streams, so that the process dies where it must."""
    _arm_store(fate)
    for name in ("send", "receive"):
        _arm_stream(fate, name)


def _arm_store(fate: Fate) -> None:
    plain: Callable[..., object] = Database.write_now

    def write(store: Database, step: str, work: object) -> object:
        fate.meet(step, "before")
        result = plain(store, step, work)
        fate.meet(step, "after")
        return result

    Database.write_now = write  # type: ignore[method-assign,assignment]  # For this process.


def _arm_stream(fate: Fate, name: str) -> None:
    plain: Callable[..., Awaitable[object]] = getattr(Stream, name)

    async def talk(stream: Stream, *words: bytes) -> object:
        fate.meet(f"stream.{name}", "before")
        result = await plain(stream, *words)
        fate.meet(f"stream.{name}", "after")
        return result

    setattr(Stream, name, talk)


async def live(order: dict[str, str]) -> None:
    """Serve; publish one notice when told to, as soon as the exchange is known."""
    config, fate = load(Path(order["toml"])), Fate(order["step"], order["when"])
    async with Assembly(config, machine_clock()) as node:
        serving = asyncio.ensure_future(node.serve())
        if order["notice"]:
            recipient, agreement = (
                Desk.parse(order["to"]),
                Digest(bytes.fromhex(order["agreement"])),
            )
            known = node.parts.knowledge
            await until(lambda: known.directory.endorsed(agreement) >= {recipient})
            arm(fate)
            with suppress(DuplicateError):
                await node.outbox.publish(
                    decided_by(config.desks[0], recipient, agreement, order["notice"])
                )
        else:
            fate.armed = True
            arm(fate)
        await serving


def main() -> None:
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            signal.alarm(300)
            asyncio.run(live(json.loads(line)))
            os._exit(3)
        _, status = os.waitpid(child, 0)
        # On a line of its own: who is killed may leave half a line of his log behind.
        ended = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else status
        print(f"\n{ended}", flush=True)


if __name__ == "__main__":
    main()
