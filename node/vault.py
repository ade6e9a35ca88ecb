"""The vault: what encrypts the store's columns, so that a stolen database tells nothing.

It promises that every record has a key of its own, kept only as wrapped by the store key,
and that what was encrypted for one place opens at no other. It reads and writes no table
(`node.store.records`), and its store key comes from `node.keystore`.

Source: docs/envelope.md, section 5, At rest; XChaCha20-Poly1305 by libsodium.
"""

from hashlib import sha256
from secrets import token_bytes

from nacl.exceptions import CryptoError
from nacl.secret import Aead

from valija.errors import MalformedError, OpeningError

KEY_BYTES = Aead.KEY_SIZE
NAME_BYTES = 16
_NAME_DOMAIN = b"valija/v1 store key\0"
_RECORD_DOMAIN = b"valija/v1 record key\0"


class Vault:
    """Encrypts and decrypts columns under record keys, which it wraps under a store key."""

    def __init__(self, store_key: bytes) -> None:
        """Hold a store key.

        Raises:
            MalformedError: It does not have 32 bytes.
        """
        if len(store_key) != KEY_BYTES:
            raise MalformedError("a store key has 32 bytes")
        # The name lets a re-wrapped record be told from one under an older store key.
        self._name = sha256(_NAME_DOMAIN + store_key).digest()[:NAME_BYTES]
        self._box = Aead(store_key)

    def new_key(self) -> bytes:
        """Return a fresh record key, wrapped: 88 bytes to keep beside the record."""
        return self._name + bytes(self._box.encrypt(token_bytes(KEY_BYTES), self._aad()))

    def seal(self, wrapped: bytes, place: str, value: bytes) -> bytes:
        """Return `value` encrypted for one place, 40 bytes longer.

        Args:
            wrapped: The record's key, as `new_key` returned it.
            place: `table|row|column`.
            value: Any bytes.

        Raises:
            OpeningError: The record's key was wrapped by another store key, or altered.
        """
        return bytes(self._record(wrapped).encrypt(value, place.encode()))

    def unseal(self, wrapped: bytes, place: str, sealed: bytes) -> bytes:
        """Return what `seal` encrypted for this place.

        Raises:
            OpeningError: Another store key, record or place, or it was altered; which is
                not told.
        """
        return _decrypt(self._record(wrapped), sealed, place.encode())

    def _record(self, wrapped: bytes) -> Aead:
        if wrapped[:NAME_BYTES] != self._name:
            raise OpeningError("this record belongs to another store key")
        return Aead(_decrypt(self._box, wrapped[NAME_BYTES:], self._aad()))

    def _aad(self) -> bytes:
        return _RECORD_DOMAIN + self._name


def _decrypt(box: Aead, sealed: bytes, aad: bytes) -> bytes:
    try:
        return box.decrypt(sealed, aad)
    # A text shorter than its nonce is a ValueError of libsodium's wrapper.
    except (CryptoError, ValueError) as cause:
        raise OpeningError("the column does not open") from cause
