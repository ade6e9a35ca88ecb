"""Signatures verified ahead, in threads, so that the fold finds them done.

It promises nothing by itself: what it verified is remembered by the `HeadVerifier` that the
fold asks again, so a batch forgotten here costs time and never trust. Verification releases
the interpreter and a hand-over costs 150 microseconds, so batches are handed over by runs.

Source: docs/envelope.md, section 3 (traps) and 3.5, step 3; docs/performance.md.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from valija.batch import Batch
from valija.clock import Minute
from valija.directory import Directory
from valija.errors import SignatureError
from valija.verifier import HeadVerifier

_RUN = 16


@dataclass(frozen=True, slots=True)
class Claim:
    """That a key signed a head.

    Attributes:
        public: Composite public key, 1984 bytes.
        head: 116 bytes.
        value: 3373 bytes.
    """

    public: bytes
    head: bytes
    value: bytes


def claim_of(batch: Batch, directory: Directory, minute: Minute) -> Claim:
    """Return what a batch claims: that its signer's key, in force now, signed its head.

    Raises:
        SignatureError: Its signer has no such key in force.
    """
    head = batch.head
    key = directory.signing_key(head.signer, head.key_id, minute)
    return Claim(key.key, batch.head_bytes, batch.value)


class Signatures:
    """A pool of threads over one verifier."""

    def __init__(self, verifier: HeadVerifier, threads: int) -> None:
        self.verifier = verifier
        self._pool = ThreadPoolExecutor(threads, "signatures")

    def stop(self) -> None:
        """Let the threads go, once they have finished what they hold."""
        self._pool.shutdown(cancel_futures=True)

    async def verify(self, claims: Sequence[Claim]) -> list[bool]:
        """Return for each claim whether it holds; those that hold are remembered."""
        if len(claims) == 1:
            return await self._hand_over(claims)
        runs = [claims[at : at + _RUN] for at in range(0, len(claims), _RUN)]
        found = await asyncio.gather(*(self._hand_over(run) for run in runs))
        return [holds for run in found for holds in run]

    async def _hand_over(self, run: Sequence[Claim]) -> list[bool]:
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._run, run)

    def _run(self, run: Sequence[Claim]) -> list[bool]:
        return [self._holds(claim) for claim in run]

    def _holds(self, claim: Claim) -> bool:
        try:
            self.verifier.verify(claim.public, claim.head, claim.value)
        except SignatureError:
            return False
        return True
