"""What the law decides for one notice towards one recipient.

It promises that a notice never goes further than its strictest part: it is never if delivery
or an essential field is never, held if one of them is held, else allowed, with each other
field in its fullest form that may go now. Duties come from what is sent, never from what is
left out, for a duty owed to a hidden witness would betray him.

Source: docs/policy.md, section 7; docs/law.md, sections 3, 4 and 9.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from policies.answer import Form, Keep, Rank, Standing
from policies.facts import Essential
from valija.ids import Digest


@dataclass(frozen=True, slots=True)
class Citation:
    """The article behind a rule.

    Attributes:
        rule: The rule's id.
        layer: A state's code, `treaty`, or `engine` for what code applies.
        effect: permit, general, …, duty.
        legal_basis: Instrument and article.
        confidence: high, medium, low.
        condition: What would answer it; empty if nothing does.
    """

    rule: str
    layer: str
    effect: str
    legal_basis: str
    confidence: str
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Unlock:
    """What would open a fuller form.

    Attributes:
        form: The form that would open; EXACT also for a match or an act.
        conditions: Every one is needed; alternatives are written `a | b`; sorted.
    """

    form: Form
    conditions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FieldDecision:
    """What may be seen of one field.

    Attributes:
        name: As in the case.
        form: The fullest that may go now; OMITTED if none may.
        standings: By form; a form that the kind cannot take is never.
        silent: It is omitted without a trace: no marker, no count, no citation goes out.
        essential: What the notice is worth without it.
        duties: Come with it if it is sent; sorted.
        tasks: Stay with the sender; sorted.
        keep: Its limits.
        rules: Ids of the rules that decided or attached; sorted.
        alternatives: Other routes; sorted.
        limits: Those of the rules that restrict and that nothing answers yet; sorted.
    """

    name: str
    form: Form
    standings: Mapping[Form, Standing]
    silent: bool
    essential: Essential
    duties: tuple[str, ...]
    tasks: tuple[str, ...]
    keep: Keep
    rules: tuple[str, ...]
    alternatives: tuple[str, ...]
    limits: tuple[str, ...] = ()

    @property
    def sent(self) -> bool:
        """It goes now in some form, or would once the notice's conditions are met."""
        return self.form is not Form.OMITTED or self.owed().rank is Rank.HELD

    def owed(self) -> Standing:
        """Return the standing that the notice takes over from this field."""
        if self.essential is Essential.EXACT:
            return self.standings[Form.EXACT]
        if self.essential is Essential.PRESENT:
            return min(self.standings.values(), key=lambda standing: standing.rank)
        return Standing(Rank.ALLOWED)

    def unlocks(self) -> tuple[Unlock, ...]:
        """Return what would open each fuller form, the fullest first."""
        if self.form is Form.EXACT:
            return ()
        return tuple(
            Unlock(form, tuple(sorted(standing.conditions)))
            for form, standing in sorted(self.standings.items())
            if form < self.form and standing.rank is Rank.HELD
        )


@dataclass(frozen=True, slots=True)
class Decision:
    """What the law decides, with everything that explains and proves it.

    Attributes:
        day: The decision date.
        action: What was asked.
        standing: Of the whole notice, or of the act.
        fields: In the order of the case.
        duties: Travel with the notice; sorted.
        tasks: Stay with the sender; sorted.
        retention_days: The smallest limit.
        review_days: To the next review; None for none.
        alternatives: Other routes; sorted.
        requires: What the notice waits for; `complete_labels` if labels are missing; sorted.
        silent: A field is omitted without a trace.
        citations: By rule id, of every rule that decided.
        bundles: Hash of each bundle asked, by name.
        record: Canonical JSON of facts and outcome, for replay; it holds names of rows and
            stays in the node.
        fault: Why there is no decision but a refusal; empty if there is one.
    """

    day: date
    action: str
    standing: Standing
    fields: tuple[FieldDecision, ...]
    duties: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    retention_days: int | None = None
    review_days: int | None = None
    alternatives: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    silent: bool = False
    citations: Mapping[str, Citation] = field(default_factory=dict)
    bundles: Mapping[str, Digest] = field(default_factory=dict)
    record: bytes = b""
    fault: str = ""

    @property
    def rules(self) -> tuple[str, ...]:
        """Ids of every rule that decided or attached; sorted."""
        return tuple(sorted(self.citations))
