"""How much of one stream may be under way at once.

It promises that a sender cannot fill a broker's memory: what is read and not yet answered has
a bound in messages and in bytes, and beyond it the stream is read no further, which the
sender feels as a full pipe and not as an error.

Source: docs/performance.md; RFC 9113, section 5.2 (flow control).
"""

from broker.bell import Bell

AT_ONCE = 64
AT_ONCE_BYTES = 16 * 1024 * 1024


class Window:
    """What one stream has under way."""

    def __init__(self, most: int = AT_ONCE, most_bytes: int = AT_ONCE_BYTES) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._count = 0
        self._bytes = 0
        self._freed = Bell()

    async def enter(self, size: int) -> None:
        """Wait until a message of `size` bytes may be under way too, and count it."""
        await self._freed.until(self._is_open)
        self._count += 1
        self._bytes += size

    def leave(self, size: int) -> None:
        """Note that a message is answered."""
        self._count -= 1
        self._bytes -= size
        self._freed.ring()

    def _is_open(self) -> bool:
        return self._count < self._most and self._bytes < self._most_bytes
