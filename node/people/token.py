"""Tokens: the secret by which a door knows an account.

It promises that a token has 256 random bits, so that its plain SHA-256 can be stored without
a salt and still tells nobody the token. It keeps none; `node.store.people` keeps digests.

Source: docs/architecture.md, Engines (people), for registers and the terminal.
"""

from base64 import b32encode
from hashlib import sha256
from secrets import token_bytes

from valija.errors import SignatureError

_PREFIX = "valija_"
_LENGTH = len(_PREFIX) + 52


def mint() -> str:
    """Return a fresh token of 59 characters; it is shown once and stored nowhere."""
    return _PREFIX + b32encode(token_bytes(32)).decode().rstrip("=").lower()


def digest_of(token: str) -> bytes:
    """Return the 32 bytes that stand for a token in the store.

    Raises:
        SignatureError: This has not the form of a token.
    """
    if len(token) != _LENGTH or not token.startswith(_PREFIX) or not token.isascii():
        raise SignatureError("no account has this token")
    return sha256(b"valija/v1 token\0" + token.encode()).digest()
