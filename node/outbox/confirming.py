"""Which brokers proved a batch of notices, and whether that is enough to call it admitted.

A proof shows that an entry is a leaf of the log, not that it counts: what stands beside the
leaf is seen by whoever reads records, and a broker that writes it altered makes a void entry
with a true proof. So where a node knows several brokers, it promises that a batch of notices is
admitted only once two of them proved it at one leaf, or once every recipient has answered;
a broker that never saw it count admits it itself when it is asked. Where it knows one broker,
that one's proof is all there is.

Source: docs/envelope.md, section 4 (Several brokers; Fold).
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from node.outbox.answers import Answer
from node.store import receipts
from node.store.database import Transaction
from valija.address import Address
from valija.envelope import Envelope
from valija.ids import Desk, Digest, LeafIndex, digest
from valija.receipt import FIRST_BROKER_EVENT

ASK_AFTER = 60.0
"""Seconds after which another broker is asked; twice as long each time nothing came of it."""
MOST_PAUSE = 3600.0
ENOUGH = 2
"""Brokers whose proofs of one leaf are believed, where several are known."""
_AT_ONCE = 16


@dataclass(slots=True)
class _Case:
    """What one batch waits for.

    Attributes:
        answer: The last one that proved it.
        owed: Label and recipient of each answer that would settle it.
        leaves: At which leaf each broker proved it.
    """

    answer: Answer
    owed: frozenset[tuple[Digest, Desk]]
    leaves: dict[Address, LeafIndex] = field(default_factory=dict)


class Confirming:
    """Batches of notices that one broker proved, and no other yet."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._cases: dict[Digest, _Case] = {}
        self._pause = ASK_AFTER
        self._asked = 0.0

    def hear(self, answer: Answer, broker: Address, brokers: Collection[Address]) -> bool:
        """Take a broker's proof, and say whether the batch counts as far as can be known."""
        head, proof = answer.batch.head_digest, answer.proof
        owed = _owed(answer)
        if proof is None or not owed or len(set(brokers)) < ENOUGH:
            return True
        if not self._cases:
            self._asked, self._pause = self._seconds(), ASK_AFTER
        case = self._cases.setdefault(head, _Case(answer, owed))
        case.answer, case.leaves[broker] = answer, proof.leaf_index
        agreed = list(case.leaves.values()).count(proof.leaf_index) >= ENOUGH
        if agreed:
            self.forget(head)
        return agreed

    @property
    def is_waiting(self) -> bool:
        """Whether any batch waits to be confirmed."""
        return bool(self._cases)

    def is_due(self, head: Digest, broker: Address) -> bool:
        """Say whether this broker has yet to be asked about a batch."""
        return head not in self._cases or broker not in self._cases[head].leaves

    def wants_another(self) -> bool:
        """Say, once in a while, that another broker must be asked now."""
        now = self._seconds()
        if not self._cases or now < self._asked + self._pause:
            return False
        self._asked, self._pause = now, min(2 * self._pause, MOST_PAUSE)
        return True

    def answered(self, tx: Transaction) -> list[Answer]:
        """Return the proofs of batches whose every recipient has answered by now."""
        cases = list(self._cases.values())[:_AT_ONCE]
        labels = {label for case in cases for label, _ in case.owed}
        slips = receipts.about(tx, labels) if labels else ()
        told = {(s.subject, s.desk) for s in slips if s.event < FIRST_BROKER_EVENT}
        return [case.answer for case in cases if case.owed <= told]

    def forget(self, head: Digest) -> None:
        """A batch is settled."""
        self._cases.pop(head, None)


def _owed(answer: Answer) -> frozenset[tuple[Digest, Desk]]:
    items = () if answer.sent is None else answer.sent.items
    return frozenset(
        (digest(item.payload), stanza.recipient)
        for item in items
        if isinstance(item.body, Envelope)
        for stanza in item.body.stanzas
    )
