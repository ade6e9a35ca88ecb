"""Where one desk's stream stands: what it was sent, and what comes next.

It promises that every item is picked once a stream, urgent ones first, the rest in log order,
and that below `done` nothing was left out. It sends nothing; `broker.delivery` does.

Source: docs/envelope.md, section 1 (DeliverRequest, DeliverResponse).
"""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, field

from broker.basket import Basket, Picked
from broker.mailroom import Mailroom
from valija.ids import Desk


@dataclass(slots=True)
class Reader:
    """One desk's stream.

    Attributes:
        desk: Whose inbox.
        done: Every item of a leaf below it was picked.
        size: Checkpoint it was shown last; 0 before the first.
        credit: Deliveries it can take still.
        greeted: It had a message.
        told: The `done` of its last message.
        idle: `done` moved, and nothing was sent for a while.
        news: Set whenever there may be something to do.
    """

    desk: Desk
    done: int
    size: int
    credit: int
    greeted: bool = False
    told: int = 0
    idle: bool = False
    news: asyncio.Event = field(default_factory=asyncio.Event)
    _next_item: int = 0
    _urgent_from: int = 0
    _ahead: set[tuple[int, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Look for what is urgent from the cursor on."""
        self._urgent_from = self.told = self.done

    def give(self, credit: int) -> None:
        """Take more credit from the other end."""
        self.credit += credit
        self.news.set()

    def tell(self, size: int) -> None:
        """Note that a message goes out under the checkpoint of `size`."""
        self.greeted, self.idle = True, False
        self.size, self.told = size, self.done

    def has_more(self, size: int) -> bool:
        """Return whether there may be more to pick below a checkpoint."""
        return bool(self.credit) and self.done < size

    async def pick(self, mailroom: Mailroom, size: int) -> list[Picked]:
        """Return what goes into the next message, as far as credit and its size allow.

        Args:
            mailroom: What waits.
            size: Of the checkpoint that must cover it.

        Raises:
            UnavailableError: The index does not answer.
        """
        basket = Basket(mailroom, self.desk, self.credit)
        if basket.is_open and self._urgent_from < size:
            await self._pick_urgent(basket, size)
        if basket.is_open and self.done < size:
            await self._pick_routine(basket, size)
        self.credit -= len(basket.picked)
        return basket.picked

    async def _pick_urgent(self, basket: Basket, size: int) -> None:
        span = range(self._urgent_from, size)
        async with aclosing(basket.offers(span, urgent=True)) as offers:
            async for offered in offers:
                self._urgent_from = offered.letter.leaf
                if offered.name in self._ahead or offered.name < (self.done, self._next_item):
                    continue
                if not basket.put(offered):
                    return
                self._ahead.add(offered.name)
        self._urgent_from = size

    async def _pick_routine(self, basket: Basket, size: int) -> None:
        async with aclosing(basket.offers(range(self.done, size))) as offers:
            async for offered in offers:
                if offered.name < (self.done, self._next_item):
                    continue
                self.done, self._next_item = offered.name
                if offered.name in self._ahead:
                    self._ahead.discard(offered.name)
                elif not basket.put(offered):
                    return
                self._next_item += 1
        self.done, self._next_item = size, 0
