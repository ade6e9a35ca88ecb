"""The way to the broker: two streams over mutual TLS, to whichever broker answers.

It promises that bytes arrive as they were handed over, that a stream that fails says so as
one of our errors, that the next stream goes to the next broker when this one is lost, and
that no status word of a broker stops the node: where one says that its log is split, that is
an alarm (`node.faults`), for only two checkpoints prove it (`node.knowledge`).
It parses nothing and repeats nothing: what must be sent again is known to `node.outbox`,
where to go on to `node.inbox`.

Source: docs/envelope.md, section 1 (exchange.proto), section 4 (Several brokers) and 5, TLS.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial

import grpc
import structlog

from node.faults import Fault, Faults
from node.metrics import Metrics
from valija.address import Address
from valija.errors import (
    AbsentError,
    BarredError,
    DuplicateError,
    HeldError,
    LimitError,
    MalformedError,
    UnavailableError,
    ValijaError,
    VerificationError,
)

SUBMIT = "/valija.v1.ExchangeService/Submit"
DELIVER = "/valija.v1.ExchangeService/Deliver"
_MOST_BYTES = 16 * 1024 * 1024  # A response may carry several deliveries of 1 MiB each.
_OPTIONS = (
    ("grpc.max_send_message_length", _MOST_BYTES),
    ("grpc.max_receive_message_length", _MOST_BYTES),
    ("grpc.keepalive_time_ms", 20_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.enable_retries", 0),
    ("grpc.use_local_subchannel_pool", 1),
)
_ERRORS: dict[grpc.StatusCode, type[ValijaError]] = {
    grpc.StatusCode.INVALID_ARGUMENT: MalformedError,
    grpc.StatusCode.UNAUTHENTICATED: VerificationError,
    # Two checkpoints are a split view; a status word is none, and stops nobody.
    grpc.StatusCode.DATA_LOSS: UnavailableError,
    grpc.StatusCode.PERMISSION_DENIED: BarredError,
    grpc.StatusCode.FAILED_PRECONDITION: HeldError,
    grpc.StatusCode.NOT_FOUND: AbsentError,
    grpc.StatusCode.ALREADY_EXISTS: DuplicateError,
    grpc.StatusCode.RESOURCE_EXHAUSTED: LimitError,
}


@dataclass(frozen=True, slots=True)
class Credentials:
    """What opens the brokers' door.

    Attributes:
        roots: The brokers' certificates from the anchor, PEM, joined.
        certificate: Our own TLS certificate, PEM.
        key: Its private key, PEM.
    """

    roots: bytes
    certificate: bytes
    key: bytes


class Stream:
    """One open stream; messages are exact bytes, in order, both ways."""

    def __init__(
        self,
        call: "grpc.aio.StreamStreamCall[bytes, bytes]",
        heard: Callable[[], None] = lambda: None,
    ) -> None:
        """Stand on a call; `heard` is told of each message that came."""
        self._call = call
        self._heard = heard
        self._is_connected = False
        self._ended = asyncio.Event()
        call.add_done_callback(lambda _call: self._ended.set())

    async def send(self, message: bytes) -> None:
        """Hand one message over; waits while the other side takes no more.

        Raises:
            ValijaError: The stream has ended, sorted by what can be done.
        """
        with _translated():
            if not self._is_connected:
                await self._connect()
            await self._call.write(message)

    async def receive(self) -> bytes:
        """Return the next message.

        Raises:
            ValijaError: The stream has ended, sorted by what can be done.
        """
        with _translated():
            message = await self._call.read()
        if not isinstance(message, bytes):  # grpc.aio.EOF
            raise UnavailableError("the broker ended the stream")
        self._heard()
        return message

    async def _connect(self) -> None:
        """Wait until the broker was reached, or the call has ended.

        The library's own wait never ends for a call that was given up before it reached
        anybody: that stream, and the desk behind it, would stand still for ever.
        """
        reached = asyncio.ensure_future(self._call.wait_for_connection())
        ended = asyncio.ensure_future(self._ended.wait())
        try:
            await asyncio.wait({reached, ended}, return_when=asyncio.FIRST_COMPLETED)
            if not reached.done():
                raise UnavailableError("the way to the broker was given up")
            reached.result()
            self._is_connected = True
        finally:
            for task in (reached, ended):
                task.cancel()


@contextmanager
def _translated() -> Iterator[None]:
    """Turn the library's errors into ours."""
    try:
        yield
    except grpc.aio.AioRpcError as cause:
        raise _error(cause) from cause
    except (grpc.aio.UsageError, asyncio.InvalidStateError) as cause:
        raise UnavailableError("the stream to the broker has ended") from cause
    except asyncio.CancelledError as cause:
        # The library says this too when another stream gave the channel up.
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise UnavailableError("the way to the broker was given up") from cause


class Client:
    """Streams to one broker at a time, and to the next one when it is lost.

    Attributes:
        is_lost: No broker has said anything since the last stream failed.
        faults: Which brokers are at fault now.
    """

    def __init__(
        self, brokers: Sequence[Address], credentials: Credentials, metrics: Metrics
    ) -> None:
        self._brokers = tuple(brokers)
        self._credentials = credentials
        self._metrics = metrics
        self.is_lost = False
        self.faults = Faults()
        self._at = 0
        self._channel: grpc.aio.Channel | None = None
        self._log = structlog.get_logger()

    @property
    def broker(self) -> Address:
        """Where the next stream will go."""
        return self._brokers[self._at % len(self._brokers)]

    @property
    def brokers(self) -> tuple[Address, ...]:
        """All that may be asked, in the order in which they are."""
        return self._brokers

    def blame(self, broker: Address, path: str, fault: Fault) -> None:
        """Say of a broker what it was found at: in the log, the metrics and the status."""
        self.faults.note(broker, path, fault)
        self._metrics.faults.labels(fault.name.lower()).inc()
        self._log.error("broker_at_fault", address=str(broker), error=fault.name.lower())

    @asynccontextmanager
    async def stream(self, path: str) -> AsyncIterator[Stream]:
        """Open a stream, `SUBMIT` or `DELIVER`; when it fails, the next goes elsewhere.

        Whatever of ours is raised inside, the next stream goes to the next broker: it may
        know better, and a broker that lies is not asked again at once.
        """
        at, channel = self._at, self._open()
        call = channel.stream_stream(
            path, request_serializer=_exact, response_deserializer=_exact
        )()
        try:
            yield Stream(call, partial(self._hear, self.broker, path))
        except ValijaError:
            await self._leave(at)
            if (fault := await _fault(call)) is not None:
                self.blame(self._brokers[at % len(self._brokers)], path, fault)
            raise
        finally:
            call.cancel()

    async def close(self) -> None:
        """Let the broker go."""
        channel, self._channel = self._channel, None
        if channel is not None:
            await channel.close()

    def _open(self) -> grpc.aio.Channel:
        if self._channel is None:
            secrets = grpc.ssl_channel_credentials(
                self._credentials.roots, self._credentials.key, self._credentials.certificate
            )
            self._channel = grpc.aio.secure_channel(str(self.broker), secrets, _OPTIONS)
        return self._channel

    def _hear(self, broker: Address, path: str) -> None:
        self.is_lost = False
        self.faults.clear(broker, path)

    async def _leave(self, at: int) -> None:
        """Move on, once for all streams that failed at this broker."""
        if at != self._at:
            return
        self._at += 1
        self.is_lost = True
        self._metrics.moves.inc()
        self._log.warning("broker_left", address=str(self.broker), attempt=self._at)
        await self.close()


def _exact(message: bytes) -> bytes:
    """Leave bytes as they are: `valija.wire` alone encodes and parses."""
    return message


async def _fault(call: "grpc.aio.StreamStreamCall[bytes, bytes]") -> Fault | None:
    """Return what the status of a stream that has ended says of its broker, if anything."""
    halted = call.done() and await call.code() is grpc.StatusCode.DATA_LOSS
    return Fault.HALTED if halted else None


def _error(cause: grpc.aio.AioRpcError) -> ValijaError:
    """Return our own error for the broker's status."""
    kind = _ERRORS.get(cause.code(), UnavailableError)
    return kind(f"the broker answered {cause.code().name}")
