"""General forms of records: what of their parts may be told.

It promises that a part is told or not told, never shortened.

Source: docs/content.md, "Fields and their general forms".
"""

from node.notice import country, value
from node.notice.general.setting import Setting
from node.notice.item import PROTECTED
from node.notice.schema import schema
from node.notice.value import Json

_SUSPECTS = frozenset({"suspect", "accused", "convicted"})


def national(found: Json, _: Setting) -> Json:
    """Return the state whose law an offence offends."""
    code = value.part(found, "state")
    return {"state": code} if country.is_country(code) else None


def mark(found: Json, setting: Setting) -> Json:
    """Return kind and body part of a suspect's mark; of anybody else nothing."""
    roles = setting.about.roles
    if not isinstance(found, dict) or not roles & _SUSPECTS or roles & PROTECTED:
        return None
    kept: dict[str, Json] = {
        key: value.bare(found[key]) for key in ("kind", "bodyPart") if key in found
    }
    return kept if "kind" in kept and not any(map(value.is_local, kept.values())) else None


def external_ref(found: Json, _: Setting) -> Json:
    """Return the scheme of a foreign reference."""
    scheme = value.part(found, "scheme")
    return {"scheme": scheme} if scheme else None


def information(found: Json, _: Setting) -> Json:
    """Return the half of a grade that judges the information; the source half never leaves."""
    half = found.get("information") if isinstance(found, dict) else None
    return {"information": value.bare(half)} if half is not None else None


def consent(found: Json, _: Setting) -> Json:
    """Return the status of a consent."""
    status = found.get("status") if isinstance(found, dict) else None
    return {"status": value.bare(status)} if status is not None else None


def agency(found: Json, _: Setting) -> Json:
    """Return state and kind of the agency that works on a case."""
    if not isinstance(found, dict) or not {"state", "kind"} <= set(found):
        return None
    return {"state": found["state"], "kind": value.bare(found["kind"])}


def handle(found: Json, setting: Setting) -> Json:
    """Return the handle of a network instead of its name."""
    return setting.handle if isinstance(found, str) and setting.handle else None


def link(found: Json, setting: Setting) -> Json:
    """Return the schema of a link instead of the role in it."""
    return schema(setting.schema).name if isinstance(found, str) and setting.schema else None


def itself(found: Json, _: Setting) -> Json:
    """Return the value: it is general already, save for words of the register in it.

    A local code is such words and nothing else, so it has no general form.
    """
    return None if value.is_unknown(found) or value.is_local(found) else value.bare(found)
