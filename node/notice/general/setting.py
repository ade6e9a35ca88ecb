"""What a general form may know beside the value: nothing that another field holds.

It promises that a form is a pure function of the value, the notice date and versioned tables:
the setting adds only what the field's own place says (schema, handle, subjects) and the
country that its own record states, which can withhold a place and never adds one.

Source: docs/content.md, "What every general form obeys".
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from node.notice.about import NOBODY, About
from node.notice.value import Json


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a value stands.

    Attributes:
        date: ISO date of the notice, three parts.
        schema: Of its item.
        handle: Of its item.
        country: Alpha-2 that its item states, or empty.
        about: Roles and age of its subjects.
    """

    date: str
    schema: str = ""
    handle: str = ""
    country: str = ""
    about: About = field(default=NOBODY)


Form: TypeAlias = Callable[[Json, Setting], Json]
"""A general form; None: the value has none, and only exact, marker or omitted remain."""


def is_record(value: Json, keys: frozenset[str], some: frozenset[str] = frozenset()) -> bool:
    """Tell whether a value is a record of texts with all of `keys` and perhaps `some`."""
    return (
        isinstance(value, dict)
        and keys <= set(value) <= keys | some
        and all(isinstance(part, str) for part in value.values())
    )
