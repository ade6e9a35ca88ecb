"""A key is registered under which any message verifies.

The identity point is such a key: its multiple by any number is itself, so a signature made of
it "stands" over whatever one likes. The common library accepts it; ours must never register
nor use it.
"""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PublicKey,  # noqa: TID251 # shown at fault
)

from valija.errors import SignatureError
from valija.signature import (
    BATCH_CONTEXT,
    CompositeSecret,
    LogSecret,
    check_composite_key,
    check_log_key,
    verify_composite,
    verify_ed25519,
)

IDENTITY = b"\1" + bytes(31)
NEVER_SIGNED = IDENTITY + bytes(32)


def test_another_library_takes_any_message_under_the_identity() -> None:
    for message in (b"free the trafficker", b"burn the witness"):
        Ed25519PublicKey.from_public_bytes(IDENTITY).verify(NEVER_SIGNED, message)


def test_ours_takes_none() -> None:
    with pytest.raises(SignatureError):
        verify_ed25519(IDENTITY, b"free the trafficker", NEVER_SIGNED)


def test_no_desk_and_no_log_registers_it() -> None:
    desk, log = CompositeSecret(bytes(64)), LogSecret(bytes(64))
    with pytest.raises(SignatureError):
        check_composite_key(desk.public[:1952] + IDENTITY)
    with pytest.raises(SignatureError):
        check_log_key(log.public[:1312] + IDENTITY)


def test_a_quantum_half_alone_does_not_carry_a_signature() -> None:
    desk = CompositeSecret(bytes(64))
    value = desk.sign(b"head", BATCH_CONTEXT)
    with pytest.raises(SignatureError):
        verify_composite(
            desk.public[:1952] + IDENTITY, b"head", value[:3309] + NEVER_SIGNED, BATCH_CONTEXT
        )
