"""Streams to recipients: from a cursor, with credit, urgent first, each under a checkpoint.

It promises that `done` is exact, so that whoever comes back with it misses nothing; that an
item is sent once a stream; and that nothing is sent which the checkpoint of the same message
does not cover. It does not know who is at the other end; `broker.service` does.

Source: docs/envelope.md, section 1 (Deliver) and section 4.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass

import structlog

from broker.basket import Picked
from broker.contents import Contents, Copies, Parts
from broker.heads import Heads, SignedHead
from broker.letter import response
from broker.logs import CONTENT_DAMAGED
from broker.mailroom import Mailroom
from broker.reader import Reader
from broker.spool import Place
from broker.tree import LogTree
from valija.clock import Clock, Day, day_of, minute_of
from valija.ids import Desk
from valija.merkle import join_path

_IDLE_LEAVES = 1024
_IDLE_S = 1.0


@dataclass(frozen=True, slots=True)
class Desks:
    """What deliveries are made from.

    Attributes:
        tree: Proofs.
        heads: Checkpoints.
        mailroom: What waits for whom.
        contents: Sealed notices.
        clock: Tells what has expired.
    """

    tree: LogTree
    heads: Heads
    mailroom: Mailroom
    contents: Contents
    clock: Clock


class Delivery:
    """Makes the messages of every stream."""

    def __init__(self, desks: Desks) -> None:
        self._from = desks
        self._log = structlog.get_logger()

    async def messages(self, reader: Reader) -> AsyncGenerator[tuple[bytes, int], None]:
        """Yield DeliverResponses for one reader, with how many deliveries each holds.

        Raises:
            UnavailableError: Spool or index do not answer.
        """
        heads = self._from.heads
        with heads.signed.heard_by(reader.news):
            while True:
                reader.news.clear()
                head = heads.newest
                picked = await reader.pick(self._from.mailroom, head.size)
                if picked or self._is_news(reader, head):
                    yield await self._message(reader, head, picked), len(picked)
                elif not reader.has_more(heads.newest.size):
                    await _rest(reader)

    def _is_news(self, reader: Reader, head: SignedHead) -> bool:
        """Return whether a message without deliveries is worth its bytes."""
        if not head.size:
            return False
        return not reader.greeted or reader.idle or reader.done - reader.told >= _IDLE_LEAVES

    async def _message(
        self, reader: Reader, head: SignedHead, picked: Sequence[Picked]
    ) -> bytes:
        today = self._today()
        places = [each.letter.place(each.item, today) for each in picked]
        wanted = [place for place in places if place is not None]
        copies = await self._from.contents.fetch(wanted)
        deliveries = [
            self._delivery(each, head.size, reader.desk, self._of(each, place, copies))
            for each, place in zip(picked, places, strict=True)
        ]
        growth = self._from.tree.consistency(reader.size, head.size)
        reader.tell(head.size)
        return response(head.note, join_path(growth), deliveries, reader.done)

    def _of(
        self, picked: Picked, place: Place | None, copies: Mapping[Place, Copies]
    ) -> Copies | None:
        """Return what lies at a notice's place, if it is that notice.

        Whatever else lies there, the recipient keeps the delivery aside, and the next goes on.
        """
        found = None if place is None else copies.get(place)
        notice = picked.letter.notice(picked.item)
        if found is None or notice is None or found.is_of(notice):
            return found
        self._log.error(CONTENT_DAMAGED, leaf_index=picked.letter.leaf)
        return None

    def _delivery(self, picked: Picked, size: int, desk: Desk, copies: Copies | None) -> Parts:
        letter, item = picked.letter, picked.item
        logged = letter.logged(item, size, self._from.tree.proof)
        return (logged, *letter.sealed(item, desk, copies))

    def _today(self) -> Day:
        return day_of(minute_of(self._from.clock.now()))


async def _rest(reader: Reader) -> None:
    """Wait for news; where `done` has moved silently, not for ever."""
    reader.idle = False
    patience = _IDLE_S if reader.done > reader.told else None
    try:
        async with asyncio.timeout(patience):
            await reader.news.wait()
    except TimeoutError:
        reader.idle = True
