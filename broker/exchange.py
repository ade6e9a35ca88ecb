"""One broker without its doors: its parts, started in order and stopped in the reverse.

It promises that nothing is admitted before the tree stands under the last checkpoint, and that
whatever stops one of the parts for good stops the whole: a broker that cannot follow the log
serves nobody. It makes no decision of its own; `broker.assembly` adds the doors.

Source: docs/architecture.md, "The house"; docs/envelope.md, section 4.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass

import structlog

from broker.admission import Admission, Way
from broker.config import Config
from broker.contents import Contents
from broker.delivery import Delivery, Desks
from broker.expiry import Expiry
from broker.follower import Follower
from broker.heads import Heads, LogSigner
from broker.index import Index
from broker.keys import BrokerKeys
from broker.lock import DeskLock
from broker.logs import BROKER_HALTED, BROKER_STARTED, BROKER_STOPPED
from broker.mailroom import Mailroom
from broker.metrics import Metrics
from broker.peers import Peers
from broker.rejection import Notary, OwnBatch, Rejections
from broker.signatures import Signatures
from broker.spool import Spool
from broker.tree import LogTree
from valija.anchor import Anchor
from valija.clock import Clock
from valija.errors import UnavailableError
from valija.ids import Desk, Digest, digest
from valija.verifier import HeadVerifier

_THREADS = 2


@dataclass(frozen=True, slots=True)
class Setting:
    """What a broker is built from.

    Attributes:
        config: Its settings.
        anchor: What all trust follows from.
        keys: Its own.
        clock: The one clock.
        spool: Not started.
        beside: Another process runs this desk: sign nothing in its name.
    """

    config: Config
    anchor: Anchor
    keys: BrokerKeys
    clock: Clock
    spool: Spool
    beside: bool = False


def owner_of(anchor: Anchor, desk: Desk) -> Digest:
    """Return what names log and desk in an index, so that no other uses it."""
    return digest(anchor.to_bytes() + desk.to_bytes())


class Exchange:
    """The broker without its doors: log, index, admission, delivery.

    Attributes:
        admission: Lets batches in.
        delivery: Makes deliveries.
        follower: Takes the log.
        heads: Signs checkpoints.
        index: The database that can be thrown away.
        mailroom: What waits for whom.
        metrics: What is counted.
        spool: Where all is durable.
        tree: What the log amounts to.
        halted: Fails with what stopped the broker for good; None before `start`.
        is_open: It has caught up, and admits.
    """

    def __init__(self, setting: Setting, index: Index | None = None) -> None:
        """Build the parts; nothing is opened before `start`.

        Args:
            setting: What from.
            index: Over which index; by default the configured one.
        """
        config, keys, clock = setting.config, setting.keys, setting.clock
        verifier = HeadVerifier()
        self.metrics = Metrics()
        self.spool = setting.spool
        self.index = index or Index(config.index)
        self.mailroom = Mailroom(self.index)
        self.tree = LogTree(setting.anchor, verifier)
        self._signatures = Signatures(verifier, _THREADS)
        parts = (self.spool, self.tree, self.mailroom, self._signatures, self.metrics)
        self.follower = Follower(*parts)
        signer = LogSigner(setting.anchor.origin, keys.log, clock)
        self.heads = Heads(signer, self.tree, self.follower, self.spool, self.metrics)
        self._expiry = Expiry(self.spool, clock)
        self._peers = Peers(signer, self.tree, self.follower, self.spool)
        self._lock = DeskLock(config.state, config.desk)
        self._rejections = None if setting.beside else self._refusing(setting)
        contents = Contents(self.spool)
        writing = (self.spool, self.tree, self.follower, self._signatures)
        way = Way(*writing, self._rejections, contents)
        self.admission = Admission(way, clock, self.metrics)
        self.delivery = Delivery(Desks(self.tree, self.heads, self.mailroom, contents, clock))
        self._whose = owner_of(setting.anchor, config.desk)
        self._tasks: list[asyncio.Task[None]] = []
        self._log = structlog.get_logger()
        self.halted: asyncio.Future[None] | None = None
        self.is_open = False

    async def start(self) -> None:
        """Open spool and index, catch up, and begin to admit.

        Raises:
            SplitViewError: The log does not lead to what was signed or indexed.
            UnavailableError: Spool or index do not answer, or the desk runs elsewhere.
        """
        if self._rejections is not None:
            self._lock.take()
        self.halted = asyncio.get_running_loop().create_future()
        await self.spool.start()
        held = await self.index.start(self._whose)
        self._run(self.follower.run(held))
        await self._unless_halted(self.follower.caught_up(await self.spool.end()))
        new = await self.heads.resume()
        self._run(self.heads.run())
        self._run(self._peers.run(new))
        self._run(self._expiry.run())
        self._run(self.admission.run())
        if self._rejections is not None:
            await self._unless_halted(self._rejections.resume())
        self.is_open = True
        self._log.info(BROKER_STARTED, tree_size=self.tree.size)

    async def stop(self) -> None:
        """Answer whoever waits, and let go of everything."""
        self.is_open = False
        self.admission.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._signatures.stop()
        await self.index.stop()
        await self.spool.stop()
        self._lock.release()
        self._log.info(BROKER_STOPPED, tree_size=self.tree.size)

    def halting(self) -> asyncio.Future[None]:
        """Return what fails when this broker is stopped for good.

        Raises:
            UnavailableError: It is not started.
        """
        if self.halted is None:
            raise UnavailableError("the broker is not started")
        return self.halted

    def _refusing(self, setting: Setting) -> Rejections:
        config, clock = setting.config, setting.clock
        own = OwnBatch(config.state, config.desk)
        notary = Notary(config.desk, setting.keys.signing, own, clock)
        return Rejections(notary, self.tree, self.spool, self.follower, self.metrics)

    def _run(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        task.add_done_callback(self._ended)
        self._tasks.append(task)

    def _ended(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is None or self.halted is None or self.halted.done():
            return
        self._log.critical(BROKER_HALTED, error=type(error).__name__)
        self.halted.set_exception(error)
        self.halted.exception()  # Whoever waits for it hears of it; nobody must.
        self.admission.stop()

    async def _unless_halted(self, work: Coroutine[None, None, None]) -> None:
        task, halted = asyncio.ensure_future(work), self.halting()
        await asyncio.wait({task, halted}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            task.cancel()
            halted.result()
        await task
