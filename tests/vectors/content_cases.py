"""Cases of content: canonical bytes, facts, commitments, views, padding."""

from collections.abc import Iterator

from valija import canonical
from valija.commitment import SMALL, Committed, Fact, Form, commit, make_fact
from valija.padding import CONTENT, TERMS, Padding, ciphertext_size
from valija.view import View, make_view

Case = dict[str, canonical.Json]
"""One vector: `comment`, `expect`, and what its check takes; bytes are hex."""
SEED = bytes(range(32))
FACTS = (
    make_fact("aaaaaaaa/name", Form.EXACT, "Invented Person"),
    make_fact("aaaaaaaa/name", Form.GENERAL, "I. P."),
    make_fact("aaaaaaaa/name", Form.MARKER, "withheld"),
    make_fact("aaaaaaaa/schema", Form.EXACT, {"schema": "Person"}),
    make_fact("bbbbbbbb/phone/cccccccc", Form.EXACT, {"number": "+000", "since": 2020}),
)
_CANONICAL = (
    ("whole numbers, truth values, null", b'{"a":[1,true,null],"b":"x"}', "ok"),
    ("text in NFC", '"\u00f1"'.encode(), "ok"),
    ("the largest number", b"9007199254740991", "ok"),
    ("a number beyond 2^53 - 1", b"9007199254740992", "malformed"),
    ("a fraction", b"1.5", "malformed"),
    ("an exponent", b"1e3", "malformed"),
    ("keys that do not ascend", b'{"b":1,"a":2}', "malformed"),
    ("a key twice", b'{"a":1,"a":1}', "malformed"),
    ("a blank", b'{"a": 1}', "malformed"),
    ("a needless escape", b'"\\u00f1"', "malformed"),
    ("text not in NFC", '"n\u0303"'.encode(), "malformed"),
    ("half a surrogate pair", b'"\\ud800"', "malformed"),
    ("nested 64 deep", b"[" * 64 + b"]" * 64, "ok"),
    ("nested 65 deep", b"[" * 65 + b"]" * 65, "malformed"),
    ("not UTF-8", b'"\xff"', "malformed"),
)
_FACTS = (
    ("an ordinal for a handle", b"\x00\x07P1/name\x01\x22x\x22", "malformed"),
    ("form 0", b"\x00\x0daaaaaaaa/name\x00\x22x\x22", "malformed"),
    ("form 5", b"\x00\x0daaaaaaaa/name\x05\x22x\x22", "malformed"),
    ("no value", b"\x00\x0daaaaaaaa/name\x01", "malformed"),
    ("a value with a blank", b"\x00\x0daaaaaaaa/name\x01 1", "malformed"),
)


def canonical_cases() -> Iterator[Case]:
    """Yield byte forms of content."""
    for comment, data, expect in _CANONICAL:
        yield {"comment": comment, "expect": expect, "data": data.hex()}


def fact_cases() -> Iterator[Case]:
    """Yield byte forms of facts."""
    for fact in FACTS:
        shown: Case = {"comment": fact.path, "data": fact.to_bytes().hex()}
        yield shown | {"expect": "ok", "form": int(fact.form)}
    for comment, data, expect in _FACTS:
        yield {"comment": comment, "expect": expect, "data": data.hex()}


def commitment_cases() -> Iterator[Case]:
    """Yield what a seed and facts commit to."""
    for size in (256, 1024):
        committed = commit(FACTS, size, SEED)
        yield {
            "comment": f"five facts in {size} leaves",
            "expect": "ok",
            "size": size,
            "seed": SEED.hex(),
            "facts": [fact.to_bytes().hex() for fact in FACTS],
            "places": list(committed.places),
            "salts": [salt.hex() for salt in committed.salts],
            "root": committed.levels[-1][0].hex(),
            "commitment": committed.commitment.hex(),
        }


def view_cases() -> Iterator[Case]:
    """Yield views that open, and changed ones that do not."""
    committed = commit(FACTS, SMALL, SEED)
    one, more = make_view(committed, [FACTS[0]]), make_view(committed, FACTS[2:])
    yield _view("one fact", "ok", committed, one)
    yield _view("three facts", "ok", committed, more)
    decoy = next(at for at in range(SMALL) if at not in committed.places)
    first = more.openings[0]
    openings = more.openings
    yield _view("proof cut", "proof", committed, more, proof=more.proof[:-32])
    yield _view("proof grown", "proof", committed, more, proof=more.proof + bytes(32))
    yield _view("a leaf missing", "proof", committed, more, openings=openings[1:])
    yield _view("another size", "proof", committed, more, size=1024)
    yield _view("size 512", "malformed", committed, more, size=512)
    yield _view("no opening", "malformed", committed, more, openings=())
    yield _view("descending", "malformed", committed, more, openings=openings[::-1])
    for comment, expect, changed in (
        ("another salt", "proof", (first.index, bytes(24), first.fact)),
        ("a salt of 23 bytes", "malformed", (first.index, bytes(23), first.fact)),
        ("another value", "proof", (first.index, first.salt, _other(FACTS[1]))),
    ):
        case = _view(comment, expect, committed, more)
        index, salt, fact = changed
        rest = case["openings"]
        assert isinstance(rest, list)
        case["openings"] = [[index, salt.hex(), fact.hex()], *rest[1:]]
        yield case
    case = _view("a decoy opened", "proof", committed, one)
    case["openings"] = [[decoy, one.openings[0].salt.hex(), one.openings[0].fact.hex()]]
    yield case


def padding_cases() -> Iterator[Case]:
    """Yield sizes of padded data and of ciphertexts."""
    for name, kind in (("content", CONTENT), ("terms", TERMS)):
        for length in (0, 1, 1023, 1024, 4095, 4096, 5000, 16_383, 20_000, 60_000):
            yield _size(name, kind, length)
        yield _size(name, kind, kind.most - 1)
        yield {
            "comment": "longer than may be sealed",
            "expect": "limit",
            "padding": name,
            "length": kind.most,
        }
        for size in (0, 56, 72, kind.floor, ciphertext_size(kind.floor) + 1):
            yield {
                "comment": "no padded data has this size",
                "expect": "malformed",
                "padding": name,
                "ciphertext": size,
            }


def _size(name: str, kind: Padding, length: int) -> Case:
    padded = kind.padded_size(length)
    return {
        "comment": f"{length} bytes",
        "expect": "ok",
        "padding": name,
        "length": length,
        "padded": padded,
        "ciphertext": ciphertext_size(padded),
    }


def _other(fact: Fact) -> bytes:
    return Fact("dddddddd/name", fact.form, fact.value).to_bytes()


def _view(
    comment: str, expect: str, committed: Committed, view: View, **changed: object
) -> Case:
    shown = {"size": view.size, "openings": view.openings, "proof": view.proof} | changed
    found = View(**shown)  # type: ignore[arg-type] # a changed view of the same fields
    return {
        "comment": comment,
        "expect": expect,
        "commitment": committed.commitment.hex(),
        "size": found.size,
        "openings": [[one.index, one.salt.hex(), one.fact.hex()] for one in found.openings],
        "proof": found.proof.hex(),
    }
