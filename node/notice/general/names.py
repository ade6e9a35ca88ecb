"""General forms of identifiers: what kind, whose country, and nothing of the number.

It promises that an identifier gives its scheme and country, a device its model or network, an
account its country; an unverified or unparsed one gives no more than it states.

Source: docs/content.md, "Fields and their general forms".
"""

import re

from node.notice import country, value
from node.notice.codelist import folds, public_mail
from node.notice.general.setting import Setting, is_record
from node.notice.identifier import account, canonical, contact, device, phone, vehicle
from node.notice.value import Json
from valija.errors import MalformedError

_BIC = re.compile(r"[A-Z0-9]{8}(?:[A-Z0-9]{3})?", re.ASCII)
_MODEL = re.compile(r"\d{8}", re.ASCII)
_MAKER = re.compile(r"[A-HJ-NPR-Z0-9]{3}", re.ASCII)
_IMEI_LENGTH = 14
_PHONE = frozenset({"country", "line"})


def _parsed(found: Json) -> canonical.Identifier | None:
    if not isinstance(found, str):
        return None
    try:
        return canonical.parse(found)
    except MalformedError:
        return None


def identifier(found: Json, _: Setting) -> Json:
    """Return scheme and country of a number."""
    if is_record(found, frozenset({"scheme", "country"})):
        return found
    parsed = _parsed(found)
    return {"scheme": parsed.scheme, "country": parsed.country} if parsed else None


def plate(found: Json, _: Setting) -> Json:
    """Return the country of a plate."""
    if isinstance(found, str) and country.is_country(found):
        return found
    parsed = _parsed(found)
    return (parsed.country or None) if parsed else None


def account_number(found: Json, setting: Setting) -> Json:
    """Return the country of an account number in canonical form."""
    return plate(found, setting)


def telephone(found: Json, _: Setting) -> Json:
    """Return country and line type of a number in E.164."""
    if is_record(found, _PHONE):
        return found if value.part(found, "line") in phone.LINES else None
    read = phone.read(found) if isinstance(found, str) else None
    return {"country": read.country, "line": read.line} if read and read.country else None


def telephone_country(found: Json, setting: Setting) -> Json:
    """Return the country of a number in E.164."""
    if isinstance(found, str) and (country.is_country(found) or found == phone.NANP):
        return found
    return value.part(telephone(found, setting), "country") or None


def email(found: Json, _: Setting) -> Json:
    """Return the provider of a mail address, if it is one that is open to everybody."""
    if not isinstance(found, str):
        return None
    provider = found if "@" not in found else contact.mail(found).value.rpartition("@")[2]
    return provider if provider in public_mail() else None


def website(found: Json, _: Setting) -> Json:
    """Return the service that a website belongs to, if it is in our table."""
    services = folds("services")
    if not isinstance(found, str) or found in services.values():
        return found if isinstance(found, str) else None
    host = re.sub(r"^[a-z]+://", "", found.strip().lower()).split("/")[0].removeprefix("www.")
    return next(
        (
            name
            for domain, name in services.items()
            if host == domain or host.endswith("." + domain)
        ),
        None,
    )


def vin(found: Json, _: Setting) -> Json:
    """Return the first three characters of a VIN: its maker."""
    if not isinstance(found, str):
        return None
    if _MAKER.fullmatch(found):
        return found
    read = vehicle.vin(found)
    return read.value[:3] if read.verified else None


def imei(found: Json, _: Setting) -> Json:
    """Return the first eight digits of an IMEI: its model."""
    if not isinstance(found, str):
        return None
    if _MODEL.fullmatch(found):
        return found
    plain = (
        found if found.isdigit() and len(found) == _IMEI_LENGTH else device.imei(found).value
    )
    return plain[:8] if plain.isdigit() and len(plain) == _IMEI_LENGTH else None


def imsi(found: Json, _: Setting) -> Json:
    """Return country and network of an IMSI, by their codes."""
    if is_record(found, frozenset({"mcc", "mnc"})):
        return found
    mcc, mnc = device.network(found) if isinstance(found, str) else ("", "")
    return {"mcc": mcc, "mnc": mnc} if mcc and mnc else None


def iccid(found: Json, _: Setting) -> Json:
    """Return the country of a SIM card."""
    if not isinstance(found, str):
        return None
    if country.is_country(found):
        return found
    read = device.iccid(found)
    return phone.country_of_prefix(read.value[2:]) or None if read.verified else None


def iban(found: Json, _: Setting) -> Json:
    """Return the country of an IBAN; the institution is its BIC's to tell."""
    if not isinstance(found, str):
        return None
    if country.is_country(found):
        return found
    read = account.iban(found)
    return read.country if read.verified and country.is_country(read.country) else None


def bic(found: Json, _: Setting) -> Json:
    """Return the institution: the first eight characters of a BIC."""
    return found[:8] if isinstance(found, str) and _BIC.fullmatch(found) else None
