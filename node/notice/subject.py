"""Whom a field is about: the persons behind things, links and sections.

It promises that a thing takes its holders, a link its two ends, and that a thing which might
be anybody's but names no holder is about somebody unknown, whom the law protects most. What
protection follows is `policies`.

Source: docs/content.md, "Sensitivity"; docs/policy.md, section 3, "Several subjects".
"""

from collections.abc import Iterable, Mapping

from node.notice.item import PROTECTED, Item
from node.notice.notice import Notice
from node.notice.schema import Schema, schema

_OF_THE_VICTIM = frozenset(
    {"tip", "exploitation", "recruitment", "control", "route.leg", "victim"}
)
"""Sections that, in a victim notice, are about the victim."""
_PLACES_OF_NOBODY = frozenset({"venue", "crossing"})
_HOLDERS = ("holder", "owner", "operator", "payer", "beneficiary", "caller", "receiver")
_MEMBERS = ("involved", "organizer")


class Subjects:
    """The subjects of every item of one notice, computed once."""

    def __init__(self, notice: Notice) -> None:
        self._notice = notice
        self._about: dict[str, tuple[str, ...]] = {}
        owned = _owned(notice)
        for item in notice.items:
            self._about[item.handle] = self._subjects(item, owned)

    def of(self, handle: str) -> tuple[str, ...]:
        """Return the handles of those an item is about; empty: about no person."""
        return self._about.get(handle, ())

    def roles(self, handle: str) -> frozenset[str]:
        """Return the united roles of those an item is about, in content's words."""
        found = (self._notice.by_handle[one].roles for one in self.of(handle))
        return frozenset().union(*found)

    def everybody(self) -> tuple[str, ...]:
        """Return every handle that some item is about, in the draft's order."""
        named = {handle for handles in self._about.values() for handle in handles}
        return tuple(item.handle for item in self._notice.items if item.handle in named)

    def _subjects(self, item: Item, owned: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        shape = schema(item.schema)
        if shape.section:
            in_victim = self._notice.type == "victim" and item.schema in _OF_THE_VICTIM
            return tuple(person.handle for person in self._notice.victims) if in_victim else ()
        if shape.bears:
            return self._bearer(item)
        if shape.ends:
            return self._ends(item, shape)
        named = [*item_targets(item, (*_HOLDERS, *_MEMBERS)), *owned.get(item.handle, ())]
        bearers = _unique(one for one in named if self._bears(one))
        if bearers or not shape.thing or value_of_nobody(item):
            return bearers
        return (item.handle,)  # Somebody's, and nobody said whose.

    def _bearer(self, item: Item) -> tuple[str, ...]:
        # A company without a role is no person and nobody's secret; a person always counts.
        return (item.handle,) if item.schema == "Person" or item.roles else ()

    def _ends(self, item: Item, shape: Schema) -> tuple[str, ...]:
        handles = item_targets(item, shape.ends)
        return _unique(one for one in handles if self._bears(one))

    def _bears(self, handle: str) -> bool:
        item = self._notice.by_handle.get(handle)
        return item is not None and bool(self._bearer(item)) and schema(item.schema).bears


def item_targets(item: Item, properties: tuple[str, ...]) -> tuple[str, ...]:
    """Return the handles that some properties of an item point to, in order."""
    return tuple(handle for prop in properties for handle in item.targets(prop))


def value_of_nobody(item: Item) -> bool:
    """Tell whether a thing is a public place: a venue or a crossing belongs to no person."""
    kind = item.first("vx:kind")
    return (
        item.schema == "Address"
        and isinstance(kind, dict)
        and kind.get("code") in _PLACES_OF_NOBODY
    )


def protected(item: Item) -> bool:
    """Tell whether a person is in a protected role, or in none, which counts as one."""
    return not item.roles or bool(item.roles & PROTECTED)


def _owned(notice: Notice) -> Mapping[str, tuple[str, ...]]:
    """Return who holds each item by pointing at it: owners, and who lives at an address."""
    found: dict[str, list[str]] = {}
    for item in notice.items:
        if item.schema == "Ownership":
            for asset in item.targets("asset"):
                found.setdefault(asset, []).extend(item.targets("owner"))
        for address in item.targets("addressEntity"):
            found.setdefault(address, []).append(item.handle)
        if item.schema == "Trip":
            for place in item_targets(item, ("startLocation", "endLocation")):
                found.setdefault(place, []).extend(item.targets("involved"))
    return {handle: _unique(holders) for handle, holders in found.items()}


def _unique(handles: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(handles))
