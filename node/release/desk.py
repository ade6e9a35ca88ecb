"""What surrounds every release of one node: its law, its store, its directory.

It promises that whatever an officer touches is his own desk's. It holds no judgement;
`node.preflight` judges, `node.release.sender` and `node.release.approver` act.

Source: docs/architecture.md, The people.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from node.journal import Journal
from node.notice import native
from node.parts import Parts
from node.people.person import Person
from node.preflight.evidence import Scope, parse_scope, reference
from node.preflight.inforce import require_in_force
from node.preflight.instruments import Instrument, between
from node.preflight.question import Setting
from node.preflight.ruling import Draft, Ruling
from node.store import decisions, drafts, risks
from node.store.database import Transaction
from policies.corpus import Law
from policies.facts import Reference, Risk
from policies.record import duties_digest
from valija.clock import Minute, minute_of
from valija.errors import AbsentError, MalformedError, UnavailableError
from valija.ids import Desk, NoticeId, Office, digest

_Judge = Callable[[Law, Draft, Setting, Sequence[Instrument], Desk], Ruling]


_ACCEPTANCE = "recipient_accepts_caveats"


@dataclass(frozen=True, slots=True)
class Filed:
    """One piece of evidence on file, with how far it reaches.

    Attributes:
        token: The law's word for it.
        scope: Its reach.
    """

    token: str
    scope: Scope

    def reference(self) -> Reference:
        """Return what the law is told of it; the duties accepted are compared here."""
        return reference(self.token, replace(self.scope, duties=""))

    def reaches(self, recipient: Desk) -> bool:
        """Tell whether it was given for exactly this desk, or for no desk in particular."""
        return not self.scope.desks or str(recipient) in self.scope.desks

    def stands(self, ruling: Ruling) -> bool:
        """Tell whether it accepts the very duties that this ruling imposes, if it is that."""
        duties = self.scope.duties
        if self.token != _ACCEPTANCE or not duties:
            return True
        return duties == duties_digest(ruling.decision.duties)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A draft out of the store, with everything that the law must know around it.

    Attributes:
        line: What a list shows of it.
        draft: Its notice, fields and frames.
        content: Digest of its text, in hexadecimal: an approval counts for this text only.
        evidence: What is on file that counts for this text.
    """

    line: drafts.DraftLine
    draft: Draft
    content: str
    evidence: tuple[Filed, ...]


class ReleaseDesk:
    """What senders and approvers share."""

    def __init__(self, parts: Parts, law: Law, journal: Journal) -> None:
        self.parts = parts
        self.law = law
        self.journal = journal
        # Cedar holds the interpreter; one thread keeps the event loop alive beside it.
        self.turn = asyncio.Lock()
        """Whoever asks and then writes holds it, so that two orders never cross."""
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
        filed = tuple(
            Filed(one.token, scope)
            for one in decisions.evidence(tx, notice)
            if (scope := parse_scope(one.body)).yes and scope.content in {"", seen}
        )
        return Loaded(line, Draft.of(native.parse(text)), seen, filed)

    def is_known(self, desk: Desk) -> bool:
        """Tell whether a member of the exchange has this desk now."""
        if desk.office is Office.STATE or desk.member.startswith("@"):
            return False
        return self.parts.knowledge.directory.has_desk(desk, self.now())

    def require_known(self, desks: Iterable[Desk]) -> None:
        """Tell a desk that no member has from one whose statements were not read yet.

        Raises:
            MalformedError: No member has one of these desks.
            UnavailableError: None has been seen yet that does, and the log is not read through.
        """
        strangers = sorted(str(desk) for desk in desks if not self.is_known(desk))
        if not strangers:
            return
        knowledge = self.parts.knowledge
        if knowledge.is_behind:
            raise UnavailableError(
                f"this node has read {knowledge.read} of {knowledge.size} entries of the log, "
                f"and {strangers[0]} is in none of them; nothing was sent"
            )
        raise MalformedError(f"no member has the desk {strangers[0]}; nothing was sent")

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
        self, loaded: Loaded, asked: Sequence[tuple[Desk, str]], judge: _Judge
    ) -> tuple[Ruling, ...]:
        """Return a ruling a recipient, asked on the law's own thread.

        Args:
            loaded: The draft.
            asked: Desks with a purpose each; an empty purpose is the draft's own.
            judge: `ruling.rule` to act upon, `ruling.foresee` to look at.

        Raises:
            BarredError: The law here is not the one in force in the log.
        """
        now = self.now()
        rows = await self.parts.database.read(lambda tx: risks.standing(tx, now))
        setting = Setting(
            sender=loaded.line.desk,
            minute=now,
            purpose="",
            agreements={},
            risks={row.desk: _risk(row) for row in rows},
        )
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._judges,
            lambda: tuple(self._one(loaded, setting, one, judge) for one in asked),
        )

    def _one(
        self, loaded: Loaded, setting: Setting, asked: tuple[Desk, str], judge: _Judge
    ) -> Ruling:
        recipient, purpose = asked
        pair = (setting.sender, recipient)
        directory = self.parts.knowledge.directory
        require_in_force(self.law, directory, setting.sender.member, setting.minute)
        instruments = between(directory, self.law, pair, setting.minute)
        evidence = [one for one in loaded.evidence if one.reaches(recipient)]
        while True:
            told = replace(
                setting,
                purpose=purpose,
                agreements={recipient: tuple(one.agreement for one in instruments)},
                references=tuple(one.reference() for one in evidence),
            )
            ruling = judge(self.law, loaded.draft, told, instruments, recipient)
            standing = [one for one in evidence if one.stands(ruling)]
            if len(standing) == len(evidence):
                return ruling
            evidence = standing

    def close(self) -> None:
        """Let the law's thread go."""
        self._judges.shutdown()


def _risk(row: risks.RiskRow) -> Risk:
    return Risk(row.torture, row.persecution, row.compromised)
