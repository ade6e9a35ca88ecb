"""Heads and entries have one byte form, of exact length."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.valija.realm import START, state_desk
from valija.errors import MalformedError
from valija.head import Entry, Head, item_leaf, parse_entry, parse_head
from valija.ids import KeyId, Kind, digest

HEAD = Head(1, state_desk("AR"), KeyId(bytes(16)), 7, digest(b"p"), 64, digest(b"r"))


def test_a_head_has_116_bytes_and_comes_back() -> None:
    assert 116 == len(HEAD.to_bytes())
    assert HEAD == parse_head(HEAD.to_bytes())


def test_an_entry_has_172_bytes_and_comes_back() -> None:
    entry = Entry(START, HEAD.to_bytes(), digest(b"v"))
    assert 172 == len(entry.to_bytes())
    assert entry == parse_entry(entry.to_bytes())


@pytest.mark.parametrize(
    ("at", "value"),
    [(0, b"x"), (17, b"\0"), (18, b"\0B"), (17, b"\xff"), (25, b"\0"), (25, b"\x08")],
    ids=["domain", "empty member", "member with a hole", "member not ASCII", "no office", "8"],
)
def test_a_head_of_wrong_parts_is_malformed(at: int, value: bytes) -> None:
    data = HEAD.to_bytes()
    wrong = data[:at] + value + data[at + len(value) :]
    if value == b"\0":
        wrong = data[:17] + bytes(8) + data[25:] if at == 17 else wrong
    with pytest.raises(MalformedError):
        parse_head(wrong)


@pytest.mark.parametrize("changes", [{"sequence": 0}, {"size": 0}, {"size": 65}], ids=str)
def test_a_head_counts_from_one_and_holds_at_most_64(changes: dict[str, int]) -> None:
    parts = {"sequence": 7, "size": 64} | changes
    fixed = (1, HEAD.signer, HEAD.key_id, parts["sequence"], HEAD.previous)
    with pytest.raises(MalformedError):
        parse_head(Head(*fixed, parts["size"], HEAD.root).to_bytes())


@given(st.binary(max_size=200))
def test_strange_bytes_are_malformed(data: bytes) -> None:
    for parse in (parse_head, parse_entry):
        with pytest.raises(MalformedError):
            parse(data)


def test_an_entry_of_another_domain_is_malformed() -> None:
    with pytest.raises(MalformedError, match="not an entry"):
        parse_entry(bytes(172))


def test_kind_and_addressees_enter_the_leaf() -> None:
    desks = (state_desk("AR"), state_desk("BR"))
    leaves = {
        item_leaf(Kind.LABEL, (), b"p"),
        item_leaf(Kind.RECEIPT, (), b"p"),
        item_leaf(Kind.RECEIPT, desks[:1], b"p"),
        item_leaf(Kind.RECEIPT, desks, b"p"),
        item_leaf(Kind.RECEIPT, desks[::-1], b"p"),
        item_leaf(Kind.RECEIPT, (), desks[0].to_bytes() + b"p"),
    }
    assert 6 == len(leaves)
