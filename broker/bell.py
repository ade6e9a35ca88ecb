"""A bell: whoever waits for news hears it, and nobody misses one.

It promises that a waiter who looks, finds nothing and waits is woken by whatever came after
his look. It carries no value; waiters look at the state itself.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Bell:
    """Wakes all that wait, each time it rings, for one event loop."""

    def __init__(self) -> None:
        self._news = asyncio.Event()
        self._listeners: set[asyncio.Event] = set()

    def ring(self) -> None:
        """Wake all that wait now."""
        self._news.set()
        self._news = asyncio.Event()
        for listener in self._listeners:
            listener.set()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Return once `holds()`; it is looked at now and after every ring."""
        while not holds():
            await self._news.wait()

    @contextmanager
    def heard_by(self, listener: asyncio.Event) -> Iterator[None]:
        """Set somebody's own event too, who waits for more than this bell."""
        self._listeners.add(listener)
        try:
            yield
        finally:
            self._listeners.discard(listener)
