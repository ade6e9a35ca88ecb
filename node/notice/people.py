"""The subjects of a notice, in the law's words.

It promises that everybody a field names is among them, with what protects them, and that a
thing which names no holder brings somebody of whom nothing is known.

Source: docs/policy.md, section 3; docs/law.md, section 2.
"""

from datetime import date

from node.notice import partial, value
from node.notice.item import VICTIMS, Item, law_roles
from node.notice.minority import minor
from node.notice.notice import Notice
from node.notice.schema import schema
from node.notice.subject import Subjects
from node.notice.value import Json
from policies.facts import Consent, Person

_NOTICE_TYPES = {
    "network": "network_alert",
    "modus": "network_alert",
    "suspect": "case_notice",
    "victim": "victim_referral",
}
_BY_PURPOSE = {
    "nationality_verification": "nationality_verification",
    "missing_person_location": "missing_person",
}


def people(notice: Notice) -> tuple[Person, ...]:
    """Return the subjects that the fields of a notice name, in the draft's order."""
    return tuple(
        _person(notice, notice.by_handle[handle]) for handle in Subjects(notice).everybody()
    )


def law_type(notice: Notice, *, from_fiu: bool = False) -> str:
    """Return the law's word for the type of a notice.

    Args:
        notice: The draft.
        from_fiu: It goes from a financial unit's desk on channel fiu.
    """
    if from_fiu:
        return "financial_intel"
    if notice.type == "victim":
        return _BY_PURPOSE.get(notice.handling.purpose, _NOTICE_TYPES["victim"])
    return _NOTICE_TYPES[notice.type]


def _person(notice: Notice, item: Item) -> Person:
    told = notice.told.person(item.handle)
    return Person(
        id=item.handle,
        roles=law_roles(item.roles),
        minor=minor(notice, item) if schema(item.schema).bears else "unknown",
        consent=_consent(notice, item),
        asylum=told.asylum,
        feared_state=told.feared_state,
        protected_witness=told.protected_witness,
        publication_ban=told.publication_ban,
    )


def _consent(notice: Notice, item: Item) -> Consent:
    found = next((section.first("consent") for section in notice.of("victim")), None)
    if not item.roles & VICTIMS or not isinstance(found, dict):
        return Consent("unknown")
    return Consent(
        status=value.part(found.get("status"), "code") or "unknown",
        scope=_strings(found.get("scope")),
        recipients=_strings(found.get("recipients")),
        until=_day(value.part(found, "until")),
        by=value.part(found.get("by"), "code") or "self",
    )


def _strings(found: Json) -> frozenset[str]:
    return frozenset(str(one) for one in found) if isinstance(found, list) else frozenset()


def _day(text: str) -> date | None:
    """Return the first day that a last day may mean: a consent ends no later than it says."""
    return partial.parse(text).first if partial.is_date(text) else None
