"""Taking back a word: it closes what it opened, and what left under it is owed a recall.

It promises that from the commit of a withdrawal on nothing leaves that rested on the word:
orders that wait or are sealed and unsigned end in that same commit, and neither asks the law
nor waits for a key, for what closes must always work. What was signed before cannot be taken
back here: its number is used, its bytes may have left; it is listed as owed.

    before the commit    a crash leaves everything as it was
    after it             the word does not count, its orders are ended, what is owed is listed

Source: docs/coordination.md (Recall; consent withdrawn); docs/law.md, OAS-P-xii.withdrawn.
"""

from dataclasses import dataclass

from node.journal import Act
from node.people.person import Person, Verb
from node.preflight.evidence import Scope, parse_scope
from node.release.attested import Worth, attest_withdrawal, weigh
from node.release.desk import ReleaseDesk
from node.release.loaded import WITHDREW, bench_of, own_line
from node.release.owed import Recalls, recalls
from node.release.word import check_withdrawal
from node.store import decisions, evidence, releases, unsent, withdrawals
from node.store.closing import close
from node.store.database import Transaction
from node.store.evidence import Evidence
from node.store.withdrawals import Withdrawal
from valija.clock import Minute, day_of
from valija.errors import MalformedError
from valija.ids import Desk, NoticeId

_HELD = "held"


@dataclass(frozen=True, slots=True)
class Given:
    """A word on file as a list shows it.

    Attributes:
        row: As it stands in the store.
        worth: What it is worth now.
        scope: How far it reaches; None where it does not verify.
        withdrawn: Minute in which it was taken back; None where it was not.
    """

    row: Evidence
    worth: Worth
    scope: Scope | None
    withdrawn: Minute | None


class Withdrawer:
    """Takes words back, and says what is owed."""

    def __init__(self, desk: ReleaseDesk) -> None:
        self._desk = desk

    async def given(self, person: Person, notice: NoticeId) -> tuple[Given, ...]:
        """Return every word on file about a draft of the person's desk, each with its worth.

        Raises:
            AbsentError: There is no such draft at this desk.
            BarredError: The person's role reads no lists.
        """
        person.require(Verb.READ_LISTS)
        directory, now = self._desk.parts.knowledge.directory, self._desk.now()

        def find(tx: Transaction) -> tuple[Given, ...]:
            bench = bench_of(tx, own_line(tx, person, notice), directory, now)
            found = []
            for row in evidence.of_notice(tx, notice):
                worth, verified = weigh(row, bench)
                gone = bench.withdrawn.get(row.id)
                scope = verified.scope if verified else None
                found.append(Given(row, worth, scope, gone.at if gone else None))
            return tuple(found)

        return await self._desk.parts.database.read(find)

    async def withdraw(self, person: Person, name: bytes, reason: str) -> NoticeId:
        """Take back a word for good, and return the notice that it was about.

        Raises:
            AbsentError: No word of this id was given at this person's desk.
            BarredError: The role may not take this back.
            MalformedError: No reason is given, or the word was a refusal.
            DuplicateError: It was withdrawn before.
        """
        person.require(Verb.WITHDRAW)
        database = self._desk.parts.database
        async with self._desk.turn:
            word = await database.read(lambda tx: evidence.at_desk(tx, person.desk, name))
            check_withdrawal(person, word, reason)
            scope = _scope(word)
            if not scope.yes:
                raise MalformedError("a refusal opened nothing; there is nothing to take back")
            now = self._desk.now()
            row = Withdrawal(
                evidence=word.id,
                notice=word.notice,
                by=person.account,
                role=person.role,
                at=now,
                reason=reason.strip().encode(),
            )
            row = attest_withdrawal(row, person.desk, self._desk.sign_at(person.desk))
            line = self._desk.journal.line(
                Act(person.account, person.role, WITHDREW, word.notice)
            )

            def rows(tx: Transaction) -> None:
                withdrawals.add(tx, row)
                _end(tx, word, scope, now)
                line(tx)

            await database.write("withdraw", rows)
        return word.notice

    async def owed(self, person: Person, notice: NoticeId | None = None) -> Recalls:
        """Return what recipients hold under withdrawn words, of one notice or of the desk.

        Raises:
            AbsentError: There is no such notice at this desk.
            BarredError: The person's role reads no lists.
        """
        person.require(Verb.READ_LISTS)

        today = day_of(self._desk.now())

        def find(tx: Transaction) -> Recalls:
            if notice is not None:
                own_line(tx, person, notice)
            return recalls(tx, person.desk, notice, today)

        return await self._desk.parts.database.read(find)


def _scope(word: Evidence) -> Scope:
    """Return how far a word reaches; one that does not read reaches everything."""
    try:
        return parse_scope(word.body)
    except MalformedError:
        return Scope()


def _end(tx: Transaction, word: Evidence, scope: Scope, now: Minute) -> None:
    """End every order that has not left and could leave under this word."""
    ended = unsent.take_back(tx, word.id) | _waiting(tx, word.notice, scope)
    close(tx, word.notice, ended, now)


def _waiting(tx: Transaction, notice: NoticeId, scope: Scope) -> frozenset[Desk]:
    """Return who waits for something else while this word counted."""
    ordered = {wish.recipient: wish.content for wish in releases.find(tx, notice)}
    return frozenset(
        one.recipient
        for one in decisions.standings(tx, notice)
        if one.rank == _HELD
        and (not scope.desks or str(one.recipient) in scope.desks)
        and scope.content in {"", ordered.get(one.recipient, scope.content)}
    )
