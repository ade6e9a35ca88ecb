"""The spool: where log, sealed content and checkpoints wait in durable order.

It promises three things to the broker. What an `append_…` returned for is durable. The leaf
index of a record is its place in one order that every broker process shares, without holes.
Readers see only what is durable. It does not know what a record means: bytes in, bytes out;
`broker.admission` decides what may enter and `broker.tree` what follows from it.

Two implementations: `broker.spool.sqlite` (one file) and `broker.spool.kafka` (Apache Kafka).

Source: docs/architecture.md, "The order of record"; docs/envelope.md, section 4 and
`LogRecord.places`.
"""

from abc import abstractmethod
from collections.abc import AsyncIterator, Iterable, Sequence
from types import TracebackType
from typing import NewType, Protocol, Self

from valija.clock import Day
from valija.errors import AbsentError, LimitError, SplitViewError
from valija.ids import LeafIndex

Place = NewType("Place", int)
"""Where a content lies: partition << 48 | offset, as `LogRecord.places` carries it."""

ENTRY_MAX_BYTES = 2 * 1024 * 1024 - 1024
"""Largest key and value together: Kafka's `max.message.bytes` (2 MiB) less its framing."""
_OFFSET_BITS = 48


class Spool(Protocol):
    """What a spool must do; use it as an async context manager, or call `start` and `stop`.

    Every method raises UnavailableError where the same call may work later. An append that
    raised it may have happened all the same: the fold lets the first of equal heads count,
    so the caller appends again.
    """

    @abstractmethod
    async def start(self) -> None:
        """Open the engine and check that it is fit to hold a log.

        Raises:
            VerificationError: The engine would lose, reorder or rewrite a log.
            UnavailableError: The engine does not answer.
        """

    @abstractmethod
    async def stop(self) -> None:
        """Finish what was begun, and let go of the engine."""

    @abstractmethod
    async def append_contents(self, items: Sequence[tuple[bytes, bytes]]) -> list[Place]:
        """Make sealed contents durable, all before this returns.

        Args:
            items: (key, value) each: the label digest (of a private item its leaf hash), and
                the exact bytes as submitted.

        Returns:
            Their places, in the order of `items`.

        Raises:
            LimitError: One is over ENTRY_MAX_BYTES; then none was appended.
        """

    @abstractmethod
    async def append_record(self, value: bytes) -> LeafIndex:
        """Make one log record durable and return its leaf index.

        Raises:
            LimitError: It is over ENTRY_MAX_BYTES.
        """

    @abstractmethod
    def records(self, start: int) -> AsyncIterator[list[tuple[LeafIndex, bytes]]]:
        """Follow the log from leaf `start` on, for ever, in batches that are never empty.

        Whoever stops following closes the iterator (`contextlib.aclosing`).

        Raises:
            SplitViewError: A leaf is missing, or the log is shorter than `start`: what was
                read once is there no more. Stop, alarm; asking again makes it no better.
        """

    @abstractmethod
    async def end(self) -> int:
        """Return how many records are durable: the leaf index that comes next."""

    @abstractmethod
    async def contents(self, places: Iterable[Place]) -> dict[Place, bytes]:
        """Return the values at these places; what has expired or never was is left out."""

    async def content(self, place: Place) -> bytes:
        """Return the value at one place.

        Raises:
            AbsentError: It has expired, or nothing was ever there.
        """
        found = await self.contents([place])
        if place not in found:
            raise AbsentError("no content at this place: it has expired or never was")
        return found[place]

    @abstractmethod
    async def expire(self, before: Day) -> None:
        """Delete contents appended before a day, where the engine does not by itself."""

    @abstractmethod
    async def append_checkpoint(self, note: bytes) -> int:
        """Make one signed note durable and return its number, counted from 0."""

    @abstractmethod
    def checkpoints(self, start: int) -> AsyncIterator[list[tuple[int, bytes]]]:
        """Follow the checkpoints from number `start` on; raises as `records` does."""

    @abstractmethod
    async def last_checkpoints(self, most: int) -> list[bytes]:
        """Return the notes appended last, the newest first, `most` at most."""

    async def __aenter__(self) -> Self:
        """Start; what a failed start left open is closed."""
        try:
            await self.start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        await self.stop()


def place_at(partition: int, offset: int) -> Place:
    """Return the place of an offset in a partition."""
    return Place(partition << _OFFSET_BITS | offset)


def split_place(place: Place) -> tuple[int, int]:
    """Return the (partition, offset) of a place."""
    return place >> _OFFSET_BITS, place & (1 << _OFFSET_BITS) - 1


def check_size(*parts: bytes) -> None:
    """Refuse what one entry of a spool cannot hold, whatever the engine.

    Raises:
        LimitError: Key and value together are over ENTRY_MAX_BYTES.
    """
    if sum(map(len, parts)) > ENTRY_MAX_BYTES:
        raise LimitError(f"an entry of the spool has at most {ENTRY_MAX_BYTES} bytes")


def end_of(batch: Sequence[tuple[int, bytes]], start: int) -> int:
    """Return the number after a batch that must begin at `start` and have no hole.

    Raises:
        SplitViewError: It has one: what stood there was taken away.
    """
    end = start + len(batch)
    if batch[0][0] != start or batch[-1][0] != end - 1:
        raise SplitViewError("a hole in the spool: entries were lost")
    return end
