"""Persons of whom only a shadow would be shown, and who are therefore not shown at all.

It promises that where the law hides a person's data without a trace, what is left of that
person (a grade of the information, a link, a car) does not betray that there is one: an item
all of whose subjects are hidden is not in the view. It decides no form; it only takes away.

Source: docs/policy.md, section 7 (Silent omission): nothing that leaves may differ from
"nothing held".
"""

from collections.abc import Iterable, Mapping

from node.notice.facts import Field
from policies.answer import Form
from policies.decision import FieldDecision
from policies.vocabulary import CLASSES

_PERSONAL = CLASSES["personal"]


def solid(
    fields: Iterable[Field], chosen: Mapping[str, str], decisions: Iterable[FieldDecision]
) -> dict[str, str]:
    """Return the chosen forms without those of hidden persons and of what is theirs alone.

    Args:
        fields: Of the notice.
        chosen: Form of each field that may go, by path.
        decisions: What the law says of each datum.
    """
    silent = {one.name for one in decisions if one.silent and one.form is Form.OMITTED}
    asked = [field for field in fields if field.subjects]
    rows = [field for field in asked if field.handle in field.subjects]
    about = [field for field in rows if any(one.kinds & _PERSONAL for one in field.data)]
    hidden = {field.handle for field in about if any(one.name in silent for one in field.data)}
    shown = {field.handle for field in about if chosen.get(field.path)}
    gone = hidden - shown
    shadows = {field.path for field in asked if gone.issuperset(field.subjects)}
    return {path: form for path, form in chosen.items() if path not in shadows}
