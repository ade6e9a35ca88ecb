"""What surrounds every release of one node: its law, its store, its directory.

It promises that whatever an officer touches is his own desk's. It holds no judgement;
`node.preflight` judges, `node.release.sender` and `node.release.approver` act.

Source: docs/architecture.md, The people.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from node.journal import Journal
from node.outbox.pen import pen_of
from node.parts import Parts
from node.people.person import Person
from node.preflight.draft import Draft
from node.preflight.inforce import require_in_force
from node.preflight.instruments import Instrument, Instruments
from node.preflight.question import Setting
from node.preflight.ruling import Ruling
from node.release.attested import CONSENT, Sign
from node.release.expectation import Expectation, Foreseen, Foresight
from node.release.filed import Filed
from node.release.loaded import Loaded, load
from node.release.reader import Reader
from policies.corpus import Law
from valija.clock import Minute, minute_of
from valija.errors import MalformedError, UnavailableError
from valija.ids import Desk, KeyId, NoticeId, Office

_Judge = Callable[[Law, Draft, Setting, Sequence[Instrument], Desk], Ruling]


class ReleaseDesk:
    """What senders and approvers share."""

    def __init__(self, parts: Parts, law: Law, journal: Journal) -> None:
        self.parts = parts
        self.law = law
        self.journal = journal
        self._instruments = Instruments(law)
        self._foreseen = Foreseen(law)
        self._readers: dict[str, Reader] = {}
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
        directory, now = self.parts.knowledge.directory, self.now()
        return await self.parts.database.read(
            lambda tx: load(tx, person, notice, directory, now)
        )

    def sign_at(self, desk: Desk) -> Sign:
        """Return what signs words given at a desk; it raises AbsentError without a key."""

        def sign(statement: bytes) -> tuple[KeyId, bytes]:
            name = pen_of(self.parts, desk).signer.key_id
            return name, self.parts.keystore.sign_word(desk, name, statement)

        return sign

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
        setting = Setting(
            sender=loaded.line.desk,
            minute=self.now(),
            purpose="",
            agreements={},
            risks=loaded.risks,
            consent=loaded.consent,
        )
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._judges, lambda: tuple(self._each(loaded, setting, asked, judge))
        )

    async def expect(
        self, loaded: Loaded, rulings: Sequence[Ruling]
    ) -> tuple[Expectation | None, ...]:
        """Return what each recipient's own law would do, asked on the law's own thread."""
        directory, now = self.parts.knowledge.directory, self.now()
        foresight = Foresight(self._foreseen, directory, loaded.draft.notice, now)
        sender, loop = loaded.line.desk, asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._judges, lambda: tuple(foresight.of(one, sender) for one in rulings)
        )

    def _each(
        self,
        loaded: Loaded,
        setting: Setting,
        asked: Sequence[tuple[Desk, str]],
        judge: _Judge,
    ) -> Iterator[Ruling]:
        """Yield a ruling a recipient, all under what the log says at this moment."""
        directory = self.parts.knowledge.directory
        require_in_force(self.law, directory, setting.sender.member, setting.minute)
        found = {
            desk: self._instruments.between(directory, (setting.sender, desk), setting.minute)
            for desk, _ in asked
        }
        agreements = {desk: tuple(i.agreement for i in each) for desk, each in found.items()}
        settings = {
            purpose: replace(setting, purpose=purpose, agreements=agreements)
            for purpose in {purpose for _, purpose in asked}
        }
        for desk, purpose in asked:
            yield self._one(loaded, settings[purpose], (desk, found[desk]), judge)

    def _one(
        self,
        loaded: Loaded,
        setting: Setting,
        asked: tuple[Desk, Sequence[Instrument]],
        judge: _Judge,
    ) -> Ruling:
        recipient, instruments = asked
        evidence = [one for one in loaded.evidence if one.reaches(recipient)]
        while True:
            ruling = judge(
                self.law, loaded.draft, _with(setting, evidence), instruments, recipient
            )
            standing = [one for one in evidence if one.stands(ruling)]
            if len(standing) == len(evidence):
                relied = tuple(sorted(one.id for one in evidence if one.carries(ruling)))
                return replace(ruling, relied=relied) if relied else ruling
            evidence = standing

    def reader(self, language: str) -> Reader:
        """Return who reads the law in one of the four languages."""
        if language not in self._readers:
            self._readers[language] = Reader(self.law.words, language)
        return self._readers[language]

    def close(self) -> None:
        """Let the law's thread go."""
        self._judges.shutdown()


def _with(setting: Setting, evidence: Iterable[Filed]) -> Setting:
    """Return a setting with the words on file; what a consent opens, the draft says."""
    references = tuple(one.reference() for one in evidence if one.token != CONSENT)
    return replace(setting, references=references) if references else setting
