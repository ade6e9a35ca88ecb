"""What goes out on one stream: one message at a time, and the end only after the last.

It promises that writers do not mix, and that a writer who is cancelled leaves no message half
handed over: gRPC takes no status while a message is under way.

Source: gRPC core, `grpc_call_start_batch` (one operation of a kind at a time).
"""

import asyncio
from typing import TypeAlias

import grpc

_PATIENCE_S = 2.0
Context: TypeAlias = "grpc.aio.ServicerContext[bytes, bytes]"


class Outlet:
    """The sending half of one stream."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._turn = asyncio.Lock()
        self._last: asyncio.Future[None] | None = None

    async def write(self, message: bytes) -> None:
        """Send one message; waits while the other end takes no more."""
        async with self._turn:
            if self._last is not None and not self._last.done():
                await asyncio.wait({self._last})  # Its writer was cancelled.
            self._last = asyncio.ensure_future(self._context.write(message))
            self._last.add_done_callback(_looked_at)
            await asyncio.shield(self._last)

    async def settle(self) -> None:
        """Wait until nothing is under way; not for ever, if the other end takes nothing."""
        if self._last is not None:
            await asyncio.wait({self._last}, timeout=_PATIENCE_S)


def _looked_at(written: asyncio.Future[None]) -> None:
    """Mark an error as seen: whoever wrote has seen it, or is gone."""
    if not written.cancelled():
        written.exception()
