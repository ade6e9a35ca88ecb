"""What the node says, as messages of its door.

It promises that nothing is decided on the way: a message says what the object said, in the
reader's language where there are words. What arrived is `node.gateway.arrivals`, what callers
send `node.gateway.words`.

Source: proto/valija/v1/gateway.proto.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from node.convert.outcome import Outcome
from node.notice.wording import sentence as code_sentence
from node.release.expectation import SENTENCES, Expectation
from node.release.intake import Progress
from node.release.preview import Column, Preview
from node.release.reader import Cell
from node.states import LANGUAGES, RecipientState, sentence
from node.store.decisions import Hold
from node.store.drafts import DraftLine
from policies import conditions
from policies.decision import Citation
from valija.ids import Desk, NoticeId
from valija.v1 import gateway_pb2 as v1

MOST_NOTES = 200


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why a notice waits or may not go, by recipient: rules with articles, open conditions."""

    citations: Mapping[Desk, tuple[str, ...]]
    conditions: Mapping[Desk, tuple[str, ...]]


def import_progress(progress: Progress, language: str) -> Iterable[v1.ImportResponse]:
    """Return the counts so far with what was said of one group of rows.

    One message says at most 200 notes; what is said of rows beyond these follows in more
    messages, so that no refused row goes without its reason.
    """
    notes = [note for outcome in progress.outcomes for note in _notes(outcome, language)]
    tally = progress.tally
    for start in range(0, max(len(notes), 1), MOST_NOTES):
        yield v1.ImportResponse(
            read=tally.read,
            ready=tally.rows["ready"],
            attention=tally.rows["attention"],
            refused=tally.rows["refused"],
            cells=dict(tally.cells) if progress.done else {},
            notes=notes[start : start + MOST_NOTES],
            done=progress.done,
        )


def _notes(outcome: Outcome, language: str) -> Iterable[v1.ImportNote]:
    row = outcome.identity.row
    if outcome.refusal:
        yield v1.ImportNote(
            row=row,
            code=outcome.refusal,
            sentence=code_sentence(outcome.refusal, language),
            refused=True,
        )
    for note in outcome.notes:
        yield v1.ImportNote(
            row=row,
            column=note.column,
            code=note.code,
            sentence=code_sentence(note.code, language),
        )


def draft(line: DraftLine) -> v1.Draft:
    """Return a draft in a list."""
    return v1.Draft(
        id=line.notice.hex(),
        type=line.type,
        made=line.created,
        changed=line.changed,
        author=line.author,
    )


def preflight(found: Preview, language: str) -> v1.PreflightResponse:
    """Return the matrix."""
    return v1.PreflightResponse(
        columns=[_column(column, language) for column in found.columns],
        unstated=[
            v1.Unstated(fact=one.fact, where=one.where, who=one.who) for one in found.unsaid
        ],
    )


def _column(column: Column, language: str) -> v1.Column:
    return v1.Column(
        recipient=str(column.recipient),
        standing=column.standing,
        sentence=column.fault,
        conditions=column.conditions,
        duties=column.duties,
        retention_days=column.retention_days,
        cells=[_cell(cell) for cell in column.cells],
        citations=_citations(column.citations),
        intake=_intake(column.intake, language) if column.intake else None,
    )


def _intake(found: Expectation, language: str) -> v1.Intake:
    return v1.Intake(
        outcome=found.outcome,
        sentence=SENTENCES[found.outcome][LANGUAGES.index(language)],
        conditions=found.conditions,
        duties=found.duties,
        citations=_citations(found.citations),
    )


def _cell(cell: Cell) -> v1.Cell:
    return v1.Cell(
        field=cell.field,
        form=cell.form,
        standing=cell.exact,
        conditions=cell.conditions,
        who=cell.who,
        citations=_citations(cell.citations),
    )


def _citations(citations: Iterable[Citation]) -> list[v1.Citation]:
    return [
        v1.Citation(
            rule=one.rule,
            effect=one.effect,
            article=one.legal_basis,
            confidence=one.confidence,
        )
        for one in citations
    ]


def state(
    notice: NoticeId, one: RecipientState, why: Reasons, language: str
) -> v1.RecipientState:
    """Return where a notice stands towards one recipient, and why it waits or may not go."""
    return v1.RecipientState(
        notice=notice.hex(),
        recipient=str(one.recipient),
        state=one.code,
        sentence=sentence(one.code, language),
        ground=one.ground,
        label=(one.label or b"").hex(),
        citations=why.citations.get(one.recipient, ()),
        conditions=why.conditions.get(one.recipient, ()),
    )


def hold(one: Hold, drafter: str, language: str) -> v1.Hold:
    """Return something that waits."""
    what = conditions.what(one.condition, language)
    who = conditions.who(one.condition, language)
    return v1.Hold(
        id=one.id.hex(),
        draft=one.notice.hex(),
        recipient=str(one.recipient),
        condition=one.condition,
        sentence=f"{what} ({who})",
        article=one.article,
        drafter=drafter,
        since=one.opened,
    )
