"""What the law answers for one draft towards one desk, ready to be shown or sealed.

It promises that a ruling opens nothing that its decision does not allow now, and that nothing
goes without an agreement to rely on, without anything to show, or without a field that the
notice is worth nothing without. It does not wait for conditions; `node.release` does.

Source: docs/policy.md, sections 6 and 7; docs/architecture.md, The journey, 2 to 4.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from node.notice.choice import Opened
from node.preflight.draft import Draft
from node.preflight.instruments import Instrument, relied_on
from node.preflight.question import Setting, question
from policies.answer import Rank
from policies.corpus import Law
from policies.decision import Decision
from policies.facts import Case, Essential
from valija.ids import Desk, Digest


@dataclass(frozen=True, slots=True)
class Ruling:
    """One recipient's part of a draft.

    Attributes:
        recipient: The desk.
        case: What the law was asked.
        decision: What it answered.
        chosen: Form of each field that may go now, by its path.
        opened: The facts that this recipient may see now.
        forms: Of each field in order, the form that is opened; empty where none is.
        agreement: The instrument relied on; None: none covers this.
        bare: A field that is essential may go, and yet cannot be shown here.
        relied: Ids of the words on file that it may rest on.
    """

    recipient: Desk
    case: Case
    decision: Decision
    chosen: Mapping[str, str]
    opened: tuple[Opened, ...]
    forms: tuple[str, ...]
    agreement: Digest | None
    bare: bool = False
    relied: tuple[bytes, ...] = ()

    @property
    def rank(self) -> Rank:
        """Whether the notice goes: what is empty or has no agreement never does."""
        rank = self.decision.standing.rank
        empty = rank is Rank.ALLOWED and not self.opened
        return Rank.NEVER if self.agreement is None or empty or self.bare else rank

    def awaits(self, conditions: frozenset[str]) -> tuple[str, ...]:
        """Return which of these conditions would open a fuller form of some field; sorted."""
        found = {
            each
            for field in self.decision.fields
            for unlock in field.unlocks()
            for each in unlock.conditions
        }
        return tuple(sorted(found & conditions))


def rule(
    law: Law, draft: Draft, setting: Setting, instruments: Sequence[Instrument], recipient: Desk
) -> Ruling:
    """Return the ruling on which a notice may leave: both readings of the law agree.

    Args:
        law: The law to ask.
        draft: The notice.
        setting: What stands around it.
        instruments: Between the sender and this recipient.
        recipient: The desk.
    """
    case = question(draft, setting, recipient)
    found = _ruling(draft, case, law.decide(case), instruments, recipient)
    bare = False
    # A field that lost the item it leans on goes with it. Its duties must go too, for a duty
    # owed to what is hidden would betray it; so the law is asked again about what is shown,
    # until nothing more is lost. Data only ever get fewer, so this ends.
    while (narrowed := _shown_only(draft, found)) != found.case:
        bare = bare or _is_bare(found.case, narrowed)
        found = _ruling(draft, narrowed, law.decide(narrowed), instruments, recipient)
    return replace(found, bare=bare)


def foresee(
    law: Law, draft: Draft, setting: Setting, instruments: Sequence[Instrument], recipient: Desk
) -> Ruling:
    """Return the same to look at: one reading, faster, on which nothing ever leaves."""
    case = question(draft, setting, recipient)
    return _ruling(draft, case, law.preview(case), instruments, recipient)


def _shown_only(draft: Draft, ruling: Ruling) -> Case:
    """Return the case without the data of fields that were chosen and yet are not shown."""
    shown = {path for path, _, _ in ruling.opened}
    lost = {
        datum.name
        for field in draft.fields
        if field.path in ruling.chosen and not {field.path, field.marker_path} & shown
        for datum in field.data
    }
    return replace(
        ruling.case, data=tuple(one for one in ruling.case.data if one.name not in lost)
    )


def _is_bare(case: Case, narrowed: Case) -> bool:
    """Tell whether what was lost was essential: without it the law was asked too little."""
    left = {datum.name for datum in narrowed.data}
    return any(
        datum.essential is not Essential.NO for datum in case.data if datum.name not in left
    )


def _ruling(
    draft: Draft,
    case: Case,
    decision: Decision,
    instruments: Sequence[Instrument],
    recipient: Desk,
) -> Ruling:
    shown = draft.shown(decision)
    return Ruling(
        recipient=recipient,
        case=case,
        decision=decision,
        chosen=shown.chosen,
        opened=shown.opened,
        forms=shown.forms,
        agreement=relied_on(tuple(instruments), case.purpose, case.channel),
    )
