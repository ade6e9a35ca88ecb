"""Public vectors: the few that are carried here, and the whole sets where they are.

The whole sets stand in `../shared/data/vectors`, beside the repository.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.services.absent import absent
from tests.vectors import checks
from tests.vectors.checks import Vectors

HERE = Path(__file__).parent
WHOLE = HERE.parents[2] / "shared" / "data" / "vectors"
EDGE = "cctv/ed25519/ed25519vectors.json"


@dataclass(frozen=True)
class Part:
    """One set: where it is, what checks it, and what the whole of it counts.

    Attributes:
        file: Below the whole sets' folder.
        check: Runs all vectors of the set.
        passes: What `check` returns of the whole set (docs/envelope.md, section 10).
    """

    file: str
    check: Callable[[Vectors], object]
    passes: object


PARTS = [
    Part("wycheproof/ed25519_test.json", checks.check_ed25519, 151),
    Part(EDGE, checks.count_edge_cases, (914, 43, 1)),
    Part(EDGE, checks.count_disagreements, (208, 165)),
    Part("wycheproof/mldsa_65_verify_test.json", checks.check_mldsa65, 210),
    Part("wycheproof/mldsa_44_verify_test.json", checks.check_mldsa44, 180),
    Part("wycheproof/mldsa_65_sign_seed_test.json", checks.check_mldsa65_seeds, (39, 3)),
    Part("wycheproof/mldsa_44_sign_seed_test.json", checks.check_mldsa44_seeds, (25, 3)),
    Part("composite-sigs/testvectors-mldsa-ed25519.json", checks.check_composite, 1),
    Part("hpke-pq/test-vectors.json", checks.check_hpke_xwing, 2),
    Part("rfc9180/base-mode-x25519-p256.json", checks.check_hpke_x25519, 6),
    Part("wycheproof/mlkem_768_keygen_seed_test.json", checks.check_mlkem_keys, 100),
    Part("wycheproof/mlkem_768_test.json", checks.check_mlkem_decapsulation, 193),
    Part("wycheproof/mlkem_768_encaps_test.json", checks.check_mlkem_public_keys, 265),
    Part(
        "wycheproof/c2sp_chunked_encryption_aes_256_gcm_test.json", checks.check_cobblestone, 35
    ),
    Part("wycheproof/hkdf_sha256_test.json", checks.check_hkdf, 86),
    Part("wycheproof/xchacha20_poly1305_test.json", checks.check_xchacha, 315),
    Part("merkle/vectors.json", checks.check_inclusion, 98),
    Part("merkle/vectors.json", checks.check_consistency, 98),
    Part("tlog/signed-note.json", checks.check_note, 1),
]
EACH = pytest.mark.parametrize("part", PARTS, ids=lambda part: part.check.__name__)


@EACH
def test_the_carried_vectors_come_out_as_they_say(part: Part) -> None:
    carried = json.loads((HERE / "carried" / part.file.replace("/", "-")).read_text("utf-8"))
    assert carried["licence"]
    assert carried["tried"][part.check.__name__] == _plain(part.check(carried["vectors"]))


@EACH
def test_the_whole_set_comes_out_as_it_says(part: Part) -> None:
    path = WHOLE / part.file
    if not path.exists():
        absent(f"the whole set {part.file} is not beside the repository")
    assert part.passes == part.check(json.loads(path.read_text("utf-8")))


def _plain(count: object) -> object:
    return list(count) if isinstance(count, tuple) else count
