"""Who did what when: the node's own audit, in which nothing is changed or left out.

It promises that an act and its line are one transaction where the caller joins them, that
every act comes from a closed list, and that a line names accounts, roles, ids and purposes,
never content. The rows, their chain and their guard are `node.store.journal`'s.

Source: docs/architecture.md, The people (auditor); docs/coordination.md (a person's name
stays in the recipient's own audit).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from node.store import journal
from node.store.database import Database, Transaction
from valija.clock import Clock
from valija.errors import MalformedError

ACTS = frozenset(
    [
        "drafted",
        "changed",
        "discarded",
        "imported",
        "exported",
        "asked_law",
        "gave_evidence",
        "approved",
        "withdrew",
        "closed",
        "published",
        "sealed_again",
        "kept",
        "held",
        "refused",
        "reconsidered",
        "opened",
        "listed",
        "signed_in",
        "enrolled",
        "barred",
        "stated",
        "audited",
        "started",
    ]
)
"""What can be done in a node; a new act is a new word here."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that somebody does.

    Attributes:
        who: Account, or `node` where the node itself acts.
        role: The role acted in, or empty.
        act: A word of `ACTS`.
        object: Id or digest of what it is done to; empty for none.
        purpose: Why, from the closed list of purposes; empty where none is asked.
    """

    who: str
    role: str
    act: str
    object: bytes = b""
    purpose: str = ""


class Journal:
    """Writes and reads the journal of one node."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def line(self, act: Act) -> Callable[[Transaction], int]:
        """Return what writes the line of an act inside the caller's own transaction.

        Raises:
            MalformedError: The act is no word of `ACTS`.
        """
        return self.lines([act])

    def lines(self, acts: Sequence[Act]) -> Callable[[Transaction], int]:
        """As `line`, for several acts of one transaction, one at least."""
        if any(act.act not in ACTS for act in acts):
            raise MalformedError("the journal knows no such act")
        at = (self._clock.now() - _EPOCH) // timedelta(milliseconds=1)
        rows = [
            journal.Row(0, at, a.who, a.role, a.act, a.object.hex(), a.purpose) for a in acts
        ]
        return lambda tx: journal.append_all(tx, rows)

    async def write(self, act: Act) -> int:
        """Write the line of an act that changes nothing else, and return its number.

        Raises:
            MalformedError: As for `line`.
            UnavailableError: It could not be written: then the act must not happen.
        """
        return await self._database.write("journal", self.line(act))

    async def page(
        self, after: int = 0, limit: int = 100, about: bytes = b""
    ) -> tuple[journal.Row, ...]:
        """Return lines in order from the one after number `after`, about one object or all."""
        return await self._database.read(lambda tx: journal.page(tx, after, limit, about.hex()))

    async def verify(self) -> int:
        """Return how many lines there are, once every one of them holds.

        Raises:
            ProofError: A line was changed, taken out or put in; its number is named.
        """
        return await self._database.read(journal.verify)
