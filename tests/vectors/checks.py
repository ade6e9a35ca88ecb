"""What each set of public vectors must show of our own code, and how many it counts.

Each check takes the set's JSON, fails on the first vector that comes out otherwise than the
set says, and returns how many it tried.
"""

import hmac
from base64 import b64decode
from collections.abc import Callable, Iterator
from hashlib import sha256, sha512
from typing import Any, Self
from zlib import decompress

from cryptography.cobblestone import Cobblestone256Decryptor
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.bindings._rust import openssl
from cryptography.hazmat.primitives import hpke  # noqa: TID251 # the vectors need its aad
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PublicKey,  # noqa: TID251 # compared
)
from cryptography.hazmat.primitives.asymmetric.mlkem import (
    MLKEM768PrivateKey,
    MLKEM768PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from nacl.exceptions import CryptoError
from nacl.secret import Aead
from nacl.signing import VerifyKey

from node.keystore.privatekey import _xwing
from valija.errors import MalformedError, ProofError, SignatureError
from valija.ids import Digest
from valija.merkle import verify_consistency, verify_inclusion
from valija.note import parse_key, parse_note
from valija.signature import (
    MLDSA65_KEY_BYTES,
    CompositeSecret,
    WitnessSecret,
    _mldsa65_key,
    verify_composite,
    verify_ed25519,
    verify_mldsa44,
)

Vectors = Any
"""JSON of a public set; every check knows the shape of its own."""
_Private = X25519PrivateKey | hpke.MLKEM768X25519PrivateKey
_KDFS = {1: hpke.KDF.HKDF_SHA256, 3: hpke.KDF.HKDF_SHA512, 17: hpke.KDF.SHAKE256}
_AEADS = {
    1: hpke.AEAD.AES_128_GCM,
    2: hpke.AEAD.AES_256_GCM,
    3: hpke.AEAD.CHACHA20_POLY1305,
}


class _Trial:
    """What happened within it: it held, or one of the expected refusals came."""

    def __init__(self, *refusals: type[Exception]) -> None:
        self._refusals = refusals
        self.held = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        self.held = kind is None
        return kind is not None and issubclass(kind, self._refusals)


def _tests(vectors: Vectors) -> Iterator[tuple[Vectors, Vectors, bool]]:
    for group in vectors["testGroups"]:
        for test in group["tests"]:
            yield group, test, test["result"] == "valid"


def _hex(holder: Vectors, name: str) -> bytes:
    return bytes.fromhex(holder[name])


def check_ed25519(vectors: Vectors) -> int:
    """Every verdict on a signature is the set's."""
    count = 0
    for group, test, valid in _tests(vectors):
        public = bytes.fromhex(group["publicKey"]["pk"])
        with _Trial(SignatureError) as trial:
            verify_ed25519(public, _hex(test, "msg"), _hex(test, "sig"))
        assert valid == trial.held
        count += 1
    return count


def count_edge_cases(vectors: Vectors) -> tuple[int, int, int]:
    """Return how many edge cases there are, libsodium accepts, and we do."""
    bare = ours = 0
    for case in vectors:
        public, value = _hex(case, "key"), _hex(case, "sig")
        message = case["msg"].encode()
        with _Trial(CryptoError) as trial:
            VerifyKey(public).verify(message, value)
        bare += trial.held
        with _Trial(SignatureError) as trial:
            verify_ed25519(public, message, value)
        ours += trial.held
    return len(vectors), bare, ours


def count_disagreements(vectors: Vectors) -> tuple[int, int]:
    """Return how many edge cases the other library accepts, and where the two disagree."""
    other = apart = 0
    for case in vectors:
        public, value = _hex(case, "key"), _hex(case, "sig")
        message = case["msg"].encode()
        with _Trial(CryptoError) as ours:
            VerifyKey(public).verify(message, value)
        with _Trial(InvalidSignature, ValueError) as theirs:
            Ed25519PublicKey.from_public_bytes(public).verify(value, message)
        other += theirs.held
        apart += ours.held != theirs.held
    return other, apart


def check_mldsa44(vectors: Vectors) -> int:
    """Every verdict on a signature is the set's."""
    count = 0
    for group, test, valid in _tests(vectors):
        context = bytes.fromhex(test.get("ctx", ""))
        with _Trial(SignatureError, MalformedError) as trial:
            message, value = _hex(test, "msg"), _hex(test, "sig")
            verify_mldsa44(_hex(group, "publicKey"), message, value, context)
        assert valid == trial.held
        count += 1
    return count


def check_mldsa65(vectors: Vectors) -> int:
    """Every verdict on a signature is the set's."""
    count = 0
    for group, test, valid in _tests(vectors):
        context = bytes.fromhex(test.get("ctx", ""))
        with _Trial(SignatureError, InvalidSignature, ValueError) as trial:
            key = _mldsa65_key(_hex(group, "publicKey"))
            key.verify(_hex(test, "sig"), _hex(test, "msg"), context)
        assert valid == trial.held
        count += 1
    return count


def check_mldsa44_seeds(vectors: Vectors) -> tuple[int, int]:
    """Return how many seeds made the set's key, and how many bad ones were refused."""
    return _seeds(vectors, lambda seed: WitnessSecret(seed).public)


def check_mldsa65_seeds(vectors: Vectors) -> tuple[int, int]:
    """Return how many seeds made the set's key, and how many bad ones were refused."""
    ed25519 = bytes(32)
    return _seeds(
        vectors, lambda seed: CompositeSecret(seed + ed25519).public[:MLDSA65_KEY_BYTES]
    )


def _seeds(vectors: Vectors, public_of: Callable[[bytes], bytes]) -> tuple[int, int]:
    made = refused = 0
    for group in vectors["testGroups"]:
        seed = _hex(group, "privateSeed")
        if group["publicKey"] is None:
            with _Trial(MalformedError) as trial:
                public_of(seed)
            refused += not trial.held
        else:
            assert _hex(group, "publicKey") == public_of(seed)
            made += 1
    return made, refused


def check_composite(vectors: Vectors) -> int:
    """The key comes from its seed, and both signatures stand."""
    message, context = b64decode(vectors["m"]), b64decode(vectors["ctx"])
    ours = [one for one in vectors["tests"] if one["tcId"] == "id-MLDSA65-Ed25519-SHA512"]
    for test in ours:
        public = b64decode(test["pk"])
        assert public == CompositeSecret(b64decode(test["sk"])).public
        verify_composite(public, message, b64decode(test["s"]), b"")
        verify_composite(public, message, b64decode(test["sWithContext"]), context)
        with _Trial(SignatureError) as trial:
            verify_composite(public, message, b64decode(test["s"]), context)
        assert not trial.held
    return len(ours)


def check_hpke_xwing(vectors: Vectors) -> int:
    """Each seed makes the set's key, and the first message of each opens."""
    ours = [one for one in vectors if int(one["kem_id"]) == 0x647A]
    for one in ours:
        public, private = _xwing(_hex(one, "skRm"))
        assert _hex(one, "pkRm") == public
        _opens(one, hpke.KEM.MLKEM768_X25519, private)
    return len(ours)


def check_hpke_x25519(vectors: Vectors) -> int:
    """The first message of each entry opens."""
    ours = [one for one in vectors if int(one["kem_id"]) == 0x20 and int(one["mode"]) == 0]
    for one in ours:
        private = X25519PrivateKey.from_private_bytes(_hex(one, "skRm"))
        _opens(one, hpke.KEM.X25519, private)
    return len(ours)


def _opens(one: Vectors, kem: hpke.KEM, private: _Private) -> None:
    suite = hpke.Suite(kem, _KDFS[int(one["kdf_id"])], _AEADS[int(one["aead_id"])])
    first = one["encryptions"][0]
    sealed, aad = _hex(one, "enc") + _hex(first, "ct"), _hex(first, "aad")
    assert _hex(first, "pt") == openssl.hpke._decrypt_with_aad(
        suite, sealed, private, _hex(one, "info"), aad
    )


def check_mlkem_keys(vectors: Vectors) -> int:
    """Every seed makes the set's key."""
    count = 0
    for _, test, _ in _tests(vectors):
        made = MLKEM768PrivateKey.from_seed_bytes(_hex(test, "seed"))
        assert _hex(test, "ek") == made.public_key().public_bytes_raw()
        count += 1
    return count


def check_mlkem_decapsulation(vectors: Vectors) -> int:
    """Every ciphertext gives the set's secret, or is refused."""
    count = 0
    for _, test, valid in _tests(vectors):
        secret = b""
        with _Trial(ValueError):
            key = MLKEM768PrivateKey.from_seed_bytes(_hex(test, "seed"))
            secret = key.decapsulate(_hex(test, "c"))
        assert valid == (secret == _hex(test, "K") != b"")
        count += 1
    return count


def check_mlkem_public_keys(vectors: Vectors) -> int:
    """Every sound public key is taken, every other refused."""
    count = 0
    for _, test, valid in _tests(vectors):
        with _Trial(ValueError) as trial:
            MLKEM768PublicKey.from_public_bytes(_hex(test, "ek")).encapsulate()
        assert valid == trial.held
        count += 1
    return count


def check_cobblestone(vectors: Vectors) -> int:
    """Every message opens to the set's, or does not open."""
    count = 0
    for _, test, valid in _tests(vectors):
        sealed = decompress(_hex(test, "ct"))
        with _Trial(InvalidTag, ValueError) as trial:
            decryptor = Cobblestone256Decryptor(_hex(test, "key"), _hex(test, "ctx"))
            found = decryptor.update(sealed) + decryptor.finalize()
            assert test["msgSha512"] == sha512(found).hexdigest()
        assert valid == trial.held
        count += 1
    return count


def check_hkdf(vectors: Vectors) -> int:
    """Expanding, after an extraction by HMAC, gives the set's bytes or is refused."""
    count = 0
    for _, test, valid in _tests(vectors):
        key = hmac.new(_hex(test, "salt") or bytes(32), _hex(test, "ikm"), sha256).digest()
        with _Trial(ValueError) as trial:
            found = HKDFExpand(SHA256(), test["size"], _hex(test, "info")).derive(key)
            assert _hex(test, "okm") == found
        assert valid == trial.held
        count += 1
    return count


def check_xchacha(vectors: Vectors) -> int:
    """Every message opens to the set's, or does not open."""
    count = 0
    for _, test, valid in _tests(vectors):
        sealed, nonce = _hex(test, "ct") + _hex(test, "tag"), _hex(test, "iv")
        with _Trial(CryptoError, ValueError) as trial:
            found = Aead(_hex(test, "key")).decrypt(sealed, _hex(test, "aad"), nonce)
            assert _hex(test, "msg") == found
        assert valid == trial.held
        count += 1
    return count


def check_inclusion(vectors: Vectors) -> int:
    """Every proof proves what the set says it does."""
    proofs = vectors["vectors"]["inclusion"]
    for one in proofs:
        leaf, root, *path = _digests([one["leafHash"], one["root"], *(one["proof"] or ())])
        with _Trial(ProofError) as trial:
            verify_inclusion(leaf, one["leafIdx"], one["treeSize"], path, root)
        assert one["wantErr"] != trial.held
    return len(proofs)


def check_consistency(vectors: Vectors) -> int:
    """Every proof proves what the set says it does; a proof from size 0 is none."""
    proofs = vectors["vectors"]["consistency"]
    for one in proofs:
        old, new, *path = _digests([one["root1"], one["root2"], *(one["proof"] or ())])
        with _Trial(ProofError) as trial:
            verify_consistency(one["size1"], one["size2"], old, new, path)
        assert one["wantErr"] != trial.held
    return len(proofs)


def _digests(texts: list[str | None]) -> list[Digest]:
    return [Digest(b64decode(text or "")) for text in texts]


def check_note(vectors: Vectors) -> int:
    """Every note's one signature stands under its verifier key."""
    for one in vectors["notes"]:
        key, note = parse_key(one["vkey"]), parse_note(one["note"].encode())
        (line,) = note.lines
        assert line.is_by(key)
        verify_ed25519(key.public, note.text.encode(), line.value)
    return len(vectors["notes"])
