"""One Deliver stream heard with patience, and left in time.

It promises that no broker holds a desk by silence: one that does not begin is left, and a
stream that made no progress for long is opened again, at another broker if there is one. A
quiet log looks the same, and only another broker can tell; where the log is known to have
grown meanwhile, from other streams, the silence is a fault, and said. It reads no message.

Source: docs/envelope.md, section 1 (Deliver) and section 4 (Several brokers).
"""

import asyncio

from node.client import DELIVER, Client, Stream
from node.faults import Fault
from node.knowledge import Knowledge
from valija.errors import UnavailableError

GREETING_S = 60.0
"""Seconds a broker has to begin: its first message says how far the log goes."""
QUIET_S = 600.0
"""Seconds without progress after which a stream is opened again."""


class Listening:
    """What one stream says, and how far it got."""

    def __init__(self, client: Client, stream: Stream, knowledge: Knowledge) -> None:
        """Begin to listen to a stream that was opened just now."""
        self._client = client
        self._broker = client.broker
        self._stream = stream
        self._knowledge = knowledge
        self._done = 0
        self._at = 0.0

    async def begin(self, first: bytes, cursor: int) -> bytes:
        """Ask for what waits from a cursor on, and return the first message.

        Raises:
            UnavailableError: The broker does not begin.
        """
        try:
            async with asyncio.timeout(GREETING_S):
                await self._stream.send(first)
                message = await self._stream.receive()
        except TimeoutError as cause:
            self._client.blame(self._broker, DELIVER, Fault.SILENT)
            raise UnavailableError("the broker did not begin in time") from cause
        self._done, self._at = cursor, _now()
        return message

    async def go_on(self, done: int) -> bytes | None:
        """Return the next message, now that all below `done` was taken in.

        Returns:
            None where the stream made no progress for long, and may be opened again here.

        Raises:
            UnavailableError: Likewise, where another broker is to be asked; or it has ended.
        """
        if done > self._done:
            self._done, self._at = done, _now()
        reading = asyncio.ensure_future(self._stream.receive())
        try:
            await asyncio.wait({reading}, timeout=self._left(QUIET_S / 2))
            size = self._knowledge.size
            if not reading.done():
                await asyncio.wait({reading}, timeout=self._left(QUIET_S))
            if reading.done():
                return reading.result()
        finally:
            reading.cancel()
        is_behind = self._done < size
        if is_behind:
            self._client.blame(self._broker, DELIVER, Fault.SILENT)
        if is_behind or len(set(self._client.brokers)) > 1:
            raise UnavailableError("a quiet broker; another is asked")
        return None

    def _left(self, seconds: float) -> float:
        """Return how many of so many seconds since the last progress are left."""
        return max(0.0, self._at + seconds - _now())


def _now() -> float:
    return asyncio.get_running_loop().time()
