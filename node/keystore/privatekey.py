"""Private keys of a node, each with the one thing that its role may do.

It promises that a key comes back from its kept secret exactly as it was made, and that its
secret shows in no text of it. Keeping them is `node.keystore`'s; which of them counts, the
log's.

Source: docs/envelope.md, section 5; RFC 9180; draft-ietf-hpke-pq (0x647a: ML-KEM-768 and
X25519 from one seed of 32 bytes).
"""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import shake_256
from secrets import token_bytes, token_hex

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke  # noqa: TID251 # here it unwraps
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from valija.canonical import Json
from valija.certificate import TlsPair, make_certificate, parse_certificate
from valija.errors import AbsentError, MalformedError, OpeningError
from valija.ids import Desk, KeyId, key_id
from valija.signature import (
    COMPOSITE_SEED_BYTES,
    POSSESSION_CONTEXT,
    SEED_BYTES,
    CompositeSecret,
    WitnessSecret,
)
from valija.statement import Role

_SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
_MLKEM_SEED_BYTES = 64
_EXPANDED_BYTES = 96
_COMPOSITE = (Role.ROOT, Role.SIGNING)
_NAME_BYTES = 8

Tool = CompositeSecret | WitnessSecret | hpke.MLKEM768X25519PrivateKey | TlsPair
"""What works with a secret, by role: ROOT and SIGNING, WITNESS, SEALING, TLS."""


@dataclass(frozen=True, slots=True)
class Held:
    """A key that is held, as the world may know it.

    Attributes:
        desk: Whose.
        role: What for.
        public: ROOT and SIGNING 1984 bytes, SEALING 1216, WITNESS 1312; TLS: the
            certificate, DER.
    """

    desk: Desk
    role: Role
    public: bytes

    @property
    def key_id(self) -> KeyId:
        """The 16 bytes that name it."""
        return key_id(self.public)


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A held key with its secret.

    Attributes:
        held: Whose, what for, its public side.
        secret: What is kept: a seed of 32 or 64 bytes, or of TLS a key in PEM.
        tool: What works with it.
    """

    held: Held
    secret: bytes = field(repr=False)
    tool: Tool = field(repr=False)

    def sign(self, message: bytes, context: bytes) -> bytes:
        """Return the composite signature of a ROOT or SIGNING key.

        Raises:
            AbsentError: The key is of another role.
        """
        if not isinstance(self.tool, CompositeSecret):
            raise AbsentError("a key of this role signs no batch")
        return self.tool.sign(message, context)

    def prove_possession(self, statement: bytes) -> bytes:
        """Return the key's own signature over the statement that begins it.

        Raises:
            AbsentError: A key of this role signs nothing (SEALING, TLS).
        """
        if not isinstance(self.tool, CompositeSecret | WitnessSecret):
            raise AbsentError("a key of this role signs no statement")
        return self.tool.sign(statement, POSSESSION_CONTEXT)

    def unwrap(self, sealed: bytes, info: bytes) -> bytes:
        """Return what was wrapped for a SEALING key.

        Raises:
            OpeningError: It does not unwrap, or the key is of another role; which is not
                told.
        """
        if not isinstance(self.tool, hpke.MLKEM768X25519PrivateKey):
            raise OpeningError("this does not open")
        try:
            return _SUITE.decrypt(sealed, self.tool, info)
        except (InvalidTag, ValueError) as cause:
            raise OpeningError("this does not open") from cause

    def to_json(self) -> dict[str, Json]:
        """Return what a key file holds of it."""
        kept: dict[str, Json] = {
            "desk": str(self.held.desk),
            "role": self.held.role.name,
            "secret": b64encode(self.secret).decode(),
        }
        if self.held.role is Role.TLS:
            kept["certificate"] = b64encode(self.held.public).decode()
        return kept


def generate(desk: Desk, role: Role, now: datetime, hosts: Sequence[str]) -> PrivateKey:
    """Return a fresh key.

    Args:
        desk: Whose.
        role: What for: ROOT, SIGNING, SEALING, WITNESS or TLS.
        now: When a TLS certificate begins.
        hosts: Where it may be presented.

    Raises:
        MalformedError: No node has a key of this role, or no such host exists.
    """
    if role is Role.TLS:
        pair = make_certificate(f"{desk} {token_hex(_NAME_BYTES)}", now, hosts)
        return restore(desk, role, pair.secret, pair.certificate)
    size = COMPOSITE_SEED_BYTES if role in _COMPOSITE else SEED_BYTES
    return restore(desk, role, token_bytes(size))


def restore(desk: Desk, role: Role, secret: bytes, certificate: bytes = b"") -> PrivateKey:
    """Return the key of a kept secret.

    Raises:
        MalformedError: The secret is none of this role, or no node has keys of it.
    """
    match role:
        case Role.ROOT | Role.SIGNING:
            composite = CompositeSecret(secret)
            return PrivateKey(Held(desk, role, composite.public), secret, composite)
        case Role.WITNESS:
            witness = WitnessSecret(secret)
            return PrivateKey(Held(desk, role, witness.public), secret, witness)
        case Role.SEALING:
            public, unwrapping = _xwing(secret)
            return PrivateKey(Held(desk, role, public), secret, unwrapping)
        case Role.TLS:
            parse_certificate(certificate)
            return PrivateKey(
                Held(desk, role, certificate), secret, TlsPair(certificate, secret)
            )
        case _:
            raise MalformedError("no node has a key of this role")


def parse_key(kept: Json) -> PrivateKey:
    """Return the key that `PrivateKey.to_json` wrote.

    Raises:
        MalformedError: It is none.
    """
    match kept:
        case {"desk": str(desk), "role": str(role), "secret": str(secret), **rest}:
            certificate = rest.get("certificate", "")
            if role in Role.__members__ and isinstance(certificate, str):
                parts = decode(secret), decode(certificate)
                return restore(Desk.parse(desk), Role[role], *parts)
    raise MalformedError("a kept key has a desk, a role and a secret")


def decode(text: str) -> bytes:
    """Return the bytes of a base64 text.

    Raises:
        MalformedError: It is none.
    """
    try:
        return b64decode(text, validate=True)
    except ValueError as cause:
        raise MalformedError("a kept key is base64") from cause


def _xwing(seed: bytes) -> tuple[bytes, hpke.MLKEM768X25519PrivateKey]:
    """Return the public key, 1216 bytes, and the private one, of a seed of 32."""
    if len(seed) != SEED_BYTES:
        raise MalformedError("a SEALING seed has 32 bytes")
    expanded = shake_256(seed).digest(_EXPANDED_BYTES)
    mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:_MLKEM_SEED_BYTES])
    x25519 = X25519PrivateKey.from_private_bytes(expanded[_MLKEM_SEED_BYTES:])
    public = mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
    return public, hpke.MLKEM768X25519PrivateKey(mlkem, x25519)
