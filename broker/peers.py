"""What other brokers signed: the same tree, or the log has two faces.

It promises that a checkpoint which bears the log's signatures over another root than ours
halts this broker, and that what bears none is noise that halts nobody. It signs nothing;
`broker.heads` does.

Source: docs/envelope.md, section 4 (same size means same root); docs/style.md (two heads for
one log: alarm, stop, never retry).
"""

import asyncio
from collections.abc import AsyncGenerator

import structlog

from broker.follower import Follower
from broker.heads import LogSigner
from broker.logs import ENGINE_AWAY, NOISE
from broker.spool import Spool
from broker.tree import LogTree
from valija.checkpoint import Checkpoint, parse_checkpoint, verify_checkpoint
from valija.errors import MalformedError, SplitViewError, UnavailableError, VerificationError
from valija.note import parse_note

_PAUSE_S = 0.5


class Peers:
    """Follows the checkpoints that all brokers keep in one spool."""

    def __init__(
        self, signer: LogSigner, tree: LogTree, follower: Follower, spool: Spool
    ) -> None:
        self._signer = signer
        self._tree = tree
        self._follower = follower
        self._spool = spool
        self._log = structlog.get_logger()

    async def run(self, start: int) -> None:
        """Follow for ever, from checkpoint number `start` on.

        Raises:
            SplitViewError: One is signed by this log over another tree.
        """
        while True:
            try:
                start = await self._follow(start)
            except UnavailableError:
                self._log.warning(ENGINE_AWAY, tree_size=self._tree.size)
                await asyncio.sleep(_PAUSE_S)

    async def _follow(self, start: int) -> int:
        runs = self._spool.checkpoints(start)
        try:
            async for run in runs:
                for number, note in run:
                    await self._compare(note)
                    start = number + 1
        finally:
            if isinstance(runs, AsyncGenerator):
                await runs.aclose()
        return start

    async def _compare(self, note: bytes) -> None:
        try:
            seen = parse_checkpoint(parse_note(note))
        except MalformedError:
            self._log.warning(NOISE, size_bytes=len(note))
            return
        if seen.size > self._tree.size and not self._is_ours(note):
            self._log.warning(NOISE, size_bytes=len(note))
            return
        # A peer may be ahead of us by what we have not read yet.
        await self._follower.grown.until(lambda: self._tree.size >= seen.size)
        if not self._agrees(seen) and self._is_ours(note):
            raise SplitViewError("a checkpoint of this log is signed over another tree")

    def _agrees(self, seen: Checkpoint) -> bool:
        return seen.origin == self._signer.origin and seen.root == self._tree.root(seen.size)

    def _is_ours(self, note: bytes) -> bool:
        """Return whether the log's own keys signed it, which costs more than a look."""
        signer = self._signer
        try:
            verify_checkpoint(note, signer.origin, [signer.secret.public])
        except (MalformedError, VerificationError):
            return False
        return True
