"""Handles and slots: the local names of items and of values.

It promises that neither tells a place in a row: who sees P1 and P3 knows of P2, so a handle
is 40 random bits and a slot is 40 bits of a keyed hash under the notice's own secret seed.
Row names, which do count, never leave the node.

Source: docs/envelope.md, section 2 (1).
"""

import hmac
import secrets
from base64 import b32encode
from collections.abc import Callable
from typing import TypeAlias

BYTES = 5
"""40 bits, eight characters of base32."""
SEED_BYTES = 16
_LENGTH = 8
_ALPHABET = frozenset("abcdefghijklmnopqrstuvwxyz234567")

Draw: TypeAlias = Callable[[int], bytes]
"""A source of random bytes; `secrets.token_bytes` everywhere but in tests."""


def _name(data: bytes) -> str:
    return b32encode(data[:BYTES]).decode().lower()


def draw_handle(draw: Draw = secrets.token_bytes) -> str:
    """Return a fresh handle: 40 random bits as eight base32 characters in lower case."""
    return _name(draw(BYTES))


def draw_seed(draw: Draw = secrets.token_bytes) -> bytes:
    """Return a fresh seed of a notice, 16 bytes; it stays in the node."""
    return draw(SEED_BYTES)


def is_handle(text: str) -> bool:
    """Tell whether a text has the form of a handle."""
    return len(text) == _LENGTH and set(text) <= _ALPHABET


def slot(seed: bytes, handle: str, prop: str, index: int) -> str:
    """Return the slot of one value: the same on every call, and nothing without the seed.

    Args:
        seed: The notice's seed, 16 bytes.
        handle: Of the item.
        prop: Name of the property.
        index: Place of the value in the draft, from 0.
    """
    place = f"{handle}/{prop}/{index}".encode()
    return _name(hmac.digest(seed, b"valija/v1 slot\0" + place, "sha256"))
