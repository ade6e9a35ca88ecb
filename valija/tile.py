"""Tiles: how a log's hashes and entries are cut into files that never change.

It promises the coordinates and paths of the C2SP specification, so that any reader of tiled
logs can follow ours. It hashes nothing and reads nothing: `valija.merkle.Tree.nodes` gives
the hashes of a tile's `span`, `broker.http` serves them.

Source: C2SP tlog-tiles, sections "Merkle Tree", "Partial Tiles" and "Log entries".
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from valija.errors import MalformedError

WIDTH = 256
"""Hashes in a full tile, entries in a full bundle."""
TILE_HEIGHT = 8
MAX_LEVEL = 63
MAX_ENTRY = 65_535
ENTRIES = "entries"
_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)"
    r"/(?P<index>(?:x[0-9]{3}/){0,6}[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """Where one tile of hashes, or one bundle of entries, stands.

    Attributes:
        level: 0 to 63 for hashes; None for a bundle of entries.
        index: Number within the level, from 0.
        width: Hashes or entries in it, 1 to 256; below 256 it is partial.
    """

    level: int | None
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Return the path below the log's address, for example `tile/0/x001/067.p/7`."""
        level = ENTRIES if self.level is None else str(self.level)
        groups = [f"{self.index % 1000:03}"]
        rest = self.index // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03}")
            rest //= 1000
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{'/'.join(groups)}{partial}"

    def span(self) -> tuple[int, int, int]:
        """Return tree level, first node and count of its hashes, as `Tree.nodes` takes them.

        For a bundle they are those of the leaves of its entries.
        """
        return (self.level or 0) * TILE_HEIGHT, self.index * WIDTH, self.width


def parse_path(path: str) -> Tile:
    """Return the tile at a path.

    Raises:
        MalformedError: No tile has this path: another spelling of one is none.
    """
    found = _PATH.fullmatch(path)
    if found is None:
        raise MalformedError("no tile has this path")
    level = None if found["level"] == ENTRIES else int(found["level"])
    index = int(found["index"].replace("x", "").replace("/", ""))
    tile = Tile(level, index, int(found["width"] or WIDTH))
    # Building the path again refuses a leading x000 and a "partial" tile of 256.
    if tile.path != path or (level or 0) > MAX_LEVEL or tile.width > WIDTH:
        raise MalformedError("no tile has this path")
    return tile


def hash_tiles(size: int, since: int = 0) -> Iterator[Tile]:
    """Yield the tiles of a tree of `size` leaves that one of `since` leaves did not have.

    The lowest level comes first; each level ends with its partial tile, if it has one.
    """
    level = 0
    while size:
        yield from _cut(level, size, since)
        level, size, since = level + 1, size // WIDTH, since // WIDTH


def bundles(size: int, since: int = 0) -> Iterator[Tile]:
    """Yield the bundles of a log of `size` entries that one of `since` did not have."""
    yield from _cut(None, size, since)


def join_entries(entries: Sequence[bytes]) -> bytes:
    """Return a bundle: each entry after its length in two bytes.

    Raises:
        MalformedError: An entry is longer than 65,535 bytes, or there are 0 or over 256.
    """
    if not 1 <= len(entries) <= WIDTH:
        raise MalformedError("a bundle holds 1 to 256 entries")
    if max(map(len, entries)) > MAX_ENTRY:
        raise MalformedError("an entry of a bundle has at most 65,535 bytes")
    return b"".join(len(entry).to_bytes(2) + entry for entry in entries)


def split_entries(bundle: bytes, width: int) -> tuple[bytes, ...]:
    """Return the `width` entries of a bundle.

    Raises:
        MalformedError: It ends early, or goes on after the last.
    """
    entries, place = [], 0
    for _ in range(width):
        length = int.from_bytes(bundle[place : place + 2])
        end = place + 2 + length
        if end > len(bundle):
            raise MalformedError("a bundle ends within an entry")
        entries.append(bundle[place + 2 : end])
        place = end
    if place != len(bundle):
        raise MalformedError("a bundle goes on after its last entry")
    return tuple(entries)


def _cut(level: int | None, size: int, since: int) -> Iterator[Tile]:
    if since >= size:
        return
    full, partial = divmod(size, WIDTH)
    for index in range(since // WIDTH, full):
        yield Tile(level, index)
    if partial:
        yield Tile(level, full, partial)
