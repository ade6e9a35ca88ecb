"""From decided to proven: seal, number, sign, submit; and again after any crash.

It promises that what `publish` and `leave` return for is durable, and that `run` brings it
into the log exactly once, whatever is killed on the way. What may leave was decided before
(`node.preflight`); what came back is told by `node.states`.

Source: docs/envelope.md, sections 3.2 and 3.4.
"""

from collections.abc import Sequence
from functools import partial

from node.client import Client
from node.decided import Decided
from node.outbox.envelopes import Published
from node.outbox.pen import pen_of
from node.outbox.publisher import Also, Publisher
from node.outbox.resealer import Resealer
from node.outbox.submitter import Submitter
from node.parts import Parts
from node.race import race
from node.store import outbox
from node.workshop import Workshop
from valija.batch import Item
from valija.errors import MalformedError
from valija.ids import Desk, Kind

__all__ = ["Outbox", "Published"]
_FRAME_BYTES = 1024


class Outbox:
    """Everything that one node sends."""

    def __init__(self, parts: Parts, client: Client) -> None:
        self._parts = parts
        self._workshop = Workshop()
        self._publisher = Publisher(parts, self._workshop)
        self._submitter = Submitter(parts, client, partial(pen_of, parts))
        self._resealer = Resealer(parts, self._publisher, self._submitter.refused)

    async def publish(self, decided: Decided, also: Also | None = None) -> Published:
        """Seal a decided notice, and leave it to be signed and sent: one commit.

        Args:
            decided: One revision of a notice.
            also: The caller's own rows, in the same commit.

        Raises:
            AbsentError: A recipient has no sealing key in force, or an agreement is not.
            DuplicateError: This revision was published before.
            LimitError: More facts, or more content, than a notice holds.
            MalformedError: A share opens what is not committed, or there is no recipient.
            UnavailableError: The store did not do it; nothing was published.
        """
        (published,) = await self.publish_all([decided], also)
        return published

    async def publish_all(
        self, decided: Sequence[Decided], also: Also | None = None
    ) -> tuple[Published, ...]:
        """As `publish`, for several notices in one commit; large work in processes."""
        return await self._publisher.publish(decided, also)

    async def leave(self, desk: Desk, items: Sequence[Item]) -> None:
        """Leave statements for a desk to sign and send.

        Raises:
            MalformedError: A label is sealed and published, never left.
        """
        if any(item.kind is Kind.LABEL for item in items):
            raise MalformedError("a label comes from a published notice")
        waiting = [
            outbox.Waiting(
                id=0,
                desk=desk,
                kind=item.kind,
                to=item.to,
                payload=item.payload,
                envelope=None,
                size=len(item.payload) + _FRAME_BYTES,
            )
            for item in items
        ]
        await self._parts.database.write("outbox.leave", lambda tx: outbox.add(tx, waiting))

    async def run(self) -> None:
        """Sign and submit until cancelled.

        Raises:
            SplitViewError: The log showed two histories: alarm, stop, never retry.
        """
        await race(self._submitter.run(), self._resealer.run())

    def close(self) -> None:
        """Let the sealing processes go."""
        self._workshop.close()
