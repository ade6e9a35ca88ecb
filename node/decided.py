"""A notice that the law decided, recipient by recipient, ready to be sealed.

It promises nothing of the law: whoever makes one has asked it (`node.preflight`). It is all
that `node.outbox` needs, and holds no more than what may leave, beside what is committed.

Source: docs/envelope.md, sections 2 and 3.4; docs/policy.md, section 1.
"""

from dataclasses import dataclass

from valija.clock import Day
from valija.commitment import Fact
from valija.ids import Desk, Digest, NoticeId
from valija.terms import Terms


@dataclass(frozen=True, slots=True)
class Share:
    """What one recipient may see, and what binds it.

    Attributes:
        recipient: Who.
        opened: The facts that it may see, a part of the notice's; at least one.
        terms: Type, purpose, handling and duties towards it.
        agreement: Digest of the AgreementStatement relied on.
        urgent: Delivered first; may be opened before witnesses signed.
    """

    recipient: Desk
    opened: tuple[Fact, ...]
    terms: Terms
    agreement: Digest
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """One revision of a notice, decided for all of its recipients.

    Attributes:
        notice: Its id, the draft's.
        revision: 1 at first, then one more each time it is published again.
        type: From the closed list of `node.notice`; decides the size of the commitment.
        originator: Who signs.
        facts: Every form that every field can take, each (path, form) once: all of them are
            committed, whoever sees them.
        shares: One a recipient, 1 to 64; who may not have it is not among them.
        record: Salt and decision record; its digest is `Label.decision`.
        expires: Day on which the broker's copies end at the latest, at most 30 days ahead; one
            whose own terms end before then ends with them.
    """

    notice: NoticeId
    revision: int
    type: str
    originator: Desk
    facts: tuple[Fact, ...]
    shares: tuple[Share, ...]
    record: bytes
    expires: Day
