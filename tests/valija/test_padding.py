"""The few sizes of sealed bytes."""

from collections import Counter
from math import floor, log2

import pytest
from cryptography.cobblestone import Cobblestone256Encryptor
from hypothesis import given
from hypothesis import strategies as st

from valija.errors import LimitError, MalformedError
from valija.padding import CONTENT, TERMS, Padding, ciphertext_size

KINDS = pytest.mark.parametrize("kind", [CONTENT, TERMS], ids=["content", "terms"])


def slow_padme(length: int) -> int:
    """Return the formula of docs/envelope.md, 3.1, word by word."""
    exponent = floor(log2(length))
    kept = floor(log2(exponent)) + 1
    unit = 1 << (exponent - kept)
    return -(-length // unit) * unit


@given(st.integers(0, 1 << 16), st.data())
def test_the_size_is_the_formulas(length: int, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from([CONTENT, Padding(1024, 16 << 20)]))
    expected = max(kind.floor, slow_padme(length + 1) if length else 1)
    assert expected == kind.padded_size(length)


@KINDS
@given(data=st.binary(max_size=9000), fill=st.integers(0, 5000))
def test_what_is_padded_is_unpadded(kind: Padding, data: bytes, fill: int) -> None:
    whole = data + b"\x80" * (fill % 7) + b"\0" * fill
    assert whole == kind.unpad(kind.pad(whole))


@KINDS
@pytest.mark.parametrize("length", [0, 1000, 4095, 4096, 16_383, 16_384, 40_000])
def test_a_ciphertext_has_the_size_that_was_foretold(kind: Padding, length: int) -> None:
    padded = kind.pad(bytes(length))
    encryptor = Cobblestone256Encryptor(bytes(32), b"context")
    size = len(encryptor.update(padded) + encryptor.finalize())
    assert size == ciphertext_size(len(padded))
    kind.require_ciphertext_size(size)


@KINDS
def test_no_other_size_is_admitted(kind: Padding) -> None:
    legal = {ciphertext_size(kind.padded_size(length)) for length in range(70_000 - 8000)}
    admitted = Counter[bool]()
    for size in range(ciphertext_size(60_000)):
        try:
            kind.require_ciphertext_size(size)
        except MalformedError:
            assert size not in legal
            admitted[False] += 1
        else:
            assert size in legal
            admitted[True] += 1
    assert admitted[True] < 128


@KINDS
def test_the_largest_piece_is_sealed_and_no_larger(kind: Padding) -> None:
    assert kind.most == kind.padded_size(kind.most - 1)
    kind.require_ciphertext_size(ciphertext_size(kind.most))
    with pytest.raises(LimitError):
        kind.padded_size(kind.most)
    with pytest.raises(MalformedError):
        kind.require_ciphertext_size(ciphertext_size(slow_padme(kind.most + 1)))


@pytest.mark.parametrize(
    "padded",
    [
        b"",
        bytes(1024),
        b"a" * 1024,
        b"a\x80" + b"\0" * 1021 + b"a",
        b"a\x80" + bytes(1021),
        b"a\x80" + bytes(1023),
        b"a\x80" + bytes(2046),
        b"\x80" + bytes((1 << 16) + 2047),
    ],
    ids=["empty", "unmarked", "full", "follows", "short", "long", "doubled", "huge"],
)
def test_another_padding_is_refused(padded: bytes) -> None:
    with pytest.raises(MalformedError):
        TERMS.unpad(padded)
