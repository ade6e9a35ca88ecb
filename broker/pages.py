"""What stands at each path that the log serves, and who may read it.

It promises that nothing is served beyond the newest checkpoint, that tiles and entries go to
members only and records, which tell who wrote to whom, to the auditor only, and that what is
not there and what is not for the caller look the same. `broker.http` carries the bytes.

Source: docs/envelope.md, section 4 (Served); C2SP tlog-tiles.
"""

from dataclasses import dataclass

from broker.heads import Heads
from broker.index import Index
from broker.tree import LogTree
from valija.anchor import AUDITOR, Anchor
from valija.errors import AbsentError, MalformedError
from valija.ids import Desk
from valija.publication import ANCHOR, CHECKPOINT, parse_chunk_path
from valija.tile import WIDTH, join_entries, parse_path
from valija.wire.log import record_chunk_bytes

_FOR_EVER = "public, max-age=604800, immutable"
_NOW = "no-store"


@dataclass(frozen=True, slots=True)
class Page:
    """The bytes at one path.

    Attributes:
        body: Exact bytes.
        kind: Media type.
        caching: What a cache may do with it.
    """

    body: bytes
    kind: str = "application/octet-stream"
    caching: str = _NOW


class Pages:
    """The paths of one log."""

    def __init__(self, anchor: Anchor, tree: LogTree, heads: Heads, index: Index) -> None:
        self._anchor = anchor
        self._tree = tree
        self._heads = heads
        self._index = index

    async def read(self, path: str, reader: Desk) -> Page:
        """Return what stands at a path, for a desk.

        Args:
            path: Without the leading slash.
            reader: Whose certificate was shown.

        Raises:
            AbsentError: Nothing does, or not yet, or not for this desk.
            UnavailableError: The index does not answer.
        """
        try:
            return await self._read(path, reader)
        except MalformedError as cause:
            raise AbsentError("nothing stands at this path") from cause

    async def _read(self, path: str, reader: Desk) -> Page:
        head = self._heads.newest
        if path == CHECKPOINT and head.note:
            return Page(head.note, "text/plain; charset=utf-8")
        if path == ANCHOR:
            return Page(self._anchor.to_bytes(), "application/json")
        if path.startswith("records/"):
            return await self._records(path, reader, head.size)
        return await self._tile(path, head.size)

    async def _tile(self, path: str, size: int) -> Page:
        tile = parse_path(path)
        level, start, width = tile.span()
        _check_covered((start + width) << level, size)
        if tile.level is not None:
            return _lasting(self._tree.nodes(level, start, width), whole=width == WIDTH)
        entries = await self._index.entries(range(start, start + width))
        return _lasting(join_entries(entries), whole=width == WIDTH)

    async def _records(self, path: str, reader: Desk, size: int) -> Page:
        if reader != AUDITOR:
            raise AbsentError("nothing stands at this path")
        chunk = parse_chunk_path(path)
        leaves = range(chunk.start, chunk.start + chunk.width)
        _check_covered(leaves.stop, size)
        found = await self._index.records(leaves)
        body = record_chunk_bytes([found[leaf] for leaf in leaves])
        return _lasting(body, whole=chunk.width == WIDTH)


def _check_covered(end: int, size: int) -> None:
    if end > size:
        raise AbsentError("no checkpoint covers this yet")


def _lasting(body: bytes, *, whole: bool) -> Page:
    """Return a page that never changes; a partial one is soon replaced by a fuller."""
    return Page(body, caching=_FOR_EVER if whole else _NOW)
