"""A fact that the law omits shapes nothing that leaves: a draft without it says the same.

Drafts of the demo are asked about twice: as they are, and without whatever their recipient is
not shown. Facts, terms and standing must be the same. One thing is let be, and said in
docs/policy.md, section 7: a date of birth, hidden or not, tells the law whether its person is
a child, and a child's other data bring more duties.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import pytest

from node.notice import native
from node.notice.facts import Field, fields
from node.notice.notice import Notice
from node.notice.rows import field_name, item_names
from node.preflight.ruling import Ruling
from node.release.terms import terms_of
from policies.answer import Rank
from policies.facts import Reference
from tests.node.preflight.matrices import NOW, SECOND, notice, ruling
from tests.node.release import consenting

WORDS = (SECOND, Reference("recipient_accepts_caveats"))
_LAW_READS_IT = "birthDate"
_Place = tuple[str, str, int]


@cache
def drafts() -> Mapping[str, Notice]:
    """Return the demo's drafts, each with its first person as the law protects people."""
    found = {"victim": native.parse(native.to_bytes(_victim()))}
    for name in ("network", "suspect"):
        plain = notice(name)
        found[name] = plain
        for tag, told in _PROTECTED.items():
            found[f"{name}, {tag}"] = _told(plain, told)
        found[f"{name}, under cover"] = _acting(plain, "undercover_officer")
    return found


_PROTECTED: Mapping[str, Mapping[str, str]] = {
    "protected witness": {"protected_witness": "yes"},
    "fears Brazil": {"feared_state": "BR"},
    "fears nobody knows whom": {"feared_state": "unknown"},
}


def _victim() -> Notice:
    from json import dumps  # noqa: PLC0415  # Of this helper only.

    return native.parse(dumps(consenting.victim()).encode())


def _first(draft: Notice) -> str:
    return draft.persons[0].handle


def _told(draft: Notice, facts: Mapping[str, str]) -> Notice:
    persons = dict(draft.told.persons)
    person = persons[_first(draft)]
    persons[_first(draft)] = replace(person, **facts)  # type: ignore[arg-type]  # Its own names.
    return replace(draft, told=replace(draft.told, persons=persons))


def _acting(draft: Notice, role: str) -> Notice:
    items = tuple(
        replace(item, roles=frozenset({role})) if item.handle == _first(draft) else item
        for item in draft.items
    )
    return draft.with_items(items)


PAIRS = (
    ("AR/police", "BR/police"),
    ("MX/police", "BR/police"),
    ("BR/judicial", "CO/judicial"),
    ("AR/protection", "BR/protection"),
    ("CO/police", "AR/protection"),
)


@pytest.mark.parametrize("name", sorted(drafts()))
@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_a_draft_without_what_is_omitted_says_the_same(
    name: str, pair: tuple[str, str]
) -> None:
    draft = drafts()[name]
    found = ruling(draft, *pair, WORDS)
    if found.rank is not Rank.ALLOWED:
        assert () == shown(found)[2]  # Nothing leaves: as where nothing is held.
        return
    less = without(draft, omitted(draft, found), visible(found))
    assert shown(found) == shown(ruling(less, *pair, WORDS))


def test_the_comparison_would_see_what_is_not_omitted() -> None:
    draft = drafts()["network"]
    found = ruling(draft, "AR/police", "BR/police", WORDS)
    (place, *_) = [at for row, at in places(draft).items() if row == "P1.alias[0]"]
    less = without(draft, {place}, {item.handle for item in draft.items})
    assert shown(found) != shown(ruling(less, "AR/police", "BR/police", WORDS))


@pytest.mark.parametrize("name", ["network", "suspect"])
@pytest.mark.parametrize("tag", ["fears Brazil", "fears nobody knows whom"])
def test_nothing_that_is_a_hidden_persons_alone_is_shown(name: str, tag: str) -> None:
    """The state that he fears learns neither his plate nor that there is a car."""
    draft = drafts()[f"{name}, {tag}"]
    found = ruling(draft, "AR/police", "BR/police", WORDS)
    whose = {one.handle: one.subjects for one in fields(draft)}
    his = {handle for handle, subjects in whose.items() if set(subjects) == {_first(draft)}}
    assert {draft.by_handle[handle].schema for handle in his} > {"Person"}
    assert not his & visible(found)
    assert found.opened


def shown(found: Ruling) -> tuple[str, object, tuple[object, ...]]:
    """Return standing, terms and facts as the recipient gets them, but for random slots."""
    if found.rank is not Rank.ALLOWED:
        return found.rank.name, None, ()
    facts = sorted(
        ("/".join(path.split("/")[:2]), form, repr(value)) for path, form, value in found.opened
    )
    terms = terms_of(notice("network"), found, NOW)
    return found.rank.name, terms, tuple(facts)


def visible(found: Ruling) -> set[str]:
    return {path.split("/")[0] for path, _, _ in found.opened}


def omitted(draft: Notice, found: Ruling) -> set[_Place]:
    """Return where each value stands of which nothing is shown, not even a marker."""
    opened = {path for path, _, _ in found.opened}
    at = places(draft)
    return {at[one.row] for one in fields(draft) if one.row in at and _is_out(one, opened)}


def _is_out(one: Field, opened: set[str]) -> bool:
    # Who holds a thing is what the law is told of it, and goes only with the thing.
    kept = one.target or one.prop == _LAW_READS_IT
    return not kept and not {one.path, one.marker_path} & opened


def places(draft: Notice) -> Mapping[str, _Place]:
    names = item_names(draft)
    return {
        field_name(names[item.handle], item, prop, index): (item.handle, prop, index)
        for item in draft.items
        for prop, values in item.properties.items()
        for index, _ in enumerate(values)
    }


def without(draft: Notice, out: set[_Place], kept: set[str]) -> Notice:
    """Return a draft without some values, and without the items of which nothing is shown."""
    items = []
    for item in draft.items:
        left = {
            prop: tuple(v for at, v in enumerate(values) if (item.handle, prop, at) not in out)
            for prop, values in item.properties.items()
        }
        if item.handle in kept or item.schema == "notice":
            items.append(replace(item, properties={p: v for p, v in left.items() if v}))
    return draft.with_items(tuple(items))
