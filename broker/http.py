"""Doors for HTTP: pages of the log over mutual TLS, health and metrics on loopback.

It promises that only GET is understood, that a request is short and in time or ends the
connection, and that whoever shows no certificate in force gets no further than the handshake.
What stands at a path, `broker.pages` says.

Source: docs/envelope.md, section 4 (Served); RFC 9112; docs/style.md, Logs and metrics.
"""

import asyncio
import os
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeAlias

import structlog

from broker.logs import INCIDENT, PAGE_SERVED
from broker.pages import Page
from valija.address import Address
from valija.certificate import TlsPair, to_pem
from valija.errors import AbsentError, SignatureError, UnavailableError, ValijaError

Respond: TypeAlias = Callable[[str, bytes], Awaitable[Page]]
"""Returns the page at a path, for a certificate (DER; empty on a door without TLS)."""
_REQUEST_BYTES = 8192
_PATIENCE_S = 20.0
_CONNECTIONS = 256
_STATUS: tuple[tuple[type[ValijaError], HTTPStatus], ...] = (
    (AbsentError, HTTPStatus.NOT_FOUND),
    (SignatureError, HTTPStatus.FORBIDDEN),
    (UnavailableError, HTTPStatus.SERVICE_UNAVAILABLE),
)
_GONE = (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError)


@dataclass(frozen=True, slots=True)
class _Request:
    """What was asked.

    Attributes:
        path: Without the leading slash; empty when it is none that we serve.
        with_body: False: only what the headers would be.
        keep: The connection stays open.
    """

    path: str
    with_body: bool
    keep: bool


class HttpDoor:
    """One listening address."""

    def __init__(self, respond: Respond, context: ssl.SSLContext | None = None) -> None:
        self._respond = respond
        self._context = context
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._log = structlog.get_logger()

    async def start(self, at: Address) -> Address:
        """Listen, and return where.

        Raises:
            UnavailableError: The address is not to be had.
        """
        try:
            self._server = await asyncio.start_server(
                self._serve, at.host, at.port, limit=_REQUEST_BYTES, ssl=self._context
            )
        except OSError as cause:
            raise UnavailableError("an HTTP address is not to be had") from cause
        return Address(at.host, self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Close the door and what is open."""
        if self._server is None:
            return
        self._server.close()
        for writer in list(self._open):
            writer.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while len(self._open) <= _CONNECTIONS and await self._answer(reader, writer):
                pass
        except _GONE:
            pass  # The other end is gone, slow, or does not speak HTTP.
        finally:
            self._open.discard(writer)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        async with asyncio.timeout(_PATIENCE_S):
            request = _parse(await reader.readuntil(b"\r\n\r\n"))
            if request is None:
                writer.write(_bytes(HTTPStatus.BAD_REQUEST, Page(b""), keep=False))
                await writer.drain()
                return False
            status, page = await self._page(request, _certificate(writer))
            found = _bytes(status, page, keep=request.keep)
            writer.write(found if request.with_body else found[: -len(page.body) or None])
            await writer.drain()
        return request.keep

    async def _page(self, request: _Request, certificate: bytes) -> tuple[HTTPStatus, Page]:
        status, page = HTTPStatus.OK, Page(b"")
        try:
            page = await self._respond(request.path, certificate)
        except ValijaError as error:
            known = (code for kind, code in _STATUS if isinstance(error, kind))
            status = next(known, HTTPStatus.INTERNAL_SERVER_ERROR)
            if status is HTTPStatus.INTERNAL_SERVER_ERROR:
                self._log.error(INCIDENT, error=type(error).__name__)
        self._log.debug(
            PAGE_SERVED, path=request.path, code=int(status), size_bytes=len(page.body)
        )
        return status, page


def server_context(own: TlsPair, roots: Callable[[], bytes]) -> ssl.SSLContext:
    """Return a TLS context that asks for a certificate and follows the directory.

    Args:
        own: What we show.
        roots: Returns the certificates in force, PEM, joined; asked at every handshake.
            OpenSSL forgets none, so whoever serves looks at the exact certificate too.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    context.num_tickets = 0  # A resumed session would skip the look at the certificate.
    _load_own(context, own)
    known = b""

    def refresh(_socket: object, _name: str | None, context: ssl.SSLContext) -> None:
        nonlocal known
        found = roots()
        if found != known:
            context.load_verify_locations(cadata=found.decode("ascii"))
            known = found

    context.sni_callback = refresh
    return context


def _load_own(context: ssl.SSLContext, own: TlsPair) -> None:
    """Hand over our key through memory: `ssl` reads files only, and no disk may see it."""
    handle = os.memfd_create("tls")
    try:
        os.write(handle, own.secret + to_pem(own.certificate))
        context.load_cert_chain(f"/proc/self/fd/{handle}")
    finally:
        os.close(handle)


def _parse(data: bytes) -> _Request | None:
    """Return the request in a head of HTTP/1.1; None for what we do not understand."""
    first, *lines = data.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    words, headers = first.split(" "), {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            return None
        headers[name.lower()] = value.strip().lower()
    match words:
        case [("GET" | "HEAD") as method, target, "HTTP/1.1"]:
            pass
        case _:
            return None
    if "transfer-encoding" in headers or headers.get("content-length", "0") != "0":
        return None
    path = target.removeprefix("/") if target.startswith("/") else ""
    return _Request(path, method == "GET", headers.get("connection") != "close")


def _bytes(status: HTTPStatus, page: Page, *, keep: bool) -> bytes:
    headers = {
        "Content-Type": page.kind,
        "Content-Length": str(len(page.body)),
        "Cache-Control": page.caching,
        "X-Content-Type-Options": "nosniff",
        "Connection": "keep-alive" if keep else "close",
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\n{lines}\r\n"
    return head.encode("ascii") + page.body


def _certificate(writer: asyncio.StreamWriter) -> bytes:
    session: ssl.SSLObject | None = writer.get_extra_info("ssl_object")
    return (session.getpeercert(binary_form=True) or b"") if session else b""
