"""The intake law: may this desk keep what another state sent?

It promises two questions, both about the act `store` under the receiver's own rules and the
treaty layer: one from label and terms alone, before any content is opened, and one about
every fact that the content shows. Neither is asked of a law that is not the one in force in
the log: what arrived waits. What the sender did not say is `unknown`, a word on no list
refuses, and the answer's record is kept. It opens nothing and stores nothing.

Source: docs/policy.md, section 8; docs/law.md, section 1 (Two questions); docs/envelope.md,
section 3.6, steps 8 and 9.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from node.inbox.shown import ShownData, shown_data
from node.preflight.agency import law_desk
from node.preflight.inforce import require_intake
from node.preflight.instruments import Instruments
from policies.answer import Rank
from policies.corpus import Law
from policies.decision import Decision
from policies.facts import Case, Consent, Datum, Offence, Person, Reference, Risk
from policies.vocabulary import LISTS
from valija.clock import Minute, date_of, day_of
from valija.commitment import Fact
from valija.directory import Directory
from valija.errors import BarredError, HeldError
from valija.ids import Desk, Office
from valija.terms import Terms

_UNKNOWN = "unknown"
_TYPES = {
    "network": "network_alert",
    "modus": "network_alert",
    "suspect": "case_notice",
    "victim": "victim_referral",
}
_BY_PURPOSE = {
    "nationality_verification": "nationality_verification",
    "missing_person_location": "missing_person",
}
_SOURCE = frozenset({"foreign"})
_ANYBODY = "anybody"
_OFFENCE = Offence(None, *[_UNKNOWN] * 5)
_RISK = Risk(_UNKNOWN, _UNKNOWN, _UNKNOWN)


@dataclass(frozen=True, slots=True)
class Offered:
    """What the law is asked about.

    Attributes:
        originator: The desk that signed.
        desk: Ours, which would keep it.
        terms: What binds us.
        minute: The instant of the decision.
        references: Evidence on file at this node.
    """

    originator: Desk
    desk: Desk
    terms: Terms
    minute: Minute
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """What a question is about: persons of whom no more than roles is known, and data."""

    persons: tuple[Person, ...]
    data: tuple[Datum, ...]


def told_by_terms(terms: Terms) -> Told:
    """Return what terms alone tell: as if it held the identity of such a subject."""
    person = _somebody(_ANYBODY, frozenset(terms.subjects) or {_UNKNOWN})
    duties = frozenset(terms.duties)
    return Told((person,), (Datum("terms", "identity", (_ANYBODY,), _SOURCE, duties=duties),))


def told_by_view(terms: Terms, shown: ShownData) -> Told:
    """Return what a view tells, once it was read."""
    persons = tuple(_somebody(name, roles) for name, roles in shown.persons.items())
    duties = frozenset(terms.duties)
    data = tuple(
        Datum(row.name, row.kind, row.subjects, _SOURCE, duties=duties) for row in shown.rows
    )
    return Told(persons, data)


class IntakeLaw:
    """Asks the receiving rules of one node's bundle.

    Attributes:
        law: Whose rules they are.
    """

    def __init__(self, law: Law, *, certain: bool = True) -> None:
        """Ask a law; without certainty by one reading of it, to look at and never to keep."""
        self.law = law
        self._instruments = Instruments(law)
        self._ask = law.decide if certain else law.preview

    def require_in_force(self, desk: Desk, directory: Directory, minute: Minute) -> None:
        """Refuse to decide anything under a law that the log does not name.

        Raises:
            UnavailableError: This law is not in force; what arrived waits until it is.
        """
        require_intake(self.law, directory, desk.member, minute)

    def judge_terms(self, offered: Offered, directory: Directory) -> Decision:
        """Decide from label and terms, as if it held the identity of such a subject."""
        return self.judge(offered, directory, told_by_terms(offered.terms))

    def judge_content(
        self, offered: Offered, directory: Directory, facts: Sequence[Fact]
    ) -> Decision:
        """Decide about every fact that a view opens.

        Raises:
            MalformedError: The facts are no notice that this node can read.
        """
        shown = shown_data(facts, offered.terms.type)
        return self.judge(offered, directory, told_by_view(offered.terms, shown))

    def judge(self, offered: Offered, directory: Directory, told: Told) -> Decision:
        """Decide about what terms or a view tell."""
        pair = (offered.originator, offered.desk)
        instruments = self._instruments.between(directory, pair, offered.minute)
        case = Case(
            day=date_of(day_of(offered.minute)),
            action="store",
            notice_type=_law_type(offered.terms),
            channel=_channel(offered),
            purpose=offered.terms.purpose,
            sender=law_desk(offered.originator),
            recipient=law_desk(offered.desk),
            origin_state=offered.originator.member,
            agreements=tuple(one.agreement for one in instruments),
            offence=_OFFENCE,
            secrecy=(),
            danger=_UNKNOWN,
            risk=_RISK,
            persons=told.persons,
            data=told.data,
            references=offered.references,
        )
        return self._ask(case)


def require(decision: Decision) -> None:
    """Let a decision pass that allows, and raise what any other means.

    Raises:
        HeldError: Conditions are not met.
        BarredError: The law says never, or could not decide; it cites.
    """
    rank = decision.standing.rank
    if decision.fault or rank not in {Rank.ALLOWED, Rank.HELD}:
        citations = {each.legal_basis for each in decision.citations.values()}
        raise BarredError("our own law does not let it be kept", tuple(sorted(citations)))
    if rank is Rank.HELD:
        conditions = tuple(sorted(decision.standing.conditions))
        raise HeldError("conditions of our own law are not met", conditions)


def _somebody(name: str, roles: frozenset[str] | set[str]) -> Person:
    """Return a subject of whom the sender told no more than the roles."""
    return Person(
        id=name,
        roles=frozenset(roles),
        minor=_UNKNOWN,
        consent=Consent(_UNKNOWN),
        asylum=_UNKNOWN,
        feared_state=_UNKNOWN,
        protected_witness=_UNKNOWN,
        publication_ban=_UNKNOWN,
    )


def _law_type(terms: Terms) -> str:
    if terms.type in LISTS["NoticeType"]:
        return terms.type
    usual = _TYPES.get(terms.type, _UNKNOWN)
    return _BY_PURPOSE.get(terms.purpose, usual) if terms.type == "victim" else usual


def _channel(offered: Offered) -> str:
    offices = {offered.originator.office, offered.desk.office}
    if offices == {Office.FINANCIAL}:
        return "fiu"
    return "mla" if offices == {Office.CENTRAL} else "spontaneous"
