"""Categories of a field: computed, never typed.

It promises that nobody can forget to tick a box and nobody can untick one: categories follow
from what the property says, from the roles of its subjects, and from their age. What a
category leads to is the law's affair; the kind of datum is `policies.kinds`.

Source: docs/content.md, "Sensitivity".
"""

from node.notice.about import About
from node.notice.item import Item
from node.notice.schema import ROLE, schemas

CATEGORIES = (
    "victim",
    "minor",
    "witness",
    "suspect",
    "health",
    "special",
    "location",
    "financial",
    "technique",
    "source",
    "biometric",
    "general",
)
"""Every category, as docs/content.md lists them."""
_BY_ROLE = {
    "victim": "victim",
    "presumed_victim": "victim",
    "witness": "witness",
    "family": "witness",
    "collaborator": "witness",
    "third_party": "witness",
    "suspect": "suspect",
    "accused": "suspect",
    "convicted": "suspect",
    "informant": "technique",
    "undercover_officer": "technique",
}


def of_roles(roles: frozenset[str]) -> frozenset[str]:
    """Return the categories that roles give; no role gives `victim`."""
    return frozenset(_BY_ROLE.get(role, "victim") for role in roles) or frozenset({"victim"})


def categories(item: Item, prop: str, notice_type: str, about: About) -> frozenset[str]:
    """Return the categories of one field.

    Args:
        item: The item that has it.
        prop: Its property; one that is on no table takes every category.
        notice_type: Of the notice.
        about: Roles and age of its subjects.
    """
    shape = schemas().get(item.schema)
    known = shape.properties.get(prop) if shape else None
    if prop == ROLE:
        own = frozenset({"subject"})
    elif known is None:
        return frozenset(CATEGORIES)
    else:
        own = known.categories_in(notice_type)
    found = set(own - {"subject"})
    if about.anybody:
        found |= of_roles(about.roles) if "subject" in own else set()
        found |= {"minor"} if about.minor != "no" else set()
    return frozenset(found) or frozenset({"general"})
