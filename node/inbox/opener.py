"""Reading a kept notice: by a role, for a purpose, and never without a line in the journal.

It promises that the line is durable before anything is shown, that the first opening leaves
one OPENED receipt which names the role and never the person, and that routine notices open
only under a checkpoint that meets the anchor's policy.

Source: docs/envelope.md, section 3.6, step 10; docs/architecture.md, The journey, 10.
"""

import asyncio
from dataclasses import dataclass, replace

from node.inbox.storing import leave_receipt, receipt_about
from node.inbox.unsealing import Opened, read_content, read_terms, verify_again
from node.journal import Act, Journal
from node.parts import Parts
from node.store import log, received
from node.store.database import Transaction
from valija.clock import minute_of
from valija.errors import AbsentError, BarredError, HeldError, MalformedError
from valija.ids import Desk, Digest
from valija.receipt import ROLES, Event


@dataclass(frozen=True, slots=True)
class Person:
    """Who opens, as the node knows him.

    Attributes:
        account: Stays in this node's journal.
        role: From the closed list of `valija.receipt`; goes into the receipt.
    """

    account: str
    role: str


class Opener:
    """Opens what one desk's inbox has kept."""

    def __init__(self, parts: Parts, journal: Journal, desk: Desk) -> None:
        self._parts = parts
        self._journal = journal
        self._desk = desk

    async def open_notice(self, label: Digest, person: Person, purpose: str) -> Opened:
        """Return what a notice shows this desk.

        Args:
            label: Digest of its label.
            person: Who opens.
            purpose: Why, from the closed list of purposes.

        Raises:
            AbsentError: It is not there, or not for this desk.
            HeldError: Conditions of our law, or witnesses of the log, are missing.
            BarredError: Our law refused it.
            MalformedError: No such role.
            VerificationError: The store was altered: it does not open.
        """
        if person.role not in ROLES:
            raise MalformedError("no such role may open a notice")
        arrival, key, noted = await self._parts.database.read(lambda tx: self._find(tx, label))
        envelope = await asyncio.to_thread(verify_again, self._parts, arrival, noted)
        terms, facts = read_terms(key, envelope), read_content(key, envelope)
        await self._note(arrival, person, purpose)
        return Opened(envelope.label, terms, facts)

    def _find(
        self, tx: Transaction, label: Digest
    ) -> tuple[received.Arrival, bytes, log.Noted | None]:
        arrival = received.find(tx, self._desk, label)
        if arrival.state in {received.STORED, received.HELD}:
            raise HeldError("our own law has not let it in yet", arrival.conditions)
        if arrival.state == received.REFUSED:
            raise BarredError("our own law does not let it be kept")
        if arrival.state != received.KEPT:
            raise AbsentError("there is nothing to open")
        if not arrival.urgent and not self._parts.knowledge.is_witnessed(arrival.leaf_index):
            raise HeldError("no witnessed checkpoint covers it yet", ("witnesses",))
        key = received.content_key(tx, arrival)
        return arrival, key, log.checkpoint(tx, arrival.tree_size)

    async def _note(self, arrival: received.Arrival, person: Person, purpose: str) -> None:
        """Write the line of the journal, and the receipt of a first opening, in one commit."""
        now = minute_of(self._parts.clock.now())
        line = self._journal.line(
            Act(person.account, person.role, "opened", arrival.label, purpose)
        )

        def store(tx: Transaction) -> None:
            line(tx)
            held = received.find(tx, arrival.desk, arrival.label)
            if held.opened or not received.change(tx, held, opened=person.role):
                return  # The log counts one OPENED a desk.
            receipt = receipt_about(arrival, Event.OPENED, now)
            leave_receipt(tx, arrival, replace(receipt, role=person.role))

        await self._parts.database.write("inbox.open", store)
