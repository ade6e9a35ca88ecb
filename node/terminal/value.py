"""One value of an opened notice, in words.

It promises that a code is shown by its meaning with the code beside it, a state by its name,
an unknown with its reason, a record part by part; and that whatever has another shape is
shown as the canonical JSON that it came as. It judges nothing: the node did.

Source: docs/content.md, "Case vocabulary" and "Dates, unknowns, merged flags".
"""

import json

from node.notice import country, value, wording
from node.notice.codelist import code_list
from node.notice.schema import ROLE, record, schemas
from node.notice.table import toml_table
from node.notice.value import Json
from node.terminal.reader import Reader
from valija.errors import MalformedError

_TEXTS = {"lang", "text", "by"}
_PLACES = frozenset({"country", "region"})


def told(text: str, known: tuple[str, str], reader: Reader) -> str:
    """Return what a value says.

    Args:
        text: Canonical JSON.
        known: Schema and property that it is a value of.
        reader: Whose language it is said in.
    """
    try:
        found: Json = json.loads(text)  # A door: what the node answered.
    except (ValueError, RecursionError):
        return text
    return _said(found, _kind(*known), reader)


def _kind(schema: str, prop: str) -> str:
    """Return what a value of a property is, as the table of schemas says it; else empty."""
    shape = schemas().get(schema)
    if prop == ROLE:
        return "role"
    known = shape.properties.get(prop) if shape else None
    return known.value if known else ""


def _said(found: Json, kind: str, reader: Reader) -> str:
    if value.is_code(found):
        return _code(value.part(found, "scheme"), value.part(found, "code"), kind, reader)
    if joined := value.options(found):
        what = reader.joined(_said(one, kind, reader) for one in joined)
        return reader.say("one_or_more", what=what)
    if value.is_unknown(found):
        return reader.word("Unknown", value.part(found, "unknown"))
    if isinstance(found, dict):
        return _parts(found, kind, reader)
    if isinstance(found, str):
        return _text(found, kind, reader)
    return json.dumps(found, ensure_ascii=False)


def _text(found: str, kind: str, reader: Reader) -> str:
    if kind in _PLACES and country.is_country(found):
        return reader.say("named", name=country.name(found, reader.language), code=found)
    lists = {"role": "Role", "flag": "Flag"}
    said = reader.word(lists[kind], found) if kind in lists else found
    return reader.word("Value", said)


def _code(scheme: str, code: str, kind: str, reader: Reader) -> str:
    if scheme == value.LOCAL:
        return reader.say("local", code=code)
    _, _, declared = kind.partition(":")
    for name in (declared, *toml_table("labels")):
        if _listed(name, scheme, code):
            said = wording.label(name, code, reader.language)
            return code if said == code else reader.say("named", name=said, code=code)
    return code


def _listed(name: str, scheme: str, code: str) -> bool:
    try:
        return code_list(name).schemes.get(code) == scheme
    except MalformedError:
        return False


def _parts(found: dict[str, Json], kind: str, reader: Reader) -> str:
    if set(found) == _TEXTS:
        by = reader.word("Value", found["by"])
        text, lang = str(found["text"]), str(found["lang"])
        return reader.say("in_language", text=text, lang=f"{lang}, {by}")
    name, _, argument = kind.partition(":")
    parts = record(argument) if name == "record" else {}
    ordered = [key for key in parts if key in found] + [
        key for key in found if key not in parts
    ]
    return reader.joined(
        reader.say(
            "meaning",
            word=reader.word("Property", key),
            meaning=_said(found[key], parts.get(key, "").removesuffix("?"), reader),
        )
        for key in ordered
    )
