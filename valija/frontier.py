"""The growing edge of a log's tree: enough to know its root and its tiles, and no more.

It promises the root over all leaves it was given while it holds a few hundred hashes a level,
however long the log. It shares no code path with the tree that brokers keep
(`valija.merkle.Tree`), so that one checks the other.

Source: RFC 6962, section 2.1; C2SP tlog-tiles.
"""

from collections.abc import Iterator

from valija.ids import Digest
from valija.merkle import root
from valija.tile import WIDTH, Tile


class Frontier:
    """Takes leaf hashes in order, and tells root and tiles."""

    def __init__(self) -> None:
        self.size = 0
        self._levels: list[list[Digest]] = [[]]

    def append(self, leaf: Digest) -> list[tuple[Tile, bytes]]:
        """Take the next leaf hash, and return the full tiles that it completed.

        Returns:
            None, or a full tile a level, the lowest first, each with its 256 joined hashes.
        """
        self.size += 1
        full: list[tuple[Tile, bytes]] = []
        level, carried = 0, leaf
        while True:
            if level == len(self._levels):
                self._levels.append([])
            held = self._levels[level]
            held.append(carried)
            if len(held) < WIDTH:
                return full
            index = self.size // WIDTH ** (level + 1) - 1
            full.append((Tile(level, index), b"".join(held)))
            carried = root(held)
            self._levels[level] = []
            level += 1

    def root(self) -> Digest:
        """Return the root over all leaves so far; of none it is the hash of nothing."""
        below: list[Digest] = []
        for held in self._levels:
            hashes = held + below
            below = [root(hashes)] if hashes else []
        return below[0] if below else root(())

    def partial_tiles(self) -> Iterator[tuple[Tile, bytes]]:
        """Yield the partial tiles at this size, the lowest level first."""
        for level, held in enumerate(self._levels):
            if held:
                index = self.size // WIDTH ** (level + 1)
                yield Tile(level, index, len(held)), b"".join(held)
