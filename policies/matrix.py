"""The matrix an officer sees before anything is sent: fields by recipients.

It promises to show what the decision would be, cell by cell, and never to be the decision:
it asks the second reading only, and `Law.decide` is asked again before sealing. A row that is
equal in every cell to another of its handle folds into one line with a count.

Source: docs/policy.md, sections 3 and 6; docs/console.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from policies.answer import Form, Standing
from policies.corpus import Law
from policies.decision import Decision, Unlock
from policies.facts import Case


@dataclass(frozen=True, slots=True)
class Cell:
    """What one recipient would see of one field, and why.

    Attributes:
        form: The fullest that may go now.
        silent: It is omitted without a trace.
        standing: Of the exact form.
        unlocks: What would open a fuller form.
        rules: Ids of the rules that decided.
    """

    form: Form
    silent: bool
    standing: Standing
    unlocks: tuple[Unlock, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One or several fields that every recipient would see alike.

    Attributes:
        name: Of the first of them.
        count: How many.
        cells: One a recipient, in the order of the matrix.
    """

    name: str
    count: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """A notice before it is sent.

    Attributes:
        recipients: `CL/prosecutor`, in the order asked.
        decisions: By recipient.
        lines: In the order of the fields.
    """

    recipients: tuple[str, ...]
    decisions: Mapping[str, Decision]
    lines: tuple[Line, ...]


def draw(law: Law, cases: Sequence[Case]) -> Matrix:
    """Return the matrix of one notice.

    Args:
        law: The law to ask.
        cases: The same notice towards each recipient, with the same fields in the same order.
    """
    decisions = {f"{c.recipient.state}/{c.recipient.agency}": law.preview(c) for c in cases}
    columns = [
        [_cell(decision, place) for place in range(len(decision.fields))]
        for decision in decisions.values()
    ]
    rows = zip(*columns, strict=True) if columns else ()
    names = [datum.name for datum in cases[0].data] if cases else []
    lines: dict[tuple[str, tuple[Cell, ...]], Line] = {}
    for name, cells in zip(names, rows, strict=True):
        key = (name.partition(".")[0].partition("[")[0], tuple(cells))
        first = lines.get(key)
        lines[key] = (
            Line(first.name, first.count + 1, key[1]) if first else Line(name, 1, key[1])
        )
    return Matrix(tuple(decisions), decisions, tuple(lines.values()))


def _cell(decision: Decision, place: int) -> Cell:
    field = decision.fields[place]
    return Cell(
        field.form, field.silent, field.standings[Form.EXACT], field.unlocks(), field.rules
    )
