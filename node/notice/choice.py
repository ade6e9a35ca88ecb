"""From the law's answer to what one view opens.

It promises that a field is shown in the fullest form that every one of its data allows now
and that it can take; that nothing which was not chosen leaves a trace; and that no reference
points to what is not shown. It asks no law: `node.preflight` does.

Source: docs/policy.md, section 6 ("a form it cannot take is skipped downwards");
docs/envelope.md, section 2 (5).
"""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from node.notice.facts import LADDER, MARKER, Field, Frame
from node.notice.value import Json
from policies.answer import Form, Rank, Standing

_FORMS = {form.name.lower(): form for form in Form}
Opened: TypeAlias = tuple[str, str, Json]
"""Path, form, value of one fact."""


def settle(field: Field, answers: Mapping[str, Mapping[Form, Standing]]) -> str:
    """Return the form in which a field may go now; empty: omitted.

    Args:
        field: With its data and the forms it can take.
        answers: The law's standing of each form, by the name of the datum. A datum without
            an answer allows nothing.
    """
    for form in LADDER:
        if form in field.forms and all(
            _allowed(answers.get(datum.name, {}), form) for datum in field.data
        ):
            return form
    return ""


def _allowed(standings: Mapping[Form, Standing], form: str) -> bool:
    found = standings.get(_FORMS[form])
    return found is not None and found.rank is Rank.ALLOWED


def commit_list(fields: Iterable[Field], frames: Iterable[Frame]) -> tuple[Opened, ...]:
    """Return every fact a notice commits: each form of each field once, and each shape."""
    found: dict[tuple[str, str], Json] = {
        (frame.path, LADDER[0]): frame.value for frame in frames
    }
    for field in fields:
        for form, told in field.forms.items():
            found[_place(field, form), form] = told
    return tuple((path, form, told) for (path, form), told in found.items())


def open_list(
    fields: Iterable[Field], frames: Iterable[Frame], chosen: Mapping[str, str]
) -> tuple[Opened, ...]:
    """Return the facts that one view opens.

    Args:
        fields: Of the notice.
        frames: Of the notice.
        chosen: Form of each field by its path; a path that is missing or empty is omitted.
    """
    shapes = {frame.handle: frame for frame in frames}
    shown = [field for field in fields if chosen.get(field.path)]
    while True:
        visible = {field.handle for field in shown}
        kept = [field for field in shown if _stands(field, shapes, visible, chosen)]
        if len(kept) == len(shown):
            break
        shown = kept
    found: dict[tuple[str, str], Json] = {
        (shapes[handle].path, LADDER[0]): shapes[handle].value
        for handle in shapes
        if handle in visible
    }
    for field in shown:
        form = chosen[field.path]
        found[_place(field, form), form] = field.forms[form]
    return tuple((path, form, told) for (path, form), told in found.items())


def _stands(
    field: Field, shapes: Mapping[str, Frame], visible: set[str], chosen: Mapping[str, str]
) -> bool:
    """Tell whether nothing that a field leans on is missing from the view.

    A reference to an item of which nothing is shown would tell that it exists; a link that
    lost an end goes whole, for the same reason.
    """
    if not set(shapes[field.handle].ends) <= visible:
        return False
    points = field.target and chosen[field.path] != MARKER
    return not points or field.target in visible


def _place(field: Field, form: str) -> str:
    return field.marker_path if form == MARKER else field.path
