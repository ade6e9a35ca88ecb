"""One item of a notice: an entity of FollowTheMoney's shape, or a section of the case.

It promises immutability, a `repr` without values, and nothing more: whether its properties
may be there is judged by `node.notice.validation`, and who may see them by `policies`.

Source: docs/content.md, "Entities"; roles there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from node.notice.value import Json

ROLES = (
    "victim",
    "presumed_victim",
    "witness",
    "family",
    "collaborator",
    "third_party",
    "suspect",
    "accused",
    "convicted",
    "informant",
    "undercover_officer",
)
"""Every role a person or a company can have."""
PROTECTED = frozenset(ROLES[:6])
"""Persons in these roles appear in victim notices only; elsewhere they are counted."""
VICTIMS = frozenset({"victim", "presumed_victim"})
_LAW_WORDS = {"accused": "suspect"}


@dataclass(frozen=True, slots=True)
class Item:
    """An item: who or what, in which roles, with which values.

    Attributes:
        handle: Random name local to the notice.
        schema: Its shape (`node.notice.schema`).
        roles: For persons and companies; empty for all else.
        properties: Each a tuple of values, in the order of the draft.
        group: It stands for several persons at once, whose values are sets and never pairs.
    """

    handle: str
    schema: str
    roles: frozenset[str] = frozenset()
    properties: Mapping[str, tuple[Json, ...]] = field(
        default_factory=lambda: MappingProxyType({}), repr=False
    )
    group: bool = False

    def first(self, prop: str) -> Json:
        """Return the first value of a property; None if it has none."""
        values = self.properties.get(prop, ())
        return values[0] if values else None

    def text(self, prop: str) -> str:
        """Return the first value of a property if it is a text; empty otherwise."""
        found = self.first(prop)
        return found if isinstance(found, str) else ""

    def targets(self, prop: str) -> tuple[str, ...]:
        """Return the handles a property points to."""
        return tuple(one for one in self.properties.get(prop, ()) if isinstance(one, str))


def law_roles(roles: frozenset[str]) -> frozenset[str]:
    """Return roles in the law's words: accused is suspect, and nobody said is unknown.

    Source: docs/policy.md, section 4, "From content to kinds".
    """
    return frozenset(_LAW_WORDS.get(role, role) for role in roles) or frozenset({"unknown"})
