"""Sign and verify: the composite signature of desks, the two signatures of logs and witnesses.

It promises that a composite signature stands only if both halves do, that Ed25519 has one
verifier (libsodium, for the common libraries disagree on edge cases), and that a key at
which libsodium could accept what nobody signed is refused before it is used. It does not
know whose a key is; `valija.directory` does.

Source: docs/envelope.md, section 3.2 and the traps of section 3; draft-ietf-lamps-pq-
composite-sigs, section 3 (MLDSA65-Ed25519-SHA512); FIPS 204; RFC 8032.
"""

from functools import lru_cache
from hashlib import sha512
from secrets import token_bytes

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import (
    MLDSA44PrivateKey,
    MLDSA44PublicKey,
    MLDSA65PrivateKey,
    MLDSA65PublicKey,
)
from nacl.bindings import crypto_core_ed25519_is_valid_point
from nacl.exceptions import CryptoError
from nacl.signing import SigningKey, VerifyKey

from valija.errors import MalformedError, SignatureError

BATCH_CONTEXT = b"valija/v1 batch"
POSSESSION_CONTEXT = b"valija/v1 possession"
WORD_CONTEXT = b"valija/v1 word"
SEED_BYTES = 32
COMPOSITE_SEED_BYTES = 64
ED25519_KEY_BYTES = 32
ED25519_VALUE_BYTES = 64
MLDSA44_KEY_BYTES = 1312
MLDSA44_VALUE_BYTES = 2420
MLDSA65_KEY_BYTES = 1952
MLDSA65_VALUE_BYTES = 3309
COMPOSITE_KEY_BYTES = MLDSA65_KEY_BYTES + ED25519_KEY_BYTES
COMPOSITE_VALUE_BYTES = MLDSA65_VALUE_BYTES + ED25519_VALUE_BYTES
LOG_KEY_BYTES = MLDSA44_KEY_BYTES + ED25519_KEY_BYTES

_PREFIX = b"CompositeAlgorithmSignatures2025"
_LABEL = b"COMPSIG-MLDSA65-Ed25519-SHA512"
_MAX_CONTEXT = 255
_REMEMBERED_KEYS = 1024


class CompositeSecret:
    """A desk's or member's way to sign: ML-DSA-65 and Ed25519 together."""

    def __init__(self, seed: bytes) -> None:
        """Make the key pair of a seed.

        Raises:
            MalformedError: The seed does not have 64 bytes.
        """
        _require(len(seed) == COMPOSITE_SEED_BYTES, "a composite seed has 64 bytes")
        self._seed = seed
        self._mldsa = MLDSA65PrivateKey.from_seed_bytes(seed[:SEED_BYTES])
        self._ed25519 = SigningKey(seed[SEED_BYTES:])

    @classmethod
    def generate(cls) -> "CompositeSecret":
        """Return a fresh secret."""
        return cls(token_bytes(COMPOSITE_SEED_BYTES))

    @property
    def seed(self) -> bytes:
        """The 64 secret bytes: ML-DSA-65 seed, then Ed25519 seed; for `valija.keyfile`."""
        return self._seed

    @property
    def public(self) -> bytes:
        """The public key, 1984 bytes: ML-DSA-65, then Ed25519."""
        return self._mldsa.public_key().public_bytes_raw() + bytes(self._ed25519.verify_key)

    def sign(self, message: bytes, context: bytes) -> bytes:
        """Return the composite signature, 3373 bytes; no two are equal, ML-DSA is hedged.

        Raises:
            MalformedError: The context is longer than 255 bytes.
        """
        bound = _composite_message(message, context)
        return self._mldsa.sign(bound, _LABEL) + self._ed25519.sign(bound).signature


class WitnessSecret:
    """A witness's way to sign: ML-DSA-44."""

    def __init__(self, seed: bytes) -> None:
        """Make the key pair of a seed.

        Raises:
            MalformedError: The seed does not have 32 bytes.
        """
        _require(len(seed) == SEED_BYTES, "an ML-DSA seed has 32 bytes")
        self._seed = seed
        self._mldsa = MLDSA44PrivateKey.from_seed_bytes(seed)

    @classmethod
    def generate(cls) -> "WitnessSecret":
        """Return a fresh secret."""
        return cls(token_bytes(SEED_BYTES))

    @property
    def seed(self) -> bytes:
        """The 32 secret bytes, for `valija.keyfile`."""
        return self._seed

    @property
    def public(self) -> bytes:
        """The public key, 1312 bytes."""
        return self._mldsa.public_key().public_bytes_raw()

    def sign(self, message: bytes, context: bytes = b"") -> bytes:
        """Return the ML-DSA-44 signature, 2420 bytes.

        Raises:
            MalformedError: The context is longer than 255 bytes.
        """
        return self._mldsa.sign(message, _bounded(context))


class LogSecret:
    """A log's way to sign its checkpoints: ML-DSA-44 and Ed25519, each by itself."""

    def __init__(self, seed: bytes) -> None:
        """Make both key pairs of a seed.

        Raises:
            MalformedError: The seed does not have 64 bytes.
        """
        _require(len(seed) == COMPOSITE_SEED_BYTES, "a log's seed has 64 bytes")
        self._mldsa = WitnessSecret(seed[:SEED_BYTES])
        self._ed25519 = SigningKey(seed[SEED_BYTES:])
        self._public = self._mldsa.public + bytes(self._ed25519.verify_key)

    @classmethod
    def generate(cls) -> "LogSecret":
        """Return a fresh secret."""
        return cls(token_bytes(COMPOSITE_SEED_BYTES))

    @property
    def seed(self) -> bytes:
        """The 64 secret bytes: ML-DSA-44 seed, then Ed25519 seed; for `valija.keyfile`."""
        return self._mldsa.seed + bytes(self._ed25519)

    @property
    def public(self) -> bytes:
        """The public key, 1344 bytes: ML-DSA-44, then Ed25519."""
        return self._public

    def sign_mldsa(self, message: bytes, context: bytes = b"") -> bytes:
        """Return the ML-DSA-44 signature, 2420 bytes.

        Raises:
            MalformedError: The context is longer than 255 bytes.
        """
        return self._mldsa.sign(message, context)

    def sign_ed25519(self, message: bytes) -> bytes:
        """Return the Ed25519 signature, 64 bytes."""
        return self._ed25519.sign(message).signature


def verify_composite(public: bytes, message: bytes, value: bytes, context: bytes) -> None:
    """Check a composite signature, both halves.

    Args:
        public: 1984 bytes.
        message: What was signed.
        value: 3373 bytes: ML-DSA-65, then Ed25519.
        context: What kind of thing was signed, at most 255 bytes.

    Raises:
        SignatureError: Either half is false, or the key is refused (`check_composite_key`).
        MalformedError: The context is longer than 255 bytes.
    """
    bound, key = _composite_message(message, context), _mldsa65_key(public[:MLDSA65_KEY_BYTES])
    # The halves have fixed lengths, so a key or value of another whole length fails in one.
    verify_ed25519(public[MLDSA65_KEY_BYTES:], bound, value[MLDSA65_VALUE_BYTES:])
    try:
        key.verify(value[:MLDSA65_VALUE_BYTES], bound, _LABEL)
    except InvalidSignature as cause:
        raise SignatureError("the ML-DSA half is false") from cause


def verify_mldsa44(public: bytes, message: bytes, value: bytes, context: bytes = b"") -> None:
    """Check an ML-DSA-44 signature of 2420 bytes under a key of 1312.

    Raises:
        SignatureError: It is false, or signature or key have another length.
        MalformedError: The context is longer than 255 bytes.
    """
    bounded, key = _bounded(context), _mldsa44_key(public)
    try:
        key.verify(value, message, bounded)
    except InvalidSignature as cause:
        raise SignatureError("the ML-DSA signature is false") from cause


def verify_ed25519(public: bytes, message: bytes, value: bytes) -> None:
    """Check an Ed25519 signature of 64 bytes under a key of 32, by libsodium alone.

    Raises:
        SignatureError: It is false, or the key is refused (`check_ed25519_key`).
    """
    check_ed25519_key(public)
    if len(value) != ED25519_VALUE_BYTES:
        raise SignatureError("an Ed25519 signature has 64 bytes")
    try:
        VerifyKey(public).verify(message, value)
    except CryptoError as cause:
        raise SignatureError("the Ed25519 signature is false") from cause


def check_composite_key(public: bytes) -> None:
    """Refuse a public key that may never be registered: 1984 bytes, both halves sound.

    Raises:
        SignatureError: Another length, or a half that is refused.
    """
    _mldsa65_key(public[:MLDSA65_KEY_BYTES])
    check_ed25519_key(public[MLDSA65_KEY_BYTES:])


def check_log_key(public: bytes) -> None:
    """Refuse a log's public key that may never be registered: 1344 bytes, both sound.

    Raises:
        SignatureError: Another length, or a half that is refused.
    """
    check_witness_key(public[:MLDSA44_KEY_BYTES])
    check_ed25519_key(public[MLDSA44_KEY_BYTES:])


def check_witness_key(public: bytes) -> None:
    """Refuse a witness's public key of any length but 1312 bytes.

    Raises:
        SignatureError: It has another.
    """
    _mldsa44_key(public)


def check_ed25519_key(public: bytes) -> None:
    """Refuse a key that is no canonical point of the prime-order group.

    Raises:
        SignatureError: It has not 32 bytes, or is off the curve, the identity, of small or
            mixed order, or written with a coordinate beyond the field.
    """
    if len(public) != ED25519_KEY_BYTES or not _is_sound(public):
        raise SignatureError("this Ed25519 key may not be used")


@lru_cache(_REMEMBERED_KEYS)
def _is_sound(public: bytes) -> bool:
    return crypto_core_ed25519_is_valid_point(public)


@lru_cache(_REMEMBERED_KEYS)
def _mldsa65_key(public: bytes) -> MLDSA65PublicKey:
    try:
        return MLDSA65PublicKey.from_public_bytes(public)
    except ValueError as cause:
        raise SignatureError("an ML-DSA-65 key has 1952 bytes") from cause


@lru_cache(_REMEMBERED_KEYS)
def _mldsa44_key(public: bytes) -> MLDSA44PublicKey:
    try:
        return MLDSA44PublicKey.from_public_bytes(public)
    except ValueError as cause:
        raise SignatureError("an ML-DSA-44 key has 1312 bytes") from cause


def _composite_message(message: bytes, context: bytes) -> bytes:
    bounded = _bounded(context)
    return _PREFIX + _LABEL + bytes([len(bounded)]) + bounded + sha512(message).digest()


def _bounded(context: bytes) -> bytes:
    _require(len(context) <= _MAX_CONTEXT, "a context has at most 255 bytes")
    return context


def _require(holds: bool, sentence: str) -> None:
    if not holds:
        raise MalformedError(sentence)
