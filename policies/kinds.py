"""Which kind of datum a property of a notice is: the one table, from content to law.

It promises that a property which is not listed is `unknown`, which never leaves, and that
nobody types a kind: it follows from where the datum stands, whose it is and where it comes
from. It does not say what a kind may do; rules do.

Source: docs/policy.md, section 4 (from content to kinds); docs/content.md, section Fields.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from policies.vocabulary import LISTS, PROTECTED_ROLES

PROVENANCE = frozenset(
    {
        "asylum",
        "fiu_report",
        "str_existence",
        "intercept",
        "grand_jury",
        "interview_video",
        "csam_image",
        "csam_hash",
        "undercover_identity",
    }
)
"""Kinds that an item has besides its own because of where it comes from (docs/content.md)."""
LINKS = (
    "Membership",
    "Associate",
    "Family",
    "Ownership",
    "Directorship",
    "Employment",
    "Representation",
    "UnknownLink",
    "CourtCaseParty",
)
_FINANCIAL = "financial_facts"
_VICTIM = "victim"


def _each(schema: str, kind: str, properties: str) -> dict[tuple[str, str], str]:
    return {(schema, name): kind for name in properties.split()}


def _person(schema: str) -> dict[tuple[str, str], str]:
    names = "name alias firstName middleName lastName secondName motherName fatherName"
    traits = "gender spokenLanguage height weight eyeColor hairColor vx:marks"
    return {
        **_each(schema, "identity", names),
        **_each(schema, "dob", "birthDate deathDate"),
        **_each(schema, "location", "birthPlace"),
        **_each(schema, "nationality", "birthCountry nationality citizenship"),
        **_each(schema, "appearance", traits),
        **_each(schema, "biometric", "vx:biometric"),
        **_each(schema, "document_no", "idNumber taxNumber passportNumber registrationNumber"),
        **_each(schema, "contact", "phone email website"),
        **_each(schema, "status", "vx:roleInProcess"),
    }


def _company(schema: str) -> dict[tuple[str, str], str]:
    said = "name alias aliases legalForm sector jurisdiction country incorporationDate leiCode"
    return {
        **_each(schema, "organisation", f"{said} topics status"),
        **_each(schema, "document_no", "idNumber taxNumber registrationNumber"),
        **_each(schema, "contact", "phone email website"),
    }


def _document(schema: str) -> dict[tuple[str, str], str]:
    return {
        **_each(schema, "document_no", "number country authority startDate endDate holder"),
        **_each(schema, "document_type", "type"),
    }


_TABLE: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        **{(name, ""): "modus_operandi" for name in ("title", "summary")},
        **{(name, ""): "modus_operandi" for name in ("confidence", "likelihood")},
        **_each("offence", "modus_operandi", "iccs national"),
        **_each("tip", "modus_operandi", "acts means purposes form"),
        **_each("exploitation", "modus_operandi", "type sexType industry venue"),
        **_each("recruitment", "modus_operandi", "method platform"),
        **_each("control", "modus_operandi", "methods"),
        **_each("route", "routes", "order type country admin1 place from to mode crossing"),
        **_each("network", "organisation", "name aliases since territories members structure"),
        **_each("victim", "status", "pseudonym status decidedBy ageBand majority consent"),
        **_each("victim", "status", "ageWhenTrafficked"),
        **_each("victim", "narrative", "relationshipToTrafficker"),
        **_each("victim", "needs", "needs"),
        **_each("victim", "statistic", "counts"),
        **_each("stats", "statistic", "cell"),
        **_each("case", "case_file", "ref agency status opened"),
        **_each("technique", "technique", "kind ongoing"),
        **_each("grade", "modus_operandi", "information"),
        **_each("external_refs", "document_no", "scheme id"),
        **_person("Person"),
        **_person("LegalEntity"),
        **_company("Company"),
        **_company("Organization"),
        **_company("PublicBody"),
        **{
            pair: kind
            for schema in LINKS
            for pair, kind in _each(
                schema, "organisation", "role startDate endDate percentage status"
            ).items()
        },
        **_document("Identification"),
        **_document("Passport"),
        **_each(
            "Address",
            "location",
            "full street city postalCode region latitude longitude country vx:kind",
        ),
        **_each(
            "Trip",
            "location",
            "startLocation endLocation startDate endDate country countries mode date name",
        ),
        **_each("Event", "location", "name location country date startDate endDate mode"),
        **_each("UserAccount", "contact", "service username ipAddress"),
        **_each("vx:Device", "contact", "imei imsi iccid holder"),
        **_each("Call", "contact", "numbers callerNumber receiverNumber date duration"),
        **_each(
            "Vehicle",
            "vehicle",
            "registrationNumber country vx:vin type vx:make model vx:color buildDate",
        ),
        **_each(
            "Vessel", "vehicle", "name imoNumber mmsi callSign registrationNumber flag type"
        ),
        **_each("Airplane", "vehicle", "name registrationNumber callSign country type model"),
        **_each("BankAccount", _FINANCIAL, "iban accountNumber bic bankName country"),
        **_each("CryptoWallet", _FINANCIAL, "publicKey blockchain"),
        **_each("Payment", _FINANCIAL, "amount currency date parties"),
        **_each("CourtCase", "case_file", "caseNumber court fileDate status"),
    }
)
_IN_VICTIM_NOTICE = {
    "tip": "narrative",
    "exploitation": "narrative",
    "recruitment": "narrative",
    "control": "health",
    "route": "location",
}
"""What these sections tell of one victim in a notice about her."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a datum stands.

    Attributes:
        notice: Type of the notice as content has it: network, suspect, victim, modus, …
        roles: Roles of its persons or holders, in the law's words; empty for none.
        sources: Words of the list Source.
        about_person: It has a subject.
        detail: The type of a need (`medical`), else empty.
    """

    notice: str
    roles: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    about_person: bool = False
    detail: str = ""


def role_of(role: str) -> str:
    """Return the law's word for a role of content: accused is suspect, none is unknown."""
    if role == "accused":
        return "suspect"
    return role if role in LISTS["Role"] else "unknown"


def properties() -> frozenset[tuple[str, str]]:
    """Return every (schema, property) that has a kind; '' is a section's own value."""
    return frozenset(_TABLE)


def kind_of(schema: str, name: str, setting: Setting) -> str:
    """Return the kind of one property; `unknown` if it is not listed.

    Args:
        schema: Schema of the entity, or the section of the notice.
        name: The property; empty for a section that is one value.
        setting: Where the datum stands.
    """
    kind = _TABLE.get((schema, name), "unknown")
    if setting.notice == _VICTIM and kind != "unknown":
        kind = _IN_VICTIM_NOTICE.get(schema, kind)
    if kind == "needs" and setting.detail == "medical":
        return "health"
    if kind == "location" and not setting.about_person:
        return "routes"
    if kind == "vehicle" and setting.about_person and _guarded(setting.roles):
        return "document_no"
    if kind == _FINANCIAL and not setting.sources.isdisjoint({"bank", "fiu"}):
        return "bank_record"
    return kind


def _guarded(roles: frozenset[str]) -> bool:
    return not roles or not roles.isdisjoint(PROTECTED_ROLES)
