"""Parse protobuf so that one meaning has one byte form, and measure what it holds.

It promises MalformedError, and no other error, for bytes that are not exactly what our own
encoder would write. It knows no message of ours; its siblings do.

Source: docs/envelope.md, section 1 (parsing is strict).
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache
from typing import TypeVar

from google.protobuf.message import DecodeError, Message

from valija.clock import MAX_DAY, MAX_MINUTE, Day, Minute
from valija.errors import MalformedError
from valija.ids import Desk, Digest, Member, Office
from valija.v1 import label_pb2

DIGEST_BYTES = 32
MAX_TEXT = 256
MAX_DESKS = 256
MAX_MESSAGE = 3 << 20
MAX_COUNT = 2**63 - 1
"""Largest place, size and number of a chain: what every store keeps as it came."""
MAX_VERSION = 2**31 - 1
"""Largest version of a notice, likewise."""

_M = TypeVar("_M", bound=Message)
_T = TypeVar("_T")


def parse(message_type: Callable[[], _M], data: bytes, limit: int = MAX_MESSAGE) -> _M:
    """Return the message that `data` is the one encoding of.

    Args:
        message_type: A generated class.
        data: Exact bytes.
        limit: Most bytes that may come.

    Raises:
        MalformedError: Too long, no such message, an unknown field at any depth, or another
            byte form of the same message.
    """
    if len(data) > limit:
        raise MalformedError(f"a message of this kind has at most {limit} bytes")
    message = message_type()
    try:
        message.ParseFromString(data)
    except DecodeError as cause:
        raise MalformedError("these bytes are no message of this kind") from cause
    message.DiscardUnknownFields()
    if to_bytes(message) != data:
        raise MalformedError("a message has one byte form and no unknown field")
    return message


def to_bytes(message: Message) -> bytes:
    """Return the one encoding of a message."""
    return message.SerializeToString(deterministic=True)


def exact(data: bytes, size: int, what: str) -> bytes:
    """Return `data` if it has `size` bytes.

    Raises:
        MalformedError: It has not; the text names `what`, never the value.
    """
    if len(data) != size:
        raise MalformedError(f"{what} has {size} bytes")
    return data


def absent_or(data: bytes, size: int, what: str) -> bytes:
    """Return `data` if it is empty or has `size` bytes.

    Raises:
        MalformedError: Any other length.
    """
    return exact(data, size, what) if data else data


def digest_of(data: bytes, what: str) -> Digest:
    """Return `data` as a digest of 32 bytes.

    Raises:
        MalformedError: Any other length.
    """
    return Digest(exact(data, DIGEST_BYTES, what))


def digests(values: Collection[bytes], most: int, what: str) -> tuple[Digest, ...]:
    """Return a list of at most `most` digests.

    Raises:
        MalformedError: Too many, or one has not 32 bytes.
    """
    return tuple(digest_of(value, what) for value in bounded(values, 0, most, what))


def hashes(joined: bytes, most: int, what: str) -> tuple[Digest, ...]:
    """Return joined hashes one by one, at most `most`.

    Raises:
        MalformedError: Not a multiple of 32 bytes, or too many.
    """
    if len(joined) % DIGEST_BYTES or len(joined) > most * DIGEST_BYTES:
        raise MalformedError(f"{what} is at most {most} hashes of 32 bytes, joined")
    starts = range(0, len(joined), DIGEST_BYTES)
    return tuple(Digest(joined[start : start + DIGEST_BYTES]) for start in starts)


def bounded(values: Collection[_T], least: int, most: int, what: str) -> Collection[_T]:
    """Return `values` if there are `least` to `most` of them.

    Raises:
        MalformedError: Fewer, or more.
    """
    if not least <= len(values) <= most:
        raise MalformedError(f"{what}: {least} to {most} are allowed")
    return values


def distinct(values: Sequence[_T], what: str) -> tuple[_T, ...]:
    """Return `values` if no two are equal.

    Raises:
        MalformedError: Two are.
    """
    if len(set(values)) != len(values):
        raise MalformedError(f"{what}: no two may be equal")
    return tuple(values)


def text(value: str, what: str, least: int = 1, most: int = MAX_TEXT) -> str:
    """Return `value` if it has `least` to `most` printable characters.

    Raises:
        MalformedError: It has not.
    """
    if not least <= len(value) <= most or not value.isprintable():
        raise MalformedError(f"{what} has {least} to {most} printable characters")
    return value


def texts(values: Collection[str], least: int, most: int, what: str) -> tuple[str, ...]:
    """Return a list of `least` to `most` texts, none of them empty.

    Raises:
        MalformedError: Fewer, more, or one that is no text.
    """
    return tuple(text(value, what) for value in bounded(values, least, most, what))


def one_of(value: str, allowed: Iterable[str], what: str) -> str:
    """Return `value` if a closed list holds it.

    Raises:
        MalformedError: It does not.
    """
    if value not in allowed:
        raise MalformedError(f"{what} comes from a closed list")
    return value


def number(kind: Callable[[int], _T], value: int, what: str) -> _T:
    """Return an enum's member by its number; 0 is never one.

    Raises:
        MalformedError: There is no such member.
    """
    try:
        return kind(value)
    except ValueError as cause:
        raise MalformedError(f"{what}: no such value") from cause


def count(value: int, what: str, most: int = MAX_COUNT) -> int:
    """Return a place, size or number of the wire if every store and reader can keep it.

    A wire number may be larger than what a database or a calendar holds: refused here, it
    stops nobody who would have stored it.

    Raises:
        MalformedError: It is over `most`.
    """
    if value > most:
        raise MalformedError(f"{what} is larger than anybody counts")
    return value


def minute(value: int, what: str) -> Minute:
    """Return a minute since 1970, before the year 6053; raises as `count`."""
    return Minute(count(value, what, MAX_MINUTE))


def day(value: int, what: str) -> Day:
    """Return a day since 1970, before the year 10000; raises as `count`."""
    return Day(count(value, what, MAX_DAY))


def desk(message: label_pb2.Desk) -> Desk:
    """Return a desk.

    Raises:
        MalformedError: No such office, or a code that is not 1 to 8 printable ASCII bytes.
    """
    return _desk(message.member, message.office)


def desks(messages: Collection[label_pb2.Desk], most: int, what: str) -> tuple[Desk, ...]:
    """Return a list of at most `most` desks, no two equal.

    Raises:
        MalformedError: More, two equal ones, or one that is none.
    """
    found = [desk(message) for message in bounded(messages, 0, most, what)]
    return distinct(found, what)


def desk_message(value: Desk) -> label_pb2.Desk:
    """Return the wire's form of a desk."""
    return label_pb2.Desk(member=value.member, office=label_pb2.Office.ValueType(value.office))


@lru_cache(maxsize=4096)
def _desk(member: str, office: int) -> Desk:
    return Desk(Member(member), number(Office, office, "office"))
