"""The matrix that an officer sees before anything is sent: fields by recipients.

It promises that every cell names the articles that decided it, what would open more, and who
can meet that; and that who looked stands in the journal. It is a look, on one reading of the
law; `node.release.sender` asks again.

Source: docs/policy.md, section 3 (rows of the matrix); docs/law.md, finding 14 (silence).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from node.journal import Act
from node.notice.facts import Field
from node.notice.unsaid import Unsaid, unsaid
from node.people.person import Person, Verb
from node.preflight.ruling import Ruling, foresee
from node.release.desk import ReleaseDesk
from node.release.expectation import Expectation
from policies import conditions
from policies.answer import Form, Rank, Standing
from policies.decision import Citation, FieldDecision
from policies.words import Words
from valija.errors import MalformedError
from valija.ids import Desk, NoticeId

OMITTED = "omitted"
_ORDER = ("omitted", "marker", "pseudonym", "general", "never", "permit")
_RANK_WORDS = {Rank.ALLOWED: "allowed", Rank.HELD: "held", Rank.NEVER: "never"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One field towards one recipient.

    Attributes:
        field: Row name, of this node only.
        form: What would go now; `omitted` if nothing.
        exact: Standing of the exact form: allowed, held, never.
        conditions: What would open a fuller form; alternatives as `a | b`.
        who: Who can meet each of them, in the reader's language.
        citations: What decided, the most restrictive first.
    """

    field: str
    form: str
    exact: str
    conditions: tuple[str, ...]
    who: tuple[str, ...]
    citations: tuple[Citation, ...]


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
    await desk.journal.write(Act(person.account, person.role, "asked_law", notice, purpose))
    pairs = [(recipient, purpose) for recipient in recipients]
    rulings = await desk.judge(loaded, pairs, foresee)
    expected = await desk.expect(loaded, rulings)
    fields = loaded.draft.fields
    reader = Reader(desk.law.words, asked.language)
    columns = tuple(
        replace(column_of(ruling, fields, reader), intake=reader.intake(one))
        for ruling, one in zip(rulings, expected, strict=True)
    )
    return Preview(columns, unsaid(loaded.draft.notice))


@dataclass(frozen=True, slots=True)
class Asked:
    """What an officer wants to look at; no recipients: every desk that an agreement reaches."""

    recipients: tuple[Desk, ...] = ()
    purpose: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks: the law's words, and which language is read."""

    words: Words
    language: str

    def citations(self, found: Iterable[Citation]) -> tuple[Citation, ...]:
        """Return citations in the reader's language, the most restrictive first."""
        return tuple(
            replace(one, legal_basis=self.words.cite(one.legal_basis, self.language))
            for one in _sorted(found)
        )

    def intake(self, found: Expectation | None) -> Expectation | None:
        """Return what a recipient's law would do, its citations in the reader's language."""
        return found and replace(found, citations=self.citations(found.citations))


def column_of(ruling: Ruling, fields: Iterable[Field], reader: Reader) -> Column:
    """Return what one ruling shows of a draft's fields, in the reader's language."""
    decision = ruling.decision
    by_name = {one.name: one for one in decision.fields}
    shown = {path for path, _, _ in ruling.opened}
    fault = decision.fault
    if ruling.agreement is None and not fault:
        fault = "no agreement in force between the two desks covers this purpose"
    return Column(
        recipient=ruling.recipient,
        standing=_RANK_WORDS[ruling.rank],
        fault=reader.words.refusal(fault, reader.language),
        conditions=decision.requires,
        duties=decision.duties,
        retention_days=decision.retention_days or 0,
        cells=tuple(_cell(field, ruling, by_name, shown, reader) for field in fields),
        citations=reader.citations(decision.citations.values()),
    )


def _cell(
    field: Field,
    ruling: Ruling,
    by_name: Mapping[str, FieldDecision],
    shown: set[str],
    reader: Reader,
) -> Cell:
    parts = [by_name[datum.name] for datum in field.data if datum.name in by_name]
    visible = bool({field.path, field.marker_path} & shown)
    unlocking = sorted({c for p in parts for u in p.unlocks() for c in u.conditions})
    rules = {rule for part in parts for rule in part.rules}
    known = ruling.decision.citations
    return Cell(
        field=field.row,
        form=ruling.chosen.get(field.path, OMITTED) if visible else OMITTED,
        exact=_strictest(part.standings[Form.EXACT] for part in parts),
        conditions=tuple(unlocking),
        who=tuple(conditions.who(one, reader.language) for one in unlocking),
        citations=reader.citations(known[rule] for rule in rules if rule in known),
    )


def _strictest(standings: Iterable[Standing]) -> str:
    """Return the word of the strictest standing; a field that nobody answered is never."""
    ranks = [standing.rank for standing in standings]
    return _RANK_WORDS[max(ranks)] if ranks else _RANK_WORDS[Rank.NEVER]


def _sorted(citations: Iterable[Citation]) -> tuple[Citation, ...]:
    return tuple(
        sorted(
            citations,
            key=lambda one: (
                _ORDER.index(one.effect) if one.effect in _ORDER else len(_ORDER),
                one.rule,
            ),
        )
    )
