"""A broker's door with a liar behind it: a true certificate, and whatever a test answers."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import grpc

from node.assembly import open_keystore
from node.client import DELIVER, SUBMIT
from tests.node.exchange import Exchange
from valija.address import Address
from valija.certificate import to_pem
from valija.statement import Role

Context = grpc.aio.ServicerContext[bytes, bytes]
Behave = Callable[[AsyncIterator[bytes], Context], Awaitable[None]]


async def split(_requests: AsyncIterator[bytes], context: Context) -> None:
    """Say that the log has two histories, and show none."""
    await context.abort(grpc.StatusCode.DATA_LOSS, "SplitViewError")


async def silence(requests: AsyncIterator[bytes], _context: Context) -> None:
    """Listen, and say nothing."""
    async for _ in requests:
        pass


@asynccontextmanager
async def liar(
    exchange: Exchange, name: str, behave: Behave, paths: tuple[str, ...] = (SUBMIT, DELIVER)
) -> AsyncIterator[Address]:
    """Serve these streams with the certificate of one of the exchange's brokers."""
    own = exchange.tls[name]
    roots = b"".join(
        to_pem(held.public)
        for state in exchange.states.values()
        for held in open_keystore(state.config).held(role=Role.TLS)
    )
    server = grpc.aio.server(options=(("grpc.so_reuseport", 0),))
    for path in paths:
        service, method = path.strip("/").split("/")
        handler: grpc.RpcMethodHandler[bytes, bytes] = grpc.stream_stream_rpc_method_handler(
            behave
        )
        generic = grpc.method_handlers_generic_handler(service, {method: handler})
        server.add_generic_rpc_handlers((generic,))
    secrets = grpc.ssl_server_credentials(
        [(own.secret, to_pem(own.certificate))], roots, require_client_auth=True
    )
    port = server.add_secure_port("127.0.0.1:0", secrets)
    await server.start()
    try:
        yield Address("127.0.0.1", port)
    finally:
        await server.stop(None)
