"""Encrypted columns under record keys."""

import pytest

from node.vault import Vault
from valija.errors import MalformedError, OpeningError

PLACE, VALUE = "notice|00ff|content", b"An invented name"


@pytest.fixture
def vault() -> Vault:
    return Vault(bytes(range(32)))


def test_a_column_opens_where_it_was_sealed(vault: Vault) -> None:
    wrapped = vault.new_key()
    sealed = vault.seal(wrapped, PLACE, VALUE)
    assert VALUE == vault.unseal(wrapped, PLACE, sealed)
    assert (88, len(VALUE) + 40) == (len(wrapped), len(sealed))
    assert VALUE not in sealed


def test_the_vault_opens_again_with_the_same_store_key(vault: Vault) -> None:
    wrapped = vault.new_key()
    sealed = vault.seal(wrapped, PLACE, VALUE)
    assert VALUE == Vault(bytes(range(32))).unseal(wrapped, PLACE, sealed)


@pytest.mark.parametrize(
    "place", ["notice|00ff|title", "notice|00fe|content", "draft|00ff|content"]
)
def test_a_value_moved_elsewhere_does_not_open(vault: Vault, place: str) -> None:
    wrapped = vault.new_key()
    with pytest.raises(OpeningError):
        vault.unseal(wrapped, place, vault.seal(wrapped, PLACE, VALUE))


def test_another_records_key_opens_nothing(vault: Vault) -> None:
    with pytest.raises(OpeningError):
        vault.unseal(vault.new_key(), PLACE, vault.seal(vault.new_key(), PLACE, VALUE))


def test_another_store_key_opens_nothing(vault: Vault) -> None:
    wrapped = vault.new_key()
    with pytest.raises(OpeningError):
        Vault(bytes(32)).unseal(wrapped, PLACE, vault.seal(wrapped, PLACE, VALUE))


@pytest.mark.parametrize("place", [0, 15, 16, 87])
def test_a_changed_record_key_opens_nothing(vault: Vault, place: int) -> None:
    wrapped = bytearray(vault.new_key())
    wrapped[place] ^= 1
    with pytest.raises(OpeningError):
        vault.seal(bytes(wrapped), PLACE, VALUE)


@pytest.mark.parametrize("sealed", [b"", b"short", bytes(60)])
def test_what_was_never_sealed_does_not_open(vault: Vault, sealed: bytes) -> None:
    with pytest.raises(OpeningError):
        vault.unseal(vault.new_key(), PLACE, sealed)


def test_a_store_key_of_another_length_is_refused() -> None:
    with pytest.raises(MalformedError):
        Vault(bytes(31))
