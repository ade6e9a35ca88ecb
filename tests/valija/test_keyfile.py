"""Key files sealed with a passphrase."""

import struct

import pytest

from valija.errors import MalformedError, OpeningError
from valija.keyfile import Cost, open_keys, seal_keys

CHEAP = Cost(1, 1)
SECRET, PHRASE = b"secret bytes of keys", b"an invented passphrase"


def test_a_key_file_opens_with_its_passphrase() -> None:
    data = seal_keys(SECRET, PHRASE, CHEAP)
    assert 79 + len(SECRET) == len(data)
    assert SECRET == open_keys(data, PHRASE)
    assert SECRET not in data


def test_the_usual_cost_stands_in_the_file() -> None:
    data = seal_keys(SECRET, PHRASE)
    assert (b"valija/v1 keys\0", 3, 256) == (data[:15], *struct.unpack(">II", data[31:39]))
    assert SECRET == open_keys(data, PHRASE)


def test_two_files_of_one_secret_have_nothing_in_common() -> None:
    one, two = seal_keys(SECRET, PHRASE, CHEAP), seal_keys(SECRET, PHRASE, CHEAP)
    assert one[39:] != two[39:]


def test_another_passphrase_opens_nothing() -> None:
    with pytest.raises(OpeningError):
        open_keys(seal_keys(SECRET, PHRASE, CHEAP), b"another")


@pytest.mark.parametrize("place", [15, 39, 70, -1])
def test_a_changed_file_opens_nothing(place: int) -> None:
    data = bytearray(seal_keys(SECRET, PHRASE, CHEAP))
    data[place] ^= 1
    with pytest.raises(OpeningError):
        open_keys(bytes(data), PHRASE)


@pytest.mark.parametrize("data", [b"", bytes(200), b"valija/v1 keys\0" + bytes(60)])
def test_what_is_no_key_file_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError):
        open_keys(data, PHRASE)


@pytest.mark.parametrize("cost", [(0, 1), (17, 1), (1, 0), (1, 1025), (2**32 - 1, 2**32 - 1)])
def test_a_file_that_would_exhaust_its_reader_is_refused(cost: tuple[int, int]) -> None:
    data = seal_keys(SECRET, PHRASE, CHEAP)
    hostile = data[:31] + struct.pack(">II", *cost) + data[39:]
    with pytest.raises(MalformedError):
        open_keys(hostile, PHRASE)
