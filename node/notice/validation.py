"""Whether a draft may be published as it stands: findings from a closed list.

It promises that a finding names a place and a code, never a value, so that it may be logged
and shown; and that what blocks is said before the law is asked. The law itself is
`policies`; texts are scanned by `node.notice.scan`.

Source: docs/content.md, "Notice types", "Entities", "Case vocabulary", "Deny-list".
"""

from collections.abc import Iterator
from dataclasses import dataclass

from node.notice import value
from node.notice.choice import commit_list
from node.notice.facts import fields, frames
from node.notice.identifier.verified import is_verified
from node.notice.item import PROTECTED, Item
from node.notice.notice import Notice
from node.notice.rows import item_names
from node.notice.schema import TYPES, Property, schema
from node.notice.shape import fits
from node.notice.subject import Subjects

BLOCKING = (
    "role_missing",
    "protected_person",
    "person_not_allowed",
    "property_not_in_type",
    "too_many_values",
    "missing_required",
    "bad_value",
    "dangling_link",
    "wrong_target",
    "not_one_victim",
    "offence_missing",
    "network_missing",
    "pap_missing",
    "section_twice",
    "too_many_facts",
    "original_missing",
    "language_twice",
)
"""Findings that stop a publication."""
ADVICE = (
    "holder_missing",
    "local_code",
    "unverified_identifier",
    "means_missing",
    "smuggling_stated",
)
"""Findings that a human should see."""
CODES = BLOCKING + ADVICE
_SMUGGLING = "08051"
"""Smuggling of migrants: another crime, with another protocol."""
LEAVES = {"network": 1024, "suspect": 256, "victim": 256, "modus": 256}
"""Facts that a notice of each type can commit (docs/envelope.md, section 2)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding.

    Attributes:
        code: A word of `CODES`.
        where: Row name of the item or property; empty for the whole notice.
    """

    code: str
    where: str

    @property
    def blocking(self) -> bool:
        """Tell whether it stops a publication."""
        return self.code in BLOCKING


def check(notice: Notice) -> tuple[Finding, ...]:
    """Return every finding of a draft, those of the whole notice first."""
    names = item_names(notice)
    found = [Finding(code, "") for code in _whole(notice)]
    for item in notice.items:
        found += [Finding(code, names[item.handle]) for code in _roles(notice, item)]
        for prop, values in item.properties.items():
            where = ".".join(part for part in (names[item.handle], prop) if part)
            found += [Finding(code, where) for code in _property(notice, item, prop, values)]
        found += [
            Finding("missing_required", ".".join(filter(None, (names[item.handle], prop))))
            for prop in _missing(notice, item)
        ]
    subjects = Subjects(notice)
    found += [
        Finding("holder_missing", names[item.handle])
        for item in notice.items
        if schema(item.schema).thing and subjects.of(item.handle) == (item.handle,)
    ]
    return tuple(found)


def _whole(notice: Notice) -> Iterator[str]:
    yield from _required_parts(notice)
    if notice.of("technique") and not notice.handling.pap:
        yield "pap_missing"
    # Palermo Protocol art. 3 (c), (d): under 18 no means is needed, so a victim notice, whose
    # one person may be a child, is not asked for any.
    acts, means = _has(notice, "tip", "acts"), _has(notice, "tip", "means")
    if acts and not means and notice.type != "victim":
        yield "means_missing"
    once = [item.schema for item in notice.items if schema(item.schema).section == "once"]
    if len(once) != len(set(once)):
        yield "section_twice"
    if len(commit_list(fields(notice), frames(notice))) > LEAVES[notice.type]:
        yield "too_many_facts"


def _required_parts(notice: Notice) -> Iterator[str]:
    if not notice.of("notice"):
        yield "missing_required"
    if notice.type in {"network", "suspect"} and not _has(notice, "offence", "iccs"):
        yield "offence_missing"
    if notice.type == "network" and len(notice.of("network")) != 1:
        yield "network_missing"
    if notice.type == "victim" and not len(notice.of("victim")) == len(notice.victims) == 1:
        yield "not_one_victim"


def _has(notice: Notice, name: str, prop: str) -> bool:
    return any(item.properties.get(prop) for item in notice.of(name))


def _roles(notice: Notice, item: Item) -> Iterator[str]:
    if item.schema != "Person":
        return
    if notice.type == "modus":
        yield "person_not_allowed"
    elif not item.roles:
        yield "role_missing"
    elif notice.type != "victim" and item.roles & PROTECTED:
        yield "protected_person"


def _property(
    notice: Notice, item: Item, prop: str, values: tuple[value.Json, ...]
) -> Iterator[str]:
    known = schema(item.schema).properties.get(prop)
    if known is None or TYPES[notice.type] not in known.types:
        yield "property_not_in_type"
        return
    if len(values) > 1 and not known.slotted:
        yield "too_many_values"
    if not all(fits(known, one) for one in values):
        yield "bad_value"
    yield from _targets(notice, known, values)
    if known.value == "code:iccs" and any(_SMUGGLING in value.codes(one) for one in values):
        yield "smuggling_stated"
    if known.value == "words":
        yield from _languages(values)
    if any(value.part(one, "scheme") == value.LOCAL for one in values):
        yield "local_code"
    form = known.general_in(notice.type)
    if any(isinstance(one, str) and not is_verified(form, one) for one in values):
        yield "unverified_identifier"


def _targets(notice: Notice, known: Property, values: tuple[value.Json, ...]) -> Iterator[str]:
    if not known.target:
        return
    items = [notice.by_handle.get(str(one)) for one in values]
    if any(one is None for one in items):
        yield "dangling_link"
    elif any(one and not schema(one.schema).fits(known.target) for one in items):
        yield "wrong_target"


def _languages(values: tuple[value.Json, ...]) -> Iterator[str]:
    """Yield what is wrong with the languages of a text: the original rules, and is needed."""
    languages = [value.part(one, "lang").lower() for one in values]
    if len(languages) != len(set(languages)):
        yield "language_twice"
    if not any(value.part(one, "by") == "original" for one in values):
        yield "original_missing"


def _missing(notice: Notice, item: Item) -> Iterator[str]:
    for prop, known in schema(item.schema).properties.items():
        required = known.many in {"1", "+"} and TYPES[notice.type] in known.types
        if required and not item.properties.get(prop):
            yield prop
