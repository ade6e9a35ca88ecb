"""From the cells of one row to a draft of a victim notice.

It promises that an item exists only if a cell speaks of it, save the victim herself; that
handles, seed and pseudonym are random; and that the standing texts say nothing of the row.
Which cells mean what is the layout's; who may see the draft is the law's.

Source: docs/content.md, "HTCDS 2.0", "Statistics and CTDC".
"""

from collections.abc import Mapping
from dataclasses import replace

from node.convert.layout import Layout, Part
from node.convert.outcome import Settings
from node.notice import value
from node.notice.codelist import code_list
from node.notice.handle import draw_handle, draw_seed
from node.notice.item import Item
from node.notice.notice import Notice
from node.notice.pseudonym import draw_pseudonym
from node.notice.schema import schema
from node.notice.told import Told
from node.notice.value import Json


class Draft:
    """One draft as it grows, cell by cell."""

    def __init__(self, layout: Layout, settings: Settings) -> None:
        self._layout = layout
        self._settings = settings
        self._values: dict[str, dict[str, list[Json]]] = {}
        self.spoken: set[str] = set()
        """Parts that some cell spoke of."""

    def add(self, part: str, prop: str, values: tuple[Json, ...]) -> None:
        """Add values to a property; a value or a code is said once."""
        self.spoken.add(part)
        said = self._values.setdefault(part, {}).setdefault(prop, [])
        for one in values:
            # The words it was read from do not make a code another.
            if value.bare(one) not in [value.bare(other) for other in said]:
                said.append(one)

    def add_coded(self, place: str, word: str) -> None:
        """Add one value that a layout writes down: a code of the property's list, or a flag."""
        part, _, prop = place.partition(".")
        known = schema(self._part(part).schema).properties[prop]
        kind, _, name = known.value.partition(":")
        if kind == "code":
            self.add(part, prop, (value.code(code_list(name).schemes[word], word),))
        else:
            self.add(part, prop, (word,))

    def default(self, part: str, prop: str, found: Json) -> None:
        """Set a property that nothing spoke of."""
        self._values.setdefault(part, {}).setdefault(prop, [found])

    def pseudonym(self) -> str:
        """Return a fresh pseudonym for the person of this draft."""
        return draw_pseudonym(self._settings.draw)

    def finish(self, roles: Mapping[str, frozenset[str]]) -> Notice:
        """Return the draft.

        Args:
            roles: Of parts whose roles the row decides.
        """
        parts = [
            part for part in self._layout.parts if part.always or self._values.get(part.name)
        ]
        draw = self._settings.draw
        handles = {part.name: draw_handle(draw) for part in parts}
        self._refer(parts, handles)
        # Sections first, as native JSON has them.
        parts.sort(key=lambda part: not schema(part.schema).section)
        items = [self._texts(draw_handle(draw))]
        items += [
            Item(
                handle=handles[part.name],
                schema=part.schema,
                roles=roles.get(part.name, part.roles),
                properties={
                    prop: tuple(values)
                    for prop, values in self._values.get(part.name, {}).items()
                },
                group=part.group,
            )
            for part in parts
        ]
        return Notice(
            type="victim",
            date=self._settings.date,
            handling=self._settings.handling,
            items=tuple(items),
            seed=draw_seed(draw),
            told=self._told([item.handle for item in items if schema(item.schema).bears]),
        )

    def _part(self, name: str) -> Part:
        return next(part for part in self._layout.parts if part.name == name)

    def _refer(self, parts: list[Part], handles: Mapping[str, str]) -> None:
        for part in parts:
            # A layout's parts lean only on parts that are always there.
            for prop, target in part.refs.items():
                self.default(part.name, prop, handles[target])
            for holder, prop in part.held.items():
                self.default(holder, prop, handles[part.name])

    def _texts(self, handle: str) -> Item:
        language = self._settings.language
        title, summary = self._layout.titles[language]
        said: dict[str, tuple[Json, ...]] = {
            prop: ({"lang": language, "text": text, "by": "original"},)
            for prop, text in (("title", title), ("summary", summary))
        }
        return Item(handle, "notice", frozenset(), said)

    def _told(self, persons: list[str]) -> Told:
        told = self._settings.told
        declared = self._settings.persons or self._layout.persons
        layout = self._layout
        return replace(
            told,
            source=layout.source or told.source,
            regime=tuple(dict.fromkeys((*told.regime, *layout.regime))),
            persons=dict.fromkeys(persons, declared) if declared else told.persons,
        )
