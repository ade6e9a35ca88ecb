"""Composite signatures, and the keys that are refused."""

from collections.abc import Callable

import pytest

from valija.errors import MalformedError, SignatureError
from valija.signature import (
    BATCH_CONTEXT,
    POSSESSION_CONTEXT,
    CompositeSecret,
    LogSecret,
    WitnessSecret,
    check_composite_key,
    check_ed25519_key,
    check_log_key,
    check_witness_key,
    verify_composite,
    verify_ed25519,
    verify_mldsa44,
)

SECRET = CompositeSecret(bytes(range(64)))
IDENTITY = b"\1" + bytes(31)
MESSAGE = b"head"


def test_a_composite_signature_stands_under_its_key_and_context() -> None:
    value = SECRET.sign(MESSAGE, BATCH_CONTEXT)
    assert (1984, 3373) == (len(SECRET.public), len(value))
    verify_composite(SECRET.public, MESSAGE, value, BATCH_CONTEXT)


def test_no_two_signatures_are_equal() -> None:
    assert SECRET.sign(MESSAGE, BATCH_CONTEXT) != SECRET.sign(MESSAGE, BATCH_CONTEXT)


def test_a_secret_comes_back_from_its_seed() -> None:
    composite, log, witness = (
        CompositeSecret.generate(),
        LogSecret.generate(),
        WitnessSecret.generate(),
    )
    assert composite.public == CompositeSecret(composite.seed).public
    assert log.public == LogSecret(log.seed).public
    assert witness.public == WitnessSecret(witness.seed).public


def test_a_signature_for_one_purpose_does_not_stand_for_another() -> None:
    value = SECRET.sign(MESSAGE, POSSESSION_CONTEXT)
    with pytest.raises(SignatureError):
        verify_composite(SECRET.public, MESSAGE, value, BATCH_CONTEXT)


@pytest.mark.parametrize("place", [0, 3308, 3309, 3372])
def test_both_halves_must_stand(place: int) -> None:
    value = bytearray(SECRET.sign(MESSAGE, BATCH_CONTEXT))
    value[place] ^= 1
    with pytest.raises(SignatureError):
        verify_composite(SECRET.public, MESSAGE, bytes(value), BATCH_CONTEXT)


@pytest.mark.parametrize(
    "change",
    [
        lambda value: value[:3309],
        lambda value: value[3309:],
        lambda value: value[:3309] + bytes(64),
        lambda value: bytes(3309) + value[3309:],
        lambda value: value + b"\0",
        lambda value: value[:3309] + SECRET.sign(b"other", BATCH_CONTEXT)[3309:],
        lambda value: SECRET.sign(b"other", BATCH_CONTEXT)[:3309] + value[3309:],
    ],
    ids=[
        "no_ed25519",
        "no_mldsa",
        "zero_ed25519",
        "zero_mldsa",
        "long",
        "other",
        "other_mldsa",
    ],
)
def test_a_half_missing_zero_or_of_another_head_is_refused(
    change: Callable[[bytes], bytes],
) -> None:
    value = change(SECRET.sign(MESSAGE, BATCH_CONTEXT))
    with pytest.raises(SignatureError):
        verify_composite(SECRET.public, MESSAGE, value, BATCH_CONTEXT)


def test_under_the_identity_key_nothing_stands() -> None:
    # With this key and value libraries accept any message: R + k*identity = R.
    value = IDENTITY + bytes(32)
    with pytest.raises(SignatureError):
        verify_ed25519(IDENTITY, b"never signed", value)


@pytest.mark.parametrize(
    "key",
    [
        IDENTITY,
        bytes(32),
        bytes.fromhex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        bytes.fromhex("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        b"\2" + bytes(31),
        bytes(31),
        bytes(33),
        b"",
    ],
    ids=["identity", "order4", "order2", "noncanonical", "off_curve", "short", "long", "empty"],
)
def test_a_key_at_which_libsodium_could_be_misled_is_refused(key: bytes) -> None:
    with pytest.raises(SignatureError):
        check_ed25519_key(key)
    with pytest.raises(SignatureError):
        check_composite_key(SECRET.public[:1952] + key)
    with pytest.raises(SignatureError):
        check_log_key(LogSecret(bytes(64)).public[:1312] + key)


def test_sound_keys_pass() -> None:
    check_composite_key(SECRET.public)
    check_log_key(LogSecret(bytes(64)).public)
    check_witness_key(WitnessSecret(bytes(32)).public)


def test_a_log_signs_each_way_by_itself() -> None:
    log = LogSecret(bytes(64))
    assert 1344 == len(log.public)
    verify_mldsa44(log.public[:1312], MESSAGE, log.sign_mldsa(MESSAGE))
    verify_ed25519(log.public[1312:], MESSAGE, log.sign_ed25519(MESSAGE))


def test_a_false_single_signature_is_refused() -> None:
    log, witness = LogSecret(bytes(64)), WitnessSecret(bytes(32))
    value = witness.sign(MESSAGE, POSSESSION_CONTEXT)
    verify_mldsa44(witness.public, MESSAGE, value, POSSESSION_CONTEXT)
    attempts: list[Callable[[], None]] = [
        lambda: verify_mldsa44(witness.public, MESSAGE, value),
        lambda: verify_mldsa44(witness.public, b"", value, POSSESSION_CONTEXT),
        lambda: verify_mldsa44(witness.public, MESSAGE, value[:-1], POSSESSION_CONTEXT),
        lambda: verify_mldsa44(witness.public[:-1], MESSAGE, value, POSSESSION_CONTEXT),
        lambda: verify_ed25519(log.public[1312:], b"", log.sign_ed25519(MESSAGE)),
        lambda: verify_ed25519(log.public[1312:], MESSAGE, log.sign_ed25519(MESSAGE)[:-1]),
    ]
    for attempt in attempts:
        with pytest.raises(SignatureError):
            attempt()


def test_what_has_another_length_is_malformed() -> None:
    attempts: list[Callable[[], object]] = [
        lambda: CompositeSecret(bytes(63)),
        lambda: LogSecret(bytes(63)),
        lambda: WitnessSecret(bytes(31)),
        lambda: SECRET.sign(MESSAGE, bytes(256)),
        lambda: WitnessSecret(bytes(32)).sign(MESSAGE, bytes(256)),
        lambda: LogSecret(bytes(64)).sign_mldsa(MESSAGE, bytes(256)),
    ]
    for attempt in attempts:
        with pytest.raises(MalformedError):
            attempt()


@pytest.mark.parametrize("key", [b"", SECRET.public[:-1], SECRET.public + b"\0"])
def test_a_key_of_another_length_verifies_nothing(key: bytes) -> None:
    with pytest.raises(SignatureError):
        verify_composite(key, MESSAGE, SECRET.sign(MESSAGE, BATCH_CONTEXT), BATCH_CONTEXT)
    with pytest.raises(SignatureError):
        check_composite_key(key)
    with pytest.raises(SignatureError):
        check_log_key(key)
