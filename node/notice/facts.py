"""From a draft to the fields the law is asked about, and to the facts that are sealed.

It promises that every form a field can take is in the field, so that a node commits all of
them and a view opens the permitted ones; that paths tell nothing but handles and slots; and
that two calls on one draft give the same. Which form a recipient gets is
`node.notice.choice`'s to settle from the law's answer; salts and trees are `valija.commitment`.

Source: docs/envelope.md, section 2; docs/policy.md, sections 3 and 4.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from node.notice.about import About, unite
from node.notice.general.forms import general
from node.notice.general.setting import Setting
from node.notice.handle import slot
from node.notice.item import VICTIMS, Item, law_roles
from node.notice.kind import kind
from node.notice.minority import minor
from node.notice.notice import Notice
from node.notice.rows import field_name, item_names
from node.notice.schema import ROLE, schema
from node.notice.sensitivity import categories
from node.notice.subject import Subjects
from node.notice.value import Json
from policies import kinds
from policies.facts import Datum, Essential

EXACT, GENERAL, PSEUDONYM, MARKER = "exact", "general", "pseudonym", "marker"
LADDER = (EXACT, GENERAL, PSEUDONYM, MARKER)
"""Forms from the most to the least told; what is below the last is omitted."""
WITHHELD = "withheld"
"""What a marker says: something is there, and the law keeps it."""
FRAME = "schema"
"""Property under which an item tells its shape."""
_COUNTRY = "country"
"""A count in a notice states no place of its own: it is of the whole network or method."""
_OWN_NAMES = frozenset({"name", "alias", "firstName", "middleName", "lastName"})
_HALF = frozenset({"information", "suspected_false"})
_ALWAYS = {
    ("notice", "title"): Essential.EXACT,
    ("notice", "summary"): Essential.EXACT,
    ("network", "name"): Essential.PRESENT,
    ("victim", "pseudonym"): Essential.PRESENT,
}


@dataclass(frozen=True, slots=True)
class Field:
    """One value of one property, as the law and the seal see it.

    Attributes:
        row: Its name in the sender's matrix; never leaves the node.
        handle: Of its item.
        prop: The property, of its item's schema.
        path: `handle/property`, or `handle/property/slot` where it may have several values.
        marker_path: `handle/property`: a field with many values gets one marker.
        categories: Computed (docs/content.md, "Sensitivity").
        data: What the law is asked: one datum, with its own kind and its special provenance;
            where there are several, the strictest answer counts.
        forms: Value of each form it can take, by the words of `LADDER`.
        target: Handle it points to; empty if it is no reference.
    """

    row: str
    handle: str
    prop: str
    path: str
    marker_path: str
    categories: frozenset[str]
    data: tuple[Datum, ...]
    forms: Mapping[str, Json] = field(repr=False)
    target: str = ""

    @property
    def subjects(self) -> tuple[str, ...]:
        """Return the handles of those it is about; empty: about no person."""
        return self.data[0].subjects


@dataclass(frozen=True, slots=True)
class Frame:
    """The shape of one item, told wherever anything of it is told.

    Attributes:
        handle: Of the item.
        path: `handle/schema`.
        value: `{"schema": …}`, with `"group": "yes"` where it stands for several persons.
        ends: Handles a link joins; empty for all else.
    """

    handle: str
    path: str
    value: Json
    ends: tuple[str, ...]


def frames(notice: Notice) -> tuple[Frame, ...]:
    """Return the shape of every item, in the draft's order."""
    return tuple(_frame(item) for item in notice.items)


def fields(notice: Notice) -> tuple[Field, ...]:
    """Return every field of a draft, in the draft's order."""
    return tuple(_Reader(notice).fields())


def _frame(item: Item) -> Frame:
    told: dict[str, Json] = {"schema": item.schema}
    if item.group:
        told["group"] = "yes"
    ends = [one for end in schema(item.schema).ends for one in item.targets(end)]
    return Frame(item.handle, f"{item.handle}/{FRAME}", told, tuple(ends))


class _Reader:
    """What is computed once for a notice and needed by each of its fields."""

    def __init__(self, notice: Notice) -> None:
        self._notice = notice
        self._names = item_names(notice)
        self._subjects = Subjects(notice)
        self._minor = {
            item.handle: minor(notice, item)
            for item in notice.items
            if schema(item.schema).bears
        }
        self._pseudonym = next((item.text("pseudonym") for item in notice.of("victim")), "")

    def fields(self) -> Iterator[Field]:
        for item in self._notice.items:
            about = self._about(item)
            for prop, values in _properties(item):
                for index, found in enumerate(values):
                    yield self._field(item, prop, index, found, about)

    def _about(self, item: Item) -> About:
        by_handle = self._notice.by_handle
        return unite(
            (by_handle[one].roles, self._minor.get(one, "unknown"))
            for one in self._subjects.of(item.handle)
        )

    def _field(self, item: Item, prop: str, index: int, found: Json, about: About) -> Field:
        row = field_name(self._names[item.handle], item, prop, index)
        marker_path = f"{item.handle}/{prop}"
        known = schema(item.schema).properties.get(prop)
        slotted = known is None or known.slotted
        own_slot = f"/{slot(self._notice.seed, item.handle, prop, index)}" if slotted else ""
        return Field(
            row=row,
            handle=item.handle,
            prop=prop,
            path=marker_path + own_slot,
            marker_path=marker_path,
            categories=categories(item, prop, self._notice.type, about),
            data=self._data(item, prop, found, row),
            forms=self._forms(item, prop, found, about),
            target=str(found) if known is not None and known.target else "",
        )

    def _data(self, item: Item, prop: str, found: Json, row: str) -> tuple[Datum, ...]:
        told = self._notice.told
        subjects = self._subjects.of(item.handle)
        sources = frozenset({told.source_of(item.handle)})
        roles = self._subjects.roles(item.handle)
        setting = kinds.Setting(
            notice=self._notice.type,
            roles=law_roles(roles) if subjects else frozenset(),
            sources=sources,
            about_person=bool(subjects),
        )
        own = kind(item, prop, found, setting)
        essential = _ALWAYS.get((item.schema, prop), Essential.NO)
        if f"{item.handle}/{prop}" in told.essential:
            essential = Essential.EXACT
        return (
            Datum(
                name=row,
                kind=own,
                subjects=subjects,
                sources=sources,
                regimes=told.regime_of(item.handle),
                essential=essential,
                smallest_count=_smallest(own, found),
                geography=_COUNTRY if own == "statistic" else "",
                provenance=told.provenance_of(item.handle) - {own},
            ),
        )

    def _forms(self, item: Item, prop: str, found: Json, about: About) -> Mapping[str, Json]:
        forms: dict[str, Json] = {EXACT: found}
        country = item.text("country") or ""
        setting = Setting(self._notice.date, item.schema, item.handle, country, about)
        known = schema(item.schema).properties.get(prop)
        name = known.general_in(self._notice.type) if known else "-"
        folded = general(name, found, setting)
        if folded is not None:
            forms[GENERAL] = folded
        if self._pseudonym and prop in _OWN_NAMES and item.roles & VICTIMS:
            forms[PSEUDONYM] = self._pseudonym
        forms[MARKER] = WITHHELD
        return forms


def _properties(item: Item) -> Iterator[tuple[str, tuple[Json, ...]]]:
    if item.roles:
        yield ROLE, tuple(sorted(item.roles))
    for prop, values in item.properties.items():
        yield prop, tuple(_sendable(prop, found) for found in values)


def _sendable(prop: str, found: Json) -> Json:
    # The source half of a grade and its original never leave, not even exact.
    if prop != "grade" or not isinstance(found, dict):
        return found
    return {key: part for key, part in found.items() if key in _HALF}


def _smallest(kind_of_datum: str, found: Json) -> int | None:
    """Return the smallest count in a statistic: small cells stay suppressed (OAS-G-111)."""
    if kind_of_datum != "statistic" or not isinstance(found, dict):
        return None
    return min((one for one in found.values() if isinstance(one, int)), default=None)
