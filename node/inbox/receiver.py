"""One desk's Deliver stream: from its cursor on, for as long as the node runs.

It promises that the cursor moves only to a `done` whose deliveries are stored or kept aside,
that checkpoints only grow, and that a lost broker costs nothing but a new stream at another
one. What failed to verify is tried again when the directory has grown.

Source: docs/envelope.md, section 1 (Deliver), section 3.6.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import structlog

from node.client import DELIVER, Client, Stream
from node.inbox.catch import Catch, Reading, read_deliveries
from node.inbox.listening import Listening
from node.inbox.storing import ASK_TIMES, Stored, store_catch
from node.knowledge import kept
from node.parts import Parts
from node.store import log, quarantine, received
from node.store.bell import Bell
from node.store.database import Transaction
from node.trail import Trail
from valija.clock import Minute, minute_of
from valija.errors import (
    ProofError,
    SplitViewError,
    UnavailableError,
    ValijaError,
    VerificationError,
)
from valija.ids import Desk, Digest, Kind, LeafIndex, digest
from valija.logged import Delivery
from valija.wire.deliver import (
    DeliverRequest,
    DeliverResponse,
    deliver_request_bytes,
    parse_deliver_response,
    parse_delivery,
)

CREDIT = 512
"""Deliveries that may be under way; half of it is given back at a time."""
_PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)


class Receiver:
    """Takes in what the broker has for one desk.

    Attributes:
        arrived: Rings when something was stored that the intake law must see.
    """

    def __init__(self, parts: Parts, client: Client, desk: Desk) -> None:
        self.arrived = Bell()
        self._parts = parts
        self._client = client
        self._desk = desk
        self._failures = 0
        self._log = structlog.get_logger().bind(desk=str(desk))

    async def run(self) -> None:
        """Serve until cancelled.

        Raises:
            SplitViewError: The log showed two histories: alarm, stop, never retry.
        """
        while True:
            try:
                async with self._client.stream(DELIVER) as stream:
                    await self._listen(stream)
            except SplitViewError:
                raise
            except ValijaError as error:
                self._log.warning("deliver_stopped", error=type(error).__name__)
            await asyncio.sleep(_PAUSES[min(self._failures, len(_PAUSES) - 1)])
            self._failures += 1

    async def _listen(self, stream: Stream) -> None:
        heard = Listening(self._client, stream, self._parts.knowledge)
        trail = Trail(self._parts.knowledge)
        cursor = await self._parts.database.read(self._start)
        first = DeliverRequest(cursor=cursor, credit=CREDIT, desk=self._desk, size=trail.size)
        message: bytes | None = await heard.begin(deliver_request_bytes(first), cursor)
        taken = 0
        while message is not None:
            response = parse_deliver_response(message)
            stored = await self.take(response, trail)
            if stored.ask_again:
                raise VerificationError("an item did not verify; another broker is asked")
            self._failures = 0
            taken += len(response.deliveries)
            if taken >= CREDIT // 2:
                more = DeliverRequest(cursor=response.done, credit=taken)
                await stream.send(deliver_request_bytes(more))
                taken = 0
            message = await heard.go_on(response.done)

    async def take(self, response: DeliverResponse, trail: Trail) -> Stored:
        """Verify one response and store it in one commit.

        Raises:
            ProofError, SplitViewError: Its checkpoint does not hold, or does not cover the
                cursor that it names; nothing is stored.
            UnavailableError: The store gave no answer; what it keeps is known all the same.
        """
        parts = self._parts
        async with parts.knowledge.lock:
            await self._be_sure()
            noted = trail.follow(response.checkpoint, response.consistency)
            if noted is None:
                noted = trail.require()
            trail.witness(response.witnessed, response.witnessed_consistency)
            if response.done > noted.size:
                # A cursor beyond the log would pass over all that is logged up to there.
                raise ProofError("no checkpoint covers what is said to be sent")
            catch, now = await self._verified(response.deliveries, noted)
            async with self._answered():
                stored = await parts.database.write(
                    "inbox.store",
                    lambda tx: store_catch(tx, catch, noted, response.done, now),
                )
            parts.knowledge.learn(catch.directory, catch.entries, noted)
            parts.knowledge.read = max(parts.knowledge.read, response.done)
            if catch.entries:
                await self._try_suspects()
        self._tell(catch, stored, response.done)
        return stored

    @asynccontextmanager
    async def _answered(self) -> AsyncIterator[None]:
        """Let a commit that gives no answer be taken for one that may have happened.

        Raises:
            UnavailableError: It gave none. What the store keeps is taken over by then, or is
                before anything else is verified.
        """
        try:
            yield
        except UnavailableError:
            self._parts.knowledge.is_sure = False
            await self._be_sure()
            raise

    async def _be_sure(self) -> None:
        """Take over what the store keeps, where a commit's answer was lost."""
        if not self._parts.knowledge.is_sure:
            known = await self._parts.database.read(kept)
            self._parts.knowledge.take_over(known)
            self._log.warning("store_read_again", items=len(known.entries))

    async def _try_suspects(self) -> None:
        """Verify again what was kept aside, now that the directory has grown."""
        parts = self._parts
        suspects = await parts.database.read(
            lambda tx: quarantine.open_suspects(tx, self._desk)
        )
        for suspect in suspects:
            find = partial(log.checkpoint, size=suspect.tree_size)
            noted = await parts.database.read(find)
            if noted is None:
                continue
            catch, now = await self._verified((parse_delivery(suspect.delivery),), noted)
            if not catch.suspects:
                store = partial(store_catch, catch=catch, noted=noted, done=0, now=now)
                async with self._answered():
                    stored = await parts.database.write("inbox.settle", store)
                parts.knowledge.learn(catch.directory, catch.entries, noted)
                self._tell(catch, stored, None)

    async def _verified(
        self, deliveries: tuple[Delivery, ...], noted: log.Noted
    ) -> tuple[Catch, Minute]:
        """Verify beside the loop, in one visit: signatures release the interpreter's lock."""
        parts = self._parts
        now = minute_of(parts.clock.now())
        catch = Catch(self._desk, parts.knowledge.directory)
        if not deliveries:
            return catch, now
        checkpoint = parts.knowledge.verified(noted)

        def verify(tx: Transaction) -> Catch:
            reading = Reading(
                checkpoint=checkpoint,
                verifier=parts.knowledge.verifier,
                known=self._held(tx, deliveries).get,
                noted=noted,
                learned=parts.knowledge.learned,
                now=now,
            )
            return read_deliveries(catch, deliveries, reading)

        return await parts.database.read(verify), now

    def _start(self, tx: Transaction) -> int:
        """Return where to begin: the cursor, or below it what must be asked for again."""
        cursor = log.cursor(tx, self._desk)
        aside = quarantine.ask_from(tx, self._desk, ASK_TIMES)
        return cursor if aside is None else min(cursor, aside)

    def _held(
        self, tx: Transaction, deliveries: tuple[Delivery, ...]
    ) -> dict[Digest, LeafIndex]:
        """Return which of these labels the desk holds, and at which leaf."""
        items = [each.logged.item for each in deliveries]
        labels = [digest(item.payload) for item in items if item.kind is Kind.LABEL]
        return received.leaves(tx, self._desk, labels)

    def _tell(self, catch: Catch, stored: Stored, done: int | None) -> None:
        """Count, log and ring for what was stored."""
        metrics, desk = self._parts.metrics, str(self._desk)
        metrics.received.labels(desk, "label").inc(len(stored.arrivals))
        metrics.received.labels(desk, "receipt").inc(len(catch.slips))
        metrics.received.labels(desk, "statement").inc(len(catch.entries))
        if done is not None:
            metrics.cursor.labels(desk).set(done)
            metrics.tree_size.set(self._parts.knowledge.size)
        for suspect in catch.suspects:
            metrics.quarantined.labels(desk, suspect.error).inc()
            self._log.error(
                "kept_aside",
                leaf_index=suspect.leaf_index,
                error=suspect.error,
                clause=suspect.clause,
            )
        for head in stored.strangers:
            self._log.error("head_not_ours", head=head)
        for peer, number in stored.holes:
            self._log.error("number_missing", peer=peer, sequence=number)
        if stored.arrivals:
            self.arrived.ring()
