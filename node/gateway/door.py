"""The gateway's server: TLS, a token a call, our errors as statuses, nothing else.

It promises that no call reaches the node without a known token, that an unknown error shows
an incident number and no text, and that every call leaves one line in the log, which names
the method and the role and nothing that was said. What the calls do is `drafting`,
`releasing`, `withdrawing`, `receiving` and `taking`.

Source: docs/style.md, sections Errors and Logs and metrics.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

import grpc
import structlog
from google.protobuf.message import DecodeError, Message
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1.health import aio as health
from grpc_reflection.v1alpha import reflection

from node.gateway import SERVICE
from node.gateway.drafting import Drafting
from node.gateway.receiving import Receiving
from node.gateway.releasing import Releasing
from node.gateway.status import incident, status_of
from node.gateway.taking import Taking
from node.gateway.withdrawing import Withdrawing
from node.people.local import recognise
from node.people.person import Person
from node.store.database import Database
from valija.clock import Clock
from valija.errors import MalformedError, SignatureError, UnavailableError, ValijaError
from valija.v1 import gateway_pb2 as v1

MOST_BYTES = 4 * 1024 * 1024
_GRACE_SECONDS = 2
_MOST_CALLS = 64
_LOG = structlog.get_logger()
_Context: TypeAlias = grpc.aio.ServicerContext[bytes, bytes]
_Said = TypeVar("_Said", bound=Message)
_Answer: TypeAlias = Callable[[Person, Any], Awaitable[Message]]


@dataclass(frozen=True, slots=True)
class Calls:
    """The five groups of calls behind the door."""

    drafting: Drafting
    releasing: Releasing
    receiving: Receiving
    withdrawing: Withdrawing
    taking: Taking

    def unary(self) -> dict[str, tuple[type[Message], _Answer]]:
        """Return the calls of one request and one answer, by method."""
        return {
            "PutDraft": (v1.PutDraftRequest, self.drafting.put_draft),
            "ListDrafts": (v1.ListDraftsRequest, self.drafting.list_drafts),
            "Preflight": (v1.PreflightRequest, self.drafting.preflight),
            "Send": (v1.SendRequest, self.releasing.send),
            "Approve": (v1.ApproveRequest, self.releasing.approve),
            "ListHolds": (v1.ListHoldsRequest, self.releasing.list_holds),
            "ListWords": (v1.ListWordsRequest, self.withdrawing.list_words),
            "Withdraw": (v1.WithdrawRequest, self.withdrawing.withdraw),
            "ListOwed": (v1.ListOwedRequest, self.withdrawing.list_owed),
            "Status": (v1.StatusRequest, self.releasing.status),
            "ListInbox": (v1.ListInboxRequest, self.receiving.list_inbox),
            "Show": (v1.ShowRequest, self.receiving.show),
        }


class Door:
    """Lets callers in."""

    def __init__(self, database: Database, clock: Clock, calls: Calls) -> None:
        self._database = database
        self._clock = clock
        self._calls = calls

    @asynccontextmanager
    async def open(self, address: str, key: bytes, certificate: bytes) -> AsyncIterator[int]:
        """Serve while the context lasts, and yield the port.

        Args:
            address: `host:port`; port 0 lets the machine choose.
            key: PEM of the private key.
            certificate: PEM of the certificate that callers pin.

        Raises:
            UnavailableError: The address is not to be had.
        """
        server = grpc.aio.server(
            options=[
                ("grpc.max_receive_message_length", MOST_BYTES),
                ("grpc.so_reuseport", 0),  # Nobody listens beside us at our address.
            ],
            maximum_concurrent_rpcs=_MOST_CALLS,
        )
        server.add_generic_rpc_handlers((self._handlers(),))
        doctor = health.HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(doctor, server)
        reflection.enable_server_reflection((SERVICE, reflection.SERVICE_NAME), server)
        credentials = grpc.ssl_server_credentials([(key, certificate)])
        try:
            port = server.add_secure_port(address, credentials)
        except RuntimeError as cause:
            raise UnavailableError("the gateway's address is not to be had") from cause
        await server.start()
        await doctor.set(SERVICE, health_pb2.HealthCheckResponse.SERVING)
        try:
            yield port
        finally:
            await server.stop(_GRACE_SECONDS)

    def _handlers(self) -> grpc.GenericRpcHandler:
        methods: dict[str, grpc.RpcMethodHandler[bytes, bytes]] = {
            name: grpc.unary_unary_rpc_method_handler(self._unary(name, request, answer))
            for name, (request, answer) in self._calls.unary().items()
        }
        methods["Import"] = grpc.stream_stream_rpc_method_handler(self._import)
        methods["TakeDecisions"] = grpc.unary_stream_rpc_method_handler(self._take)
        return grpc.method_handlers_generic_handler(SERVICE, methods)

    def _unary(
        self, name: str, request: type[Message], answer: _Answer
    ) -> Callable[[bytes, _Context], Awaitable[bytes]]:
        async def call(data: bytes, context: _Context) -> bytes:
            async with self._guarded(name, context) as person:
                said = await answer(person, _parsed(request, data))
                return said.SerializeToString()
            raise AssertionError  # The guard ends the call with a status where it fails.

        return call

    async def _import(
        self, requests: AsyncIterator[bytes], context: _Context
    ) -> AsyncIterator[bytes]:
        async with self._guarded("Import", context) as person:
            async for one in self._calls.drafting.import_file(person, _parts(requests)):
                yield one.SerializeToString()

    async def _take(self, data: bytes, context: _Context) -> AsyncIterator[bytes]:
        async with self._guarded("TakeDecisions", context) as person:
            request = _parsed(v1.TakeDecisionsRequest, data)
            async for one in self._calls.taking.take_decisions(person, request):
                yield one.SerializeToString()

    @asynccontextmanager
    async def _guarded(self, name: str, context: _Context) -> AsyncIterator[Person]:
        """Yield who calls; turn what fails into a status, once, in one place."""
        log = _LOG.bind(step=name)
        try:
            person = await self._recognised(context)
            log = log.bind(role=person.role)
            yield person
            log.info("gateway_call")
        except ValijaError as error:
            code, sentence = status_of(error)
            log.info("gateway_refused", error=type(error).__name__)
            await context.abort(code, sentence)
        except (grpc.aio.AbortError, GeneratorExit):
            raise
        except Exception as error:  # noqa: BLE001  # The outermost door.
            number, sentence = incident()
            # Our bug; its text and its values may be about persons, so its kind must do.
            log.error(  # noqa: TRY400  # As said: no traceback.
                "gateway_incident", incident=number, error=type(error).__name__
            )
            await context.abort(grpc.StatusCode.INTERNAL, sentence)

    async def _recognised(self, context: _Context) -> Person:
        given = dict(context.invocation_metadata() or ()).get("authorization", "")
        if not isinstance(given, str) or not given:
            raise SignatureError("no account has this token")
        token = given.removeprefix("Bearer ").strip()
        return await self._database.read(lambda tx: recognise(tx, token, self._clock))


async def _parts(requests: AsyncIterator[bytes]) -> AsyncIterator[v1.ImportRequest]:
    """Yield the parts of a file; a caller who may not import is not listened to at all."""
    async for data in requests:
        yield _parsed(v1.ImportRequest, data)


def _parsed(kind: type[_Said], data: bytes) -> _Said:
    try:
        return kind.FromString(data)
    except DecodeError as cause:
        raise MalformedError("this is no message of the call") from cause
