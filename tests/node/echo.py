"""A broker's door without a broker: mutual TLS, raw bytes, and an answer to each message."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import grpc

from node.client import DELIVER, SUBMIT, Credentials
from valija.address import Address
from valija.certificate import TlsPair, make_certificate, to_pem

NOW = datetime.now(UTC)  # noqa: TID251  (certificates are checked by TLS's own clock)
Answer = Callable[[bytes], Awaitable[bytes | None]]


def pair(name: str) -> TlsPair:
    return make_certificate(name, NOW)


def credentials(ours: TlsPair, *brokers: TlsPair) -> Credentials:
    roots = b"".join(to_pem(broker.certificate) for broker in brokers)
    return Credentials(roots, to_pem(ours.certificate), ours.secret)


@asynccontextmanager
async def door(
    own: TlsPair, admitted: TlsPair, answer: Answer, port: int = 0
) -> AsyncIterator[tuple[grpc.aio.Server, Address]]:
    """Serve both streams; an answer of None ends the stream well, an error ends it ill."""

    async def talk(messages: AsyncIterator[bytes], _context: object) -> AsyncIterator[bytes]:
        async for message in messages:
            found = await answer(message)
            if found is None:
                return
            yield found

    handler = grpc.stream_stream_rpc_method_handler(talk)
    server = grpc.aio.server(options=(("grpc.so_reuseport", 0),))
    for path in (SUBMIT, DELIVER):
        service, method = path.strip("/").split("/")
        generic = grpc.method_handlers_generic_handler(service, {method: handler})
        server.add_generic_rpc_handlers((generic,))
    secrets = grpc.ssl_server_credentials(
        [(own.secret, to_pem(own.certificate))],
        to_pem(admitted.certificate),
        require_client_auth=True,
    )
    bound = server.add_secure_port(f"127.0.0.1:{port}", secrets)
    await server.start()
    try:
        yield server, Address("127.0.0.1", bound)
    finally:
        await server.stop(None)
