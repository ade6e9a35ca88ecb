"""Decisions on their way out of a node, for an auditor who takes them again.

It promises that only a role that may takes them, that the line in the journal is durable
before the first one is shown, and that each is checked against its digest on the way. A record
holds names of rows, articles and answers, no content; it does not judge them,
`python -m policies replay` does.

Source: docs/architecture.md, The people (auditor); docs/policy.md, section 13.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from node.journal import Act, Journal
from node.people.person import Person, Verb
from node.store import decisions
from node.store.database import Database
from node.store.recorded import Recorded, unpack
from valija.clock import Minute
from valija.errors import AbsentError, ProofError
from valija.ids import NoticeId, digest

_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which decisions.

    Attributes:
        since: Made in this minute or later.
        notice: Only about this one; None: about all.
    """

    since: Minute
    notice: NoticeId | None = None


class Docket:
    """Hands decisions out."""

    def __init__(self, database: Database, journal: Journal) -> None:
        self._database = database
        self._journal = journal

    async def take(
        self, person: Person, wanted: Wanted
    ) -> AsyncIterator[tuple[decisions.Kept, Recorded]]:
        """Yield the decisions of this state's node, released and received, oldest first.

        Raises:
            BarredError: The person's role may not.
            AbsentError: There is none.
            ProofError: The store was altered: a record is not what its digest says.
        """
        person.require(Verb.TAKE_DECISIONS)
        about = wanted.notice or b""
        await self._journal.write(Act(person.account, person.role, "exported", about))
        place: tuple[int, bytes] = (wanted.since, b"")
        found = False
        while page := await self._page(place, wanted.notice):
            for kept in page:
                yield kept, _checked(kept)
            place, found = (page[-1].made, page[-1].digest), True
        if not found:
            raise AbsentError("no decision was recorded here since then, or about that notice")

    async def _page(
        self, place: tuple[int, bytes], notice: NoticeId | None
    ) -> tuple[decisions.Kept, ...]:
        return await self._database.read(lambda tx: decisions.page(tx, place, notice, _AT_ONCE))


def _checked(kept: decisions.Kept) -> Recorded:
    if digest(kept.record) != kept.digest:
        raise ProofError("a record of a decision is not what its digest says")
    return unpack(kept.record)
