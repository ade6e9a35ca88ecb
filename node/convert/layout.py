"""A layout: how the columns of one kind of register map to a draft, as data.

It promises that a layout is one TOML file of ours, read once, with a name and a version that
enter the identity of every row it maps. What a cell says is `node.convert.cell`; how a header
is matched to a layout, `node.convert.header`.

Source: docs/content.md, "Formats": mappings are data, one tested TOML per layout.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from node.notice.folding import fold
from node.notice.told import PersonTold

KEEP, UNMAPPED, DENIED = "text", "unmapped", "denied"
"""Readers of columns that have no home in a draft: shown beside it, left out, refused."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a layout.

    Attributes:
        name: The standard's.
        part: Part of the draft it goes to; empty where it has no home.
        prop: Property of that part.
        reader: How its cells are read (`node.convert.cell.READERS`).
        list: Code list of its codes; empty without.
        words: What its own words mean: a code, `A|B` for a merged flag (one of them), `A&B`
            for both, `local` or `local:NAME` for a code of no list, `?` for nothing said,
            `?reason` for an unknown with its reason.
        split: Separator of several values; empty: one value.
        adds: Properties said by any value of it, `leg.type` to code.
        label: As people see it.
        aliases: Other names it goes by.
    """

    name: str
    part: str
    prop: str
    reader: str
    list: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    split: str = ""
    adds: Mapping[str, str] = field(default_factory=dict)
    label: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One item that a row may become.

    Attributes:
        name: Of the part.
        schema: Of the item.
        roles: Of the item.
        group: It stands for several persons.
        always: It is there even if no cell says anything of it.
        refs: Properties that point to other parts.
        held: Properties of other parts that point to it.
    """

    name: str
    schema: str
    roles: frozenset[str]
    group: bool
    always: bool
    refs: Mapping[str, str]
    held: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Layout:
    """One layout.

    Attributes:
        name: Of its file.
        version: Grows with each change of meaning.
        columns: By name.
        parts: In the order of the draft.
        subject: Parts one of which a cell must speak of; empty: every row is a person.
        titles: Standing title and summary by language.
        date_order: `dmy`, `mdy`, or empty: nothing is declared.
        source: What the register declares of itself; empty: nothing.
        regime: As above.
        persons: What it declares of every person; None: nothing.
    """

    name: str
    version: int
    columns: Mapping[str, Column]
    parts: tuple[Part, ...]
    subject: frozenset[str]
    titles: Mapping[str, tuple[str, str]]
    date_order: str
    source: str
    regime: tuple[str, ...]
    persons: PersonTold | None

    @property
    def mapping(self) -> str:
        """Return its name and version, as row identities have it."""
        return f"{self.name}/{self.version}"

    def named(self) -> Mapping[str, Column]:
        """Return its columns by every folded name they go by, labels left out."""
        return {
            _plain(name): column
            for column in self.columns.values()
            for name in (column.name, *column.aliases)
        }

    def labelled(self) -> Mapping[str, tuple[Column, ...]]:
        """Return its columns by folded label; a label may stand over several."""
        found: dict[str, tuple[Column, ...]] = {}
        for column in self.columns.values():
            if column.label:
                key = fold(column.label)
                found[key] = (*found.get(key, ()), column)
        return found


def _plain(name: str) -> str:
    return name.strip().lower()


@cache
def layout(name: str) -> Layout:
    """Return the layout in `mappings/NAME.toml`."""
    text = files("node.convert").joinpath("mappings", f"{name}.toml").read_text("utf-8")
    return _layout(name, tomllib.loads(text))


def _layout(name: str, table: Mapping[str, Any]) -> Layout:
    told = table.get("told", {})
    return Layout(
        name=name,
        version=table["version"],
        columns={key: _column(key, row) for key, row in table["columns"].items()},
        parts=tuple(_part(key, row) for key, row in table["parts"].items()),
        subject=frozenset(table.get("subject", ())),
        titles={lang: (row["title"], row["summary"]) for lang, row in table["titles"].items()},
        date_order=table.get("date_order", ""),
        source=told.get("source", ""),
        regime=tuple(told.get("regime", ())),
        persons=PersonTold(**told["persons"]) if "persons" in told else None,
    )


def _column(name: str, row: Mapping[str, Any]) -> Column:
    part, _, prop = row.get("to", "").partition(".")
    return Column(
        name=name,
        part=part,
        prop=prop,
        reader=row["as"],
        list=row.get("list", ""),
        words=row.get("words", {}),
        split=row.get("split", ""),
        adds=row.get("adds", {}),
        label=row.get("label", ""),
        aliases=tuple(row.get("aliases", ())),
    )


def _part(name: str, row: Mapping[str, Any]) -> Part:
    return Part(
        name=name,
        schema=row["schema"],
        roles=frozenset(row.get("roles", ())),
        group=row.get("group", False),
        always=row.get("always", False),
        refs=row.get("refs", {}),
        held=row.get("held", {}),
    )
