"""Drafts from a national register, or typed in native JSON.

It promises that an import publishes nothing, that every row of the file is in the tally, that
drafts become durable in groups, each with its line in the journal, and that the same file
again updates the drafts that it made at this desk and leaves equal ones as they are.
Reading a file is `node.convert`'s; this writes what came of it.

Source: docs/content.md, "Formats", the tally; docs/architecture.md, The journey, 1.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path
from secrets import token_bytes

from node.convert.outcome import Identity, Outcome
from node.convert.tally import Tally
from node.journal import Act, Journal
from node.notice import native
from node.notice.notice import Notice
from node.people.person import Person, Verb
from node.release.profile import parse_profile
from node.store import drafts, origins
from node.store.database import Database, Transaction
from valija.clock import Clock, Minute, minute_of
from valija.ids import NoticeId

_AT_ONCE = 256
_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class Progress:
    """What stands after a group of rows is durable.

    Attributes:
        tally: All counts so far.
        outcomes: The rows of this group, for their notes.
        done: No row is left.
    """

    tally: Tally
    outcomes: tuple[Outcome, ...] = field(repr=False)
    done: bool


class Intake:
    """Takes drafts in."""

    def __init__(self, database: Database, journal: Journal, clock: Clock) -> None:
        self._database = database
        self._journal = journal
        self._clock = clock

    async def type_in(self, person: Person, text: bytes) -> NoticeId:
        """Keep a notice in native JSON as a draft of the person's desk.

        Raises:
            MalformedError: It is no notice; nothing was kept.
            BarredError: The person's role drafts nothing.
        """
        person.require(Verb.DRAFT)
        notice = native.parse(text)
        name = NoticeId(token_bytes(_ID_BYTES))
        line = self._journal.line(Act(person.account, person.role, "drafted", name, ""))
        row = draft_line(person, name, notice, minute_of(self._clock.now()))

        def rows(tx: Transaction) -> None:
            drafts.add(tx, row, native.to_bytes(notice))
            origins.lay_first_hands(tx, [name], person.account)
            line(tx)

        await self._database.write("draft", rows)
        return name

    async def import_file(
        self, person: Person, profile: str, path: Path
    ) -> AsyncIterator[Progress]:
        """Read a register's file, and yield after each group of rows that became durable.

        Args:
            person: Who imports.
            profile: What the office says of this register, as TOML.
            path: Of the file.

        Raises:
            MalformedError: The profile or the file is refused whole; nothing was kept.
            BarredError: The person's role drafts nothing.
        """
        person.require(Verb.DRAFT)
        parsed = parse_profile(profile, self._clock.now().date().isoformat())
        tally = Tally()
        rows = tally.watch(parsed.read(path, parsed.settings, None))
        while group := await _finished(rows):
            await self._database.write("import", self._writer(person, group))
            yield Progress(tally, group, done=False)
        yield Progress(tally, (), done=True)

    def _writer(
        self, person: Person, group: Sequence[Outcome]
    ) -> Callable[[Transaction], None]:
        kept = [(one.identity, one.draft) for one in group if one.draft is not None]
        rows = _Rows(person, kept, minute_of(self._clock.now()))
        file = group[0].identity.digest
        line = self._journal.line(Act(person.account, person.role, "imported", file, ""))

        def write(tx: Transaction) -> None:
            rows(tx)
            line(tx)

        return write


@dataclass(frozen=True, slots=True)
class _Rows:
    """One group of rows on its way into the store."""

    person: Person
    kept: Sequence[tuple[Identity, Notice]]
    at: Minute

    def __call__(self, tx: Transaction) -> None:
        fresh = []
        for identity, notice in self.kept:
            key = _identity(self.person, identity)
            known = origins.origin(tx, key)
            row = draft_line(self.person, known or _fresh(), notice, self.at)
            if known is None:
                drafts.add(tx, row, native.to_bytes(notice))
                fresh.append((key, row.notice))
            else:
                self._again(tx, row, notice)
        origins.put_origins(tx, fresh)
        origins.lay_first_hands(tx, [name for _, name in fresh], self.person.account)

    def _again(self, tx: Transaction, row: drafts.DraftLine, notice: Notice) -> None:
        """Update the draft that this row made; whoever does has a hand in it."""
        text = native.to_bytes(notice)
        if drafts.content(tx, row.notice) != text:
            drafts.change(tx, row.notice, text, row.changed)
            origins.lay_hand(tx, row.notice, self.person.account)


def draft_line(person: Person, name: NoticeId, notice: Notice, at: Minute) -> drafts.DraftLine:
    """Return what a list shows of a fresh draft."""
    return drafts.DraftLine(name, person.desk, notice.type, person.account, at, at)


def _some(rows: Iterator[Outcome]) -> tuple[Outcome, ...]:
    return tuple(islice(rows, _AT_ONCE))


async def _finished(rows: Iterator[Outcome]) -> tuple[Outcome, ...]:
    """Return the next rows; a caller who gives up waits for the thread that reads the file.

    Else the file would be closed under the thread, and another could take its number.
    """
    work = asyncio.ensure_future(asyncio.to_thread(_some, rows))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait({work})
        raise


def _fresh() -> NoticeId:
    return NoticeId(token_bytes(_ID_BYTES))


def _identity(person: Person, one: Identity) -> bytes:
    """Return what makes a row the same again; two desks that hold one file share no draft."""
    data = person.desk.to_bytes() + one.digest + one.row.to_bytes(8) + one.mapping.encode()
    return sha256(b"valija/v1 row\0" + data).digest()
