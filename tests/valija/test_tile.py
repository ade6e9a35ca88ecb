"""Coordinates, paths and contents of tiles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valija.errors import MalformedError
from valija.merkle import Tree, leaf_hash, node_hash
from valija.tile import Tile, bundles, hash_tiles, join_entries, parse_path, split_entries

TILES = st.builds(
    Tile,
    level=st.none() | st.integers(0, 63),
    index=st.integers(0, 10**15),
    width=st.integers(1, 256),
)


@given(TILES)
def test_a_path_leads_back_to_its_tile(tile: Tile) -> None:
    assert tile == parse_path(tile.path)


def test_a_path_is_written_as_the_specification_says() -> None:
    assert Tile(0, 1_234_067).path == "tile/0/x001/x234/067"
    assert Tile(None, 0, 3).path == "tile/entries/000.p/3"


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/1",
        "tile/00/001",
        "tile/64/001",
        "tile/0/x000/001",
        "tile/0/001.p/256",
        "tile/0/001.p/300",
        "tile/0/001.p/0",
        "tile/0/001.p/07",
        "/tile/0/001",
        "tile/0/001/",
        "tile/-1/001",
        "tile/0/x001",
        "tile/0/../001",
        "tile/0/\u0660\u0660\u0661",
        "tile/0/001\n",
    ],
)
def test_another_spelling_is_no_tile(path: str) -> None:
    with pytest.raises(MalformedError):
        parse_path(path)


def test_the_specifications_own_example_has_its_tiles() -> None:
    tiles = list(hash_tiles(70_000))
    assert 273 + 1 + 1 + 1 + 1 == len(tiles)
    assert [Tile(0, 273, 112), Tile(1, 0), Tile(1, 1, 17), Tile(2, 0, 1)] == tiles[273:]
    assert [Tile(0, 0), Tile(1, 0, 1)] == list(hash_tiles(256))


@given(st.integers(0, 2000), st.integers(0, 2000))
def test_growth_yields_what_was_not_there(one: int, two: int) -> None:
    since, size = sorted((one, two))
    grown = set(hash_tiles(size, since))
    assert set(hash_tiles(size)) - set(hash_tiles(since)) == grown
    assert set(bundles(size)) - set(bundles(since)) == set(bundles(size, since))


def test_a_tiles_hashes_come_from_the_tree() -> None:
    found = [leaf_hash(index.to_bytes(4)) for index in range(300)]
    tree = Tree(found)
    assert b"".join(found[256:]) == tree.nodes(*Tile(0, 1, 44).span())
    top = tree.nodes(*Tile(1, 0, 1).span())
    assert tree.root(256) == top
    assert node_hash(top, tree.root(300)) != tree.root(300)
    assert (0, 256, 44) == Tile(None, 1, 44).span()


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=20))
def test_a_bundle_is_split_again(entries: list[bytes]) -> None:
    assert tuple(entries) == split_entries(join_entries(entries), len(entries))


@pytest.mark.parametrize(
    ("bundle", "width"), [(b"\0", 1), (b"\0\2a", 1), (b"\0\1ab", 1), (b"\0\1a", 2), (b"x", 0)]
)
def test_a_bundle_of_another_length_is_refused(bundle: bytes, width: int) -> None:
    with pytest.raises(MalformedError):
        split_entries(bundle, width)


@pytest.mark.parametrize("entries", [[], [b""] * 257, [bytes(65_536)]])
def test_what_no_bundle_can_hold_is_refused(entries: list[bytes]) -> None:
    with pytest.raises(MalformedError):
        join_entries(entries)
