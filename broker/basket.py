"""What goes into one message, as far as credit and size allow.

It promises to stop before a message grows past what a reader takes, and to read no more ahead
than it may use. In which order things are offered, `broker.reader` says.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from broker.index import Post
from broker.letter import Letter
from broker.mailroom import Mailroom
from valija.ids import Desk

MESSAGE_BYTES = 1 << 20
"""A message is closed once it holds so much; a single delivery may be larger."""
MESSAGE_ITEMS = 256
_LEAF_ITEMS = 64


@dataclass(frozen=True, slots=True)
class Picked:
    """One item that is to be sent now."""

    post: Post
    letter: Letter

    @property
    def name(self) -> tuple[int, int]:
        """Its leaf and its place in the batch."""
        return self.post.leaf, self.post.item


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
        weight = offered.letter.weight(offered.post.item)
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
        # More than one leaf can hold, so that every page but the last leads further.
        most = self._most + _LEAF_ITEMS + 1
        start, last = span.start, (-1, -1)
        while True:
            left = range(start, span.stop)
            page = await self._mailroom.waiting(self._desk, left, most, urgent=urgent)
            letters = await self._mailroom.letters(post.leaf for post in page)
            for post in page:
                offered = Picked(post, letters[post.leaf])
                if offered.name > last:
                    yield offered
            if len(page) < most:
                return
            start, last = page[-1].leaf, (page[-1].leaf, page[-1].item)
