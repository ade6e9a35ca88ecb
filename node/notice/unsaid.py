"""The facts that nobody stated, each with who can state it.

It promises that pre-flight can show them before anything else: an unknown fact is read in the
most protective way, so the officer sees first what would open most.

Source: docs/content.md, "What the law must be told".
"""

from collections.abc import Iterator
from dataclasses import dataclass

from node.notice.notice import Notice
from node.notice.rows import item_names
from node.notice.subject import Subjects
from node.notice.told import UNKNOWN

OFFICER, PROSECUTOR, REGISTER = "officer", "prosecutor", "register"
"""Who can state a fact: the officer who drafts, the prosecutor, the mapping of a register."""
_OF_PERSON = ("asylum", "feared_state", "protected_witness", "publication_ban")
_OF_CASE = (
    "secrecy",
    "charges",
    "dual_criminality",
    "coercive",
    "political",
    "military",
    "ad_hoc_tribunal",
    "own_inquiry_at_risk",
)


@dataclass(frozen=True, slots=True)
class Unsaid:
    """One fact that nobody stated.

    Attributes:
        fact: Its name, of a closed list.
        where: Row name of the item; empty for the whole notice.
        who: Who can state it.
    """

    fact: str
    where: str
    who: str


def unsaid(notice: Notice) -> tuple[Unsaid, ...]:
    """Return every fact that nobody stated."""
    return tuple(_unsaid(notice))


def _unsaid(notice: Notice) -> Iterator[Unsaid]:
    names = item_names(notice)
    if notice.told.source == UNKNOWN:
        without = [h for h in notice.by_handle if notice.told.source_of(h) == UNKNOWN]
        yield from (Unsaid("source", names[handle], REGISTER) for handle in without)
    if notice.told.channel == UNKNOWN:
        yield Unsaid("channel", "", OFFICER)
    for handle in Subjects(notice).everybody():
        person = notice.told.person(handle)
        for fact in _OF_PERSON:
            if getattr(person, fact) == UNKNOWN:
                yield Unsaid(fact, names[handle], OFFICER)
    for fact in _OF_CASE:
        if getattr(notice.told.case, fact) in {UNKNOWN, None}:
            yield Unsaid(fact, "", PROSECUTOR)
