"""A batch on its way into the log, and whoever waits for its answer.

It promises that equal bytes that come twice are judged once, that an answer is given once, and
that nobody waits for ever when a broker stops. What the answer is, `broker.admission` says.

Source: docs/envelope.md, section 4 (a node that loses its broker resubmits the same bytes).
"""

import asyncio
from dataclasses import dataclass, field

from broker.tree import Taken
from valija.batch import Batch
from valija.errors import UnavailableError, ValijaError


class RejectedError(ValijaError):
    """The refusal is in the log: this head is barred for ever."""


@dataclass(slots=True)
class Candidate:
    """One batch.

    Attributes:
        batch: As submitted.
        answer: What became of it: the record that counts, or one of our errors.
    """

    batch: Batch
    answer: asyncio.Future[Taken] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def accept(self, taken: Taken) -> None:
        """Answer with the record that counts, unless there is an answer."""
        if not self.answer.done():
            self.answer.set_result(taken)

    def refuse(self, error: ValijaError) -> None:
        """Answer with an error, unless there is an answer."""
        if not self.answer.done():
            self.answer.set_exception(error)


class Candidates:
    """All that have no answer yet."""

    def __init__(self) -> None:
        self._open: dict[bytes, list[Candidate]] = {}

    def find(self, batch: Batch) -> Candidate | None:
        """Return the candidate with exactly this batch; another with its head is none."""
        same = self._open.get(batch.head_bytes, ())
        return next((each for each in same if each.batch == batch), None)

    def add(self, batch: Batch) -> Candidate:
        """Return a new candidate, which is let go with its answer."""
        candidate = Candidate(batch)
        self._open.setdefault(batch.head_bytes, []).append(candidate)
        candidate.answer.add_done_callback(lambda _: self._let_go(candidate))
        return candidate

    def refuse_all(self, error: UnavailableError) -> None:
        """Answer whoever waits with the same error."""
        for same in list(self._open.values()):
            for candidate in same:
                candidate.refuse(error)

    def _let_go(self, candidate: Candidate) -> None:
        same = self._open[candidate.batch.head_bytes]
        same.remove(candidate)
        if not same:
            del self._open[candidate.batch.head_bytes]
        if not candidate.answer.cancelled():
            candidate.answer.exception()  # Looked at, though its caller may be gone.
