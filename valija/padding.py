"""Padding: the few sizes that sealed bytes may have, so that a size tells little.

It promises that data, padded, has one of at most 32 sizes for each doubling, and that admission
can tell a legal ciphertext by its size alone. It encrypts and decrypts nothing:
`node.sealing` and `valija.opening` do.

Source: docs/envelope.md, section 3.1; padme (Nikitin and others, "Reducing Metadata Leakage
from Encrypted Files and Communication with PURBs", 2019, section 4.3); C2SP
chunked-encryption for the sizes of a ciphertext.
"""

from dataclasses import dataclass

from valija.errors import LimitError, MalformedError

_MARK = b"\x80"
_CHUNK = 16_384
_TAG = 16
_HEADER = 56
"""Bytes before the first chunk: salt and commitment of Cobblestone-256."""


@dataclass(frozen=True, slots=True)
class Padding:
    """How one kind of data is padded.

    Attributes:
        floor: Least padded size, a power of two.
        most: Greatest padded size.
    """

    floor: int
    most: int

    def pad(self, data: bytes) -> bytes:
        """Return the data, a mark, and zeros up to a legal size.

        Raises:
            LimitError: The result would be longer than allowed.
        """
        size = self.padded_size(len(data))
        return (data + _MARK).ljust(size, b"\0")

    def unpad(self, padded: bytes) -> bytes:
        """Return the data within padded bytes.

        Raises:
            MalformedError: There is no mark, something follows it, or `pad` would have
                made another size.
        """
        data, mark, rest = padded.rpartition(_MARK)
        if not mark or rest.strip(b"\0"):
            raise MalformedError("padding is a mark and zeros")
        if len(padded) > self.most or self.padded_size(len(data)) != len(padded):
            raise MalformedError("the padding has another length")
        return data

    def padded_size(self, length: int) -> int:
        """Return the size of data of `length` bytes once padded.

        Raises:
            LimitError: It would be larger than allowed.
        """
        size = max(self.floor, _padme(length + 1))
        if size > self.most:
            raise LimitError("this is more than may be sealed in one piece")
        return size

    def require_ciphertext_size(self, size: int) -> None:
        """Refuse a ciphertext that no padded data can have.

        Raises:
            MalformedError: It is one.
        """
        chunks, rest = divmod(size - _HEADER, _CHUNK + _TAG)
        padded = chunks * _CHUNK + rest - _TAG
        if rest < _TAG or not self._is_legal(padded):
            raise MalformedError("no padded data has a ciphertext of this size")

    def _is_legal(self, padded: int) -> bool:
        return self.floor <= padded <= self.most and _padme(padded) == padded


def ciphertext_size(padded: int) -> int:
    """Return the bytes of the ciphertext of `padded` bytes."""
    return padded + _HEADER + _TAG * (padded // _CHUNK + 1)


CONTENT = Padding(floor=4096, most=1 << 20)
"""Content of a notice: at most 1 MiB."""
TERMS = Padding(floor=1024, most=1 << 16)
"""Terms of a notice: lists of words, at most 64 KiB."""


def _padme(length: int) -> int:
    """Return the least size from `length` on with few significant bits; `length` >= 1."""
    exponent = length.bit_length() - 1
    kept = exponent.bit_length()
    low = max(exponent - kept, 0)
    return -(-length >> low) << low
