"""What a log serves: which paths there are, and which bytes stand at them.

It promises one layout for the broker that serves it, the folder it may be copied to, and the
auditor who reads either: `checkpoint`, hash tiles and entry bundles as C2SP tlog-tiles, and
beside them chunks of records. It opens no file and no connection.

Source: docs/envelope.md, section 4 (Served); C2SP tlog-tiles.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from valija.errors import MalformedError
from valija.merkle import Tree
from valija.tile import WIDTH, Tile, bundles, hash_tiles, join_entries, parse_path
from valija.wire.log import parse_log_record, record_chunk_bytes

CHECKPOINT = "checkpoint"
ANCHOR = "anchor.json"
RECORDS = "records/"
_ENTRIES = "tile/entries/"
_NUMBER = re.compile(r"records/[x0-9/.p]+")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Where one file of records stands.

    Attributes:
        index: Number of the chunk, from 0; it begins with record 256 times that.
        width: Records in it, 1 to 256; below 256 it is partial.
    """

    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Return the path below the log's address, spelt like a bundle of entries."""
        return Tile(None, self.index, self.width).path.replace(_ENTRIES, RECORDS, 1)

    @property
    def start(self) -> int:
        """Return the leaf index of its first record."""
        return self.index * WIDTH


def parse_chunk_path(path: str) -> Chunk:
    """Return the chunk of records at a path.

    Raises:
        MalformedError: No chunk has this path.
    """
    if not _NUMBER.fullmatch(path):
        raise MalformedError("no chunk of records has this path")
    bundle = parse_path(path.replace(RECORDS, _ENTRIES, 1))
    return Chunk(bundle.index, bundle.width)


def chunks(size: int, since: int = 0) -> Iterator[Chunk]:
    """Yield the chunks of a log of `size` records that one of `since` did not have."""
    for bundle in bundles(size, since):
        yield Chunk(bundle.index, bundle.width)


def publish(
    tree: Tree, records: Sequence[bytes], note: bytes, since: int = 0
) -> Iterator[tuple[str, bytes]]:
    """Yield paths and bytes of a log that grew, the checkpoint last.

    A crash between two of them leaves files that no checkpoint covers yet, which is no harm.

    Args:
        tree: Over all entries.
        records: All records in their exact bytes, as many as the tree has leaves.
        note: The checkpoint of this size.
        since: Size that was published before.

    Raises:
        MalformedError: A record does not parse.
    """
    size = len(records)
    for tile in hash_tiles(size, since):
        yield tile.path, tree.nodes(*tile.span())
    for bundle in bundles(size, since):
        part = records[bundle.index * WIDTH : bundle.index * WIDTH + bundle.width]
        yield bundle.path, join_entries([parse_log_record(record).entry for record in part])
        yield Chunk(bundle.index, bundle.width).path, record_chunk_bytes(part)
    yield CHECKPOINT, note
