"""Checkpoints: the signed heads of the log.

It promises that a checkpoint is kept in the spool before anybody sees it, that the same size
is never signed over two roots, and that whoever waits is covered at once after idleness and
within a fortieth of a second under load. It does not gather cosignatures.

Source: docs/envelope.md, section 4 (Checkpoint); C2SP tlog-checkpoint.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

import structlog

from broker.bell import Bell
from broker.follower import Follower
from broker.logs import CHECKPOINT_SIGNED, ENGINE_AWAY
from broker.metrics import Metrics
from broker.spool import Spool
from broker.tree import LogTree
from valija.checkpoint import Checkpoint, sign_checkpoint, verify_checkpoint
from valija.clock import Clock
from valija.errors import (
    MalformedError,
    ProofError,
    SplitViewError,
    UnavailableError,
    VerificationError,
)
from valija.ids import Digest
from valija.signature import LogSecret

_PAUSE_S = 1 / 40
_AWAY_S = 0.5
_LOOK_BACK = 64


@dataclass(frozen=True, slots=True)
class SignedHead:
    """One checkpoint.

    Attributes:
        size: Leaves it covers; 0 before the first.
        root: Over them.
        note: Its exact bytes; empty before the first.
    """

    size: int
    root: Digest
    note: bytes


@dataclass(frozen=True, slots=True)
class LogSigner:
    """What signs the log.

    Attributes:
        origin: Its name, first line of every checkpoint.
        secret: Its keys.
        clock: Dates cosignatures.
    """

    origin: str
    secret: LogSecret
    clock: Clock


async def newest_signed(spool: Spool, origin: str, public: bytes) -> SignedHead | None:
    """Return the newest checkpoint that was kept; None where none was yet.

    What the log did not sign is noise, as it is for `broker.peers`.

    Args:
        spool: Where they are kept.
        origin: The log's name.
        public: Its key, 1344 bytes.

    Raises:
        ProofError: There are some, and of the newest 64 the log signed none.
    """
    notes = await spool.last_checkpoints(_LOOK_BACK)
    for note in notes:
        with suppress(MalformedError, VerificationError):
            kept = verify_checkpoint(note, origin, [public]).checkpoint
            return SignedHead(kept.size, kept.root, note)
    if notes:
        raise ProofError("this log signed none of the newest checkpoints that are kept")
    return None


class Heads:
    """Signs what the tree has become, and tells whoever waits.

    Attributes:
        newest: The newest checkpoint that may be shown.
        signed: Rings when there is a newer one.
    """

    def __init__(
        self,
        signer: LogSigner,
        tree: LogTree,
        follower: Follower,
        spool: Spool,
        metrics: Metrics,
    ) -> None:
        self.newest = SignedHead(0, tree.root(0), b"")
        self.signed = Bell()
        self._signer = signer
        self._tree = tree
        self._follower = follower
        self._spool = spool
        self._metrics = metrics
        self._log = structlog.get_logger()

    async def resume(self) -> int:
        """Check the tree against the checkpoint that was kept last, and show that one.

        It is kept once more, so that its number is known.

        Returns:
            The number from which on checkpoints are new.

        Raises:
            SplitViewError: The log no longer leads to what was signed.
            ProofError: No note kept is signed by this log.
        """
        signer = self._signer
        kept = await newest_signed(self._spool, signer.origin, signer.secret.public)
        if kept is None:
            return 0
        if kept.size > self._tree.size or kept.root != self._tree.root(kept.size):
            raise SplitViewError("the log does not lead to the checkpoint that was signed")
        self.newest = kept
        return await self._spool.append_checkpoint(kept.note) + 1

    async def run(self) -> None:
        """Sign for ever, whenever the tree has grown past the newest checkpoint."""
        loop = asyncio.get_running_loop()
        while True:
            await self._follower.grown.until(lambda: self._tree.size > self.newest.size)
            started = loop.time()
            try:
                await self._sign(self._tree.size)
            except UnavailableError:  # Nobody saw the note; the next one covers more.
                self._log.warning(ENGINE_AWAY, tree_size=self.newest.size)
                started += _AWAY_S
            await asyncio.sleep(max(0.0, _PAUSE_S - (loop.time() - started)))

    async def covering(self, leaf: int) -> SignedHead:
        """Return the newest checkpoint once it covers a leaf."""
        await self.signed.until(lambda: self.newest.size > leaf)
        return self.newest

    async def _sign(self, size: int) -> None:
        signer, root = self._signer, self._tree.root(size)
        with self._metrics.step.labels("checkpoint").time():
            checkpoint = Checkpoint(signer.origin, size, root)
            note = await asyncio.to_thread(
                sign_checkpoint, checkpoint, signer.secret, signer.clock
            )
            await self._spool.append_checkpoint(note)
        # What is shown as covered can be looked up: the index, written meanwhile, has it.
        await self._follower.kept.until(lambda: self._follower.indexed >= size)
        self.newest = SignedHead(size, root, note)
        self._metrics.checkpoints.inc()
        self._log.debug(CHECKPOINT_SIGNED, tree_size=size)
        self.signed.ring()
