"""Facts, and the commitment that binds them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valija.commitment import (
    LARGE,
    SMALL,
    Fact,
    Form,
    commit,
    commitment_of,
    make_fact,
    parse_fact,
    size_for,
)
from valija.errors import LimitError, MalformedError
from valija.ids import Digest
from valija.merkle import root

FACT = make_fact("abcdefg2/name/zzzzzz77", Form.EXACT, {"b": "ñ", "a": 1})


def facts(count: int) -> list[Fact]:
    return [make_fact(f"aaaaaaaa/p{index}", Form.GENERAL, index) for index in range(count)]


def test_a_fact_is_written_as_the_format_says() -> None:
    assert b"\0\x16abcdefg2/name/zzzzzz77\1" + '{"a":1,"b":"ñ"}'.encode() == FACT.to_bytes()
    assert {"a": 1, "b": "ñ"} == FACT.content


def test_a_fact_is_read_again() -> None:
    assert FACT == parse_fact(FACT.to_bytes())


@pytest.mark.parametrize(
    "path", ["abcdefg2/schema", "abcdefg2/vx:role", "abcdefg2/route.leg_1-x/abcdefg2"]
)
def test_paths_of_notices_are_paths(path: str) -> None:
    assert path == make_fact(path, Form.MARKER, "withheld").path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "abcdefg2",
        "abcdefg2/",
        "abcdefg2/name/",
        "abcdefg2/name/0",
        "P1/name",
        "ABCDEFG2/name",
        "abcdefg1/name",
        "abcdefg2/ñame",
        "abcdefg2/name\n",
        "abcdefg2/name/abcdefg2/x",
        "abcdefg2/" + "x" * 65,
    ],
)
def test_an_ordinal_or_other_path_is_refused(path: str) -> None:
    with pytest.raises(MalformedError):
        make_fact(path, Form.EXACT, 1)
    with pytest.raises(MalformedError):
        parse_fact(Fact(path, Form.EXACT, b"1").to_bytes())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"\0\x0dabcdefg2/name",
        b"\0\x0dabcdefg2/name\x001",
        b"\0\x0dabcdefg2/name\x051",
        b"\0\x0dabcdefg2/name\1",
        b"\0\x0dabcdefg2/name\x01 1",
        b"\0\x0dabcdefg2/name\x011.0",
        b"\xff\xffabcdefg2/name\x011",
        b"\0\x0dabcdefg2/cod\xc3\x011",
    ],
)
def test_other_bytes_are_no_fact(data: bytes) -> None:
    with pytest.raises(MalformedError):
        parse_fact(data)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_fact_or_refused(data: bytes) -> None:
    try:
        fact = parse_fact(data)
    except MalformedError:
        return
    assert data == fact.to_bytes()


def test_the_number_of_leaves_follows_the_type_alone() -> None:
    assert [LARGE, LARGE, SMALL, SMALL] == [
        size_for(one) for one in ("network", "statistics", "victim", "anything")
    ]


def test_the_commitment_is_over_size_and_root() -> None:
    committed = commit(facts(3), SMALL)
    top = root(committed.levels[0])
    assert committed.commitment == commitment_of(SMALL, top)
    assert committed.commitment != commitment_of(LARGE, top)


def test_every_version_draws_all_afresh() -> None:
    one, two = commit(facts(3), SMALL), commit(facts(3), SMALL)
    assert one.seed != two.seed
    assert not set(one.salts) & set(two.salts)
    assert not set(one.levels[0]) & set(two.levels[0])


def test_the_seed_restores_what_was_committed() -> None:
    one = commit(facts(200), SMALL)
    assert one == commit(facts(200), SMALL, one.seed)


def test_no_leaf_and_no_salt_is_there_twice() -> None:
    committed = commit(facts(900), LARGE)
    assert 1024 == len(set(committed.levels[0]))
    assert 900 == len(set(committed.salts)) == len(set(committed.places))
    assert {24} == set(map(len, committed.salts))


def test_a_full_commitment_has_no_decoy() -> None:
    committed = commit(facts(256), SMALL)
    assert set(range(256)) == set(committed.places)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(LimitError):
        commit(facts(257), SMALL)


@pytest.mark.parametrize(("size", "seed"), [(512, None), (0, None), (SMALL, bytes(31))])
def test_another_size_or_seed_is_refused(size: int, seed: bytes | None) -> None:
    with pytest.raises(MalformedError):
        commit(facts(1), size, seed)


def test_a_path_has_each_form_once() -> None:
    other = make_fact(FACT.path, Form.MARKER, "withheld")
    assert 2 == len(commit([FACT, other], SMALL).facts)
    with pytest.raises(MalformedError):
        commit([FACT, make_fact(FACT.path, FACT.form, "another")], SMALL)


def test_a_commitment_is_its_digest_type() -> None:
    assert 32 == len(commitment_of(SMALL, Digest(bytes(32))))


def test_secrets_of_a_commitment_are_not_in_its_text() -> None:
    committed = commit(facts(1), SMALL)
    assert committed.seed.hex() not in repr(committed)
    assert repr(committed.seed) not in repr(committed)
