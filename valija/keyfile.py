"""Key files: secret bytes sealed with a passphrase, for node, broker and auditor alike.

It promises that a file opens only with its passphrase and only as it was written, and that
its cost cannot exhaust the machine that opens it. It reads and writes no file, and does not
know what the secret bytes mean; `node.keystore` and `broker` do.

Source: docs/envelope.md, section 5, At rest; RFC 9106 (argon2id); libsodium secretbox.
"""

import struct
from dataclasses import dataclass
from secrets import token_bytes

from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id
from nacl.secret import SecretBox

from valija.errors import MalformedError, OpeningError

_DOMAIN = b"valija/v1 keys\0"
_HEADER = struct.Struct(f">{len(_DOMAIN)}s16sII")
_SALT_BYTES = 16
_MIB = 1 << 20
_MAX_PASSES = 16
_MAX_MEBIBYTES = 1024
_LEAST_SEALED = SecretBox.NONCE_SIZE + SecretBox.MACBYTES


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess at the passphrase costs; it stands in the file.

    Attributes:
        passes: 1 to 16.
        mebibytes: Memory, 1 to 1,024 MiB.
    """

    passes: int = 3
    mebibytes: int = 256

    def __post_init__(self) -> None:
        """Refuse a cost that is none, or that would exhaust who opens the file.

        Raises:
            MalformedError: It is.
        """
        if not (1 <= self.passes <= _MAX_PASSES and 1 <= self.mebibytes <= _MAX_MEBIBYTES):
            raise MalformedError("a key file costs 1 to 16 passes over 1 to 1,024 MiB")


USUAL_COST = Cost()


def seal_keys(secret: bytes, passphrase: bytes, cost: Cost = USUAL_COST) -> bytes:
    """Return the key file of `secret`: 79 bytes longer."""
    salt = token_bytes(_SALT_BYTES)
    header = _HEADER.pack(_DOMAIN, salt, cost.passes, cost.mebibytes)
    return header + bytes(SecretBox(_stretch(passphrase, salt, cost)).encrypt(secret))


def open_keys(data: bytes, passphrase: bytes) -> bytes:
    """Return the secret bytes of a key file.

    Raises:
        MalformedError: These bytes are no key file, or ask for an absurd cost.
        OpeningError: Another passphrase, or the file was altered; which is not told.
    """
    if len(data) < _HEADER.size + _LEAST_SEALED:
        raise MalformedError("a key file is longer than this")
    domain, salt, passes, mebibytes = _HEADER.unpack_from(data)
    if domain != _DOMAIN:
        raise MalformedError("these bytes are no key file")
    key = _stretch(passphrase, salt, Cost(passes, mebibytes))
    try:
        return SecretBox(key).decrypt(data[_HEADER.size :])
    except CryptoError as cause:
        raise OpeningError("the key file does not open with this passphrase") from cause


def _stretch(passphrase: bytes, salt: bytes, cost: Cost) -> bytes:
    return argon2id.kdf(
        SecretBox.KEY_SIZE,
        passphrase,
        salt,
        opslimit=cost.passes,
        memlimit=cost.mebibytes * _MIB,
    )
