"""Approving: evidence for what an order waits for, given by somebody who may give it.

It promises that nobody approves what he wrote of or ordered; that a word counts for the text
that was ordered and no other; and that the word, what it met and what follows from it become
durable in one commit: an approval is never kept without its order going on, nor lost.

Source: docs/architecture.md, The people; docs/policy.md, section 3; law row ENG-SECOND.
"""

from dataclasses import dataclass, replace

from node.journal import Act
from node.people.person import Person, Verb
from node.preflight.evidence import Scope
from node.preflight.question import SECOND_PERSON
from node.preflight.ruling import foresee, rule
from node.release.attested import attest, attest_refusal
from node.release.desk import ReleaseDesk
from node.release.filed import ACCEPTANCE, Filed
from node.release.loaded import Loaded, hands_on
from node.release.publication import rules_for
from node.release.sender import Sender
from node.release.word import Word, check_word, evidence_of, scope_of
from node.states import RecipientState
from node.store import decisions, drafts, evidence, releases, waits
from node.store.database import Transaction
from node.store.decisions import Hold
from node.store.releases import Wish
from policies.record import duties_digest
from valija.clock import day_of
from valija.errors import HeldError
from valija.ids import NoticeId

_ENDED = "refused"


@dataclass(frozen=True, slots=True)
class _Answer:
    """A word with everything that it answers.

    Attributes:
        word: What is said.
        holds: Every wait that it ends.
        wishes: The orders that wait there.
        hands: Every account that wrote of the draft or ordered it.
    """

    word: Word
    holds: tuple[Hold, ...]
    wishes: tuple[Wish, ...]
    hands: frozenset[str]


class Approver:
    """Takes evidence."""

    def __init__(self, desk: ReleaseDesk, sender: Sender) -> None:
        self._desk = desk
        self._sender = sender

    async def waiting(self, person: Person) -> tuple[Hold, ...]:
        """Return what waits at the person's desk, oldest first, 200 at most.

        Raises:
            BarredError: The person's role reads no lists.
        """
        person.require(Verb.READ_LISTS)
        return await self._desk.parts.database.read(lambda tx: waits.at_desk(tx, person.desk))

    async def answer(
        self, person: Person, hold: bytes, word: Word
    ) -> tuple[NoticeId, tuple[RecipientState, ...]]:
        """Give or refuse what a hold waits for, carry its order on, and return its states.

        One word answers every recipient of the notice that waits for the same by the same
        article, for the second person has seen one matrix for all; what a recipient says
        itself answers that recipient alone.

        Raises:
            AbsentError: Nothing of this id waits at this person's desk.
            BarredError: The role may not give this, or it is the person's own work.
            HeldError: The text was changed after it was ordered, or nothing asks for this
                any more: it must be ordered again.
            MalformedError: The hold waits for something else, or no reason is given.
        """
        person.require(Verb.APPROVE)
        database = self._desk.parts.database
        async with self._desk.turn:
            found = await database.read(lambda tx: waits.find(tx, person.desk, hold))
            check_word(person, found, word, self._desk.now())
            answer = await database.read(lambda tx: _around(tx, found, word))
            for account in sorted(answer.hands):
                person.require_second(account)
            if word.yes:
                await self._grant(person, found, answer)
            else:
                await self._refuse(person, found, answer)
        return found.notice, await self._sender.states(found.notice)

    async def _grant(self, person: Person, hold: Hold, answer: _Answer) -> None:
        loaded = await self._desk.load(person, hold.notice)
        if {wish.content for wish in answer.wishes} != {loaded.content}:
            raise HeldError("the draft was changed after it was ordered: order it again")
        scopes = await self._scopes(loaded, hold, answer)
        now, sign = self._desk.now(), self._desk.sign_at(person.desk)
        given = {
            purpose: attest(
                evidence_of(person, hold, answer.word, scope, now), person.desk, sign
            )
            for purpose, scope in scopes.items()
        }
        filed = tuple(
            Filed(one.token, scopes[purpose], one.id, one.by) for purpose, one in given.items()
        )
        known = replace(loaded, evidence=(*loaded.evidence, *filed))
        ready = await self._sender.judged(known, answer.wishes)
        act = "approved" if answer.word.condition == SECOND_PERSON else "gave_evidence"
        lines = [
            self._desk.journal.line(Act(person.account, person.role, act, hold.notice, purpose))
            for purpose in given
        ]
        meant = {wish.recipient: wish.purpose for wish in answer.wishes}

        def rows(tx: Transaction) -> None:
            for word in given.values():
                evidence.add(tx, word)
            for one in answer.holds:
                answered = given.get(meant.get(one.recipient, ""))
                if answered is not None:
                    decisions.close_hold(tx, one.id, now, answered.id)
            for line in lines:
                line(tx)

        await self._sender.write(person, [ready], rows)

    async def _scopes(self, loaded: Loaded, hold: Hold, answer: _Answer) -> dict[str, Scope]:
        """Return how far the word reaches, a scope a purpose, each with the desks of its own.

        One scope of all desks and all purposes would open pairs that nobody ordered.
        """
        found = {}
        for purpose in sorted({wish.purpose for wish in answer.wishes}):
            wishes = tuple(wish for wish in answer.wishes if wish.purpose == purpose)
            scope = await self._scope(loaded, hold, replace(answer, wishes=wishes))
            if scope is not None:
                found[purpose] = scope
        if not found:
            raise HeldError("the law does not ask for this any more: order it again")
        return found

    async def _scope(self, loaded: Loaded, hold: Hold, answer: _Answer) -> Scope | None:
        """Return the reach for one purpose: the desks ordered for it, the rules that ask."""
        asked = [(wish.recipient, wish.purpose) for wish in answer.wishes]
        rulings = await self._desk.judge(loaded, asked, foresee)
        asking = [rules_for(one, hold.condition, hold.article) for one in rulings]
        reached = [
            wish.recipient for wish, names in zip(answer.wishes, asking, strict=True) if names
        ]
        if not reached:
            return None
        rules = frozenset(name for names in asking for name in names)
        purposes = frozenset(purpose for _, purpose in asked)
        today = day_of(self._desk.now())
        scope = scope_of(answer.word, reached, purposes, rules, today)
        hands = tuple(sorted(answer.hands))
        scope = replace(scope, content=loaded.content, hands=hands)
        if answer.word.condition != ACCEPTANCE:
            return scope
        # What is accepted are the duties that bind once it is accepted.
        filed = Filed(answer.word.condition, scope, b"")
        known = replace(loaded, evidence=(*loaded.evidence, filed))
        (ruling,) = await self._desk.judge(known, asked, rule)
        return replace(scope, duties=duties_digest(ruling.decision.duties))

    async def _refuse(self, person: Person, hold: Hold, answer: _Answer) -> None:
        now, desks = self._desk.now(), [one.recipient for one in answer.holds]
        scope = scope_of(answer.word, desks, frozenset(), frozenset(), day_of(now))
        given = evidence_of(person, hold, answer.word, scope, now)
        given = attest_refusal(given, person.desk, self._desk.sign_at(person.desk))
        line = self._desk.journal.line(
            Act(person.account, person.role, "refused", hold.notice, _purpose(answer))
        )

        def rows(tx: Transaction) -> None:
            evidence.add(tx, given)
            waits.fall_away(tx, hold.notice, desks, now)
            releases.drop(tx, hold.notice, desks)
            ended = [
                replace(one, rank=_ENDED, at=now)
                for one in decisions.standings(tx, hold.notice)
                if one.recipient in desks
            ]
            decisions.put_standings(tx, ended)
            line(tx)

        await self._desk.parts.database.write("evidence", rows)


def _around(tx: Transaction, hold: Hold, word: Word) -> _Answer:
    holds = waits.alike(tx, hold) if word.answers_all else (hold,)
    recipients = {one.recipient for one in holds}
    wishes = tuple(
        wish for wish in releases.find(tx, hold.notice) if wish.recipient in recipients
    )
    hands = hands_on(tx, drafts.line(tx, hold.notice))
    return _Answer(word, holds, wishes, hands)


def _purpose(answer: _Answer) -> str:
    return answer.wishes[0].purpose if answer.wishes else ""
