"""Invented notices for tests: no name here is anybody's."""

from collections.abc import Mapping
from pathlib import Path

from node.notice import native, value
from node.notice.handling import Handling
from node.notice.item import Item
from node.notice.notice import Notice
from node.notice.told import Told
from node.notice.value import Json

DEMO = Path(__file__).parents[3] / "deploy" / "demo"
HANDLING = Handling("amber", "victim_protection", "2027-05-01")
WORDS: Json = {"lang": "es", "text": "Aviso inventado", "by": "original"}
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"


def demo(name: str) -> Notice:
    """Return one of the demo's notices."""
    return native.parse((DEMO / f"{name}.json").read_bytes())


def handle(number: int) -> str:
    """Return a handle for tests: eight times one character."""
    return _ALPHABET[number] * 8


def item(
    number: int,
    schema: str,
    properties: Mapping[str, list[Json]] | None = None,
    roles: frozenset[str] = frozenset(),
) -> Item:
    """Return an item."""
    values = {prop: tuple(found) for prop, found in (properties or {}).items()}
    return Item(handle(number), schema, roles, values)


def notice(kind: str, *items: Item, told: Told | None = None) -> Notice:
    """Return a notice with a title and a summary and these items."""
    texts = item(31, "notice", {"title": [WORDS], "summary": [WORDS]})
    return Notice(kind, "2026-11-24", HANDLING, (texts, *items), bytes(16), told or Told())


def victim(
    *more: Item,
    person: Mapping[str, list[Json]] | None = None,
    section: Mapping[str, list[Json]] | None = None,
    role: str = "presumed_victim",
) -> Notice:
    """Return a notice about one victim, whose section is item 1 and person item 0."""
    said: dict[str, list[Json]] = {
        "pseudonym": ["kqz3vxw2a7mnb4cd"],
        "status": [value.code("htcds", "PossibleVictimOfTrafficking")],
        "consent": [{"status": value.code("valija", "not_sought")}],
        **(section or {}),
    }
    who = item(
        0, "Person", {"name": ["Amarilis Tupayachi"], **(person or {})}, frozenset({role})
    )
    return notice("victim", item(1, "victim", said), who, *more)
