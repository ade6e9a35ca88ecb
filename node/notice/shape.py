"""Whether one value has the shape that its property asks for.

It promises that nothing of another shape enters a notice: no list where a text stands, no
float, no code of another list. Whether the property may stand there at all is
`node.notice.validation`.

Source: docs/content.md, "Entities" and "Case vocabulary".
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from node.notice import country, partial, value
from node.notice.codelist import code_list
from node.notice.handle import is_handle
from node.notice.pseudonym import is_pseudonym
from node.notice.schema import Property, record
from node.notice.told import FLAGS
from node.notice.value import Json

MAX_TEXT = 8000
"""Characters of one text; what is longer is a document, not a field."""
BY = ("original", "human", "machine")
"""Who put a text into its language."""
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_MAX_INTEGER = 10**9


def fits(known: Property, found: Json) -> bool:
    """Tell whether a value has the shape of its property.

    An unknown with its reason fits everywhere but in a reference and in what is required; a
    merged flag fits where a code does.
    """
    if value.is_unknown(found):
        return not known.target and known.many != "1"
    joined = value.options(found)
    if joined and known.value.startswith("code:"):
        return len(joined) > 1 and all(has_shape(known.value, one) for one in joined)
    return has_shape(known.value, found)


def has_shape(kind: str, found: Json) -> bool:
    """Tell whether a value is of a kind: `string`, `date`, `code:LIST`, `record:NAME`."""
    name, _, argument = kind.partition(":")
    if name == "code":
        return code_list(argument).holds(found)
    if name == "record":
        return _is_record(argument, found)
    if name == "ref":
        return isinstance(found, str) and is_handle(found)
    return _KINDS[name](found)


def _is_string(found: Json) -> bool:
    return isinstance(found, str) and 0 < len(found) <= MAX_TEXT and found == found.strip()


def _is_pseudonym(found: Json) -> bool:
    return isinstance(found, str) and is_pseudonym(found)


def _is_words(found: Json) -> bool:
    if not isinstance(found, dict) or set(found) != {"lang", "text", "by"}:
        return False
    lang = found["lang"]
    tagged = isinstance(lang, str) and _LANGUAGE.fullmatch(lang) is not None
    return tagged and _is_string(found["text"]) and found["by"] in BY


def _is_date(found: Json) -> bool:
    return isinstance(found, str) and partial.is_date(found)


def _is_country(found: Json) -> bool:
    return isinstance(found, str) and country.is_country(found)


def _is_region(found: Json) -> bool:
    return _is_country(found) or code_list("un_region").holds(found)


def _is_integer(found: Json) -> bool:
    return isinstance(found, int) and not isinstance(found, bool) and 0 <= found <= _MAX_INTEGER


def _is_flag(found: Json) -> bool:
    return isinstance(found, str) and found in FLAGS


def _is_strings(found: Json) -> bool:
    return isinstance(found, list) and bool(found) and all(_is_string(one) for one in found)


def _is_sha256(found: Json) -> bool:
    return isinstance(found, str) and _SHA256.fullmatch(found) is not None


def _is_record(name: str, found: Json) -> bool:
    if not isinstance(found, dict):
        return False
    parts = record(name)
    required = {key for key, kind in parts.items() if not kind.endswith("?")}
    return required <= set(found) <= set(parts) and all(
        has_shape(parts[key].removesuffix("?"), part) for key, part in found.items()
    )


_KINDS: Mapping[str, Callable[[Json], bool]] = MappingProxyType(
    {
        "string": _is_string,
        "strings": _is_strings,
        "pseudonym": _is_pseudonym,
        "words": _is_words,
        "date": _is_date,
        "country": _is_country,
        "region": _is_region,
        "integer": _is_integer,
        "flag": _is_flag,
        "sha256": _is_sha256,
    }
)
