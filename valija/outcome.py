"""What one record of the log did to the state.

It promises that a record is told in full: it counts, with these items void, or it does not,
with the refusal that says why; and beside it what its signer must explain. It is made by
`valija.fold`, and read by whoever answers, indexes or audits.

Source: docs/envelope.md, section 4 (Fold).
"""

from dataclasses import dataclass
from enum import StrEnum

from valija.batch import Batch
from valija.clock import Minute
from valija.errors import DuplicateError, VerificationError
from valija.ids import Desk, LeafIndex


class AlarmKind(StrEnum):
    """What the log shows of a desk that it must explain."""

    ONE_NUMBER_TWICE = "one_number_twice"
    WRONG_PREVIOUS = "wrong_previous"
    MISSING_NUMBER = "missing_number"


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something in a desk's own chain that is no error of the log.

    Attributes:
        kind: What.
        desk: Whose chain.
        sequence: The number concerned; the lowest, where several are missing.
    """

    kind: AlarmKind
    desk: Desk
    sequence: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one record did.

    Attributes:
        leaf_index: Its offset.
        minute: Of its entry.
        batch: The batch in it, as the log keeps it.
        error: Why it does not count, for who must answer its sender; None: it counts.
        void_items: Items of a batch that counts whose label id counted before.
        alarms: What its signer must explain.
    """

    leaf_index: LeafIndex
    minute: Minute
    batch: Batch
    error: VerificationError | DuplicateError | None = None
    void_items: frozenset[int] = frozenset()
    alarms: tuple[Alarm, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether the batch counts, its void items aside."""
        return self.error is None
