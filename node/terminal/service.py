"""The node as a service: streams, gateway, metrics and health, until it is told to stop.

It promises that nothing is served before everything is open, that a signal stops it cleanly,
and that what troubles it is said in sentences: on `/health`, and to `status`.

Source: docs/style.md, Logs and metrics; docs/coordination.md (failure of the exchange).
"""

import asyncio
import gc
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import structlog

from node import logs
from node.assembly import Assembly, read_passphrase
from node.config import Config
from node.gateway.certificate import load_or_make
from node.gateway.door import Calls, Door
from node.gateway.drafting import Drafting
from node.gateway.receiving import Receiving
from node.gateway.releasing import Releasing
from node.gateway.taking import Taking
from node.gateway.withdrawing import Withdrawing
from node.preflight.inforce import troubles
from node.release.approver import Approver
from node.release.desk import ReleaseDesk
from node.release.docket import Docket
from node.release.intake import Intake
from node.release.sender import Sender
from node.release.withdrawer import Withdrawer
from node.terminal.monitor import serve_monitor
from valija.address import Address
from valija.clock import Clock, minute_of

_LOG = structlog.get_logger()
_COLLECT = (10_000, 20, 50)
"""Collect cycles more seldom than Python does: a notice makes many objects and no cycle."""


def serve(config: Config, clock: Clock, seconds: int | None) -> None:
    """Run a node until a signal, or so many seconds; see `Service.run`."""
    logs.configure(person=sys.stderr.isatty())
    asyncio.run(Service(config, clock).run(seconds))


def spare_the_collector() -> None:
    """Let the garbage collector pass over what was opened, above all the law.

    It lives as long as the process, and each look through it would hold up every stream.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECT)


class Service:
    """One running node."""

    def __init__(self, config: Config, clock: Clock) -> None:
        self._config = config
        self._clock = clock

    async def run(self, seconds: int | None = None) -> None:
        """Serve until a signal, or so many seconds.

        Raises:
            ValijaError: It cannot start, or the log showed two histories.
        """
        async with AsyncExitStack() as stack:
            assembly = await stack.enter_async_context(Assembly(self._config, self._clock))
            health = _Health(assembly)
            port = await stack.enter_async_context(self._door(assembly, health))
            if self._config.metrics is not None:
                await stack.enter_async_context(
                    serve_monitor(self._config.metrics, assembly.parts.metrics, health.troubles)
                )
            gateway = Address(self._config.gateway.host, port)
            spare_the_collector()
            _LOG.info("node_started", member=self._config.member, address=str(gateway))
            await _until_stopped(assembly, seconds)
            _LOG.info("node_stopped", member=self._config.member)

    @asynccontextmanager
    async def _door(self, assembly: Assembly, health: "_Health") -> AsyncIterator[int]:
        parts = assembly.parts
        desk = ReleaseDesk(parts, assembly.law, assembly.journal)
        sender = Sender(desk, assembly.outbox)
        releasing = Releasing(desk, sender, Approver(desk, sender), health.troubles)
        calls = Calls(
            Drafting(desk, Intake(parts.database, assembly.journal, self._clock)),
            releasing,
            Receiving(parts.database, assembly.inbox),
            Withdrawing(Withdrawer(desk), releasing.states),
            Taking(Docket(parts.database, assembly.journal)),
        )
        pair = load_or_make(
            self._config.keys,
            read_passphrase(self._config),
            self._clock.now(),
            self._config.gateway.host,
        )
        door = Door(parts.database, self._clock, calls)
        try:
            async with door.open(str(self._config.gateway), pair.key, pair.certificate) as port:
                yield port
        finally:
            desk.close()


class _Health:
    """What troubles a node, in sentences."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly

    def troubles(self) -> Sequence[str]:
        """Return a sentence a trouble; none when all is well."""
        found = self._assembly.client.faults.sentences()
        if self._assembly.client.is_lost:
            found.append(
                "no broker answers: what is sent waits and nothing is lost; "
                "check the brokers' addresses in node.toml and the network"
            )
        parts = self._assembly.parts
        if parts.knowledge.newest is None:
            found.append("no broker has shown this node the log yet")
            return found
        known = (parts.knowledge.directory, self._assembly.config.member)
        return found + troubles(self._assembly.law, *known, minute_of(parts.clock.now()))


async def _until_stopped(assembly: Assembly, seconds: int | None) -> None:
    """Serve until SIGTERM, SIGINT or the time is over; raise what serving raised."""
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    work = asyncio.create_task(assembly.serve())
    waits = asyncio.create_task(stopped.wait())
    await asyncio.wait({work, waits}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    if work.done():
        work.result()
    for task in (work, waits):
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
