"""Choose the few public vectors that the repository carries, with their licences.

Run from the repository's root, with the whole sets beside it; what it writes is committed.
It takes from each set one vector for each kind of verdict, the shortest ones first.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.vectors.checks import Vectors
from tests.vectors.test_outside import EDGE, HERE, PARTS, WHOLE, _plain

WYCHEPROOF = "C2SP/wycheproof, Apache-2.0"
LICENCES = {
    "wycheproof": WYCHEPROOF,
    "cctv": "C2SP/CCTV, BSD-3-Clause (see LICENCES.md)",
    "composite-sigs": "IETF Trust, Revised BSD (see LICENCES.md)",
    "hpke-pq": "as shipped in cryptography-vectors, Apache-2.0 OR BSD-3-Clause",
    "rfc9180": "as shipped in cryptography-vectors, Apache-2.0 OR BSD-3-Clause",
    "merkle": "transparency-dev/merkle, Apache-2.0",
    "tlog": "c2sp.org/signed-note, BSD-1-Clause (see LICENCES.md)",
}
_MOST = 8


def main() -> None:
    """Write every carried set."""
    for file in dict.fromkeys(part.file for part in PARTS):
        whole = json.loads((WHOLE / file).read_text("utf-8"))
        few = _choose(file, whole)
        tried = {
            part.check.__name__: _plain(part.check(few)) for part in PARTS if part.file == file
        }
        carried = {
            "comment": f"A few of {file}",
            "licence": LICENCES[file.split("/")[0]],
            "tried": tried,
            "vectors": few,
        }
        text = json.dumps(carried, indent=1, ensure_ascii=False) + "\n"
        (HERE / "carried" / file.replace("/", "-")).write_text(text, "utf-8")


def _choose(file: str, whole: Vectors) -> Vectors:
    if file == EDGE:
        return list(_edges(whole))
    if file.startswith("wycheproof"):
        return {"testGroups": list(_groups(whole))}
    if file.startswith("composite"):
        ours = [one for one in whole["tests"] if one["tcId"] == "id-MLDSA65-Ed25519-SHA512"]
        kept = ("tcId", "pk", "sk", "s", "sWithContext")
        few = [{name: one[name] for name in kept} for one in ours]
        return {"m": whole["m"], "ctx": whole["ctx"], "tests": few}
    if file.startswith("merkle"):
        sets = whole["vectors"]
        return {"vectors": {name: _proofs(sets[name]) for name in ("inclusion", "consistency")}}
    if file.startswith(("hpke", "rfc9180")):
        return [_first(one) for one in whole if int(one["kem_id"]) in {0x647A, 0x20}]
    return whole


def _first(one: Vectors) -> Vectors:
    kept = ("mode", "kem_id", "kdf_id", "aead_id", "info", "skRm", "pkRm", "enc")
    return {name: one[name] for name in kept} | {"encryptions": one["encryptions"][:1]}


def _edges(whole: Vectors) -> Iterator[Vectors]:
    seen = set()
    for case in whole:
        kind = tuple(sorted(case["flags"] or ()))
        if kind not in seen:
            seen.add(kind)
            yield case


def _groups(whole: Vectors) -> Iterator[Vectors]:
    """Yield groups of one vector each, a kind of verdict at a time."""
    seen: dict[tuple[str, ...], int] = {}
    tests = [(group, test) for group in whole["testGroups"] for test in group["tests"]]
    tests.sort(key=lambda pair: len(json.dumps(pair[1])))
    for group, test in tests:
        kind = (test["result"], *sorted(test.get("flags", ())))
        if kind not in seen and len(seen) < _MOST:
            seen[kind] = 1
            yield {name: group[name] for name in group if name in _NEEDED} | {"tests": [test]}


_NEEDED = ("publicKey", "privateSeed")


def _proofs(proofs: Vectors) -> Vectors:
    seen: dict[str, Vectors] = {}
    for one in proofs:
        seen.setdefault(f"{one['desc']} {one['wantErr']}", one)
    return list(seen.values())


if __name__ == "__main__":
    main()
