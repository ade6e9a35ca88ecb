"""What becomes of an envelope that was stored: kept, held, refused, or unusable.

It promises docs/envelope.md, section 3.6, steps 8 to 10, in that order, each time from the
stored bytes, which are verified once more: terms open, the intake law reads label and terms;
only then the content opens, its view is checked, and the law reads it too. One commit holds
the outcome, the record of the decision, the key under a record key, and the REFUSED receipt
where there is one. Which check failed is told to nobody outside.

Source: docs/envelope.md, section 3.6, steps 8 to 10; docs/policy.md, section 8.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog

from node.inbox.law import IntakeLaw, Offered, require
from node.inbox.storing import leave_receipt, receipt_about
from node.inbox.unsealing import read_content, read_terms, unwrap, verify_again
from node.journal import Act, Journal
from node.parts import Parts
from node.store import decisions, log, received
from node.store.bell import Bell
from node.store.database import Transaction
from node.store.recorded import pack
from policies.facts import Reference
from valija.clock import Minute, minute_of
from valija.errors import (
    AbsentError,
    BarredError,
    HeldError,
    MalformedError,
    UnavailableError,
    VerificationError,
)
from valija.ids import Desk, Digest, digest
from valija.receipt import Event

_LISTEN = 2.0
_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Outcome:
    """What steps 8 to 10 found.

    Attributes:
        state: KEPT, HELD, REFUSED or UNUSABLE of `node.store.received`.
        ground: `law` or `unusable` where it is refused; else empty.
        conditions: What it waits for while HELD.
        content_key: Where it is kept.
        type: The notice's type, where its terms opened.
        purpose: Its purpose, where its terms opened.
        record: What the intake law was asked and answered, once or twice, under one salt.
    """

    state: str
    ground: str = ""
    conditions: tuple[str, ...] = ()
    content_key: bytes = b""
    type: str = ""
    purpose: str = ""
    record: bytes = b""


class Keeper:
    """Applies the intake law to one desk's inbox, in the order of arrival."""

    def __init__(self, parts: Parts, law: IntakeLaw, journal: Journal, desk: Desk) -> None:
        self._parts = parts
        self._law = law
        self._journal = journal
        self._desk = desk
        self._waits = False
        self._log = structlog.get_logger().bind(desk=str(desk))

    async def run(self, arrived: Bell) -> None:
        """Serve until cancelled; looks at once for what a crash left, then at each ring.

        While the law here is not the one in force in the log, what is stored stays as it is.
        """
        while True:
            while await self.keep_waiting() == _AT_ONCE:
                pass
            await arrived.wait(_LISTEN)

    async def keep_waiting(self) -> int:
        """Decide the next envelopes that are stored and not decided; return how many."""
        waiting = await self._parts.database.read(
            lambda tx: received.in_state(tx, self._desk, received.STORED, _AT_ONCE)
        )
        if not waiting or not self._may_decide():
            return 0
        await self.decide(waiting)
        return len(waiting)

    async def reconsider(
        self, label: Digest, references: Sequence[Reference]
    ) -> received.Arrival:
        """Ask the law again about a notice that it holds, with evidence that came since.

        Raises:
            AbsentError: No such notice in this inbox.
            MalformedError: It is not held.
            UnavailableError: The law here is not the one in force; it is held as before.
        """
        arrival = await self._parts.database.read(
            lambda tx: received.find(tx, self._desk, label)
        )
        if arrival.state != received.HELD:
            raise MalformedError("only a notice that is held is asked about again")
        (changed,) = await self.decide([arrival], tuple(references))
        return changed

    async def decide(
        self, arrivals: Sequence[received.Arrival], references: tuple[Reference, ...] = ()
    ) -> tuple[received.Arrival, ...]:
        """Take stored envelopes through steps 8 to 10, and store all outcomes in one commit.

        Raises:
            UnavailableError: The law here is not the one in force; nothing was decided.
        """
        parts, now = self._parts, minute_of(self._parts.clock.now())
        self._law.require_in_force(self._desk, parts.knowledge.directory, now)
        sizes = {arrival.tree_size for arrival in arrivals}

        def examine(tx: Transaction) -> list[Outcome]:
            noted = {size: log.checkpoint(tx, size) for size in sizes}
            asked = (now, references)
            return [self._examine(each, noted[each.tree_size], asked) for each in arrivals]

        outcomes = await parts.database.read(examine)
        acts = [
            Act("node", "", _ACTS[o.state], arrival.label, o.purpose)
            for arrival, o in zip(arrivals, outcomes, strict=True)
        ]
        lines = self._journal.lines(acts)

        def store(tx: Transaction) -> tuple[received.Arrival, ...]:
            lines(tx)
            pairs = zip(arrivals, outcomes, strict=True)
            return tuple(_store(tx, arrival, outcome, now) for arrival, outcome in pairs)

        changed = await parts.database.write("inbox.keep", store)
        for arrival in changed:
            parts.metrics.intake.labels(str(self._desk), arrival.state).inc()
            self._log.info("intake", label=arrival.label, state=arrival.state)
        return changed

    def _may_decide(self) -> bool:
        """Tell whether the law here is in force; where it is not, say so once."""
        now, directory = minute_of(self._parts.clock.now()), self._parts.knowledge.directory
        try:
            self._law.require_in_force(self._desk, directory, now)
        except UnavailableError as error:
            if not self._waits:
                self._log.warning("intake_waits", clause=str(error))
            self._waits = True
            return False
        self._waits = False
        return True

    def _examine(
        self,
        arrival: received.Arrival,
        noted: log.Noted | None,
        asked: tuple[Minute, tuple[Reference, ...]],
    ) -> Outcome:
        """Return what steps 8 and 9 find; nothing is stored on the way."""
        parts = self._parts
        records: dict[str, bytes] = {}
        outcome = Outcome(received.UNUSABLE, ground="unusable")
        try:
            envelope = verify_again(parts, arrival, noted)
            key = unwrap(parts.keystore, envelope)  # 8.
            terms = read_terms(key, envelope)
            outcome = replace(outcome, type=terms.type, purpose=terms.purpose)
            offered = Offered(arrival.originator, self._desk, terms, *asked)
            directory = parts.knowledge.directory
            decision = self._law.judge_terms(offered, directory)
            records["terms"] = decision.record
            require(decision)
            facts = read_content(key, envelope)  # 9.
            decision = self._law.judge_content(offered, directory, facts)
            records["content"] = decision.record
            require(decision)
            outcome = replace(outcome, state=received.KEPT, ground="", content_key=key)
        except BarredError:
            outcome = replace(outcome, state=received.REFUSED, ground="law")
        except HeldError as held:
            conditions = held.conditions
            outcome = replace(outcome, state=received.HELD, ground="", conditions=conditions)
        except (VerificationError, MalformedError, AbsentError) as error:
            self._log.warning("unusable", label=arrival.label, error=type(error).__name__)
        return replace(outcome, record=pack(records) if records else b"")


def _store(
    tx: Transaction, arrival: received.Arrival, outcome: Outcome, now: Minute
) -> received.Arrival:
    """Write one outcome; the key goes under a record key of its own (step 10)."""
    changed = replace(
        arrival,
        state=outcome.state,
        ground=outcome.ground,
        conditions=outcome.conditions,
        decision=digest(outcome.record) if outcome.record else b"",
        type=outcome.type,
        purpose=outcome.purpose,
    )
    if not received.change(tx, arrival, **{name: getattr(changed, name) for name in _CHANGED}):
        return received.find(tx, arrival.desk, arrival.label)  # Decided meanwhile.
    if outcome.record:
        decisions.add_decision(tx, arrival.notice, now, outcome.record)
    if outcome.state == received.KEPT:
        received.keep_key(tx, arrival, outcome.content_key)
    if outcome.ground:
        receipt = receipt_about(arrival, Event.REFUSED, now)
        leave_receipt(tx, arrival, replace(receipt, ground=outcome.ground))
    return changed


_CHANGED = ("state", "ground", "conditions", "decision", "type", "purpose")
_ACTS = {
    received.KEPT: "kept",
    received.HELD: "held",
    received.REFUSED: "refused",
    received.UNUSABLE: "refused",
}
