"""Views: the facts that some recipients may see, and the proof that the notice holds them.

It promises that every view of a notice opens to the one commitment in its label, so two
states can show that they hold parts of one notice, and that a view tells of what it leaves
out neither number, size nor order. Who may see what is `node.preflight`'s affair.

Source: docs/envelope.md, section 2 (3 to 5).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from valija.commitment import (
    SALT_BYTES,
    SIZES,
    Committed,
    Fact,
    commitment_of,
    fact_leaf,
    parse_fact,
)
from valija.errors import MalformedError, ProofError
from valija.ids import Digest
from valija.merkle import HASH_BYTES, join_path, node_hash

Node = tuple[int, Digest]
"""A place within a level of the tree, and the hash there."""


@dataclass(frozen=True, slots=True)
class Opening:
    """One fact, and what its leaf was made with.

    Attributes:
        index: Its leaf.
        salt: 24 bytes.
        fact: Its exact bytes (`valija.commitment`).
    """

    index: int
    salt: bytes
    fact: bytes


@dataclass(frozen=True, slots=True)
class View:
    """The facts that these recipients may see, not yet verified.

    Attributes:
        size: Leaves of the commitment, 256 or 1024.
        openings: One or more, ascending by index.
        proof: Joined hashes, level by level from the leaves, left to right: the sibling of
            each known node whose sibling is unknown.
    """

    size: int
    openings: tuple[Opening, ...]
    proof: bytes


def make_view(committed: Committed, chosen: Iterable[Fact]) -> View:
    """Return the view that opens the chosen facts.

    Args:
        committed: All facts of the notice.
        chosen: Those to open: one or more, each path once.

    Raises:
        MalformedError: None is chosen, one was not committed, or a path occurs twice.
    """
    at = dict(
        zip(committed.facts, zip(committed.places, committed.salts, strict=True), strict=True)
    )
    shown = list(chosen)
    if not shown or len({fact.path for fact in shown}) != len(shown):
        raise MalformedError("a view opens one fact or more, and no path twice")
    try:
        openings = sorted((*at[fact], fact.to_bytes()) for fact in shown)
    except KeyError as cause:
        raise MalformedError("a chosen fact was not committed") from cause
    proof = _proof(committed.levels, [place for place, _, _ in openings])
    return View(
        committed.size,
        tuple(Opening(*parts) for parts in openings),
        join_path(tuple(proof)),
    )


def verify_view(commitment: Digest, view: View) -> tuple[Fact, ...]:
    """Return the facts that a view proves, in the order of its openings.

    1. The form of the view.
    2. Hash the opened leaves.
    3. Level by level join known siblings, else take the next proof hash.
    4. No proof hash is missing and none is left, and the commitment is the label's.

    Args:
        commitment: From the verified label.
        view: As it arrived.

    Raises:
        MalformedError: Step 1: another size, no opening, places that do not ascend below
            the size, a salt of another length, a fact that does not parse, a path twice.
        ProofError: Step 4.
    """
    facts = _facts(view)  # 1
    nodes = [
        (opening.index, fact_leaf(opening.salt, opening.fact)) for opening in view.openings
    ]
    proof = iter(_hashes(view.proof))
    width = view.size
    while width > 1:  # 2 is done, 3 begins
        nodes, width = _joined(nodes, proof), width >> 1
    if next(proof, None) is not None:  # 4
        raise ProofError("the proof of the view goes on after the root")
    if commitment_of(view.size, nodes[0][1]) != commitment:
        raise ProofError("the view does not open to the label's commitment")
    return facts


def _facts(view: View) -> tuple[Fact, ...]:
    places = [-1, *(opening.index for opening in view.openings), view.size]
    if view.size not in SIZES or not view.openings:
        raise MalformedError("a view opens one or more of 256 or 1,024 leaves")
    if not all(lower < upper for lower, upper in pairwise(places)):
        raise MalformedError("openings ascend below the size")
    if any(len(opening.salt) != SALT_BYTES for opening in view.openings):
        raise MalformedError("a salt has 24 bytes")
    facts = tuple(parse_fact(opening.fact) for opening in view.openings)
    if len({fact.path for fact in facts}) != len(facts):
        raise MalformedError("a view opens no path twice")
    return facts


def _proof(levels: Sequence[Sequence[Digest]], places: Sequence[int]) -> Iterator[Digest]:
    known = list(places)
    for level in levels[:-1]:
        held = set(known)
        yield from (level[place ^ 1] for place in known if place ^ 1 not in held)
        known = sorted({place >> 1 for place in known})


def _joined(nodes: Sequence[Node], proof: Iterator[Digest]) -> list[Node]:
    """Return the parents of known nodes, which ascend; unknown siblings come from the proof."""
    parents, at = list[Node](), 0
    while at < len(nodes):
        place, found = nodes[at]
        at += 1
        if place & 1:
            parent = node_hash(_next(proof), found)
        elif at < len(nodes) and nodes[at][0] == place + 1:
            parent = node_hash(found, nodes[at][1])
            at += 1
        else:
            parent = node_hash(found, _next(proof))
        parents.append((place >> 1, parent))
    return parents


def _next(proof: Iterator[Digest]) -> Digest:
    found = next(proof, None)
    if found is None:
        raise ProofError("the proof of the view ends early")
    return found


def _hashes(proof: bytes) -> Iterator[Digest]:
    if len(proof) % HASH_BYTES:
        raise ProofError("the proof of the view ends within a hash")
    for start in range(0, len(proof), HASH_BYTES):
        yield Digest(proof[start : start + HASH_BYTES])
