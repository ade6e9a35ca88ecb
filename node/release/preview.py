"""The matrix that an officer sees before anything is sent: fields by recipients.

It promises that every cell names the articles that decided it, what would open more, and who
can meet that; and that who looked stands in the journal. It is a look, on one reading of the
law; `node.release.sender` asks again.

Source: docs/policy.md, section 3 (rows of the matrix); docs/law.md, finding 14 (silence).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from node.journal import Act
from node.notice.unsaid import Unsaid, unsaid
from node.people.person import Person, Verb
from node.preflight.draft import Draft
from node.preflight.ruling import Ruling, foresee
from node.release.desk import ReleaseDesk
from node.release.expectation import Expectation
from node.release.reader import RANK_WORDS, Cell, Reader
from policies.decision import Citation
from valija.errors import MalformedError
from valija.ids import Desk, NoticeId


@dataclass(frozen=True, slots=True)
class Column:
    """One recipient.

    Attributes:
        recipient: The desk.
        standing: allowed, held, never.
        fault: Why there is no decision but a refusal; empty if there is one.
        conditions: What the notice waits for.
        duties: What travels with it.
        retention_days: 0 where nothing limits it.
        cells: One a field, in the draft's order.
        citations: Every rule that decided on the notice.
        intake: What the recipient's own law would do with it; None where nothing would go.
    """

    recipient: Desk
    standing: str
    fault: str
    conditions: tuple[str, ...]
    duties: tuple[str, ...]
    retention_days: int
    cells: tuple[Cell, ...]
    citations: tuple[Citation, ...]
    intake: Expectation | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """A draft before it is sent: its columns, and what nobody said of it."""

    columns: tuple[Column, ...]
    unsaid: tuple[Unsaid, ...]


async def preview(
    desk: ReleaseDesk, person: Person, notice: NoticeId, asked: "Asked"
) -> Preview:
    """Return the matrix of a draft.

    Raises:
        AbsentError: No such draft at this person's desk.
        MalformedError: No recipient is named, and no agreement reaches any.
    """
    person.require(Verb.ASK_LAW)
    loaded = await desk.load(person, notice)
    recipients = tuple(dict.fromkeys(asked.recipients)) or desk.reachable(loaded.line.desk)
    if not recipients:
        raise MalformedError("no agreement in force reaches any desk from here")
    purpose = asked.purpose or loaded.draft.notice.handling.purpose
    pairs = [(recipient, purpose) for recipient in recipients]
    act = Act(person.account, person.role, "asked_law", notice, purpose)
    async with _written(desk, act):
        rulings = await desk.judge(loaded, pairs, foresee)
        expected = await desk.expect(loaded, rulings)
        reader, draft = desk.reader(asked.language), loaded.draft
        columns = tuple(
            column_of(ruling, draft, reader, reader.intake(one))
            for ruling, one in zip(rulings, expected, strict=True)
        )
    return Preview(columns, unsaid(draft.notice))


@asynccontextmanager
async def _written(desk: ReleaseDesk, act: Act) -> AsyncIterator[None]:
    """Write an act's line beside the work; nothing is shown before it is durable.

    Raises:
        UnavailableError: It could not be written: then nothing is shown.
    """
    writing = asyncio.ensure_future(desk.journal.write(act))
    try:
        yield
    finally:
        await writing


@dataclass(frozen=True, slots=True)
class Asked:
    """What an officer wants to look at; no recipients: every desk that an agreement reaches."""

    recipients: tuple[Desk, ...] = ()
    purpose: str = ""
    language: str = "en"


def column_of(
    ruling: Ruling, draft: Draft, reader: Reader, intake: Expectation | None = None
) -> Column:
    """Return what one ruling shows of its draft's fields, in the reader's language."""
    decision = ruling.decision
    fault = decision.fault
    if ruling.agreement is None and not fault:
        fault = "no agreement in force between the two desks covers this purpose"
    return Column(
        recipient=ruling.recipient,
        standing=RANK_WORDS[ruling.rank],
        fault=reader.words.refusal(fault, reader.language) if fault else "",
        conditions=decision.requires,
        duties=decision.duties,
        retention_days=decision.retention_days or 0,
        cells=reader.cells(ruling, draft),
        citations=reader.citations(decision),
        intake=intake,
    )
