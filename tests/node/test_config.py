"""A node does not start on half an answer."""

from pathlib import Path

import pytest

from node.config import load, parse
from policies.folder import HOME
from valija.address import Address
from valija.errors import MalformedError
from valija.ids import Desk

GOOD: dict[str, object] = {
    "member": "AR",
    "desks": ["AR/police", "AR/judicial"],
    "anchor": "anchor.json",
    "store": "sqlite:///node.db",
    "keys": "keys",
    "passphrase_file": "passphrase",
    "gateway": "127.0.0.1:7443",
    "broker": ["127.0.0.1:7001", "[::1]:7002"],
}
FOLDER = Path("/srv/node")


def test_a_whole_file_is_read_with_paths_from_its_own_folder(tmp_path: Path) -> None:
    file = tmp_path / "node.toml"
    file.write_text(
        'member = "AR"\ndesks = ["AR/police"]\nanchor = "a.json"\nstore = "sqlite:///n.db"\n'
        'keys = "k"\npassphrase_file = "/etc/secret"\ngateway = "127.0.0.1:0"\n'
        'metrics = "127.0.0.1:9100"\nbroker = ["broker.example:7001"]\n'
    )
    config = load(file)
    assert config.anchor == tmp_path / "a.json"
    assert config.store == f"sqlite:///{tmp_path / 'n.db'}"
    assert config.passphrase_file == Path("/etc/secret")
    assert config.policies == HOME
    assert config.metrics == Address("127.0.0.1", 9100)
    assert config.brokers == (Address("broker.example", 7001),)


def test_desks_and_addresses_are_parsed() -> None:
    config = parse(GOOD, FOLDER)
    assert config.desks == (Desk.parse("AR/police"), Desk.parse("AR/judicial"))
    assert [str(each) for each in config.brokers] == ["127.0.0.1:7001", "[::1]:7002"]
    assert config.metrics is None


def test_a_postgresql_store_is_taken_as_it_stands() -> None:
    url = "postgresql+psycopg://node@/valija?host=/run/postgresql"
    assert parse(GOOD | {"store": url}, FOLDER).store == url


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"colour": "red"}, "colour is no setting"),
        ({"member": ""}, "member must be a text"),
        ({"member": "ARGENTINA"}, "member must be a code"),
        ({"desks": []}, "desks must be a list"),
        ({"desks": ["AR/police", "AR/police"]}, "each of them once"),
        ({"desks": ["police"]}, "desks are written like AR/police"),
        ({"desks": ["BR/police"]}, "offices of the member"),
        ({"desks": ["AR/state"]}, "offices of the member"),
        ({"store": "node.db"}, "store must begin with"),
        ({"store": "mysql://x"}, "store must begin with"),
        ({"store": "sqlite:///:memory:"}, "memory forgets"),
        ({"gateway": "7443"}, "gateway is written host:port"),
        ({"gateway": "127.0.0.1:99999"}, "gateway is written host:port"),
        ({"broker": "127.0.0.1:7001"}, "broker must be a list"),
        ({"broker": [7001]}, "broker must hold texts"),
        ({"keys": 7}, "keys must be a text"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, object], sentence: str) -> None:
    with pytest.raises(MalformedError, match=sentence):
        parse(GOOD | change, FOLDER)


@pytest.mark.parametrize("key", sorted(GOOD))
def test_a_missing_setting_is_named(key: str) -> None:
    with pytest.raises(MalformedError, match=f"{key} is missing"):
        parse({name: value for name, value in GOOD.items() if name != key}, FOLDER)


HOSTILE = [b"a = " + b"[" * 5_000, b"a = " + b"9" * 5_000, b"a = 1\na = 2", b"a = \x00"]


@pytest.mark.parametrize(
    "content", [None, b"member = ", b"\xff", *HOSTILE], ids=lambda one: str(one)[:12]
)
def test_a_file_that_is_absent_or_no_toml_is_refused(
    tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "node.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(MalformedError, match=r"node\.toml"):
        load(file)


@pytest.mark.parametrize("key", ["anchor", "keys", "passphrase_file", "policies", "store"])
def test_a_path_with_a_zero_byte_is_none(key: str) -> None:
    scheme = "sqlite:///" if key == "store" else ""
    with pytest.raises(MalformedError, match=key):
        parse(GOOD | {key: f"{scheme}a\0b"}, FOLDER)
