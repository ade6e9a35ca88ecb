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

from node.inbox.law import IntakeLaw, Offered, told_by_terms, told_by_view
from node.inbox.shown import Row, ShownData, shown_data
from node.notice.notice import Notice
from node.preflight.inforce import fault_of
from node.preflight.instruments import Instrument, Instruments
from node.preflight.ruling import Ruling
from node.release.terms import terms_of
from policies.answer import Rank
from policies.corpus import Law
from policies.decision import Citation, Decision
from policies.memory import Shelf
from valija.clock import Day, Minute, day_of
from valija.commitment import Form, make_fact
from valija.directory import Directory
from valija.errors import MalformedError
from valija.ids import Desk
from valija.terms import Terms

KEPT, HELD, REFUSED, UNKNOWN = "kept", "held", "refused", "unknown"
_OFFERS, _EXPECTED = 256, 4096
_Persons = tuple[tuple[str, frozenset[str]], ...]
_Told = tuple[Terms, bool, tuple[Row, ...], _Persons]
_Asked = tuple[int, tuple[Desk, Desk], tuple[Instrument, ...], Day]
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


class Foreseen:
    """What was foreseen lately, by all that it follows from.

    Attributes:
        law: Whose rules, as `node.inbox.law` asks them, are asked here for a look.
        instruments: In force between two desks, as that law reads them.
    """

    def __init__(self, law: Law) -> None:
        """Ask a law by one reading: to look at, and never to keep."""
        self.law = law
        self.instruments = Instruments(law)
        self._intake = IntakeLaw(law, certain=False)
        self._offers = Shelf[_Told, Offer](_OFFERS)
        self._expected = Shelf[_Asked, tuple[Offer, str, Expectation]](_EXPECTED)

    def offer(self, terms: Terms, view: ShownData | None) -> "Offer":
        """Return terms and a view as the law is told of them; equal ones are one object."""
        rows = () if view is None else view.rows
        persons = () if view is None else tuple(view.persons.items())
        told = (terms, view is None, rows, persons)
        return self._offers.recall(told, lambda: Offer(terms, view))

    def expect(self, offered: Offered, directory: Directory, offer: "Offer") -> "Expectation":
        """Return what becomes of an offer at a desk under an agreement, on a day."""
        pair = (offered.originator, offered.desk)
        instruments = self.instruments.between(directory, pair, offered.minute)
        asked = (id(offer), pair, instruments, day_of(offered.minute))
        _, fault, expected = self._expected.recall(
            asked, lambda: (offer, *self._judged(offered, directory, offer))
        )
        if fault:
            self._expected.drop(asked)  # What a guard refused is asked anew each time.
        return expected

    def _judged(
        self, offered: Offered, directory: Directory, offer: "Offer"
    ) -> tuple[str, Expectation]:
        decision = self._intake.judge(offered, directory, offer.asked)
        if _outcome(decision) == KEPT:
            if offer.view is None:
                return "", Expectation(REFUSED)
            decision = self._intake.judge(offered, directory, offer.view)
        return decision.fault, _expectation(decision, offer.terms.duties)


class Offer:
    """What all recipients under one decision are offered.

    Attributes:
        terms: What would bind them.
        asked: What the terms tell their law.
        view: What their view tells it; None where it is none that a node can read.
    """

    def __init__(self, terms: Terms, view: ShownData | None) -> None:
        """Tell the law of terms and of a view."""
        self.terms = terms
        self.asked = told_by_terms(terms)
        self.view = None if view is None else told_by_view(terms, view)


class Foresight:
    """Foresees of one draft; recipients who see the same are read once."""

    def __init__(
        self, foreseen: Foreseen, directory: Directory, notice: Notice, minute: Minute
    ) -> None:
        self._foreseen = foreseen
        self._directory = directory
        self._notice = notice
        self._minute = minute
        self._offers: dict[tuple[int, str], tuple[Decision, Offer]] = {}
        self._seen: dict[tuple[str, ...], ShownData | None] = {}

    def of(self, ruling: Ruling, originator: Desk) -> Expectation | None:
        """Return what becomes of what a ruling shows; None where nothing would go."""
        if ruling.rank is Rank.NEVER or not ruling.opened:
            return None
        member = ruling.recipient.member
        if fault_of(self._foreseen.law, self._directory, member, self._minute):
            return Expectation(UNKNOWN)
        offer = self._offer(ruling)
        offered = Offered(originator, ruling.recipient, offer.terms, self._minute)
        return self._foreseen.expect(offered, self._directory, offer)

    def _offer(self, ruling: Ruling) -> Offer:
        """Return what a ruling offers; it follows from its decision and purpose."""
        key = (id(ruling.decision), ruling.case.purpose)
        if key not in self._offers:
            terms = terms_of(self._notice, ruling, self._minute)
            offer = self._foreseen.offer(terms, self._view(ruling, terms.type))
            self._offers[key] = (ruling.decision, offer)
        return self._offers[key][1]

    def _view(self, ruling: Ruling, notice_type: str) -> ShownData | None:
        if ruling.forms not in self._seen:
            facts = [make_fact(path, _FORMS[form], told) for path, form, told in ruling.opened]
            try:
                self._seen[ruling.forms] = _nameless(shown_data(facts, notice_type))
            except MalformedError:
                self._seen[ruling.forms] = None
        return self._seen[ruling.forms]


def _nameless(view: ShownData) -> ShownData:
    """Return a view whose rows and persons are counted, for no law reads a name."""
    places = {name: str(place) for place, name in enumerate(view.persons)}
    rows = tuple(
        Row(str(place), row.kind, tuple(places[one] for one in row.subjects))
        for place, row in enumerate(view.rows)
    )
    return ShownData(rows, {places[name]: roles for name, roles in view.persons.items()})


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
