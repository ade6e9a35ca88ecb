"""A bell that one thread rings and a task of the event loop hears.

It promises that a ring between two waits is never lost. It carries no news: whoever hears
it looks in the store, which alone says what waits.
"""

import asyncio
from contextlib import suppress


class Bell:
    """Wakes the one task that waits for it."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def ring(self) -> None:
        """Wake the waiting task, from any thread; a ring that nobody hears is kept."""
        if self._loop is None or self._loop.is_closed():
            self._event.set()
            return
        with suppress(RuntimeError):  # The loop closed between the question and the call.
            self._loop.call_soon_threadsafe(self._event.set)

    async def wait(self, seconds: float) -> bool:
        """Return at the next ring, or after `seconds`; say whether it rang."""
        self._loop = asyncio.get_running_loop()
        try:
            # Not `wait_for`, which in Python 3.11 can lose a cancellation to a ring.
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return False
        self._event.clear()
        return True
