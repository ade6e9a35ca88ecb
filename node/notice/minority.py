"""Whether a person is, or may be, a child: `yes`, `no` or `unknown`.

It promises two moments, the earliest dated event that names the person and the date of the
notice, and the young reading of every partial date. Nothing recorded is `unknown`, which the
law protects as a child and statistics count as neither. Nobody can tick it or untick it.

Source: docs/content.md, "Sensitivity"; Palermo Protocol art. 3 (c), (d).
"""

from collections.abc import Iterable, Iterator
from datetime import date

from node.notice import partial, value
from node.notice.item import Item
from node.notice.notice import Notice

MAJORITY = 18
_CHILD_CODES = ("02021", "03022")
_BAND_SEPARATOR = "-"


def minor(notice: Notice, person: Item) -> str:
    """Return whether a person of a notice is under 18 at one of the two moments."""
    if person.schema != "Person":
        return "no"  # A company has roles, and no age.
    victim = person in notice.victims
    said = set(_recorded(notice, person, victim=victim))
    if "yes" in said:
        return "yes"
    if "no" in said:
        return "no"
    return "yes" if victim and _indicated(notice) else "unknown"


def band(text: str) -> str:
    """Return `yes` for an age band wholly under 18, `no` for one wholly above, else `unknown`.

    Args:
        text: `9-17`, `48+`, `0-29`.
    """
    low, _, high = text.removesuffix("+").partition(_BAND_SEPARATOR)
    if not low.isdigit():
        return "unknown"
    if int(low) >= MAJORITY:
        return "no"
    return "yes" if high.isdigit() and int(high) < MAJORITY else "unknown"


def _recorded(notice: Notice, person: Item, *, victim: bool) -> Iterator[str]:
    yield from _by_birth(notice, person)
    yield from _by_bands(person.properties.get("vx:ageBand", ()))
    for section in notice.of("victim") if victim else ():
        yield from _by_bands(section.properties.get("ageBand", ()))
        majority = value.codes(section.first("majority"))
        if majority:
            yield {"Minor": "yes", "Adult": "no"}.get("".join(majority), "unknown")
        age = section.first("ageWhenTrafficked")
        if isinstance(age, int):
            yield "yes" if age < MAJORITY else "no"


def _by_bands(values: Iterable[value.Json]) -> Iterator[str]:
    read = {band(code) for one in values for code in value.codes(one)}
    if read:
        # Several bands describe several persons: a child among them makes it a child's field.
        yield "yes" if "yes" in read else "unknown" if "unknown" in read else "no"


def _by_birth(notice: Notice, person: Item) -> Iterator[str]:
    born = person.text("birthDate")
    if partial.is_date(born):
        ages = [partial.age_on(partial.parse(born), day) for day in _moments(notice, person)]
        yield "no" if min(ages) >= MAJORITY else "yes"


def _moments(notice: Notice, person: Item) -> list[date]:
    today = partial.parse(notice.date).first
    events = [day for item in notice.items for day in _events(notice, item, person)]
    return [min([*events, today]), today]


def _events(notice: Notice, item: Item, person: Item) -> Iterator[date]:
    names = person.handle in item.targets("involved")
    about_victim = item.schema == "route.leg" and person in notice.victims
    if names or about_victim:
        for prop in ("startDate", "endDate", "from", "to"):
            if partial.is_date(text := item.text(prop)):
                yield partial.parse(text).first


def _indicated(notice: Notice) -> bool:
    """Tell whether something that happens to children only is said, without an age."""
    types = (code for item in notice.of("exploitation") for code in _codes(item, "type"))
    offences = (code for item in notice.of("offence") for code in _codes(item, "iccs"))
    guardian = any(
        value.part(_part(item, "consent", "by"), "code") in {"guardian", "both"}
        for item in notice.of("victim")
    )
    return (
        "ChildLabour" in types or guardian or any(c.startswith(_CHILD_CODES) for c in offences)
    )


def _codes(item: Item, prop: str) -> frozenset[str]:
    return frozenset().union(*(value.codes(one) for one in item.properties.get(prop, ())))


def _part(item: Item, prop: str, key: str) -> value.Json:
    found = item.first(prop)
    return found.get(key) if isinstance(found, dict) else None
