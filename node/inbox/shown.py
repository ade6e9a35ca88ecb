"""What a view shows, as rows that the law can be asked about.

It promises that every fact but the frame of its item becomes a row with a kind, that a kind
nobody knows is `unknown`, and that a fact of no person's own counts as about every person in
the view: the strictest of them decides. It judges nothing.

Source: docs/policy.md, section 4 (From content to kinds) and section 8.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from node.notice.item import Item
from node.notice.kind import kind
from node.notice.reading import ShownItem, read
from node.notice.schema import ROLE
from policies.kinds import Setting, role_of
from valija.commitment import Fact

_FOREIGN = frozenset({"foreign"})


@dataclass(frozen=True, slots=True)
class Row:
    """One shown value: its path, its kind, and whom it is about."""

    name: str
    kind: str
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownData:
    """A view's rows, one of each that the law cannot tell apart, and its persons' roles."""

    rows: tuple[Row, ...]
    persons: Mapping[str, frozenset[str]]


def shown_data(facts: Sequence[Fact], notice_type: str) -> ShownData:
    """Return the rows of a view.

    Raises:
        MalformedError: The facts are no notice that this node can read.
    """
    items = read((fact.path, fact.form.name.lower(), fact.content) for fact in facts)
    persons = {item.handle: _roles(item) for item in items if item.schema == "Person"}
    rows = [row for item in items for row in _rows(item, persons, notice_type)]
    alike = {(row.kind, row.subjects): row for row in reversed(rows)}
    return ShownData(tuple(alike.values()), persons)


def _rows(
    item: ShownItem, persons: Mapping[str, frozenset[str]], notice_type: str
) -> Sequence[Row]:
    subjects = (item.handle,) if item.handle in persons else tuple(persons)
    roles = frozenset[str]().union(*(persons[name] for name in subjects))
    setting = Setting(notice_type, roles, _FOREIGN, about_person=bool(subjects))
    whole = Item(item.handle, item.schema)
    return [
        Row(shown.path, kind(whole, prop, shown.value, setting), subjects)
        for prop, values in item.properties.items()
        for shown in values
    ]


def _roles(item: ShownItem) -> frozenset[str]:
    """Return a person's roles in the law's words; one that shows none is `unknown`."""
    told = {
        role_of(shown.value)
        for shown in item.properties.get(ROLE, ())
        if isinstance(shown.value, str)
    }
    return frozenset(told or {"unknown"})
