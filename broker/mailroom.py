"""What waits for each desk: the newest leaves at hand, the older ones from the index.

It promises that a desk's items come in log order, the same from memory and from the index,
and that memory holds a bounded number of bytes however long the log is. What is sent when, is
`broker.delivery`'s.

Source: docs/architecture.md, "The order of record" (every recipient's pending list).
"""

from bisect import bisect_left
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Sequence
from heapq import merge
from itertools import islice

from broker.index import Index, Post
from broker.index.tables import EVERYBODY
from broker.letter import Letter
from broker.tree import Taken, joined
from valija.ids import Desk, LeafIndex
from valija.wire.log import parse_log_record

RECENT_BYTES = 16 * 1024 * 1024
_LETTERS = 64


class Mailroom:
    """Letters and posts, over one index."""

    def __init__(self, index: Index, most: int = RECENT_BYTES) -> None:
        self._index = index
        self._most = most
        self._bytes = 0
        self._start = 0
        self._recent: OrderedDict[int, tuple[Letter, int]] = OrderedDict()
        self._posts: defaultdict[str, list[Post]] = defaultdict(list)
        self._older: OrderedDict[int, Letter] = OrderedDict()

    async def keep(self, taken: Sequence[Taken]) -> None:
        """Write a run of leaves into the index, all or none.

        Raises:
            UnavailableError: It was not kept; the same call may work later.
        """
        await self._index.append(joined(taken))

    def hold(self, taken: Sequence[Taken]) -> None:
        """Have the next leaves at hand; the oldest make room."""
        for each in taken:
            self._hold(each)
        while self._bytes > self._most:
            self._drop()

    def _hold(self, taken: Taken) -> None:
        letter = Letter(taken.leaf, taken.record)
        if not self._recent:
            self._start = taken.leaf
        self._recent[taken.leaf] = (letter, len(taken.data))
        self._bytes += len(taken.data)
        for desk, (items, urgent) in taken.posts().items():
            self._posts[desk].append(Post(taken.leaf, bytes(items), bytes(urgent)))

    async def waiting(
        self, desk: Desk, span: range, most: int, *, urgent: bool = False
    ) -> list[Post]:
        """Return what waits for a desk in a span of leaves, in log order.

        Args:
            desk: Whose inbox.
            span: Leaves.
            most: Posts at most; a leaf that is for the desk and for everybody has two.
            urgent: Only those that hold something urgent.

        Raises:
            UnavailableError: The index does not answer.
        """
        if span.start < self._start or not self._recent:
            look = self._index.urgent if urgent else self._index.inbox
            return await look(desk, span, most)
        found = merge(
            self._within(EVERYBODY, span), self._within(str(desk), span), key=_leaf_of
        )
        return list(islice((post for post in found if post.urgent or not urgent), most))

    async def letters(self, leaves: Iterable[int]) -> dict[int, Letter]:
        """Return the letters of these leaves."""
        wanted = sorted(set(leaves))
        found = {leaf: letter for leaf in wanted if (letter := self._held(leaf))}
        missing = [leaf for leaf in wanted if leaf not in found]
        if missing:
            for leaf, data in (await self._index.records(missing)).items():
                found[leaf] = Letter(LeafIndex(leaf), parse_log_record(data))
                self._older[leaf] = found[leaf]
            while len(self._older) > _LETTERS:
                self._older.popitem(last=False)
        return found

    def _held(self, leaf: int) -> Letter | None:
        recent = self._recent.get(leaf)
        return recent[0] if recent else self._older.get(leaf)

    def _within(self, desk: str, span: range) -> Sequence[Post]:
        posts = self._posts.get(desk, [])
        low = bisect_left(posts, span.start, key=_leaf_of)
        high = bisect_left(posts, span.stop, key=_leaf_of)
        return posts[low:high]

    def _drop(self) -> None:
        leaf, (_, size) = self._recent.popitem(last=False)
        self._bytes -= size
        self._start = leaf + 1
        if self._start % 256 == 0:  # Lists are cut now and then: each cut moves what stays.
            for desk in list(self._posts):
                self._posts[desk] = list(self._within(desk, range(self._start, 1 << 62)))


def _leaf_of(post: Post) -> int:
    return post.leaf
