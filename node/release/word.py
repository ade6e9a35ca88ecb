"""A second person's word: who may give which, and the evidence that it becomes.

It promises that a word answers what is waited for and nothing else, that a court's or
authority's act is entered with its reference, and that what it becomes reaches no further
than the text, the desks, the purposes and the rules it was asked for.

Source: docs/architecture.md, The people; docs/policy.md, section 3; law row ENG-SECOND.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_bytes

from node.people.person import Person, PersonRole
from node.preflight.evidence import Scope
from node.preflight.question import SECOND_PERSON
from node.store.decisions import Hold
from node.store.evidence import Evidence
from policies.vocabulary import LISTS
from valija.clock import MINUTES_A_DAY, Day, Minute, date_of, day_of
from valija.errors import BarredError, MalformedError
from valija.ids import Desk

_ID_BYTES = 16
_MOST_WORDS = 2000
_MOST_DAYS = 3650
_OPEN = Day(0)
_BY_PERSON = frozenset({"consent_evidence", "complete_labels"})
"""What the draft itself must state, for no second person can say it."""
_BY_ROLE = {
    SECOND_PERSON: frozenset({PersonRole.SUPERVISOR, PersonRole.PROSECUTOR}),
    "approval:prosecutor": frozenset({PersonRole.PROSECUTOR}),
}
"""Who may give which evidence; all else, which names a court's or authority's act, is entered
by a supervisor or a prosecutor with its reference."""
_ENTERS = frozenset({PersonRole.SUPERVISOR, PersonRole.PROSECUTOR})
_OF_ONE_DESK = ("recipient_accepts_caveats", "assurance:")
"""What a recipient says binds that recipient alone."""


@dataclass(frozen=True, slots=True)
class Word:
    """What a second person says.

    Attributes:
        condition: The law's word that this answers, one of those waited for.
        yes: False refuses, and ends the order.
        words: Reason, or the reference of a court or authority; never empty.
        until: Last day on which it counts; 0: as long as the draft stays as it is.
    """

    condition: str
    yes: bool
    words: str
    until: Day = _OPEN

    @property
    def answers_all(self) -> bool:
        """Whether it answers every recipient that waits for the same."""
        return not self.condition.startswith(_OF_ONE_DESK)


def check_word(person: Person, hold: Hold, word: Word, now: Minute) -> None:
    """Refuse a word that does not answer, or that this person may not give.

    Raises:
        MalformedError: The hold waits for something else, no reason is given, or its end is
            past or ten years away.
        BarredError: The role may not give this.
    """
    if word.condition not in hold.condition.split(" | "):
        raise MalformedError(f"this waits for {hold.condition}, and for nothing else")
    if word.yes and (word.condition in _BY_PERSON or word.condition not in LISTS["Evidence"]):
        raise MalformedError(
            f"{word.condition} is stated in the draft by whom it concerns, not approved here"
        )
    if not 0 < len(word.words.strip()) <= _MOST_WORDS:
        raise MalformedError(
            "give the reason, or the reference of the court or authority, in 2,000 characters"
        )
    today = day_of(now)
    if word.until and not today <= word.until <= today + _MOST_DAYS:
        raise MalformedError("a word stands until today at the earliest, or ten years at most")
    if person.role not in _BY_ROLE.get(word.condition, _ENTERS):
        raise BarredError(f"a {person.role} may not give {word.condition}")


def check_withdrawal(person: Person, word: Evidence, reason: str) -> None:
    """Refuse to take back a word that is not this person's to take back.

    Whoever may give a word may take it back, and whoever gave it; a consent, every officer of
    the desk: the person whom it concerns tells whoever is there. Taking back only narrows.

    Raises:
        BarredError: The role may not.
        MalformedError: No reason is given, or it is too long.
    """
    if not 0 < len(reason.strip()) <= _MOST_WORDS:
        raise MalformedError("give the reason of the withdrawal, in 2,000 characters")
    if word.token in _BY_PERSON or word.by == person.account:
        return
    if person.role not in _BY_ROLE.get(word.token, _ENTERS):
        raise BarredError(f"a {person.role} may not take back {word.token}")


def scope_of(
    word: Word,
    desks: Sequence[Desk],
    purposes: frozenset[str],
    rules: frozenset[str],
    today: Day,
) -> Scope:
    """Return how far a word reaches; which text it was given for is the caller's to add.

    Args:
        word: What was said.
        desks: Towards which it answers.
        purposes: For which the notice was ordered to exactly these desks.
        rules: That asked for it.
        today: First day on which it counts.
    """
    return Scope(
        rules=tuple(sorted(rules)),
        desks=tuple(sorted({str(desk) for desk in desks})),
        purposes=tuple(sorted(purposes)),
        since=date_of(today).isoformat(),
        until=date_of(word.until).isoformat() if word.until else "",
        words=word.words.strip(),
        yes=word.yes,
    )


def evidence_of(person: Person, hold: Hold, word: Word, scope: Scope, at: Minute) -> Evidence:
    """Return the row that keeps a word: who gave it, in which role, and its reach."""
    return Evidence(
        id=token_bytes(_ID_BYTES),
        notice=hold.notice,
        token=word.condition,
        by=person.account,
        role=person.role,
        at=at,
        until=Minute((word.until + 1) * MINUTES_A_DAY) if word.until else None,
        body=scope.to_bytes(),
    )
