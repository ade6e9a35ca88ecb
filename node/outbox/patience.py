"""When a refused batch may be sent again: later each time, the same bytes.

It promises that one batch that a broker will not take neither stops the others nor is
forgotten. It counts in the event loop's own seconds, which decide nothing but a pause.

Source: docs/envelope.md, section 3.2 (a retry sends the same).
"""

from collections.abc import Callable

from valija.ids import Digest

PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds before the next try, the last one for all that follow."""


class Patience:
    """Remembers what was refused, how often, and until when it rests."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._tries: dict[Digest, int] = {}
        self._rests: dict[Digest, float] = {}

    def rest(self, head: Digest) -> None:
        """Let a batch rest, longer than the last time."""
        tries = self._tries.get(head, 0)
        self._tries[head] = tries + 1
        self._rests[head] = self._seconds() + PAUSES[min(tries, len(PAUSES) - 1)]

    def forget(self, head: Digest) -> None:
        """A batch was answered as it should be."""
        self._tries.pop(head, None)
        self._rests.pop(head, None)

    def is_due(self, head: Digest) -> bool:
        """Say whether a batch may be sent now; one that was never refused always may."""
        return self._rests.get(head, 0.0) <= self._seconds()
