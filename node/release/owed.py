"""What is owed a recall: whatever left under a word that was taken back, and who holds it.

It promises that nothing of it is left out because it was not answered yet, and that what was
shown is told by schema, property and form, without a value. Recall itself is not built yet.

Source: docs/coordination.md, Recall; docs/law.md, row OAS-P-xii.withdrawn.
"""

from dataclasses import dataclass

from node.parcel import Source
from node.states import RecipientState, of_notice
from node.store import evidence, reliances, sent
from node.store.database import Transaction
from valija.clock import Day
from valija.commitment import Fact, parse_fact
from valija.errors import AbsentError
from valija.ids import Desk, LabelId, NoticeId

MOST = 1000
_SCHEMA = "schema"


@dataclass(frozen=True, slots=True)
class Recall:
    """One recipient's part that is owed a recall.

    Attributes:
        owed: What left, when, and under which word.
        condition: What the word answered; empty where its row is gone.
        state: Where the notice stands towards this recipient.
        shown: What it was shown, as `schema.property form`, each once.
    """

    owed: reliances.Owed
    condition: str
    state: RecipientState
    shown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recalls:
    """What is owed, the last withdrawn first.

    Attributes:
        rows: At most `MOST`.
        total: How many there are in all.
    """

    rows: tuple[Recall, ...]
    total: int


def recalls(tx: Transaction, desk: Desk, notice: NoticeId | None, today: Day) -> Recalls:
    """Return what a desk owes, of one notice or of all."""
    found = reliances.owed(tx, desk, notice)
    rows = found[:MOST]
    states = {
        (name, one.recipient): one
        for name in {row.notice for row in rows}
        for one in of_notice(tx, name, today)
    }
    shown = {name: _shown(tx, name) for name in {row.envelope for row in rows}}
    return Recalls(
        rows=tuple(
            Recall(
                owed=row,
                condition=_condition(tx, row.evidence),
                state=states[row.notice, row.recipient],
                shown=shown[row.envelope],
            )
            for row in rows
        ),
        total=len(found),
    )


def _condition(tx: Transaction, word: bytes) -> str:
    try:
        return evidence.find(tx, word).token
    except AbsentError:
        return ""


def _shown(tx: Transaction, envelope: LabelId) -> tuple[str, ...]:
    source = Source.parse(sent.envelope(tx, envelope).source)
    facts = [parse_fact(one) for one in source.facts]
    schemas = {
        _handle(fact): str(fact.content[_SCHEMA])
        for fact in facts
        if _name(fact) == _SCHEMA and isinstance(fact.content, dict)
    }
    told = {
        f"{schemas.get(_handle(fact), '')}.{_name(fact)} {fact.form.name.lower()}"
        for fact in facts
        if _name(fact) != _SCHEMA
    }
    return tuple(sorted(told))


def _handle(fact: Fact) -> str:
    return fact.path.split("/")[0]


def _name(fact: Fact) -> str:
    return fact.path.split("/")[1]
