"""Approving: evidence for what an order waits for, given by somebody who may give it.

It promises that nobody approves what he drafted or ordered, that a word of evidence is kept
signed with account, role and reach, and that a met condition is asked about again under
today's law before anything leaves.

Source: docs/architecture.md, The people; docs/policy.md, section 3; law row ENG-SECOND.
"""

from dataclasses import dataclass, replace
from secrets import token_bytes

from node.journal import Act
from node.people.person import Person, PersonRole, Verb
from node.preflight.agency import law_desk
from node.preflight.evidence import Scope
from node.release.desk import ReleaseDesk
from node.release.sender import SECOND_PERSON, Sender
from node.states import RecipientState
from node.store import decisions, drafts, releases
from node.store.database import Transaction
from node.store.releases import Release
from policies.vocabulary import LISTS
from valija.clock import MINUTES_A_DAY, Day, Minute, date_of
from valija.errors import AbsentError, BarredError, MalformedError
from valija.ids import NoticeId

_ID_BYTES = 16
_CONSENT = "consent_evidence"
_ENDED = "refused"
_OPEN = Day(0)
_BY_ROLE = {
    SECOND_PERSON: frozenset({PersonRole.SUPERVISOR, PersonRole.PROSECUTOR}),
    "approval:prosecutor": frozenset({PersonRole.PROSECUTOR}),
}
"""Who may give which evidence; all else, which names a court's or authority's act, is entered
by a supervisor or a prosecutor with its reference."""
_ENTERS = frozenset({PersonRole.SUPERVISOR, PersonRole.PROSECUTOR})


@dataclass(frozen=True, slots=True)
class Word:
    """What a second person says.

    Attributes:
        condition: The law's word that this answers, one of those waited for.
        yes: False refuses, and ends the order.
        words: Reason, or the reference of a court or authority; never empty.
        until: Last day on which it counts; 0: no end but the order's own.
    """

    condition: str
    yes: bool
    words: str
    until: Day = _OPEN


class Approver:
    """Takes evidence."""

    def __init__(self, desk: ReleaseDesk, sender: Sender) -> None:
        self._desk = desk
        self._sender = sender

    async def waiting(self, person: Person) -> tuple[decisions.Hold, ...]:
        """Return what waits at the person's desk, oldest first.

        Raises:
            BarredError: The person's role reads no lists.
        """
        person.require(Verb.READ_LISTS)
        database = self._desk.parts.database
        return await database.read(lambda tx: _of_desk(tx, person))

    async def answer(
        self, person: Person, hold: bytes, word: Word
    ) -> tuple[NoticeId, tuple[RecipientState, ...]]:
        """Give or refuse what a hold waits for, carry its order on, and return its states.

        One word answers every recipient of the notice that waits for the same condition: the
        second person has seen the same matrix for all of them.

        Raises:
            AbsentError: Nothing of this id waits at this person's desk.
            BarredError: The role may not give this, or it is the person's own order.
            MalformedError: The hold waits for something else, or no reason is given.
        """
        open_now = await self.waiting(person)
        found = next((one for one in open_now if one.id == hold), None)
        if found is None:
            raise AbsentError("nothing of this id waits here")
        _check(person, found, word)
        loaded = await self._desk.load(person, found.notice)
        database = self._desk.parts.database
        release = await database.read(lambda tx: releases.find(tx, found.notice))
        person.require_second(loaded.line.author)
        person.require_second(release.account)
        same = [one for one in open_now if _alike(one, found)]
        answer = _Answer(person, word, tuple(same), loaded.content, self._desk.now())
        line = self._desk.journal.line(
            Act(
                person.account,
                person.role,
                "approved" if word.yes else "refused",
                found.notice,
                loaded.draft.notice.handling.purpose,
            )
        )

        def rows(tx: Transaction) -> None:
            _write(tx, answer)
            line(tx)

        await database.write("evidence", rows)
        left = _carried_on(release, answer)
        if left.recipients:
            await self._sender.carry_on(person, left)
        else:
            await database.write("release", lambda tx: releases.put(tx, left))
        return found.notice, await self._sender.states(found.notice)


@dataclass(frozen=True, slots=True)
class _Answer:
    """A word with everything that it answers.

    Attributes:
        person: Who gives it.
        word: What is said.
        holds: Every wait that it ends.
        content: Digest of the draft as it was seen; an approval counts for no other text.
        at: When.
    """

    person: Person
    word: Word
    holds: tuple[decisions.Hold, ...]
    content: str
    at: Minute

    def evidence(self) -> decisions.Evidence:
        desks = {law_desk(hold.recipient) for hold in self.holds}
        scope = Scope(
            recipients=tuple(sorted(f"{desk.state}/{desk.agency}" for desk in desks)),
            until=date_of(self.word.until).isoformat() if self.word.until else "",
            words=self.word.words,
            content=self.content,
            yes=self.word.yes,
        )
        return decisions.Evidence(
            id=token_bytes(_ID_BYTES),
            notice=self.holds[0].notice,
            token=self.word.condition,
            by=self.person.account,
            role=self.person.role,
            at=self.at,
            until=Minute((self.word.until + 1) * MINUTES_A_DAY) if self.word.until else None,
            body=scope.to_bytes(),
        )


def _write(tx: Transaction, answer: _Answer) -> None:
    evidence = answer.evidence()
    decisions.add_evidence(tx, evidence)
    for hold in answer.holds:
        decisions.close_hold(tx, hold.id, answer.at, evidence.id if answer.word.yes else None)
    if not answer.word.yes:
        ended = {hold.recipient for hold in answer.holds}
        kept = [
            replace(one, rank=_ENDED, at=answer.at)
            for one in decisions.standings(tx, answer.holds[0].notice)
            if one.recipient in ended
        ]
        decisions.put_standings(tx, kept)


def _check(person: Person, hold: decisions.Hold, word: Word) -> None:
    """Refuse a word that does not answer, or that this person may not give."""
    if word.condition not in hold.condition.split(" | "):
        raise MalformedError(f"this waits for {hold.condition}, and for nothing else")
    if word.condition not in LISTS["Evidence"] or word.condition == _CONSENT:
        raise MalformedError("a person's consent is stated in the notice, not approved here")
    if not word.words.strip():
        raise MalformedError("give the reason, or the reference of the court or authority")
    if person.role not in _BY_ROLE.get(word.condition, _ENTERS):
        raise BarredError(f"a {person.role} may not give {word.condition}")


def _alike(one: decisions.Hold, other: decisions.Hold) -> bool:
    return (one.notice, one.condition) == (other.notice, other.condition)


def _carried_on(release: Release, answer: _Answer) -> Release:
    """Return the order as it goes on: a refusal ends it for those who waited."""
    ended = set() if answer.word.yes else {hold.recipient for hold in answer.holds}
    left = tuple(desk for desk in release.recipients if desk not in ended)
    return replace(release, recipients=left, at=answer.at)


def _of_desk(tx: Transaction, person: Person) -> tuple[decisions.Hold, ...]:
    return tuple(
        hold
        for hold in decisions.waiting(tx)
        if drafts.line(tx, hold.notice).desk == person.desk
    )
