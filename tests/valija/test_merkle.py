"""Hash trees and their proofs, beside a slow and obvious tree."""

import tracemalloc
from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valija.errors import MalformedError, ProofError
from valija.ids import Digest
from valija.merkle import (
    Tree,
    consistency_path,
    inclusion_path,
    inclusion_paths,
    join_path,
    leaf_hash,
    node_hash,
    root,
    split_path,
    verify_consistency,
    verify_inclusion,
)

SIZES = st.integers(1, 70)


def leaves(count: int) -> list[Digest]:
    return [leaf_hash(index.to_bytes(4)) for index in range(count)]


def slow_root(found: Sequence[Digest]) -> Digest:
    """Return RFC 9162's definition, word by word."""
    if not found:
        return Digest(sha256(b"").digest())
    if len(found) == 1:
        return found[0]
    split = 1
    while split * 2 < len(found):
        split *= 2
    return node_hash(slow_root(found[:split]), slow_root(found[split:]))


@pytest.mark.parametrize("size", range(70))
def test_the_root_is_the_definitions(size: int) -> None:
    assert slow_root(leaves(size)) == root(leaves(size))


def test_an_older_root_is_still_known() -> None:
    tree = Tree(leaves(70))
    assert [slow_root(leaves(size)) for size in range(71)] == [
        tree.root(size) for size in range(71)
    ]


@given(SIZES, st.data())
def test_every_leaf_is_proven_in_every_tree(size: int, data: st.DataObject) -> None:
    found, index = leaves(size), data.draw(st.integers(0, size - 1))
    path = Tree(leaves(70)).inclusion(index, size)
    assert path == inclusion_path(found, index)
    verify_inclusion(found[index], index, size, path, slow_root(found))


@given(SIZES, st.data())
def test_every_tree_is_proven_to_begin_with_every_smaller(
    size: int, data: st.DataObject
) -> None:
    first = data.draw(st.integers(1, size))
    path = consistency_path(leaves(size), first)
    verify_consistency(first, size, slow_root(leaves(first)), slow_root(leaves(size)), path)


@given(SIZES, st.data())
def test_a_changed_inclusion_proof_proves_nothing(size: int, data: st.DataObject) -> None:
    found, index = leaves(size), data.draw(st.integers(0, size - 1))
    path, top = inclusion_path(found, index), slow_root(found)
    other = data.draw(
        st.integers(0, size - 1).filter(lambda place: place != index) | st.just(-1)
    )
    with pytest.raises(ProofError):
        verify_inclusion(found[index], other, size, path, top)
    for wrong in (path[:-1], (*path, top), tuple(reversed(path))):
        if wrong != path:
            with pytest.raises(ProofError):
                verify_inclusion(found[index], index, size, wrong, top)
    with pytest.raises(ProofError):
        verify_inclusion(leaf_hash(b"another"), index, size, path, top)


@given(st.integers(2, 70), st.data())
def test_a_changed_consistency_proof_proves_nothing(size: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(1, size - 1))
    older, newer = slow_root(leaves(first)), slow_root(leaves(size))
    path = consistency_path(leaves(size), first)
    flipped = (Digest(bytes(byte ^ 1 for byte in path[0])), *path[1:])
    for wrong in ((), path[:-1], (*path, newer), flipped):
        with pytest.raises(ProofError):
            verify_consistency(first, size, older, newer, wrong)
    with pytest.raises(ProofError):
        verify_consistency(first, size, newer, newer, path)


@pytest.mark.parametrize(("first", "second"), [(0, 5), (0, 0), (6, 5)])
def test_sizes_that_no_tree_grows_through_are_refused(first: int, second: int) -> None:
    with pytest.raises(ProofError):
        verify_consistency(first, second, root(leaves(first)), root(leaves(second)), ())


def test_two_trees_of_one_size_have_one_root_and_no_path() -> None:
    same, other = root(leaves(5)), root(leaves(6))
    verify_consistency(5, 5, same, same, ())
    with pytest.raises(ProofError):
        verify_consistency(5, 5, same, other, ())
    with pytest.raises(ProofError):
        verify_consistency(5, 5, same, same, (same,))


@pytest.mark.parametrize("index", [-1, 5])
def test_a_path_from_outside_the_tree_is_refused(index: int) -> None:
    with pytest.raises(MalformedError):
        inclusion_path(leaves(5), index)


def test_a_tree_does_not_speak_of_sizes_it_never_had() -> None:
    tree = Tree(leaves(5))
    for ask in (
        lambda: tree.root(6),
        lambda: tree.root(-1),
        lambda: tree.inclusion(0, 6),
        lambda: tree.consistency(1, 6),
        lambda: tree.consistency(0, 5),
        lambda: tree.nodes(0, 4, 2),
        lambda: tree.nodes(0, -1, 2),
        lambda: tree.nodes(9, 0, 1),
        lambda: tree.append(Digest(b"short")),
    ):
        with pytest.raises(MalformedError):
            ask()


def test_nodes_are_the_roots_of_whole_subtrees() -> None:
    tree = Tree(leaves(11))
    assert join_path([slow_root(leaves(11)[4:8]), *()]) == tree.nodes(2, 1, 1)
    assert join_path(leaves(11)[3:11]) == tree.nodes(0, 3, 8)
    assert b"" == tree.nodes(9, 0, 0)


def test_a_joined_path_is_split_again() -> None:
    path = tuple(leaves(6))
    assert path == split_path(join_path(path))


@pytest.mark.parametrize("joined", [b"x" * 31, b"x" * 33, bytes(65 * 32)])
def test_a_path_of_no_whole_length_is_refused(joined: bytes) -> None:
    with pytest.raises(MalformedError):
        split_path(joined)


def test_a_hundred_thousand_leaves_stay_under_ten_megabytes() -> None:
    leaf = leaf_hash(b"")
    tracemalloc.start()
    tree = Tree()
    for _ in range(100_000):
        tree.append(leaf)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert tree.size == 100_000
    assert held < 10_000_000


def test_hashes_of_another_length_prove_nothing() -> None:
    short = Digest(b"")
    with pytest.raises(ProofError):
        verify_inclusion(short, 0, 1, (), short)
    with pytest.raises(ProofError):
        verify_consistency(1, 2, root(leaves(1)), root(leaves(2)), (short,))


@given(st.integers(0, 70))
def test_all_paths_at_one_cost_are_the_paths_of_each(size: int) -> None:
    found = leaves(size)
    assert [inclusion_path(found, index) for index in range(size)] == inclusion_paths(found)
