"""How much one member may use in a minute, so that none can starve the others.

It promises that what is over a limit is refused before it costs a signature, and that the
answer names the minute from which the same bytes may be sent again. What a batch may hold is
not its affair; `valija.wire` and `valija.judgement` bound that.

Source: docs/envelope.md, section 3.5, step 1.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from broker.config import Limits
from valija.clock import Clock, Minute, minute_of
from valija.errors import LimitError
from valija.ids import Member

MESSAGE_MAX_BYTES = 3 * 1024 * 1024
"""Largest SubmitRequest (docs/envelope.md, section 1)."""
STREAMS = 64
"""Streams that one member may have open: two a desk and some that a lost link left behind."""


class Allowance:
    """What each member has used in the present minute."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._minute = Minute(0)
        self._batches: Counter[Member] = Counter()
        self._bytes: Counter[Member] = Counter()
        self._refusals: Counter[Member] = Counter()
        self._streams: Counter[Member] = Counter()

    def take(self, member: Member, size: int) -> None:
        """Count one message of `size` bytes against its carrier.

        Raises:
            LimitError: The message is over 3 MiB (never to be sent again), or the member's
                minute is used up, be it by batches, bytes or logged refusals.
        """
        if size > MESSAGE_MAX_BYTES:
            raise LimitError("a batch has at most 3 MiB")
        limits = self._limits
        until = self._turn() + 1
        self._batches[member] += 1
        self._bytes[member] += size
        if (
            self._batches[member] > limits.batches_a_minute
            or self._bytes[member] > limits.bytes_a_minute
            or self._refusals[member] >= limits.refusals_a_minute
        ):
            raise LimitError("this member's minute is used up", until)

    def refused(self, member: Member) -> None:
        """Count one refusal that had to be logged: each costs everybody a leaf."""
        self._turn()
        self._refusals[member] += 1

    @contextmanager
    def stream(self, member: Member) -> Iterator[None]:
        """Count a stream of a member while it is open.

        Raises:
            LimitError: It has as many open as one may.
        """
        if self._streams[member] >= STREAMS:
            raise LimitError("this member has too many streams open", self._turn() + 1)
        self._streams[member] += 1
        try:
            yield
        finally:
            self._streams[member] -= 1

    def _turn(self) -> Minute:
        now = minute_of(self._clock.now())
        if now != self._minute:
            self._minute = now
            for used in (self._batches, self._bytes, self._refusals):
                used.clear()
        return now
