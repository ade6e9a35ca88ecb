"""Opening with a given key."""

import pytest
from cryptography.cobblestone import Cobblestone256Encryptor

from valija.errors import OpeningError
from valija.ids import Desk, LabelId, Member, Office
from valija.label import base
from valija.opening import (
    CONTENT_CONTEXT,
    TERMS_CONTEXT,
    derive_terms_key,
    open_content,
    open_terms,
)
from valija.padding import CONTENT, TERMS

KEY = bytes(range(32))
BASE = base(1, Desk(Member("AR"), Office.POLICE), LabelId(b"i" * 16))
OTHER_BASE = base(1, Desk(Member("BR"), Office.POLICE), LabelId(b"i" * 16))
DATA = b"what an invented notice says"


def encrypted(key: bytes, context: bytes, padded: bytes) -> bytes:
    encryptor = Cobblestone256Encryptor(key, context)
    return encryptor.update(padded) + encryptor.finalize()


CONTENT_SEALED = encrypted(KEY, CONTENT_CONTEXT + BASE, CONTENT.pad(DATA))
TERMS_SEALED = encrypted(derive_terms_key(KEY), TERMS_CONTEXT + BASE, TERMS.pad(DATA))


def test_content_and_terms_open_with_their_keys() -> None:
    assert DATA == open_content(KEY, BASE, CONTENT_SEALED)
    assert DATA == open_terms(derive_terms_key(KEY), BASE, TERMS_SEALED)


def test_the_terms_key_opens_terms_only() -> None:
    with pytest.raises(OpeningError):
        open_content(derive_terms_key(KEY), BASE, CONTENT_SEALED)
    with pytest.raises(OpeningError):
        open_terms(KEY, BASE, TERMS_SEALED)


def test_content_of_another_originator_does_not_open() -> None:
    with pytest.raises(OpeningError):
        open_content(KEY, OTHER_BASE, CONTENT_SEALED)


@pytest.mark.parametrize("key", [b"", bytes(31), bytes(32), bytes(33)])
def test_another_key_opens_nothing(key: bytes) -> None:
    with pytest.raises(OpeningError):
        open_content(key, BASE, CONTENT_SEALED)


@pytest.mark.parametrize("key", [b"", bytes(5), bytes(33)])
def test_a_content_key_of_another_length_has_no_terms_key(key: bytes) -> None:
    with pytest.raises(OpeningError):
        derive_terms_key(key)


@pytest.mark.parametrize("place", [0, 24, 55, 56, 3000, -1])
def test_a_changed_byte_opens_nothing(place: int) -> None:
    changed = bytearray(CONTENT_SEALED)
    changed[place] ^= 1
    with pytest.raises(OpeningError):
        open_content(KEY, BASE, bytes(changed))


@pytest.mark.parametrize(
    "sealed", [b"", CONTENT_SEALED[:-1], CONTENT_SEALED + b"\0", bytes(4168)]
)
def test_another_length_opens_nothing(sealed: bytes) -> None:
    with pytest.raises(OpeningError):
        open_content(KEY, BASE, sealed)


@pytest.mark.parametrize(
    "padded",
    [bytes(4096), b"a" * 4096, DATA.ljust(4096, b"\0"), (DATA + b"\x80\1").ljust(4096, b"\0")],
    ids=["zeros", "full", "unmarked", "follows"],
)
def test_wrong_padding_opens_nothing(padded: bytes) -> None:
    with pytest.raises(OpeningError):
        open_content(KEY, BASE, encrypted(KEY, CONTENT_CONTEXT + BASE, padded))


def test_data_padded_further_than_it_must_be_opens_nothing() -> None:
    padded = (DATA + b"\x80").ljust(8192, b"\0")
    with pytest.raises(OpeningError):
        open_content(KEY, BASE, encrypted(KEY, CONTENT_CONTEXT + BASE, padded))
