"""The chain of batches that one desk signs: 1, 2, 3, each naming the one before.

It promises that of two heads with one number one is told from the other, that a head which
names another predecessor than the log holds is noticed, and that a missing number is known
with the minute since which it is. What the fold makes of that is its own affair.

Source: docs/envelope.md, section 3.2 (no number is signed twice) and section 4 (Fold).
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from valija.clock import Minute
from valija.head import ChainPoint, Head
from valija.ids import ZERO_DIGEST, Digest

PATIENCE_MINUTES = 10


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers that a desk must have signed and the log does not hold.

    Attributes:
        first: Lowest missing number.
        last: Highest missing number.
        before: Digest of the head just below.
        after: What the head just above names as its previous.
        since: Minute in which the head above was logged.
    """

    first: int
    last: int
    before: Digest
    after: Digest
    since: Minute


@dataclass(slots=True)
class Chain:
    """What the log holds of one desk's numbers.

    Attributes:
        point: Highest number logged, with the digest of its head.
        gaps: What is missing below it, ascending.
    """

    point: ChainPoint = field(default_factory=lambda: ChainPoint(0, ZERO_DIGEST))
    gaps: list[Gap] = field(default_factory=list)

    def is_free(self, sequence: int) -> bool:
        """Return whether the log holds no head with this number yet."""
        return sequence > self.point.sequence or self._gap(sequence) is not None

    def add(self, head: Head, name: Digest, minute: Minute) -> bool:
        """Take a head whose number is free, and return whether its neighbours agree.

        Args:
            head: The head.
            name: Its digest.
            minute: Of its entry.

        Returns:
            False where it names another predecessor than the log holds, or the head after
            it names another than this one.
        """
        if head.sequence > self.point.sequence:
            return self._extend(head, name, minute)
        gap = self._gap(head.sequence)
        return gap is not None and self._fill(gap, head, name)

    def missing(self, minute: Minute, withdrawn: Collection[Digest]) -> list[Gap]:
        """Return what has been missing for ten minutes and was not withdrawn.

        Args:
            minute: Now.
            withdrawn: Digests of this desk's heads that it withdrew after REJECTED. A gap
                below a head that names one of them holds withdrawn heads, at most as many.
        """
        allowance, missing = len(withdrawn), []
        for gap in self.gaps:
            length = gap.last - gap.first + 1
            excused = gap.after in withdrawn and length <= allowance
            allowance -= length if excused else 0
            if not excused and gap.since + PATIENCE_MINUTES <= minute:
                missing.append(gap)
        return missing

    def _gap(self, sequence: int) -> Gap | None:
        return next((gap for gap in self.gaps if gap.first <= sequence <= gap.last), None)

    def _extend(self, head: Head, name: Digest, minute: Minute) -> bool:
        top, self.point = self.point, ChainPoint(head.sequence, name)
        if head.sequence == top.sequence + 1:
            return head.previous == top.head
        between = (top.sequence + 1, head.sequence - 1)
        self.gaps.append(Gap(*between, top.head, head.previous, minute))
        return True

    def _fill(self, gap: Gap, head: Head, name: Digest) -> bool:
        parts = []
        if gap.first < head.sequence:
            parts.append(replace(gap, last=head.sequence - 1, after=head.previous))
        if head.sequence < gap.last:
            parts.append(replace(gap, first=head.sequence + 1, before=name))
        at = self.gaps.index(gap)
        self.gaps[at : at + 1] = parts
        below = head.sequence > gap.first or head.previous == gap.before
        above = head.sequence < gap.last or gap.after == name
        return below and above
