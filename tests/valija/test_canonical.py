"""The one byte form of content."""

import json
from contextlib import suppress
from enum import IntEnum
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valija import canonical
from valija.errors import MalformedError

TEXT = st.text(max_size=20).map(lambda text: normalize("NFC", text))
NUMBERS = st.integers(-canonical.MAX_INTEGER, canonical.MAX_INTEGER)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


class Colour(IntEnum):
    """A number with a name."""

    RED = 3


def test_keys_ascend_and_nothing_is_blank() -> None:
    assert '{"a":[1,true,null],"b":"ñ"}'.encode() == canonical.to_bytes(
        {"b": "ñ", "a": (1, True, None)}
    )


def test_text_is_brought_to_nfc() -> None:
    assert '"é"'.encode() == canonical.to_bytes("e\u0301")


def test_a_named_number_is_written_as_a_number() -> None:
    assert b"[3]" == canonical.to_bytes([Colour.RED])


@given(VALUES)
def test_what_is_written_is_read_and_written_again_alike(value: canonical.Json) -> None:
    data = canonical.to_bytes(value)
    assert data == canonical.to_bytes(canonical.parse(data))


@given(st.dictionaries(TEXT, VALUES, max_size=4))
def test_joined_bytes_are_those_of_the_whole(parts: dict[str, canonical.Json]) -> None:
    written = {key: canonical.to_bytes(value) for key, value in parts.items()}
    assert canonical.to_bytes(parts) == canonical.join(written)


def test_two_keys_that_are_one_in_nfc_are_not_joined() -> None:
    with pytest.raises(MalformedError, match="two keys"):
        canonical.join({"\u00e9": b"1", "e\u0301": b"2"})


@given(VALUES)
def test_any_other_json_of_the_value_is_refused(value: canonical.Json) -> None:
    other = json.dumps(value, indent=1).encode()
    try:
        read = canonical.parse(other)
    except MalformedError:
        return
    assert other == canonical.to_bytes(read)


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(MalformedError):
        assert data == canonical.to_bytes(canonical.parse(data))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" 1",
        b"1.0",
        b"1e3",
        b"-0",
        b"NaN",
        b"Infinity",
        b"01",
        b"\xff",
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a": 1}',
        b'"\\u00e9"',
        b'"\\/"',
        b'"\\ud800"',
        b"9007199254740992",
        b"-9007199254740992",
        b"1" * 5000,
        '"e\u0301"'.encode(),
        '{"e\u0301":1}'.encode(),
        '[true,"e\u0301"]'.encode(),
        b"[" * 65 + b"1" + b"]" * 65,
        b"[" * 100_000,
        b"\xef\xbb\xbf1",
    ],
)
def test_another_form_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedError):
        canonical.parse(data)


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        {1: "a"},
        {"é": 1, "e\u0301": 2},
        2**53,
        -(2**53),
        "\ud800",
        b"bytes",
        {"a": {1, 2}},
        object(),
    ],
)
def test_a_value_without_canonical_form_is_refused(value: canonical.Value) -> None:
    with pytest.raises(MalformedError):
        canonical.to_bytes(value)


def test_nesting_ends_at_64_both_ways() -> None:
    deepest = b"[" * 64 + b"1" + b"]" * 64
    value = canonical.parse(deepest)
    assert deepest == canonical.to_bytes(value)
    with pytest.raises(MalformedError):
        canonical.to_bytes([value])


def test_many_shallow_lists_are_not_deep() -> None:
    data = b"[" + b",".join([b"{}"] * 100) + b"]"
    assert data == canonical.to_bytes(canonical.parse(data))


def test_a_mark_after_an_escape_is_no_fault_of_the_text() -> None:
    # In the bytes, the escape's letter n and the tilde would compose; in the text they do not.
    data = '{"\\n\u0303":[0,"\\n\u0303"]}'.encode()
    assert {"\n\u0303": [0, "\n\u0303"]} == canonical.parse(data)
