"""The one byte form of content: JSON in which a value can be written in one way only.

It promises that two values are equal exactly when their bytes are: keys ascend by code
point, nothing is blank, text is UTF-8 in NFC, numbers are whole and within what every
reader of JSON keeps exactly. It does not know what the content means; `node.notice` does.

Source: docs/envelope.md, section 2 (value of a fact); RFC 8259; RFC 7493, section 2.2
(integers up to 2^53 - 1); Unicode Standard Annex 15 (NFC).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from json import JSONDecoder, JSONEncoder
from typing import NoReturn, TypeAlias
from unicodedata import is_normalized, normalize

from valija.errors import MalformedError

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"
"""What `parse` returns."""
Value: TypeAlias = "bool | int | str | Sequence[Value] | Mapping[str, Value] | None"
"""What `to_bytes` takes: as `Json`, read-only."""

MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 64
_PLAIN = re.compile(rb'"[ !#-\[\]-~]*"')
"""Text in which nothing can be written otherwise: most values of most notices."""
_DIGITS = len(str(MAX_INTEGER)) + 1


def to_bytes(value: Value) -> bytes:
    """Return the canonical UTF-8 bytes of a value; text is brought to NFC.

    Args:
        value: Null, truth values, text, whole numbers of at most 2^53 - 1 either way, and
            sequences and mappings of these, nested at most 64 deep.

    Raises:
        MalformedError: Anything else, for example a float, a key that is no text, two keys
            that are one in NFC, or half a surrogate pair.
    """
    return _dump(_normal(value, MAX_DEPTH))


def join(parts: Mapping[str, bytes]) -> bytes:
    """Return the canonical bytes of a mapping whose values are canonical bytes already.

    It writes what `to_bytes` would write of the parsed values, and does not read them: they
    must come from `to_bytes` of this module, nested at most 63 deep.

    Raises:
        MalformedError: Two keys are one in NFC, or half a surrogate pair.
    """
    keys = {_key(key): data for key, data in parts.items()}
    if len(keys) != len(parts):
        raise MalformedError("two keys are the same text")
    return b"{" + b",".join(_dump(key) + b":" + keys[key] for key in sorted(keys)) + b"}"


def parse(data: bytes) -> Json:
    """Return the value in canonical bytes.

    Raises:
        MalformedError: The bytes are not JSON, or not the one canonical form of it.
    """
    if _PLAIN.fullmatch(data):
        return data[1:-1].decode("ascii")
    try:
        text = data.decode()
        value: Json = _READER.decode(text)
    except (ValueError, RecursionError) as cause:
        raise MalformedError("these bytes are not JSON of whole numbers") from cause
    # Writing it again finds doubled and unsorted keys, blanks, and needless escapes.
    if text.count("[") + text.count("{") > MAX_DEPTH:
        _require_depth(value, MAX_DEPTH)
    if _dump(value) != data:
        raise MalformedError("this JSON is not in canonical form")
    # NFC is closed under substrings, so normal text holds normal strings. The converse fails
    # where an escape's letter meets a mark, so what is left is judged string by string.
    if (
        not text.isascii()
        and not is_normalized("NFC", text)
        and not all(map(_is_nfc, _strings(value)))
    ):
        raise MalformedError("text of canonical JSON is in NFC")
    return value


def _dump(value: Value) -> bytes:
    try:
        return _WRITER.encode(value).encode()
    except UnicodeEncodeError as cause:
        raise MalformedError("half a surrogate pair is no text") from cause


def _normal(value: Value, depth: int) -> Json:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return normalize("NFC", value)
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise MalformedError("a number lies beyond 2^53 - 1")
        return int(value)
    return _normal_parts(value, depth)


def _normal_parts(value: Sequence[Value] | Mapping[str, Value], depth: int) -> Json:
    if depth == 0:
        raise MalformedError("content is nested more than 64 deep")
    if isinstance(value, list | tuple):
        return [_normal(part, depth - 1) for part in value]
    if not isinstance(value, Mapping):
        raise MalformedError("content is made of text, whole numbers, truth values, null")
    normal = {_key(key): _normal(part, depth - 1) for key, part in value.items()}
    if len(normal) != len(value):
        raise MalformedError("two keys are the same text")
    return normal


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise MalformedError("a key is text")
    return normalize("NFC", key)


def _integer(digits: str) -> int:
    # The length first: reading a number of a million digits is an attack on time.
    if len(digits) > _DIGITS or abs(number := int(digits)) > MAX_INTEGER:
        raise MalformedError("a number lies beyond 2^53 - 1")
    return number


def _refuse(_: str) -> NoReturn:
    raise MalformedError("canonical JSON holds no fractions")


_READER = JSONDecoder(parse_int=_integer, parse_float=_refuse, parse_constant=_refuse)
_WRITER = JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _require_depth(value: Json, depth: int) -> None:
    parts = (
        value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
    )
    if parts and depth == 0:
        raise MalformedError("content is nested more than 64 deep")
    for part in parts:
        _require_depth(part, depth - 1)


def _is_nfc(text: str) -> bool:
    return is_normalized("NFC", text)


def _strings(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)
    elif isinstance(value, dict):
        yield from value
        for part in value.values():
            yield from _strings(part)
