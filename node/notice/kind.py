"""The kind of datum that a field is, asked of the law's own table.

It promises that no kind is decided here: names of notice properties that the law's table has
under another name are asked under that name, and a name it does not know is `unknown`, which
never leaves.

Source: docs/policy.md, section 4, "From content to kinds"; `policies.kinds`.
"""

from collections.abc import Mapping
from types import MappingProxyType

from node.notice import value
from node.notice.item import Item
from node.notice.schema import ROLE, schema
from node.notice.value import Json
from policies.kinds import Setting, kind_of

_STATUS = ("Person", "vx:roleInProcess")
_PLACE = ("Address", "full")
_ROWS: Mapping[tuple[str, str], tuple[str, str]] = MappingProxyType(
    {
        ("Person", "vx:ageBand"): ("Person", "birthDate"),
        ("Person", "topics"): _STATUS,
        ("LegalEntity", "topics"): _STATUS,
        ("Passport", "passportNumber"): ("Passport", "number"),
        ("CryptoWallet", "vx:blockchain"): ("CryptoWallet", "blockchain"),
        ("route.leg", "proxy"): ("route", "mode"),
    }
)
_BY_SCHEMA: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "Vehicle": ("Vehicle", "registrationNumber"),
        "Vessel": ("Vessel", "registrationNumber"),
        "Airplane": ("Airplane", "registrationNumber"),
        "UserAccount": ("UserAccount", "username"),
        "CryptoWallet": ("CryptoWallet", "publicKey"),
        "Payment": ("Payment", "parties"),
        "Call": ("Call", "numbers"),
        "Trip": ("Trip", "startLocation"),
        "Event": ("Event", "location"),
        "CourtCase": ("CourtCase", "court"),
        "LegalEntity": ("LegalEntity", "registrationNumber"),
    }
)
"""Where a property of these schemas has no row of its own, the row of the schema's core."""
_ON_EVERY_ITEM: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        ROLE: _STATUS,
        "grade": ("grade", "information"),
        "external_refs": ("external_refs", "scheme"),
        "addressEntity": _PLACE,
    }
)
_SECTIONS = {"route.leg": "route"}
_CORE = "role"


def kind(item: Item, prop: str, found: Json, setting: Setting) -> str:
    """Return the kind of one field, a word of the law's list Kind.

    Args:
        item: The item that has it.
        prop: Its property.
        found: Its value: a need for medical care is health.
        setting: Where the datum stands, in the law's words.
    """
    for place in _candidates(item.schema, prop):
        answer = kind_of(*place, _with_detail(setting, prop, found))
        if answer != "unknown":
            return answer
    return "unknown"


def _candidates(name: str, prop: str) -> tuple[tuple[str, str], ...]:
    if prop in _ON_EVERY_ITEM:
        return (_ON_EVERY_ITEM[prop],)
    if name == "notice":
        return ((prop, ""),)
    own = _ROWS.get((name, prop), (_SECTIONS.get(name, name), prop))
    core = (name, _CORE) if schema(name).ends else _BY_SCHEMA.get(name)
    known = prop in schema(name).properties
    return (own, core) if core and known else (own,)


def _with_detail(setting: Setting, prop: str, found: Json) -> Setting:
    if prop != "needs":
        return setting
    detail = "medical" if value.codes(found) & {"medical", "Health"} else ""
    return Setting(setting.notice, setting.roles, setting.sources, setting.about_person, detail)
