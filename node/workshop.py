"""Sealing work, handed to threads or processes: it holds the interpreter's lock.

It promises that a job holds all that sealing needs and nothing of the store, that a sealed
piece keeps what it was sealed from, and that small work does not wait for processes to start.
This module imports little, because every worker process imports it. The sealing itself is
`node.sealing`'s.

Source: docs/envelope.md, section 3.4, steps 1 to 3; docs/performance.md (GIL-bound sealing
in processes).
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import chain
from multiprocessing import get_context

from node.parcel import Parcel
from node.sealing import Recipient, seal
from valija.ids import Desk, LabelId

_MANY_WRAPS = 1024  # From here on, starting processes costs less than it saves.


@dataclass(frozen=True, slots=True)
class Job:
    """One envelope to seal.

    Attributes:
        originator: Who will sign.
        terms: Terms in clear.
        content: Content in clear.
        recipients: Who shall open, and by which keys.
    """

    originator: Desk
    terms: bytes
    content: bytes
    recipients: tuple[Recipient, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """One envelope sealed.

    Attributes:
        id: 16 random bytes.
        content_key: 32 secret bytes.
        parcel: Everything else of it but its numbers.
        terms: Terms in clear, as sealed.
        content: Content in clear, as sealed.
    """

    id: LabelId
    content_key: bytes
    parcel: Parcel
    terms: bytes
    content: bytes


def seal_all(jobs: Sequence[Job]) -> list[Piece]:
    """Seal one job after the other.

    Raises:
        LimitError: Terms or content are longer than one envelope may hold.
        MalformedError: A recipient's key is none.
    """
    return [_seal(job) for job in jobs]


def _seal(job: Job) -> Piece:
    sealed = seal(job.originator, job.terms, job.content, job.recipients)
    return Piece(sealed.id, sealed.content_key, sealed.parcel, job.terms, job.content)


class Workshop:
    """Seals jobs beside the event loop; processes are started when there is much to do."""

    def __init__(self, workers: int = 2) -> None:
        self._workers = workers
        self._pool: ProcessPoolExecutor | None = None

    async def seal(self, jobs: Sequence[Job]) -> list[Piece]:
        """Seal jobs, and return the pieces in their order.

        Raises:
            LimitError, MalformedError: As `seal_all`; then nothing was sealed.
        """
        if sum(len(job.recipients) for job in jobs) < _MANY_WRAPS:
            return await asyncio.to_thread(seal_all, jobs)
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self._workers, mp_context=get_context("spawn"))
        size = -(-len(jobs) // (4 * self._workers))
        parts = [jobs[at : at + size] for at in range(0, len(jobs), size)]
        loop = asyncio.get_running_loop()
        done = await asyncio.gather(
            *(loop.run_in_executor(self._pool, seal_all, part) for part in parts)
        )
        return list(chain.from_iterable(done))

    def close(self) -> None:
        """Let the processes go."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None
