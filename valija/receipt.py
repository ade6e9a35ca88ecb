"""What happened to a notice, signed by whoever did it, or by a broker about a silence.

It holds the receipt as parsed and the closed lists it draws on. It promises that no receipt
can name a person: grounds and roles are lists. Whether a desk may sign one is judged in
`valija.judgement`; "admitted" is no receipt but the log's own proof.

Source: docs/envelope.md, section 1 (receipt.proto) and section 4 (Fold).
"""

from dataclasses import dataclass
from enum import IntEnum

from valija.clock import Minute
from valija.ids import Desk, Digest, LeafIndex


class Event(IntEnum):
    """What happened; the numbers are the wire's, and from 16 on a broker signs."""

    DELIVERED = 1
    ACCEPTED = 2
    OPENED = 3
    REFUSED = 4
    ERASED = 5
    RETAINED = 6
    NOT_DELIVERED = 16
    NOT_ERASED = 17
    REJECTED = 18


FIRST_BROKER_EVENT = Event.NOT_DELIVERED
GROUNDS: dict[Event, frozenset[str]] = {
    Event.REFUSED: frozenset({"law", "unusable"}),
    Event.REJECTED: frozenset({"verification", "signature"}),
}
"""Closed list of grounds, by event; every other event has none."""
ROLES = frozenset({"liaison", "supervisor", "prosecutor", "auditor", "security", "register"})
"""Closed list of the roles that may open; never a person."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """One event, once a label and desk.

    Attributes:
        event: What happened.
        subject: Digest of the label; REJECTED: of the head.
        desk: Whose doing or silence; REJECTED: who signed the head.
        at: Minute of it.
        ground: From `GROUNDS`, where the event has one; else empty.
        role: OPENED: from `ROLES`; else empty.
        cause: ACCEPTED: the label's terms digest; else empty.
        salt: 16 random bytes, so that no digest can be guessed.
    """

    event: Event
    subject: Digest
    desk: Desk
    at: Minute
    ground: str = ""
    role: str = ""
    cause: bytes = b""
    salt: bytes = bytes(16)


@dataclass(frozen=True, slots=True)
class VerifiedReceipt:
    """A receipt whose batch signature holds and whose entry is in the log.

    Attributes:
        payload: Its exact bytes.
        body: The same, parsed.
        to: Desks that it was addressed to.
        signer: Desk that signed its batch.
        leaf_index: Its batch's place in the log.
        logged: Minute of its entry.
    """

    payload: bytes
    body: Receipt
    to: tuple[Desk, ...]
    signer: Desk
    leaf_index: LeafIndex
    logged: Minute
