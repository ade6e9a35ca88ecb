"""Values of a notice: JSON without floats, codes, unknowns and merged flags.

It promises that each of the four shapes is told from the others by its keys alone, so that no
text a person types can pass for a code or for an unknown. Which shape a property takes is
`node.notice.schema`; whether a value has it, `node.notice.shape`.

Source: docs/content.md, names are borrowed (6) and "Dates, unknowns, merged flags".
"""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"

UNKNOWN_REASONS = ("not_recorded", "not_disclosed", "suppressed", "not_applicable")
"""Why nobody said it. None of them is a no, an adult, or a zero."""
LOCAL = "local"
"""Scheme of a code that stands on no list of ours: kept and shown, never understood."""
_ONE_OR_MORE = "one_or_more_of"
_CODE_KEYS = ({"scheme", "code"}, {"scheme", "code", "original"})


def code(scheme: str, value: str, original: str = "") -> dict[str, Json]:
    """Return a code with its scheme, and with the words it was read from if they differ."""
    coded: dict[str, Json] = {"scheme": scheme, "code": value}
    if original and original != value:
        coded["original"] = original
    return coded


def unknown(reason: str) -> dict[str, Json]:
    """Return the value that says nobody said it, and why (`UNKNOWN_REASONS`)."""
    return {"unknown": reason}


def merged(options: Iterable[Json]) -> dict[str, Json]:
    """Return a flag that joins several codes: at least one of them is true."""
    return {_ONE_OR_MORE: list(options)}


def is_code(value: Json) -> bool:
    """Tell whether a value is a code: scheme, code and perhaps original, all strings."""
    return (
        isinstance(value, dict)
        and set(value) in _CODE_KEYS
        and all(isinstance(part, str) for part in value.values())
    )


def is_unknown(value: Json) -> bool:
    """Tell whether a value says that nobody said it."""
    return (
        isinstance(value, dict)
        and set(value) == {"unknown"}
        and value["unknown"] in UNKNOWN_REASONS
    )


def options(value: Json) -> tuple[Json, ...]:
    """Return the codes a merged flag joins; empty for every other value."""
    if isinstance(value, dict) and set(value) == {_ONE_OR_MORE}:
        joined = value[_ONE_OR_MORE]
        return tuple(joined) if isinstance(joined, list) else ()
    return ()


def codes(value: Json) -> frozenset[str]:
    """Return every code that a value might mean, without schemes."""
    found = options(value) or (value,)
    return frozenset(
        str(one["code"])
        for one in found
        if isinstance(one, dict) and isinstance(one.get("code"), str)
    )


def bare(value: Json) -> Json:
    """Return a code, or each of a merged flag, without the words it was read from."""
    joined = options(value)
    if joined:
        return merged(bare(one) for one in joined)
    if not is_code(value) or not isinstance(value, dict):
        return value
    return {"scheme": value["scheme"], "code": value["code"]}


def is_local(value: Json) -> bool:
    """Tell whether a value is a code of no list of ours, or may be one."""
    found = options(value) or (value,)
    return any(is_code(one) and part(one, "scheme") == LOCAL for one in found)


def part(value: Json, key: str) -> str:
    """Return one text of a record; empty where it has none."""
    found = value.get(key) if isinstance(value, Mapping) else None
    return found if isinstance(found, str) else ""
