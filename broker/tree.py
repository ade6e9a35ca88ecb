"""What one broker knows of the log: its tree, its fold, and the rows of its index.

It promises that all of it is a function of the records taken so far, in order: any two
brokers that took as many have the same root and judge alike. It reads and writes nothing;
`broker.follower` brings the records, `broker.heads` signs the roots.

Source: docs/architecture.md, "The order of record"; docs/envelope.md, section 4.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from broker.index import Rows
from broker.index.tables import EVERYBODY
from valija.anchor import Anchor
from valija.batch import Item
from valija.clock import Minute
from valija.envelope import Envelope
from valija.errors import SplitViewError
from valija.fold import Fold
from valija.ids import Digest, LeafIndex
from valija.logged import LogProof
from valija.merkle import Tree, leaf_hash
from valija.outcome import Outcome
from valija.record import LogRecord
from valija.statement import PUBLIC_KINDS
from valija.verifier import HeadVerifier


@dataclass(frozen=True, slots=True)
class Taken:
    """One record of the log, judged.

    Attributes:
        leaf: Its index.
        data: Its exact bytes.
        record: The same, parsed.
        outcome: Whether it counts, and why not.
    """

    leaf: LeafIndex
    data: bytes
    record: LogRecord
    outcome: Outcome

    def posts(self) -> dict[str, tuple[bytearray, bytearray]]:
        """Return for each reader the places of its items, and of those that are urgent."""
        posts: dict[str, tuple[bytearray, bytearray]] = {}
        if not self.outcome.counts:
            return posts
        for place, item in enumerate(self.record.items):
            if place in self.outcome.void_items:
                continue
            readers, urgent = _readers(item)
            for reader in readers:
                items, first = posts.setdefault(reader, (bytearray(), bytearray()))
                items.append(place)
                if urgent:
                    first.append(place)
        return posts

    def leaf_row(self) -> dict[str, Any]:
        """Return what the index keeps of the leaf itself."""
        error = self.outcome.error
        return {
            "leaf": int(self.leaf),
            "entry": self.record.entry,
            "error": type(error).__name__ if error else "",
            "void_items": bytes(sorted(self.outcome.void_items)),
            "record": self.data,
        }


class LogTree:
    """The log as far as this process has taken it.

    Attributes:
        fold: What the records amount to.
    """

    def __init__(self, anchor: Anchor, verifier: HeadVerifier) -> None:
        self.fold = Fold(anchor, verifier)
        self._tree = Tree()

    @property
    def size(self) -> int:
        """Leaves taken."""
        return self._tree.size

    def take(self, leaf: LeafIndex, data: bytes, record: LogRecord) -> Taken:
        """Add the next record and judge it.

        Raises:
            SplitViewError: It is not the next one.
        """
        if leaf != self._tree.size:
            raise SplitViewError("a gap in the log's offsets")
        outcome = self.fold.apply(leaf, record)
        self._tree.append(leaf_hash(record.entry))
        return Taken(leaf, data, record, outcome)

    def root(self, size: int) -> Digest:
        """Return the root over the first `size` leaves.

        Raises:
            MalformedError: There are fewer.
        """
        return self._tree.root(size)

    def proof(self, leaf: LeafIndex, logged: Minute, size: int) -> LogProof:
        """Return the proof that a leaf is in the tree of the first `size` leaves.

        Raises:
            MalformedError: It is not, or there are fewer.
        """
        return LogProof(leaf, logged, self._tree.inclusion(leaf, size))

    def consistency(self, first: int, second: int) -> tuple[Digest, ...]:
        """Return how the tree grew between two sizes; nothing from 0, or where it did not.

        Raises:
            MalformedError: The second is smaller, or beyond the tree.
        """
        if first in {0, second}:
            return ()
        return self._tree.consistency(first, second)

    def nodes(self, level: int, start: int, count: int) -> bytes:
        """Return joined hashes of whole subtrees, as tiles need them.

        Raises:
            MalformedError: The tree does not have them all.
        """
        return self._tree.nodes(level, start, count)


def joined(taken: Sequence[Taken]) -> Rows:
    """Return the rows of a run of leaves together."""
    rows = Rows([each.leaf_row() for each in taken], [])
    for each in taken:
        for desk, (items, urgent) in each.posts().items():
            row = {"desk": desk, "leaf": int(each.leaf), "places": bytes(items)}
            rows.inbox.append(row | {"urgent": bytes(urgent)})
    return rows


def _readers(item: Item) -> tuple[list[str], bool]:
    """Return who receives an item, and whether before what is not urgent."""
    body = item.body
    if isinstance(body, Envelope):
        return [str(stanza.recipient) for stanza in body.stanzas], body.label.urgent
    if item.kind in PUBLIC_KINDS:
        return [EVERYBODY], False
    return [str(desk) for desk in item.to], False
