"""What the log refused, withdrawn and proven so: sealed again, or given up.

It promises that the items of a refused batch go out again only once its withdrawal is proven
and the broker has said that no earlier leaf holds the head; that a label then has a new id,
minute, keys and pair numbers; and that what was refused twice, can no longer be sealed, or
rests on a word that was withdrawn meanwhile, is given up and stays visible as `rejected`. One
commit moves a batch to REPLACED with everything that follows it.

Source: docs/envelope.md, section 3.2.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import structlog

from node.outbox.envelopes import wait_for_number
from node.outbox.publisher import Publisher
from node.parts import Parts
from node.store import batches, outbox, reliances, sent
from node.store.database import Transaction
from valija.errors import AbsentError

MOST_ATTEMPTS = 2
"""How often an item may stand in a refused batch before it is given up."""


class Resealer:
    """The one task that follows up on refused batches."""

    def __init__(
        self, parts: Parts, publisher: Publisher, refused: asyncio.Queue[batches.Signed]
    ) -> None:
        self._parts = parts
        self._publisher = publisher
        self._refused = refused
        self._log = structlog.get_logger()

    async def run(self) -> None:
        """Serve until cancelled."""
        while True:
            await self.replace(await self._refused.get())

    async def replace(self, batch: batches.Signed) -> None:
        """Seal a withdrawn batch's labels again, and leave its statements to be signed."""
        database = self._parts.database
        items = await database.read(lambda tx: outbox.placed(tx, batch.desk, batch.sequence))
        again = [item for item in items if item.attempt + 1 < MOST_ATTEMPTS]
        statements = [item for item in again if item.envelope is None]
        followers = await self._seal_labels([item for item in again if item.envelope])
        waiting = [replace(item, attempt=item.attempt + 1) for item in statements]

        def store(tx: Transaction) -> bool:
            if batches.by_head(tx, batch.head_digest).state != batches.WITHDRAWN:
                return False  # Followed up before: two answers came.
            for envelope, attempt in followers:
                if envelope.replaces and reliances.is_closed(tx, envelope.replaces):
                    continue
                sent.add_envelope(tx, envelope)
                waiting.append(wait_for_number(envelope, attempt))
            outbox.add(tx, waiting)
            batches.change(tx, batch, state=batches.REPLACED)
            return True

        if await database.write("outbox.reseal", store):
            given_up = len(items) - len(waiting)
            self._log.warning(
                "batch_replaced", desk=batch.desk, sequence=batch.sequence, items=len(waiting)
            )
            if given_up:
                self._log.error("given_up", desk=batch.desk, items=given_up)

    async def _seal_labels(
        self, items: Sequence[outbox.Waiting]
    ) -> list[tuple[sent.Envelope, int]]:
        """Return the envelopes that follow refused ones; what cannot be sealed is left out."""
        followers = []
        for item in items:
            if item.envelope is None:
                continue
            find = partial(sent.envelope, name=item.envelope)
            refused = await self._parts.database.read(find)
            try:
                (follower,) = await self._publisher.seal_again([refused])
            except AbsentError as error:
                self._log.error("not_sealed_again", desk=item.desk, clause=str(error))
                continue
            followers.append((follower, item.attempt + 1))
        return followers
