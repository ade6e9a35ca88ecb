"""From the log to an officer: verify, receipt, intake law, unseal, open.

It promises the numbered order of docs/envelope.md, section 3.6, for every desk of the node,
and that what it owes as a receipt stands unsigned in the store, for the outbox to sign.

Source: docs/envelope.md, section 3.6; docs/architecture.md, The journey, 8 to 10.
"""

from collections.abc import Sequence
from typing import TypeVar

from node.client import Client
from node.inbox.keeper import Keeper
from node.inbox.law import IntakeLaw
from node.inbox.opener import Opener, Person
from node.inbox.receiver import Receiver
from node.inbox.unsealing import Opened
from node.journal import Journal
from node.parts import Parts
from node.race import race
from node.store import received
from policies.corpus import Law
from policies.facts import Reference
from valija.errors import AbsentError
from valija.ids import Desk, Digest

_Part = TypeVar("_Part")
__all__ = ["Inbox", "Opened", "Person"]


class Inbox:
    """Everything that one node's desks receive."""

    def __init__(self, parts: Parts, client: Client, law: Law, desks: Sequence[Desk]) -> None:
        journal = Journal(parts.database, parts.clock)
        intake = IntakeLaw(law)
        self._receivers = {desk: Receiver(parts, client, desk) for desk in desks}
        self._keepers = {desk: Keeper(parts, intake, journal, desk) for desk in desks}
        self._openers = {desk: Opener(parts, journal, desk) for desk in desks}

    async def open_notice(
        self, desk: Desk, label: Digest, person: Person, purpose: str
    ) -> Opened:
        """Return what a kept notice shows a desk; see `node.inbox.opener`.

        Raises:
            AbsentError: It is not there, or not for this desk, or not a desk of ours.
            HeldError: Conditions of our law, or witnesses of the log, are missing.
            BarredError: Our law refused it.
            MalformedError: No such role.
            VerificationError: The store was altered: it does not open.
        """
        return await _of(self._openers, desk).open_notice(label, person, purpose)

    async def reconsider(
        self, desk: Desk, label: Digest, references: Sequence[Reference]
    ) -> received.Arrival:
        """Ask our law again about a held notice, and return what became of it.

        Raises:
            AbsentError: No such notice in this inbox, or not a desk of ours.
            MalformedError: It is not held.
            UnavailableError: The law here is not the one in force in the log.
        """
        return await _of(self._keepers, desk).reconsider(label, references)

    async def run(self) -> None:
        """Receive and keep, for every desk, until cancelled.

        Raises:
            SplitViewError: The log showed two histories: alarm, stop, never retry.
        """
        streams = [receiver.run() for receiver in self._receivers.values()]
        intake = [
            self._keepers[desk].run(receiver.arrived)
            for desk, receiver in self._receivers.items()
        ]
        await race(*streams, *intake)


def _of(parts: dict[Desk, _Part], desk: Desk) -> _Part:
    if desk not in parts:
        raise AbsentError("no such desk here")
    return parts[desk]
