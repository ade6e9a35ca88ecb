"""An originator crafts one ciphertext that opens under two keys, so two states read two texts.

GCM commits to no key: the attack below is real, and AES-256-GCM falls to it. Cobblestone-256
puts a commitment to its key and context before the chunks, and there the attack ends.
"""

from dataclasses import dataclass

from cryptography.cobblestone import Cobblestone256Decryptor
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from valija.ids import Desk, LabelId, Member, Office
from valija.label import base
from valija.opening import CONTENT_CONTEXT, open_content
from valija.padding import CONTENT, ciphertext_size

BASE = base(1, Desk(Member("AR"), Office.POLICE), LabelId(bytes(16)))
CONTEXT, SALT = CONTENT_CONTEXT + BASE, bytes(24)
ONE, OTHER = bytes([1] * 32), bytes([2] * 32)
_ONE = 1 << 127
_POLYNOMIAL = 0xE1 << 120


@dataclass(frozen=True)
class Derived:
    """What Cobblestone-256 derives from a key, a salt and a context."""

    key: bytes
    nonce: bytes
    commitment: bytes

    def encrypt_block(self, block: bytes) -> int:
        encryptor = Cipher(AES(self.key), ECB()).encryptor()  # noqa: S305 # GHASH needs AES itself
        return int.from_bytes(encryptor.update(block) + encryptor.finalize())


def derived(key: bytes) -> Derived:
    info = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0" + SALT + CONTEXT
    found = HKDFExpand(SHA512(), 76, info).derive(key)
    return Derived(found[:32], found[32:44], found[44:])


def times(one: int, two: int) -> int:
    """Multiply in the field of GCM (NIST SP 800-38D, section 6.3)."""
    product = 0
    for bit in range(127, -1, -1):
        if two >> bit & 1:
            product ^= one
        one = one >> 1 ^ (_POLYNOMIAL if one & 1 else 0)
    return product


def inverse(value: int) -> int:
    """Raise to 2^128 - 2."""
    result = _ONE
    for bit in range(127, -1, -1):
        result = times(result, result)
        if bit:
            result = times(result, value)
    return result


def power(value: int, exponent: int) -> int:
    result = _ONE
    for _ in range(exponent):
        result = times(result, value)
    return result


def crafted(one: Derived, two: Derived, blocks: list[int]) -> tuple[bytes, bytes]:
    """Return ciphertext and tag that GCM accepts under both keys; the first block pays."""
    hashes = [each.encrypt_block(bytes(16)) for each in (one, two)]
    masks = [each.encrypt_block(each.nonce + bytes([0, 0, 0, 1])) for each in (one, two)]
    tags = []
    for hash_key, mask in zip(hashes, masks, strict=True):
        total = 0
        for block in [0, *blocks, (len(blocks) + 1) * 128]:
            total = times(total ^ block, hash_key)
        tags.append(total ^ mask)
    exponent = len(blocks) + 2
    slope = power(hashes[0], exponent) ^ power(hashes[1], exponent)
    first = times(tags[0] ^ tags[1], inverse(slope))
    tag = tags[0] ^ times(first, power(hashes[0], exponent))
    return b"".join(block.to_bytes(16) for block in [first, *blocks]), tag.to_bytes(16)


def forged() -> tuple[bytes, bytes]:
    return crafted(derived(ONE), derived(OTHER), list(range(CONTENT.floor // 16 - 1)))


def opens(key: bytes, sealed: bytes) -> bool:
    decryptor = Cobblestone256Decryptor(key, CONTEXT)
    try:
        decryptor.update(sealed)
        decryptor.finalize()
    except InvalidTag:
        return False
    return True


def test_gcm_alone_opens_under_both_keys() -> None:
    ciphertext, tag = forged()
    texts = {
        AESGCM(each.key).decrypt(each.nonce, ciphertext + tag, None)
        for each in (derived(ONE), derived(OTHER))
    }
    assert len(texts) == 2


def test_the_commitment_ends_the_attack() -> None:
    ciphertext, tag = forged()
    header = SALT + derived(ONE).commitment
    sealed = header + ciphertext + tag
    assert ciphertext_size(CONTENT.floor) == len(sealed)
    # Under the key that the header commits to, the forgery is a sound ciphertext …
    assert opens(ONE, sealed)
    # … and under the other one nothing opens: it needs the other commitment, and then the
    # first does not open.
    assert not opens(OTHER, sealed)
    other = SALT + derived(OTHER).commitment + ciphertext + tag
    assert [False, True] == [opens(key, other) for key in (ONE, OTHER)]
    neither = SALT + bytes(32) + ciphertext + tag
    assert not any(opens(key, neither) for key in (ONE, OTHER))


def test_the_scheme_derived_here_is_the_librarys() -> None:
    padded = CONTENT.pad(b"an invented notice")
    each = derived(ONE)
    sealed = SALT + each.commitment + AESGCM(each.key).encrypt(each.nonce, padded, None)
    assert open_content(ONE, BASE, sealed) == b"an invented notice"
