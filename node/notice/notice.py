"""A notice: its type, date, handling and items, and what the law was told.

It promises that items are found by handle and that their order is the draft's. It judges
nothing: `node.notice.validation` does, and `policies` decides who may see what.

Source: docs/content.md, "Notice types".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from node.notice import partial
from node.notice.handle import SEED_BYTES
from node.notice.handling import Handling
from node.notice.item import VICTIMS, Item
from node.notice.schema import TYPES
from node.notice.told import Told
from valija.errors import MalformedError


@dataclass(frozen=True)
class Notice:
    """One draft, or one version of a notice, in the state that writes it.

    Attributes:
        type: A word of `TYPES`.
        date: ISO date of the notice, three parts.
        handling: Always sent exact.
        items: Sections and entities, in the order of the draft.
        seed: 16 random bytes from which slots derive; it stays in the node.
        told: What the law must be told; it stays in the node.
    """

    type: str
    date: str
    handling: Handling
    items: tuple[Item, ...]
    seed: bytes = field(repr=False)
    told: Told = field(default_factory=Told, repr=False)

    def __post_init__(self) -> None:
        """Refuse what has no meaning at all.

        Raises:
            MalformedError: The type is none of ours, the date is not a day, a handle stands
                twice, or the seed has not 16 bytes.
        """
        if self.type not in TYPES or not partial.parse(self.date).full:
            raise MalformedError("a notice has a type of the list and a date of three parts")
        if len(self.by_handle) != len(self.items) or len(self.seed) != SEED_BYTES:
            raise MalformedError("a handle stands twice, or the seed has not 16 bytes")

    @cached_property
    def by_handle(self) -> Mapping[str, Item]:
        """Return the items by handle."""
        return {item.handle: item for item in self.items}

    def of(self, schema: str) -> tuple[Item, ...]:
        """Return the items of exactly this schema, in the draft's order."""
        return tuple(item for item in self.items if item.schema == schema)

    @property
    def persons(self) -> tuple[Item, ...]:
        """Return the persons, in the draft's order."""
        return self.of("Person")

    @property
    def victims(self) -> tuple[Item, ...]:
        """Return the persons who are victims or presumed victims."""
        return tuple(person for person in self.persons if person.roles & VICTIMS)

    def with_items(self, items: tuple[Item, ...]) -> "Notice":
        """Return the same notice with other items."""
        return replace(self, items=items)
