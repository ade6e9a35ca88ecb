"""What a recipient's own law would do with what it would get now: keep, hold or refuse.

It promises the very two questions that the recipient's node will ask (`node.inbox.law`), put
to the recipient's published receiving rules and the treaty layer, and only where the rules at
hand are those that the log says are in force there; else it says that it does not know. It is
a look, and binds nobody: the recipient's node decides, and may have evidence that we lack.

Source: docs/policy.md, section 8; docs/law.md, section 1 (Two questions, two bundles).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from node.inbox.law import IntakeLaw, Offered
from node.inbox.shown import ShownData, shown_data
from node.notice.notice import Notice
from node.preflight.inforce import fault_of
from node.preflight.ruling import Ruling
from node.release.terms import terms_of
from policies.answer import Rank
from policies.corpus import Law
from policies.decision import Citation, Decision
from valija.clock import Minute
from valija.commitment import Form, make_fact
from valija.directory import Directory
from valija.errors import MalformedError
from valija.ids import Desk

KEPT, HELD, REFUSED, UNKNOWN = "kept", "held", "refused", "unknown"
SENTENCES: Mapping[str, tuple[str, str, str, str]] = MappingProxyType(
    {
        KEPT: (
            "La ley del receptor permite conservarlo.",
            "The recipient's law lets it be kept.",
            "A lei do receptor permite conservá-lo.",
            "La loi du destinataire permet de le conserver.",
        ),
        HELD: (
            "La ley del receptor pondría condiciones antes de conservarlo.",
            "The recipient's law would set conditions before it is kept.",
            "A lei do receptor imporia condições antes de conservá-lo.",
            "La loi du destinataire poserait des conditions avant de le conserver.",
        ),
        REFUSED: (
            "La ley del receptor no permite conservarlo: lo rechazaría.",
            "The recipient's law does not let it be kept: it would be refused.",
            "A lei do receptor não permite conservá-lo: seria recusado.",
            "La loi du destinataire ne permet pas de le conserver : il serait refusé.",
        ),
        UNKNOWN: (
            "No se sabe: las normas del receptor aquí no son las vigentes en el registro.",
            "Not known: the recipient's rules at hand are not those in force in the log.",
            "Não se sabe: as regras do receptor aqui não são as vigentes no registro.",
            "On ne sait pas : ces règles du destinataire ne sont pas en vigueur au journal.",
        ),
    }
)
"""Every outcome, in the order of `node.states.LANGUAGES`."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What would become of a notice at its recipient.

    Attributes:
        outcome: kept, held, refused, or unknown.
        conditions: What it would wait for there.
        duties: What its law would bind its keepers to, beside what travels.
        citations: What decides there.
    """

    outcome: str
    conditions: tuple[str, ...] = ()
    duties: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()


class Foresight:
    """Asks the recipients' laws about one draft; recipients who see the same are read once."""

    def __init__(self, law: Law, directory: Directory, notice: Notice, minute: Minute) -> None:
        self._law = law
        self._intake = IntakeLaw(law, certain=False)
        self._directory = directory
        self._notice = notice
        self._minute = minute
        self._seen: dict[tuple[tuple[str, str], ...], ShownData] = {}

    def of(self, ruling: Ruling, originator: Desk) -> Expectation | None:
        """Return what becomes of what a ruling shows; None where nothing would go."""
        if ruling.rank is Rank.NEVER or not ruling.opened:
            return None
        member = ruling.recipient.member
        if fault_of(self._law, self._directory, member, self._minute):
            return Expectation(UNKNOWN)
        terms = terms_of(self._notice, ruling, self._minute)
        offered = Offered(originator, ruling.recipient, terms, self._minute)
        decision = self._intake.judge_terms(offered, self._directory)
        if _outcome(decision) == KEPT:
            try:
                shown = self._shown(ruling, terms.type)
            except MalformedError:
                return Expectation(REFUSED)
            decision = self._intake.judge_shown(offered, self._directory, shown)
        return _expectation(decision, terms.duties)

    def _shown(self, ruling: Ruling, notice_type: str) -> ShownData:
        key = tuple((path, form) for path, form, _ in ruling.opened)
        if key not in self._seen:
            facts = [make_fact(path, _FORMS[form], told) for path, form, told in ruling.opened]
            self._seen[key] = shown_data(facts, notice_type)
        return self._seen[key]


_FORMS = {form.name.lower(): form for form in Form}


def _expectation(decision: Decision, travelling: tuple[str, ...]) -> Expectation:
    outcome = _outcome(decision)
    held = decision.standing.conditions if outcome == HELD else frozenset[str]()
    return Expectation(
        outcome,
        tuple(sorted(held)),
        tuple(sorted(set(decision.duties) - set(travelling))),
        tuple(decision.citations.values()),
    )


def _outcome(decision: Decision) -> str:
    """Return what `node.inbox.law.require` makes of a decision."""
    rank = decision.standing.rank
    if decision.fault or rank not in {Rank.ALLOWED, Rank.HELD}:
        return REFUSED
    return HELD if rank is Rank.HELD else KEPT
