"""Messages in one file, each after its length.

It promises that a file splits into exactly what was joined, and that a length has one form.
What the parts are, its siblings know.

Source: docs/envelope.md, section 5 (varint-delimited SubmitRequests).
"""

from collections.abc import Iterable, Iterator

from valija.errors import MalformedError

_SEVEN_BITS = 0x7F
_MORE = 0x80
_LONGEST = 4


def join(parts: Iterable[bytes]) -> bytes:
    """Return all parts, each after its length as a protobuf varint."""
    joined = bytearray()
    for part in parts:
        joined += _varint(len(part)) + part
    return bytes(joined)


def split(data: bytes, limit: int) -> Iterator[bytes]:
    """Yield the parts that `join` put together.

    Args:
        data: A whole file.
        limit: Most bytes of one part.

    Raises:
        MalformedError: A length that is cut, too long, or not in its shortest form.
    """
    at = 0
    while at < len(data):
        length, at = _length(data, at)
        if length > limit or at + length > len(data):
            raise MalformedError("a part is longer than it may be or than the file")
        yield data[at : at + length]
        at += length


def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number > _SEVEN_BITS:
        encoded.append(number & _SEVEN_BITS | _MORE)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def _length(data: bytes, at: int) -> tuple[int, int]:
    number = 0
    for count, byte in enumerate(data[at : at + _LONGEST]):
        number |= (byte & _SEVEN_BITS) << (7 * count)
        if not byte & _MORE:
            if count and not byte:
                break
            return number, at + count + 1
    raise MalformedError("a length is a varint of 1 to 4 bytes in its shortest form")
