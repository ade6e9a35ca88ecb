"""Fields of protobuf messages as bytes, so that what many readers share is written once.

It promises the bytes that protobuf's own encoder writes for a field of bytes or a number, so
that fields joined in the order of their numbers are a message in its one encoding. Which
fields there are, `broker.letter` knows.

Source: protobuf.dev, "Encoding".
"""

_SEVEN_BITS = 0x7F
_MORE = 0x80
_NUMBER_TYPE = 0
_BYTES_TYPE = 2


def data_field(number: int, data: bytes) -> bytes:
    """Return a field of bytes or of a message; nothing where it is empty, as in proto3.

    Args:
        number: 1 to 15.
        data: Its content.
    """
    if not data:
        return b""
    return field_header(number, len(data)) + data


def field_header(number: int, size: int) -> bytes:
    """Return what stands before `size` bytes of a field, 1 to 15, that follow in parts."""
    return bytes([number << 3 | _BYTES_TYPE]) + _varint(size)


def number_field(number: int, value: int) -> bytes:
    """Return a field of a whole number; nothing where it is 0, as in proto3."""
    return bytes([number << 3 | _NUMBER_TYPE]) + _varint(value) if value else b""


def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number > _SEVEN_BITS:
        encoded.append(number & _SEVEN_BITS | _MORE)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)
