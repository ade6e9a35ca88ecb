"""What goes into one message, as far as credit and size allow.

It promises to stop before a message grows past what a reader takes, and to read no more ahead
than it may use. In which order things are offered, `broker.reader` says.
"""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from broker.index import Post
from broker.letter import Letter
from broker.mailroom import Mailroom
from valija.ids import Desk

MESSAGE_BYTES = 1 << 20
"""A message is closed once it holds so much; a single delivery may be larger."""
MESSAGE_ITEMS = 256
_PAGE = 64  # Posts looked up at once; more than the two that one leaf can have.


@dataclass(frozen=True, slots=True)
class Picked:
    """One item that is to be sent now.

    Attributes:
        letter: Its leaf.
        item: Its place in the batch.
    """

    letter: Letter
    item: int

    @property
    def name(self) -> tuple[int, int]:
        """Its leaf and its place."""
        return self.letter.leaf, self.item


class Basket:
    """Items for one desk's next message.

    Attributes:
        picked: What is in it, in the order of sending.
    """

    def __init__(self, mailroom: Mailroom, desk: Desk, credit: int) -> None:
        self.picked: list[Picked] = []
        self._mailroom = mailroom
        self._desk = desk
        self._most = min(credit, MESSAGE_ITEMS)
        self._bytes = 0

    @property
    def is_open(self) -> bool:
        """Whether anything more could go in."""
        return len(self.picked) < self._most and self._bytes < MESSAGE_BYTES

    def put(self, offered: Picked) -> bool:
        """Put an item in, or return that it must wait for the next message."""
        weight = offered.letter.weight(offered.item)
        if not self.is_open or (self._bytes and self._bytes + weight > MESSAGE_BYTES):
            return False
        self.picked.append(offered)
        self._bytes += weight
        return True

    async def offers(
        self, span: range, *, urgent: bool = False
    ) -> AsyncGenerator[Picked, None]:
        """Yield what waits for the desk in a span of leaves, in log order.

        Raises:
            UnavailableError: The index does not answer.
        """
        start = span.start
        while start < span.stop:
            left = range(start, span.stop)
            page = await self._mailroom.waiting(self._desk, left, _PAGE, urgent=urgent)
            start = span.stop
            if len(page) == _PAGE:  # The last leaf may go on beyond the page.
                start = page[-1].leaf
                page = [post for post in page if post.leaf < start]
            letters = await self._mailroom.letters(post.leaf for post in page)
            for leaf, places in _by_leaf(page, urgent=urgent):
                for place in places:
                    yield Picked(letters[leaf], place)


def _by_leaf(page: Sequence[Post], *, urgent: bool) -> list[tuple[int, list[int]]]:
    """Return leaves with the places of their items, both ascending."""
    found: dict[int, set[int]] = {}
    for post in page:
        found.setdefault(post.leaf, set()).update(post.urgent if urgent else post.items)
    return [(leaf, sorted(places)) for leaf, places in found.items()]
