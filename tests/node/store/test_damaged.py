"""A store that a broken disk or another hand left behind, and addresses that are none."""

from collections.abc import Callable
from pathlib import Path

import pytest

from node.store import log
from node.store.database import Database
from node.store.migration import migrate
from node.vault import Vault
from valija.errors import MalformedError, UnavailableError

VAULT = Vault(bytes(32))


def opened(path: Path) -> object:
    """Do what a node does with its store at start."""
    store = Database(f"sqlite:///{path}", VAULT)
    try:
        migrate(store)
        return store.read_now(log.entries)
    finally:
        store.close()


def garbage(data: bytes) -> bytes:
    return b"no database" * (len(data) // 11)


def half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def emptied(data: bytes) -> bytes:
    return data[:100] + bytes(len(data) - 100)


def scratched(data: bytes) -> bytes:
    return bytes(
        byte ^ (0x55 if at % 97 == 0 and at >= 100 else 0) for at, byte in enumerate(data)
    )


@pytest.mark.parametrize("harm", [garbage, half, emptied, scratched])
def test_a_damaged_store_is_said_to_be_damaged_and_is_not_made_anew(
    tmp_path: Path, harm: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "node.db"
    opened(path)
    whole = path.read_bytes()
    path.write_bytes(harm(whole))
    with pytest.raises(MalformedError, match="damaged"):
        opened(path)
    assert harm(whole) == path.read_bytes()
    path.write_bytes(whole)
    assert () == opened(path)


def test_a_store_in_no_folder_may_be_there_later(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError):
        opened(tmp_path / "nowhere" / "node.db")


@pytest.mark.parametrize(
    "address", ["", "nonsense", "mysql://h/x", "sqlite://", "postgresql+psycopg://[::"]
)
def test_an_address_that_is_none_is_malformed(address: str) -> None:
    with pytest.raises(MalformedError):
        Database(address, VAULT)
