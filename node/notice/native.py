"""Native JSON: a draft from and to bytes.

It promises that an unknown field or version refuses the whole file, that local names (`P1`)
are replaced by fresh handles everywhere they stand, that a pseudonym nobody gave is drawn, and
that what `to_bytes` writes parses to the same notice. Whether the notice may be published is
`node.notice.validation`.

Source: docs/content.md, "Formats", 1. Native JSON.
"""

import json
import secrets
import unicodedata
from collections.abc import Mapping

from node.notice import nativetold, value
from node.notice.handle import Draw, draw_handle, draw_seed, is_handle
from node.notice.handling import Handling
from node.notice.item import ROLES, Item
from node.notice.notice import Notice
from node.notice.pseudonym import draw_pseudonym
from node.notice.reader import Reader
from node.notice.schema import TYPES, Schema, schemas
from node.notice.shape import fits
from node.notice.value import Json
from valija import canonical
from valija.errors import MalformedError

VERSION = 1
MAX_BYTES = 4 * 1024 * 1024
_MAX_ITEMS = 1000
_MAX_DEPTH = 12


def parse(data: bytes, draw: Draw = secrets.token_bytes) -> Notice:
    """Return the notice that a file says.

    Args:
        data: UTF-8 JSON, at most 4 MiB.
        draw: Source of random bytes for handles, pseudonyms and seed.

    Raises:
        MalformedError: It is no JSON, has an unknown field, version, schema or property, or a
            value of another shape.
    """
    whole = Reader(_load(data), "notice")
    if whole.integer("valija") != VERSION:
        raise MalformedError("the file is of another version of native JSON")
    sections = [Reader(one, "section") for one in whole.records("sections")]
    entities = [Reader(one, "entity") for one in whole.records("entities")]
    if len(sections) + len(entities) > _MAX_ITEMS:
        raise MalformedError("a notice holds at most 1000 items")
    names = _Names(draw, whole.text("type"))
    items = [_texts(whole, names)]
    items += [_item(one, one.text("section"), names) for one in sections]
    items += [_item(one, one.text("schema"), names) for one in entities]
    notice = Notice(
        type=names.type,
        date=whole.text("date"),
        handling=_handling(Reader(whole.required("handling"), "handling")),
        items=tuple(names.resolved(item) for item in items),
        seed=_seed(whole, draw),
        told=nativetold.parse(whole.optional("told", {}), names.handle),
    )
    whole.end()
    return notice


def to_bytes(notice: Notice) -> bytes:
    """Return the notice as JSON, keys sorted; seed and told are in it, for our own store."""
    own = notice.of("notice")
    whole: dict[str, Json] = {
        "valija": VERSION,
        "type": notice.type,
        "date": notice.date,
        "seed": notice.seed.hex(),
        "handling": _handling_record(notice.handling),
        "told": nativetold.record(notice.told),
        "sections": [
            _record(i, "section")
            for i in notice.items
            if schemas()[i.schema].section and i not in own
        ],
        "entities": [
            _record(i, "schema") for i in notice.items if not schemas()[i.schema].section
        ],
    }
    for item in own:
        whole["id"] = item.handle
        for prop, values in item.properties.items():
            whole[prop] = _by_language(values) if prop in {"title", "summary"} else list(values)
    return canonical.to_bytes(whole)


class _Names:
    """Local names of one file, and the handles they are replaced by."""

    def __init__(self, draw: Draw, type_: str) -> None:
        self.type = type_
        self._draw = draw
        self._handles: dict[str, str] = {}

    def declare(self, name: str) -> str:
        if name in self._handles:
            raise MalformedError("an id stands twice")
        self._handles[name] = name if is_handle(name) else draw_handle(self._draw)
        return self._handles[name]

    def handle(self, name: str) -> str:
        if name not in self._handles:
            raise MalformedError("a reference points to no id of the file")
        return self._handles[name]

    def drawn(self, shape: Schema) -> dict[str, tuple[Json, ...]]:
        """Return a fresh value of each property of this type whose values are drawn."""
        return {
            prop: (draw_pseudonym(self._draw),)
            for prop, known in shape.properties.items()
            if known.value == "pseudonym" and TYPES.get(self.type, "") in known.types
        }

    def resolved(self, item: Item) -> Item:
        shape = schemas()[item.schema]
        properties = {
            prop: tuple(self._one(shape, prop, one) for one in values)
            for prop, values in item.properties.items()
            if values
        }
        return Item(item.handle, item.schema, item.roles, properties, item.group)

    def _one(self, shape: Schema, prop: str, found: Json) -> Json:
        known = shape.properties[prop]
        if known.target and isinstance(found, str):
            found = self.handle(found)
        if not fits(known, found):
            raise MalformedError(f"a value of {shape.name}.{prop} has not the shape asked for")
        return found


def _load(data: bytes) -> Json:
    if len(data) > MAX_BYTES:
        raise MalformedError("the file is over 4 MiB")
    try:
        return _plain(json.loads(data.decode("utf-8"), object_pairs_hook=_once))
    except (ValueError, RecursionError) as cause:
        raise MalformedError("the file is no JSON in UTF-8") from cause


def _plain(found: object, depth: int = 0) -> Json:
    if depth > _MAX_DEPTH:
        raise MalformedError("the file is nested too deeply")
    if isinstance(found, dict):
        return {str(key): _plain(part, depth + 1) for key, part in found.items()}
    if isinstance(found, list):
        return [_plain(part, depth + 1) for part in found]
    if isinstance(found, str):
        return _text(found)
    if isinstance(found, int):
        return found
    raise MalformedError("a value is a text, a whole number, a list or a record")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise MalformedError("a record has a field twice")
    return found


def _text(found: str) -> str:
    if any("\ud800" <= char <= "\udfff" for char in found):
        raise MalformedError("half a surrogate pair is no text")
    return unicodedata.normalize("NFC", found)


def _seed(whole: Reader, draw: Draw) -> bytes:
    text = whole.optional("seed", "")
    try:
        return bytes.fromhex(text) if isinstance(text, str) and text else draw_seed(draw)
    except ValueError as cause:
        raise MalformedError("the seed is not hexadecimal") from cause


def _texts(whole: Reader, names: _Names) -> Item:
    properties: dict[str, tuple[Json, ...]] = {}
    for prop in schemas()["notice"].properties:
        found = whole.optional(prop, None)
        if found is not None:
            properties[prop] = _words(found) if prop in {"title", "summary"} else _listed(found)
    name = whole.optional("id", "notice")
    return Item(
        names.declare(name if isinstance(name, str) else ""), "notice", frozenset(), properties
    )


def _words(found: Json) -> tuple[Json, ...]:
    if not isinstance(found, dict):
        raise MalformedError("title and summary are records of languages")
    words: list[Json] = []
    for lang, said in found.items():
        text = Reader(said, "text")
        words.append({"lang": lang, "text": text.text("text"), "by": text.text("by")})
        text.end()
    return tuple(words)


def _by_language(values: tuple[Json, ...]) -> Json:
    return {
        value.part(said, "lang"): {
            "text": value.part(said, "text"),
            "by": value.part(said, "by"),
        }
        for said in values
    }


def _listed(found: Json) -> tuple[Json, ...]:
    if not isinstance(found, list):
        raise MalformedError("every property is a list of values")
    return tuple(found)


def _item(one: Reader, name: str, names: _Names) -> Item:
    shape = schemas().get(name)
    if shape is None or name == "notice":
        raise MalformedError("a schema is not in the subset")
    roles = one.strings("roles")
    if not set(roles) <= set(ROLES) or (roles and not shape.bears):
        raise MalformedError("a role is on no list, or stands on what has none")
    properties = one.optional("properties", {})
    if not isinstance(properties, Mapping) or not set(properties) <= set(shape.properties):
        raise MalformedError("a property is not in the subset")
    item = Item(
        handle=names.declare(one.text("id")),
        schema=name,
        roles=frozenset(roles),
        properties=names.drawn(shape)
        | {prop: _listed(values) for prop, values in properties.items()},
        group=one.optional("group", "no") == "yes",
    )
    one.end()
    return item


def _record(item: Item, key: str) -> Json:
    found: dict[str, Json] = {"id": item.handle, key: item.schema}
    found["properties"] = {prop: list(values) for prop, values in item.properties.items()}
    if item.roles:
        found["roles"] = [*sorted(item.roles)]
    if item.group:
        found["group"] = "yes"
    return found


def _handling(one: Reader) -> Handling:
    found = Handling(
        tlp=one.text("tlp"),
        purpose=one.text("purpose"),
        retention_until=one.text("retention_until"),
        legal_basis=one.strings("legal_basis"),
        h=one.strings("h"),
        h3=one.text("h3", ""),
        pap=one.text("pap", ""),
        onward=one.text("onward", "no"),
    )
    one.end()
    return found


def _handling_record(handling: Handling) -> Json:
    return {
        "tlp": handling.tlp,
        "purpose": handling.purpose,
        "retention_until": handling.retention_until,
        "legal_basis": list(handling.legal_basis),
        "h": list(handling.h),
        "h3": handling.h3,
        "pap": handling.pap,
        "onward": handling.onward,
    }
