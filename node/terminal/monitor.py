"""Metrics and health over plain HTTP, on loopback only.

It promises two pages and nothing else: `/metrics` for Prometheus, and `/health`, which says
what is wrong in one sentence a line. Neither names a person or a notice.

Source: docs/style.md, Logs and metrics.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress

from node.metrics import Metrics
from valija.address import Address
from valija.errors import MalformedError, UnavailableError

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_SECONDS = 5
_LINE = 8192
_TEXT = "text/plain; charset=utf-8"


@asynccontextmanager
async def serve_monitor(
    address: Address, metrics: Metrics, troubles: Callable[[], Sequence[str]]
) -> AsyncIterator[None]:
    """Serve while the context lasts.

    Raises:
        MalformedError: The address is not on loopback.
        UnavailableError: It is not to be had.
    """
    if address.host not in _LOOPBACK:
        raise MalformedError("node.toml: metrics listens on loopback only")

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(TimeoutError, ConnectionError, asyncio.IncompleteReadError, ValueError):
            async with asyncio.timeout(_SECONDS):
                path = await _path(reader)
                status, body = _page(path, metrics, troubles)
                head = f"HTTP/1.1 {status}\r\nContent-Type: {_TEXT}\r\n"
                head += f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
                writer.write(head.encode() + body)
                await writer.drain()
        writer.close()

    try:
        server = await asyncio.start_server(answer, address.host, address.port, limit=_LINE)
    except OSError as cause:
        raise UnavailableError("the address of metrics is not to be had") from cause
    async with server:
        yield


async def _path(reader: asyncio.StreamReader) -> str:
    request = (await reader.readline()).decode("ascii", "replace").split(" ")
    while (await reader.readline()).strip():
        continue
    return request[1] if len(request) > 1 and request[0] == "GET" else ""


def _page(
    path: str, metrics: Metrics, troubles: Callable[[], Sequence[str]]
) -> tuple[str, bytes]:
    if path == "/metrics":
        return "200 OK", metrics.page()
    if path == "/health":
        found = troubles()
        body = "\n".join(found or ["well"]) + "\n"
        return ("503 Service Unavailable" if found else "200 OK"), body.encode()
    return "404 Not Found", b"there is /metrics and /health\n"
