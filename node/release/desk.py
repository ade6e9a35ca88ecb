"""What surrounds every release of one node: its law, its store, its directory.

It promises that whatever an officer touches is his own desk's. It holds no judgement;
`node.preflight` judges, `node.release.sender` and `node.release.approver` act.

Source: docs/architecture.md, The people.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from node.journal import Journal
from node.notice import native
from node.parts import Parts
from node.people.person import Person
from node.preflight.evidence import parse_scope, reference
from node.preflight.instruments import Instrument, between
from node.preflight.question import Setting
from node.preflight.ruling import Draft, Ruling
from node.release.publication import Publication
from node.store import decisions, drafts, releases
from node.store.database import Transaction
from policies.corpus import Law
from policies.facts import Reference, Risk
from valija.clock import Minute, minute_of
from valija.errors import AbsentError
from valija.ids import Desk, NoticeId, Office, digest

_Judge = Callable[[Law, Draft, Setting, Sequence[Instrument], Desk], Ruling]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A draft out of the store, with everything that the law must know around it.

    Attributes:
        line: What a list shows of it.
        draft: Its notice, fields and frames.
        content: Digest of its text, in hexadecimal: an approval counts for this text only.
        references: Evidence on file that counts for it.
    """

    line: drafts.DraftLine
    draft: Draft
    content: str
    references: tuple[Reference, ...]


class ReleaseDesk:
    """What senders and approvers share."""

    def __init__(self, parts: Parts, law: Law, journal: Journal) -> None:
        self.parts = parts
        self.law = law
        self.journal = journal
        # Cedar holds the interpreter; one thread keeps the event loop alive beside it.
        self._judges = ThreadPoolExecutor(1, thread_name_prefix="law")

    def now(self) -> Minute:
        """Return the minute in which a decision made now lies."""
        return minute_of(self.parts.clock.now())

    async def load(self, person: Person, notice: NoticeId) -> Loaded:
        """Return one of the person's desk's drafts.

        Raises:
            AbsentError: There is none, or it is another desk's: the two are not told apart.
        """
        return await self.parts.database.read(lambda tx: self._load(tx, person, notice))

    def _load(self, tx: Transaction, person: Person, notice: NoticeId) -> Loaded:
        line = drafts.line(tx, notice)
        if line.desk != person.desk:
            raise AbsentError("no such draft")
        text = drafts.content(tx, notice)
        seen = digest(text).hex()
        scopes = [(one.token, parse_scope(one.body)) for one in decisions.evidence(tx, notice)]
        references = tuple(
            reference(token, scope)
            for token, scope in scopes
            if scope.yes and scope.content in {"", seen}
        )
        return Loaded(line, Draft.of(native.parse(text)), seen, references)

    def reachable(self, sender: Desk) -> tuple[Desk, ...]:
        """Return every desk that some agreement in force reaches from ours, by name."""
        directory, now = self.parts.knowledge.directory, self.now()
        desks = {
            Desk(member, office)
            for member in directory.members(now)
            for office in directory.membership(member, now).offices
            if office is not Office.STATE and member != sender.member
        }
        return tuple(
            desk for desk in sorted(desks) if directory.agreements_between(sender, desk, now)
        )

    async def judge(
        self, loaded: Loaded, purpose: str, recipients: Sequence[Desk], judge: _Judge
    ) -> tuple[Ruling, ...]:
        """Return a ruling a recipient, asked on the law's own thread.

        Args:
            loaded: The draft.
            purpose: A word of the law's list; empty: the draft's own.
            recipients: Desks, in the order wanted.
            judge: `ruling.rule` to act upon, `ruling.foresee` to look at.
        """
        risks = await self.parts.database.read(lambda tx: releases.risks(tx, self.now()))
        setting = Setting(
            sender=loaded.line.desk,
            minute=self.now(),
            purpose=purpose,
            agreements={},
            risks={row.desk: _risk(row) for row in risks},
            references=loaded.references,
        )
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._judges, self._judge_all, loaded.draft, setting, recipients, judge
        )

    def _judge_all(
        self, draft: Draft, setting: Setting, recipients: Sequence[Desk], judge: _Judge
    ) -> tuple[Ruling, ...]:
        found = []
        for recipient in recipients:
            pair = (setting.sender, recipient)
            directory = self.parts.knowledge.directory
            instruments = between(directory, self.law, pair, setting.minute)
            agreements = {recipient: tuple(one.agreement for one in instruments)}
            asked = replace(setting, agreements=agreements)
            found.append(judge(self.law, draft, asked, instruments, recipient))
        return tuple(found)

    def close(self) -> None:
        """Let the law's thread go."""
        self._judges.shutdown()


def write_publication(tx: Transaction, one: Publication, release: releases.Release) -> None:
    """Write what an order changed beside the envelopes: decision, standings, waits, order."""
    decisions.add_decision(tx, release.notice, release.at, one.record)
    decisions.put_standings(tx, one.standings)
    for hold in one.holds:
        decisions.open_hold(tx, hold)
    revision = one.decided.revision if one.decided else release.revision
    releases.put(tx, replace(release, revision=revision))


def _risk(row: releases.RiskRow) -> Risk:
    return Risk(row.torture, row.persecution, row.compromised)
