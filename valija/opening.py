"""Open what was sealed, with a content or terms key that somebody hands over.

It promises one answer, `OpeningError`, for whatever does not open: a wrong key, another
envelope's bytes, a wrong size or padding are not told apart. It knows no recipient's key and
encrypts nothing: keys are unwrapped in `node.keystore`, notices sealed in `node.sealing`.
It is left out of the broker's image.

Source: docs/envelope.md, sections 3.1, 3.4 (1, 2) and 3.6 (8, 9); C2SP chunked-encryption.
"""

from cryptography.cobblestone import Cobblestone256Decryptor
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from valija.errors import MalformedError, OpeningError
from valija.padding import CONTENT, TERMS, Padding

KEY_BYTES = 32
CONTENT_CONTEXT = b"valija/v1 content\0"
TERMS_CONTEXT = b"valija/v1 terms\0"
_TERMS_KEY = b"valija/v1 terms key\0"


def derive_terms_key(content_key: bytes) -> bytes:
    """Return the 32 bytes that open the terms of a notice, and not its content.

    Raises:
        OpeningError: The content key does not have 32 bytes.
    """
    if len(content_key) != KEY_BYTES:
        raise OpeningError("this does not open")
    return HKDFExpand(SHA256(), KEY_BYTES, _TERMS_KEY).derive(content_key)


def open_terms(terms_key: bytes, base: bytes, sealed: bytes) -> bytes:
    """Return the bytes of the terms.

    Args:
        terms_key: 32 bytes.
        base: What the seal is bound to, `Label.base()`.
        sealed: `Envelope.terms`.

    Raises:
        OpeningError: They do not open.
    """
    return _open(terms_key, TERMS_CONTEXT + base, sealed, TERMS)


def open_content(content_key: bytes, base: bytes, sealed: bytes) -> bytes:
    """Return the bytes of the content.

    Args:
        content_key: 32 bytes.
        base: What the seal is bound to, `Label.base()`.
        sealed: `Envelope.content`, not empty.

    Raises:
        OpeningError: It does not open.
    """
    return _open(content_key, CONTENT_CONTEXT + base, sealed, CONTENT)


def _open(key: bytes, context: bytes, sealed: bytes, padding: Padding) -> bytes:
    try:
        padding.require_ciphertext_size(len(sealed))
        decryptor = Cobblestone256Decryptor(key, context)
        return padding.unpad(decryptor.update(sealed) + decryptor.finalize())
    except (InvalidTag, ValueError, MalformedError) as cause:
        raise OpeningError("this does not open") from cause
