"""The shapes a notice may hold: schemas, their properties, and what each property is.

It promises one table (`codes/schemas.toml`), read once and checked: what stands on it may
occur, nothing else may. Whether a given value fits is `node.notice.shape`; whether a whole
notice does, `node.notice.validation`.

Source: docs/content.md, "Entities" and "Fields and their general forms".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from node.notice.table import toml_table
from valija.errors import MalformedError

TYPES: Mapping[str, str] = {"network": "N", "suspect": "S", "victim": "V", "modus": "M"}
"""Letter of each notice type."""
ROLE = "vx:role"
"""The row that tells a role; roles are a set on the item, and leave only as this field."""


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a schema.

    Attributes:
        name: FollowTheMoney's, or ours with `vx:`.
        many: `1`, `?`, `*` or `+`.
        types: Letters of the notice types it may occur in.
        value: What a value is: `string`, `date`, `code:LIST`, `ref:SCHEMA`, `record:NAME` …
        general: Name of its general form, and of that in a victim notice.
        categories: Its own categories, and those in a victim notice.
    """

    name: str
    many: str
    types: str
    value: str
    general: tuple[str, str]
    categories: tuple[frozenset[str], frozenset[str]]

    @property
    def slotted(self) -> bool:
        """Tell whether it may have several values, so that each has a slot of its own."""
        return self.many in {"*", "+"}

    @property
    def target(self) -> str:
        """Return the schema that its values point to; empty if it is no reference."""
        kind, _, target = self.value.partition(":")
        return target if kind == "ref" else ""

    def general_in(self, notice_type: str) -> str:
        """Return the name of its general form in a notice of this type."""
        return self.general[notice_type == "victim"]

    def categories_in(self, notice_type: str) -> frozenset[str]:
        """Return its own categories in a notice of this type."""
        return self.categories[notice_type == "victim"]


@dataclass(frozen=True, slots=True)
class Schema:
    """One shape of item.

    Attributes:
        name: FollowTheMoney's schema, or a section of the case vocabulary.
        row: What its row names begin with.
        section: Empty for an entity, else `once` or `many`: how often in a notice.
        bears: It is a person or a company, and has roles.
        thing: It belongs to somebody, whose roles it takes.
        ends: The two properties that a link joins; empty for others.
        ancestors: Schemas it can stand for.
        properties: By name, in the order of the table.
    """

    name: str
    row: str
    section: str
    bears: bool
    thing: bool
    ends: tuple[str, ...]
    ancestors: frozenset[str]
    properties: Mapping[str, Property]

    def fits(self, target: str) -> bool:
        """Tell whether an item of this schema may stand where `target` is asked for."""
        entity_or_network = not self.section or self.name == "network"
        return (
            target == self.name
            or target in self.ancestors
            or (target == "*" and entity_or_network)
        )


@cache
def schemas() -> Mapping[str, Schema]:
    """Return every schema by name."""
    table = toml_table("schemas")
    groups = {name: _properties(rows) for name, rows in table["groups"].items()}
    return {name: _schema(name, row, groups) for name, row in table["schemas"].items()}


def schema(name: str) -> Schema:
    """Return one schema.

    Raises:
        MalformedError: It is not in the subset.
    """
    found = schemas().get(name)
    if found is None:
        raise MalformedError("a schema is not in the subset")
    return found


def record(name: str) -> Mapping[str, str]:
    """Return the parts of a record: name to kind, with `?` where it may be left out."""
    parts: Mapping[str, str] = toml_table("schemas")["records"][name]
    return parts


def version() -> int:
    """Return the version of the table, which enters every decision that leans on it."""
    return int(toml_table("schemas")["version"])


def _schema(
    name: str, row: Mapping[str, Any], groups: Mapping[str, dict[str, Property]]
) -> Schema:
    properties: dict[str, Property] = {}
    for group in row.get("takes", ()):
        properties |= groups[group]
    properties |= _properties(row.get("properties", {}))
    properties |= groups["item"]
    return Schema(
        name=name,
        row=row["row"],
        section=row.get("section", ""),
        bears=row.get("bears", False),
        thing=row.get("thing", False),
        ends=tuple(row.get("link", ())),
        ancestors=frozenset(row.get("is", ())),
        properties=properties,
    )


def _properties(rows: Mapping[str, str]) -> dict[str, Property]:
    return {name: _property(name, line) for name, line in rows.items()}


def _property(name: str, line: str) -> Property:
    many, types, value, general, categories = line.split()
    forms = general.split("/")
    sets = [frozenset(words.split("+")) for words in categories.split("/")]
    return Property(name, many, types, value, (forms[0], forms[-1]), (sets[0], sets[-1]))
