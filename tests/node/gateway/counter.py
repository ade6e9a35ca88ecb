"""Callers at a gateway that is served over real TLS."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import grpc

from node.gateway import SERVICE
from node.gateway.caller import Caller
from node.gateway.certificate import load_or_make
from node.gateway.door import Calls, Door
from node.gateway.drafting import Drafting
from node.gateway.receiving import Receiving
from node.gateway.releasing import Releasing
from node.gateway.taking import Taking
from node.gateway.withdrawing import Withdrawing
from node.release.docket import Docket
from tests.node.offices import Bureau

_Found = TypeVar("_Found")


@dataclass
class Counter:
    """A served bureau, and callers at it."""

    bureau: Bureau
    address: str
    certificate: bytes
    calls: Calls

    async def ask(
        self, account: str, call: Callable[[Caller], _Found], token: str = ""
    ) -> _Found:
        """Call with an account's token, on a thread, as another process would."""
        given = token or self.bureau.tokens.get(account, "")

        def work() -> _Found:
            caller = Caller(self.address, self.certificate, given)
            try:
                return call(caller)
            finally:
                caller.close()

        return await asyncio.to_thread(work)

    async def raw(self, method: str, data: bytes, metadata: object = None) -> bytes:
        """Send bytes as they are, and return the answer's."""
        credentials = grpc.ssl_channel_credentials(self.certificate)
        async with grpc.aio.secure_channel(self.address, credentials) as channel:
            call: Any = channel.unary_unary(f"/{SERVICE}/{method}")
            if metadata is None:
                token = self.bureau.tokens["d.luna"]
                metadata = (("authorization", f"Bearer {token}"),)
            return bytes(await call(data, metadata=metadata))


@asynccontextmanager
async def served(bureau: Bureau) -> AsyncIterator[Counter]:
    node = bureau.node
    releasing = Releasing(
        bureau.desk, bureau.sender, bureau.approver, lambda: ["an invented trouble"]
    )
    calls = Calls(
        Drafting(bureau.desk, bureau.intake),
        releasing,
        Receiving(node.parts.database, node.inbox),
        Withdrawing(bureau.withdrawer, releasing.states),
        Taking(Docket(node.parts.database, node.journal)),
    )
    now = node.parts.clock.now()
    pair = load_or_make(node.config.keys, b"an invented passphrase", now, "127.0.0.1")
    door = Door(node.parts.database, node.parts.clock, calls)
    async with door.open("127.0.0.1:0", pair.key, pair.certificate) as port:
        yield Counter(bureau, f"127.0.0.1:{port}", pair.certificate, calls)
