"""An index binds records to what labels carry, and no bytes pass for one."""

from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.__main__ import main
from policies.binding import Bound, parse_index, unbound
from valija import canonical
from valija.errors import MalformedError

SALT = bytes(range(16))
RECORDS = {"BR/police": b'{"a":1}', "CO/police": b'{"b":[2]}'}


def decision(records: dict[str, bytes], salt: bytes = SALT) -> str:
    parsed = {name: canonical.parse(one) for name, one in records.items()}
    return sha256(salt + canonical.to_bytes(parsed)).hexdigest()


def index(*names: str, of: str = "") -> list[Bound]:
    return [Bound(of or decision(RECORDS), SALT.hex(), name) for name in names]


def test_a_record_is_bound_with_all_that_it_was_made_with() -> None:
    assert [False, False] == list(unbound([*RECORDS.values()], index(*RECORDS)))
    assert [True] == list(unbound([RECORDS["BR/police"]], index("BR/police")))


@pytest.mark.parametrize(
    ("records", "lines"),
    [
        ([b'{"a":2}', b'{"b":[2]}'], index(*RECORDS)),
        ([*RECORDS.values()], index("BR/police", "MX/police")),
        ([*RECORDS.values()], index("BR/police", "BR/police")),
        ([*reversed(RECORDS.values())], index(*RECORDS)),
        ([*RECORDS.values()], index(*RECORDS, of="00" * 32)),
        (
            [*RECORDS.values()],
            [Bound(decision(RECORDS), bytes(16).hex(), name) for name in RECORDS],
        ),
    ],
    ids=["altered", "renamed", "doubled", "exchanged", "another's", "another salt"],
)
def test_what_the_digest_does_not_cover_is_named(
    records: list[bytes], lines: list[Bound]
) -> None:
    assert [True, True] == list(unbound(records, lines))


@given(st.binary(max_size=200))
def test_any_bytes_are_an_index_or_malformed(data: bytes) -> None:
    try:
        parse_index(data)
    except MalformedError:
        return
    assert not data.strip()


@pytest.mark.parametrize(
    "line",
    [b"[]", b'{"decision":"00"}', b'{"decision":"00","name":1,"salt":""}', b"\xff", b"{"],
)
def test_an_index_that_is_none_ends_replay_with_2(
    line: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records, bound = tmp_path / "records", tmp_path / "index"
    records.write_bytes(b"{}\n")
    bound.write_bytes(line + b"\n")
    assert 2 == main(["replay", str(records), "--index", str(bound)])
    assert "MalformedError" in capsys.readouterr().err


def test_a_salt_that_is_no_bytes_and_an_index_of_another_length_are_malformed() -> None:
    with pytest.raises(MalformedError, match="hexadecimal"):
        list(unbound([b"{}"], [Bound("00", "xx", "a")]))
    with pytest.raises(MalformedError, match="1 records, and 0 lines"):
        list(unbound([b"{}"], []))


def test_an_empty_index_does_not_let_records_through(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "records").write_bytes(b"{}\n")
    (tmp_path / "index").write_bytes(b"")
    words = ["replay", str(tmp_path / "records"), "--index", str(tmp_path / "index")]
    assert 2 == main(words)
    assert "1 records, and 0 lines in the index" in capsys.readouterr().err
