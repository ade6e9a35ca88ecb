"""The gRPC door: streams of exact bytes in, answers out, errors in gRPC's own words.

It promises that every byte from outside goes through `valija.wire`, that no stream outlives
its caller's certificate, and that what is our own fault is told by an incident number alone.
It decides nothing: `broker.door` knows callers, `broker.submission` and `broker.delivery`
make the answers.

Source: docs/envelope.md, section 1 (ExchangeService); docs/style.md, Errors; gRPC, "Status
codes".
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from secrets import token_hex
from typing import TypeAlias

import grpc
import structlog
from google.protobuf.message import DecodeError

from broker.delivery import Delivery
from broker.door import Caller, Door
from broker.heads import Heads
from broker.index import Index
from broker.logs import INCIDENT, STREAM_CLOSED, STREAM_OPENED
from broker.metrics import Metrics
from broker.outlet import Context, Outlet
from broker.reader import Reader
from broker.submission import Counter, Submission
from broker.window import Window
from valija.errors import (
    AbsentError,
    BarredError,
    DuplicateError,
    HeldError,
    LimitError,
    MalformedError,
    SplitViewError,
    UnavailableError,
    ValijaError,
    VerificationError,
)
from valija.head import HEAD_BYTES
from valija.ids import Desk, Digest, digest
from valija.v1 import exchange_pb2
from valija.wire.deliver import DeliverRequest, parse_deliver_request
from valija.wire.submit import parse_submit_request

NAME = exchange_pb2.DESCRIPTOR.services_by_name["ExchangeService"].full_name
_PATIENCE_S = 20.0
_STATUS: tuple[tuple[type[ValijaError], grpc.StatusCode], ...] = (
    (MalformedError, grpc.StatusCode.INVALID_ARGUMENT),
    (SplitViewError, grpc.StatusCode.DATA_LOSS),
    (VerificationError, grpc.StatusCode.UNAUTHENTICATED),
    (BarredError, grpc.StatusCode.PERMISSION_DENIED),
    (HeldError, grpc.StatusCode.FAILED_PRECONDITION),
    (AbsentError, grpc.StatusCode.NOT_FOUND),
    (DuplicateError, grpc.StatusCode.ALREADY_EXISTS),
    (LimitError, grpc.StatusCode.RESOURCE_EXHAUSTED),
    (UnavailableError, grpc.StatusCode.UNAVAILABLE),
)
Requests: TypeAlias = AsyncIterator[bytes]


@dataclass(frozen=True, slots=True)
class Rooms:
    """What stands behind the door.

    Attributes:
        door: Who may come in.
        counter: Answers submissions.
        delivery: Makes deliveries.
        heads: How far this broker's tree is signed.
        index: Remembers cursors.
        halted: Fails with what stops this broker for good.
        metrics: Counts streams.
    """

    door: Door
    counter: Counter
    delivery: Delivery
    heads: Heads
    index: Index
    halted: asyncio.Future[None]
    metrics: Metrics


class ExchangeService:
    """Submit and Deliver, as raw bytes."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._log = structlog.get_logger()

    def handlers(self) -> grpc.GenericRpcHandler:
        """Return what a server is told about both calls."""
        streams: dict[str, grpc.RpcMethodHandler[bytes, bytes]] = {
            "Submit": grpc.stream_stream_rpc_method_handler(self.submit),
            "Deliver": grpc.stream_stream_rpc_method_handler(self.deliver),
        }
        return grpc.method_handlers_generic_handler(NAME, streams)

    async def submit(self, requests: Requests, context: Context) -> None:
        """Answer a stream of batches."""
        outlet = Outlet(context)
        async with self._stream("submit", context, outlet) as caller:
            await self._submit(requests, outlet, caller)

    async def deliver(self, requests: Requests, context: Context) -> None:
        """Send a desk what waits for it."""
        outlet = Outlet(context)
        async with self._stream("deliver", context, outlet) as caller:
            await self._deliver(requests, outlet, caller)

    async def _submit(self, requests: Requests, outlet: Outlet, caller: Caller) -> None:
        counter, submission, window = self._rooms.counter, None, Window()

        async def answer(message: bytes, stream: Submission) -> None:
            try:
                await self._answer(message, caller, stream)
            finally:
                window.leave(len(message))

        async with asyncio.TaskGroup() as answers:
            async for message in requests:
                if submission is None:
                    size = _size(message)
                    await self._reach(size)
                    submission = Submission(counter, caller, size, outlet.write)
                await window.enter(len(message))
                answers.create_task(answer(message, submission))

    async def _answer(self, message: bytes, caller: Caller, stream: Submission) -> None:
        try:
            self._rooms.counter.allowance.take(caller.member, len(message))
            batch, _ = parse_submit_request(message)
        except (MalformedError, LimitError) as error:
            await stream.refuse(_name(message), error)
        else:
            await stream.answer(batch, len(message))

    async def _deliver(self, requests: Requests, outlet: Outlet, caller: Caller) -> None:
        first = await anext(requests, None)
        if first is None:
            return
        request, desk = _opening(first)
        caller.check_reads(desk)
        await self._reach(max(request.size, request.cursor))
        reader = Reader(desk, request.cursor, request.size, request.credit)
        structlog.contextvars.bind_contextvars(desk=str(desk))
        tasks = [
            asyncio.ensure_future(self._listen(requests, reader)),
            asyncio.ensure_future(self._send(outlet, caller, reader)),
            asyncio.ensure_future(_until(self._rooms.halted)),
        ]
        try:
            ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self, requests: Requests, reader: Reader) -> None:
        """Take credit until the other end has no more to say."""
        async for message in requests:
            request = parse_deliver_request(message)
            if request.desk is not None or request.size or request.cosignature:
                raise MalformedError("a later request gives cursor and credit only")
            if request.cursor > self._rooms.heads.newest.size:
                raise MalformedError("a cursor lies beyond what was shown")
            reader.give(request.credit)
            await self._keep(reader.desk, request.cursor)

    async def _send(self, outlet: Outlet, caller: Caller, reader: Reader) -> None:
        async with aclosing(self._rooms.delivery.messages(reader)) as messages:
            async for message, count in messages:
                caller.check_reads(reader.desk)
                await outlet.write(message)
                self._rooms.metrics.delivered.labels(caller.member).inc(count)

    async def _keep(self, desk: Desk, cursor: int) -> None:
        behind = max(0, self._rooms.heads.newest.size - cursor)
        self._rooms.metrics.behind.labels(str(desk)).set(behind)
        await self._rooms.index.keep_cursor(desk, cursor)

    async def _reach(self, size: int) -> None:
        """Wait until this broker's tree is as large as what its peer has verified.

        Raises:
            UnavailableError: It is not after 20 seconds.
        """
        if size <= self._rooms.heads.newest.size:
            return
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await self._rooms.heads.covering(size - 1)
        except TimeoutError as cause:
            raise UnavailableError("this broker's tree is behind its peer's") from cause

    @asynccontextmanager
    async def _stream(
        self, kind: str, context: Context, outlet: Outlet
    ) -> AsyncIterator[Caller]:
        """Know the caller, and end the stream in gRPC's words when something is wrong."""
        structlog.contextvars.bind_contextvars(stream=token_hex(4))
        gauge = self._rooms.metrics.streams.labels(kind)
        gauge.inc()
        try:
            caller = self._rooms.door.caller(context)
            self._log.info(STREAM_OPENED, step=kind, carrier=caller.desk)
            with self._rooms.counter.allowance.stream(caller.member):
                yield caller
        except Exception as error:  # noqa: BLE001  # The outermost door.
            await outlet.settle()
            await self._abort(context, _cause(error))
        finally:
            gauge.dec()
            self._log.info(STREAM_CLOSED, step=kind)

    async def _abort(self, context: Context, error: BaseException) -> None:
        for kind, status in _STATUS:
            if isinstance(error, kind):
                await context.abort(status, kind.__name__)
        incident = token_hex(8)
        self._log.error(INCIDENT, incident=incident, error=type(error).__name__)
        await context.abort(grpc.StatusCode.INTERNAL, incident)


async def _until(halted: asyncio.Future[None]) -> None:
    """Return never; raise what halts the broker."""
    await asyncio.shield(halted)


def _opening(message: bytes) -> tuple[DeliverRequest, Desk]:
    """Return the first request of a Deliver stream, and whose inbox it asks for.

    Raises:
        MalformedError: It is none, names no desk, or cosigns: no witness is asked here.
    """
    request = parse_deliver_request(message)
    if request.desk is None or request.cosignature:
        raise MalformedError("the first request names a desk, and cosigns nothing")
    return request, request.desk


def _cause(error: BaseException) -> BaseException:
    """Return the first error of a group of tasks."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _loose(message: bytes) -> exchange_pb2.SubmitRequest:
    """Return what can be read of a submission, to name it; nothing of it is believed."""
    found = exchange_pb2.SubmitRequest()
    try:
        found.ParseFromString(message)
    except DecodeError:
        return exchange_pb2.SubmitRequest()
    return found


def _size(message: bytes) -> int:
    return _loose(message).size


def _name(message: bytes) -> Digest:
    """Return by which digest a batch that does not parse is answered: its head's, if any."""
    head = _loose(message).head
    return digest(head if len(head) == HEAD_BYTES else message)
