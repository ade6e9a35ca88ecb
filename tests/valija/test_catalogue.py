"""The catalogue answers as a dictionary from key to number would, for any keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valija import catalogue as module
from valija.catalogue import Catalogue
from valija.docket import Docket
from valija.errors import AbsentError, MalformedError
from valija.ids import Desk, Digest, Member, Office, digest
from valija.keyring import FIRST_MINUTE
from valija.receipt import Event

KEYS = st.lists(st.binary(min_size=2, max_size=2), max_size=300)
AR, BR = (Desk(Member(code), Office.POLICE) for code in ("AR", "BR"))


@given(KEYS, KEYS)
def test_it_numbers_as_a_dictionary_does(added: list[bytes], asked: list[bytes]) -> None:
    held, plain = Catalogue(2), dict[bytes, int]()
    for key in added:
        assert plain.setdefault(key, len(plain)) == held.add(key)
    assert len(plain) == len(held)
    for key in (*added, *asked):
        assert plain.get(key) == held.find(key)
        assert (key in plain) is (key in held)


@given(KEYS)
def test_keys_that_all_fall_on_one_place_are_told_apart(keys: list[bytes]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "hash", lambda _: 7, raising=False)
        held = Catalogue(2)
        numbers = [held.add(key) for key in keys]
        assert [list(dict.fromkeys(keys)).index(key) for key in keys] == numbers
        assert b"\0" not in held


def test_a_key_of_another_length_is_never_there_and_never_added() -> None:
    held = Catalogue(2)
    held.add(b"ab")
    assert held.find(b"abab") is None
    assert held.find(b"") is None
    with pytest.raises(MalformedError):
        held.add(b"a")


def test_ten_thousand_digests_take_little_more_than_their_own_bytes() -> None:
    held = Catalogue(32)
    for number in range(10_000):
        held.add(digest(b"%d" % number))
    assert 10_000 == len(held)
    assert all(held.find(digest(b"%d" % number)) == number for number in range(10_000))
    assert len(held._keys) + len(held._slots) * held._slots.itemsize < 50 * 10_000


def test_a_label_that_counts_is_not_counted_again() -> None:
    docket, label = Docket(), digest(b"label")
    docket.add(label, AR, [BR], FIRST_MINUTE)
    docket.mark(label, BR, Event.DELIVERED)
    docket.add(label, BR, [AR], FIRST_MINUTE)
    assert AR == docket.originator(label)
    assert frozenset({Event.DELIVERED}) == docket.receipts(label, BR)


def test_a_label_that_does_not_count_takes_no_receipt() -> None:
    docket = Docket()
    with pytest.raises(AbsentError):
        docket.mark(Digest(bytes(32)), BR, Event.DELIVERED)
    assert frozenset() == docket.receipts(Digest(bytes(32)), BR)
