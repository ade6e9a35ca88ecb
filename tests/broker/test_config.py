"""A broker does not start on half an answer."""

from pathlib import Path

import pytest

from broker.config import KafkaCluster, Limits, SqliteFile, load, parse
from valija.address import Address
from valija.errors import MalformedError
from valija.ids import Desk

GOOD: dict[str, object] = {
    "desk": "@b1",
    "anchor": "anchor.json",
    "keys": "keys",
    "passphrase_file": "/run/secret",
    "listen": "[::1]:7443",
    "index": "sqlite:///index.db",
    "state": "state",
    "spool": {"sqlite": "spool.db"},
}
FOLDER = Path("/srv/broker")
KAFKA = {"kafka": "k1:9092,k2:9092", "authority": "ca.pem", "certificate": "b1.pem"}


def test_a_whole_file_is_read_with_paths_from_its_own_folder(tmp_path: Path) -> None:
    file = tmp_path / "broker.toml"
    file.write_text(
        'desk = "@b2"\nanchor = "a.json"\nkeys = "k"\npassphrase_file = "p"\n'
        'listen = "127.0.0.1:0"\nindex = "sqlite:///i.db"\nstate = "s"\n'
        'monitor = "127.0.0.1:9100"\n[spool]\nsqlite = "spool.db"\n'
        "[limits]\nbatches_a_minute = 10\n"
    )
    config = load(file)
    assert Desk.parse("@b2/state") == config.desk
    assert tmp_path / "a.json" == config.anchor
    assert SqliteFile(tmp_path / "spool.db") == config.spool
    assert f"sqlite:///{tmp_path / 'i.db'}" == config.index
    assert (None, Address("127.0.0.1", 9100)) == (config.publish, config.monitor)
    assert Limits(batches_a_minute=10) == config.limits


def test_a_kafka_spool_names_servers_and_its_two_files() -> None:
    expected = KafkaCluster("k1:9092,k2:9092", FOLDER / "ca.pem", FOLDER / "b1.pem", "valija")
    assert expected == parse(GOOD | {"spool": KAFKA}, FOLDER).spool


def test_addresses_are_parsed_and_written_back() -> None:
    assert "[::1]:7443" == str(parse(GOOD, FOLDER).listen)


def test_a_postgresql_index_is_taken_as_it_stands() -> None:
    url = "postgresql+psycopg://broker@/index?host=/run/postgresql"
    assert url == parse(GOOD | {"index": url}, FOLDER).index


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"colour": "red"}, "colour is no setting"),
        ({"desk": "AR"}, "desk must be a broker's"),
        ({"anchor": ""}, "anchor must be a text"),
        ({"listen": "7443"}, "an address is written host:port"),
        ({"listen": "127.0.0.1:99999"}, "an address is written host:port"),
        ({"monitor": "0.0.0.0:9100"}, "monitor must be a loopback address"),
        ({"index": "mysql://x"}, "index must begin with"),
        ({"index": "sqlite:///:memory:"}, "memory forgets"),
        ({"spool": "spool.db"}, "spool must be a table"),
        ({"spool": {}}, "kafka must be a text"),
        ({"spool": KAFKA | {"sqlite": "s.db"}}, "sqlite is no setting"),
        ({"limits": {"batches_a_minute": 0}}, "a number above 0"),
        ({"limits": {"batches_a_minute": True}}, "a number above 0"),
        ({"limits": {"batches": 5}}, "batches is no setting"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(
    change: dict[str, object], sentence: str
) -> None:
    with pytest.raises(MalformedError, match=sentence):
        parse(GOOD | change, FOLDER)


@pytest.mark.parametrize("missing", sorted(GOOD))
def test_a_missing_setting_is_named(missing: str) -> None:
    rest = {key: value for key, value in GOOD.items() if key != missing}
    with pytest.raises(MalformedError, match=f"{missing} is missing"):
        parse(rest, FOLDER)


HOSTILE = [b"a = " + b"[" * 5_000, b"a = " + b"9" * 5_000, b"a = 1\na = 2", b"a = \x00"]


@pytest.mark.parametrize(
    "content", [b"not = toml = at all", b"\xff\xfe", *HOSTILE], ids=lambda one: str(one)[:12]
)
def test_a_file_that_is_no_toml_is_said(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "broker.toml"
    file.write_bytes(content)
    with pytest.raises(MalformedError, match="this is not TOML"):
        load(file)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(MalformedError, match="cannot be read"):
        load(tmp_path / "broker.toml")


@pytest.mark.parametrize("key", ["anchor", "keys", "passphrase_file", "state"])
def test_a_path_with_a_zero_byte_is_none(key: str) -> None:
    with pytest.raises(MalformedError, match=key):
        parse(GOOD | {key: "a\0b"}, FOLDER)
