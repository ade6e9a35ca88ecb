"""Our own vectors: they stand as they are made, and each comes out as it says."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from node.keystore.privatekey import restore
from tests.vectors.drawn import OWN, PEER
from tests.vectors.make_vectors import texts
from valija import canonical
from valija.checkpoint import verify_checkpoint
from valija.commitment import commit, parse_fact
from valija.envelope import Stanza, recipient_leaves
from valija.errors import (
    LimitError,
    MalformedError,
    OpeningError,
    ProofError,
    SignatureError,
)
from valija.head import item_leaf, parse_entry, parse_head
from valija.ids import ZERO_DIGEST, Desk, Digest, KeyId, Kind, digest
from valija.keyfile import open_keys
from valija.merkle import (
    leaf_hash,
    root,
    verify_consistency,
    verify_inclusion,
)
from valija.opening import derive_terms_key, open_content, open_terms
from valija.padding import CONTENT, TERMS, ciphertext_size
from valija.signature import CompositeSecret, verify_composite
from valija.statement import Role
from valija.view import Opening, View, verify_view
from valija.wire.label import label_bytes, parse_label

Case = Any
"""One vector; its check knows its shape."""
REFUSALS = {
    "malformed": MalformedError,
    "signature": SignatureError,
    "proof": ProofError,
    "opening": OpeningError,
    "limit": LimitError,
}


def check_canonical(case: Case) -> None:
    data = bytes.fromhex(case["data"])
    assert data == canonical.to_bytes(canonical.parse(data))


def check_fact(case: Case) -> None:
    data = bytes.fromhex(case["data"])
    fact = parse_fact(data)
    assert (case["comment"], case["form"], data) == (fact.path, fact.form, fact.to_bytes())


def check_commitment(case: Case) -> None:
    facts = [parse_fact(bytes.fromhex(fact)) for fact in case["facts"]]
    committed = commit(facts, case["size"], bytes.fromhex(case["seed"]))
    assert case["commitment"] == committed.commitment.hex()
    assert case["root"] == root(committed.levels[0]).hex()
    assert case["places"] == list(committed.places)
    assert case["salts"] == [salt.hex() for salt in committed.salts]


def check_view(case: Case) -> None:
    openings = tuple(
        Opening(index, bytes.fromhex(salt), bytes.fromhex(fact))
        for index, salt, fact in case["openings"]
    )
    view = View(case["size"], openings, bytes.fromhex(case["proof"]))
    verify_view(Digest(bytes.fromhex(case["commitment"])), view)


def check_padding(case: Case) -> None:
    padding = {"content": CONTENT, "terms": TERMS}[case["padding"]]
    if "length" in case:
        padded = padding.padded_size(case["length"])
        assert (case["padded"], case["ciphertext"]) == (padded, ciphertext_size(padded))
    padding.require_ciphertext_size(case["ciphertext"])


def check_head(case: Case) -> None:
    data = bytes.fromhex(case["data"])
    assert data == parse_head(data).to_bytes()
    entry = bytes.fromhex(case["entry"])
    assert (entry, data) == (parse_entry(entry).to_bytes(), parse_entry(entry).head)
    assert case["leaf"] == leaf_hash(entry).hex()


def check_item(case: Case) -> None:
    to = [Desk.parse(desk) for desk in case["to"]]
    leaf = item_leaf(Kind(case["kind"]), to, bytes.fromhex(case["payload"]))
    assert case["leaf"] == leaf.hex()


def check_tree(case: Case) -> None:
    leaves, size = [leaf_hash(bytes([at])) for at in range(64)], case["size"]
    top = Digest(bytes.fromhex(case["root"]))
    assert top == root(leaves[:size])
    last, grown = (
        [Digest(bytes.fromhex(text)) for text in case[name]] for name in ("last", "grown")
    )
    verify_inclusion(leaves[size - 1], size - 1, size, last, top)
    verify_consistency(size, 64, top, root(leaves), grown)


def check_recipients(case: Case) -> None:
    label = parse_label(bytes.fromhex(case["label"]))
    assert case["label"] == label_bytes(label).hex()
    assert case["digest"] == digest(label_bytes(label)).hex()
    name, sealed = KeyId(bytes.fromhex(case["key_id"])), bytes.fromhex(case["sealed"])
    desk = Desk.parse(case["recipient"])
    stanzas = [Stanza(desk, name, 1, ZERO_DIGEST, case["place"], sealed)]
    top = root(recipient_leaves(stanzas, bytes.fromhex(case["filler"]), label.recipients_size))
    assert case["root"] == top.hex() == label.recipients_root.hex()


def check_signature(case: Case) -> None:
    public = CompositeSecret(bytes.fromhex(case["seed"])).public
    message, value = bytes.fromhex(case["message"]), bytes.fromhex(case["value"])
    verify_composite(public, message, value, case["context"].encode())


def check_checkpoint(case: Case) -> None:
    publics = [bytes.fromhex(case["public"])]
    found = verify_checkpoint(case["note"].encode(), case["origin"], publics)
    assert case["note"].startswith(found.checkpoint.to_text())


def check_seal(case: Case) -> None:
    part = {name: bytes.fromhex(text) for name, text in case.items() if name not in _WORDS}
    key = restore(PEER, Role.SEALING, part["seed"]).unwrap(part["stanza"], part["info"])
    assert part["content_key"] == key
    assert part["terms_key"] == derive_terms_key(key)
    assert part["clear_terms"] == open_terms(part["terms_key"], part["base"], part["terms"])
    assert part["clear_content"] == open_content(key, part["base"], part["content"])


def check_keyfile(case: Case) -> None:
    data, phrase = bytes.fromhex(case["data"]), case["passphrase"].encode()
    assert case["secret"] == open_keys(data, phrase).hex()


_WORDS = ("comment", "expect")
CHECKS: tuple[Callable[[Case], None], ...] = (
    check_canonical,
    check_fact,
    check_commitment,
    check_view,
    check_padding,
    check_head,
    check_item,
    check_tree,
    check_recipients,
    check_signature,
    check_checkpoint,
    check_seal,
    check_keyfile,
)


def _file(check: Callable[[Case], None]) -> str:
    return check.__name__.replace("check_", "") + ".json"


@pytest.mark.parametrize("check", CHECKS, ids=_file)
def test_every_vector_comes_out_as_it_says(check: Callable[[Case], None]) -> None:
    cases = json.loads((OWN / _file(check)).read_text("utf-8"))
    assert "ok" in {case["expect"] for case in cases}
    for case in cases:
        if case["expect"] == "ok":
            check(case)
        else:
            with pytest.raises(REFUSALS[case["expect"]]):
                check(case)


def test_every_file_is_checked_and_stands_as_it_is_made() -> None:
    made = texts()
    assert set(map(_file, CHECKS)) == set(made)
    for name, text in made.items():
        assert text == (OWN / name).read_text("utf-8"), name
