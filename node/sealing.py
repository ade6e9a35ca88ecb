"""Seal a notice: one fresh content key, and that key wrapped for each recipient.

It promises that whatever leaves here is bound to its envelope (suite, originator, id), that
all recipients of one envelope get the one key that the ciphertext commits to, and that sizes
tell little. It numbers and signs nothing (`node.outbox`), and opens nothing
(`node.keystore` unwraps, `valija.opening` decrypts).

Source: docs/envelope.md, sections 3, 3.1 and 3.4 (1 to 3); RFC 9180; draft-ietf-hpke-pq
(0x647a); C2SP chunked-encryption (Cobblestone-256).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_bytes

from cryptography.cobblestone import Cobblestone256Encryptor
from cryptography.hazmat.primitives import hpke  # noqa: TID251 # here it wraps
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from node.parcel import Parcel, Wrapped
from valija.errors import MalformedError
from valija.ids import Desk, Digest, KeyId, LabelId, digest, key_id
from valija.label import SUITE, base
from valija.opening import CONTENT_CONTEXT, KEY_BYTES, TERMS_CONTEXT, derive_terms_key
from valija.padding import CONTENT, TERMS

ID_BYTES = 16
FILLER_BYTES = 32
MLKEM_KEY_BYTES = 1184
SEALING_KEY_BYTES = 1216
"""ML-KEM-768, then X25519; this form is ours, for X-Wing keys have none of their own."""
_STANZA = b"valija/v1 stanza\0"
_SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who shall open, and by which key.

    Attributes:
        desk: The recipient.
        public: Its SEALING key in force, 1216 bytes.
    """

    desk: Desk
    public: bytes


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed notice, not numbered yet.

    Attributes:
        id: The envelope's, 16 random bytes; the seal is bound to it.
        content_key: 32 secret bytes; to be kept only under a record key.
        parcel: Everything else of an envelope but its numbers.
    """

    id: LabelId
    content_key: bytes
    parcel: Parcel


def seal(
    originator: Desk, terms: bytes, content: bytes, recipients: Sequence[Recipient]
) -> Sealed:
    """Seal one envelope's terms and content for its recipients.

    Args:
        originator: Who will sign.
        terms: Serialised Terms.
        content: Serialised Content; empty in an offer, and then it stays empty.
        recipients: 1 to 64, of one view, one terms and one history.

    Raises:
        LimitError: Terms or content are longer than one envelope may hold.
        MalformedError: A recipient's key is none.
    """
    identity, content_key = LabelId(token_bytes(ID_BYTES)), token_bytes(KEY_BYTES)
    bound = base(SUITE, originator, identity)
    sealed_terms = _encrypt(
        derive_terms_key(content_key), TERMS_CONTEXT + bound, TERMS.pad(terms)
    )
    sealed_content = b""
    if content:
        padded = CONTENT.pad(content)
        sealed_content = _encrypt(content_key, CONTENT_CONTEXT + bound, padded)
    digests = digest(sealed_content), digest(sealed_terms)
    wrapped = tuple(wrap(content_key, bound, recipient, digests) for recipient in recipients)
    parcel = Parcel(sealed_terms, sealed_content, token_bytes(FILLER_BYTES), wrapped)
    return Sealed(identity, content_key, parcel)


def wrap(
    content_key: bytes, bound: bytes, recipient: Recipient, digests: tuple[Digest, Digest]
) -> Wrapped:
    """Return the content key, wrapped for one recipient of one envelope: 1168 bytes.

    Args:
        content_key: 32 bytes.
        bound: The envelope's base.
        recipient: Who, and the key.
        digests: Of the sealed content and the sealed terms.

    Raises:
        MalformedError: The recipient's key is none.
    """
    name = key_id(recipient.public)
    info = stanza_info(bound, recipient.desk, name, digests)
    try:
        # HPKE has no aad here, so everything that the key is bound to stands in info.
        sealed = _SUITE.encrypt(content_key, _public(recipient.public), info)
    except ValueError as cause:
        raise MalformedError("a SEALING key is ML-KEM-768, then X25519") from cause
    return Wrapped(recipient.desk, name, sealed)


def stanza_info(
    bound: bytes, recipient: Desk, name: KeyId, digests: tuple[Digest, Digest]
) -> bytes:
    """Return what a wrapped key is bound to, for wrapping and unwrapping.

    Args:
        bound: The envelope's base, `Label.base()`.
        recipient: Whose stanza.
        name: Id of its SEALING key.
        digests: Content digest and terms digest of the label.
    """
    return _STANZA + bound + recipient.to_bytes() + name + digests[0] + digests[1]


def _public(public: bytes) -> hpke.MLKEM768X25519PublicKey:
    mlkem = MLKEM768PublicKey.from_public_bytes(public[:MLKEM_KEY_BYTES])
    x25519 = X25519PublicKey.from_public_bytes(public[MLKEM_KEY_BYTES:])
    return hpke.MLKEM768X25519PublicKey(mlkem, x25519)


def _encrypt(key: bytes, context: bytes, padded: bytes) -> bytes:
    encryptor = Cobblestone256Encryptor(key, context)
    return encryptor.update(padded) + encryptor.finalize()
