"""General forms of places: admin1, country, subregion.

It promises that coordinates are never shortened and nothing is geocoded: a place gives the
admin1 it states, or none; and that in a state under a million inhabitants it gives the country
only, for a parish there is an address.

Source: docs/content.md, "What every general form obeys"; UN M49.
"""

from node.notice import country, value
from node.notice.general.setting import Setting, is_record
from node.notice.value import Json

_M49 = "m49"
_PARTS_WITH_ADMIN1 = 3


def subregion(found: Json, _: Setting) -> Json:
    """Return the M49 subregion of a country; nothing of a stateless person or a refugee."""
    if value.is_code(found):
        # Regions stay groups (docs/content.md, Victim-Perpetrator layout): already general.
        return value.bare(found) if value.part(found, "scheme") in {_M49, "un_region"} else None
    number = country.subregion(found) if isinstance(found, str) else ""
    return value.code(_M49, number) if number else None


def admin1(found: Json, setting: Setting) -> Json:
    """Return an admin1 as it is, unless its own record states a small state, or no state."""
    known = setting.country and setting.country not in country.SMALL
    return found if known and isinstance(found, str) else None


def birth_place(found: Json, _: Setting) -> Json:
    """Return country and admin1 of a place written `town, admin1, country`."""
    if is_record(found, frozenset({"country"}), frozenset({"admin1"})):
        return found
    if not isinstance(found, str):
        return None
    parts = [part.strip() for part in found.split(",")]
    code = country.read(parts[-1]).code if len(parts) > 1 else ""
    if not code or code in country.STATELESS:
        return None
    if len(parts) < _PARTS_WITH_ADMIN1 or code in country.SMALL:
        return {"country": code}
    return {"country": code, "admin1": parts[-2]}


def territory(found: Json, _: Setting) -> Json:
    """Return the country of a network's territory."""
    code = value.part(found, "country")
    return {"country": code} if country.is_country(code) else None


def crossing(found: Json, _: Setting) -> Json:
    """Return the pair of countries that a crossing joins, in the direction of travel."""
    pair = (value.part(found, "from"), value.part(found, "to"))
    if not all(country.is_country(code) for code in pair):
        return None
    return {"from": pair[0], "to": pair[1]}
