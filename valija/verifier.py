"""Verify the signature of a head once, however often it is asked for.

It promises that a head counts as verified only after both halves of its signature were, under
the key that the head itself names. Threads may verify ahead of the fold, which then finds the
work done. Whether the key may sign is told by `valija.directory`.

Source: docs/envelope.md, section 3.2 (a verified head is remembered) and docs/performance.md.
"""

from collections import OrderedDict
from hashlib import sha256
from threading import Lock

from valija.errors import SignatureError
from valija.ids import key_id
from valija.signature import BATCH_CONTEXT, verify_composite

_REMEMBERED = 1 << 16
_KEY_ID = slice(26, 42)  # Where a head names its key: after domain, suite and desk.


class HeadVerifier:
    """Verifies heads, and remembers those that held; safe to share between threads."""

    def __init__(self, capacity: int = _REMEMBERED) -> None:
        """Remember at most `capacity` heads, 32 bytes each, the oldest forgotten first."""
        self._capacity = capacity
        self._held: OrderedDict[bytes, None] = OrderedDict()
        self._lock = Lock()

    def verify(self, public: bytes, head: bytes, value: bytes) -> None:
        """Check both halves of a head's signature, unless they held before.

        Args:
            public: Composite key, 1984 bytes; the head must name it.
            head: 116 bytes.
            value: 3373 bytes.

        Raises:
            SignatureError: Either half is false, or the key is another than the head names.
        """
        name = sha256(head + value).digest()
        if name in self._held:
            return
        if key_id(public) != head[_KEY_ID]:
            raise SignatureError("a head names the key that signed it")
        verify_composite(public, head, value, BATCH_CONTEXT)
        with self._lock:
            self._held[name] = None
            if len(self._held) > self._capacity:
                self._held.popitem(last=False)
