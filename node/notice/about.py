"""What is known of the subjects of one field, united: roles and age.

It promises the most protective reading: roles are united, and a child among several makes
the field a child's.

Source: docs/policy.md, section 3, "Several subjects".
"""

from collections.abc import Iterable
from dataclasses import dataclass

_ORDER = ("yes", "unknown", "no")


@dataclass(frozen=True, slots=True)
class About:
    """The subjects of a field.

    Attributes:
        anybody: It is about at least one person.
        roles: Their roles, united, in content's words.
        minor: `yes`, `no` or `unknown`.
    """

    anybody: bool
    roles: frozenset[str]
    minor: str


NOBODY = About(anybody=False, roles=frozenset(), minor="no")
"""A field about no person."""


def unite(subjects: Iterable[tuple[frozenset[str], str]]) -> About:
    """Return what several subjects, each with roles and age, are together."""
    found = list(subjects)
    if not found:
        return NOBODY
    roles = frozenset().union(*(roles for roles, _ in found))
    minor = next(flag for flag in _ORDER if any(one == flag for _, one in found))
    return About(anybody=True, roles=roles, minor=minor)
