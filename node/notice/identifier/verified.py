"""Whether an identifier in a field is in its canonical form and passes its check.

It promises that an identifier which merely looks like one is told from one that verifies;
those of schemes without a check count as verified by form alone. Nothing is looked up.

Source: docs/content.md, "Identifiers": failing a check keeps the original, and says so.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from node.notice.identifier import account, canonical, contact, device, national, phone, vehicle
from valija.errors import MalformedError

_BY_SCHEME: Mapping[str, Callable[[str], canonical.Identifier]] = MappingProxyType(
    {
        "iban": account.iban,
        "bic": account.bic,
        "clabe": account.clabe,
        "cbu": account.cbu,
        "lei": account.lei_code,
        "vin": vehicle.vin,
        "imo": vehicle.imo_number,
        "mmsi": vehicle.mmsi,
        "imei": device.imei,
        "imsi": device.imsi,
        "iccid": device.iccid,
    }
)


def is_verified(form: str, text: str) -> bool:
    """Tell whether a value passes the check of what its property holds.

    Args:
        form: Name of the property's general form; one that holds no identifier is always
            verified.
        text: The value.
    """
    if form in {"identifier", "plate", "account"}:
        return is_canonical(text)
    if form in {"phone", "phone_country"}:
        return _is_e164(text)
    check = contact.mail if form == "email" else _BY_SCHEME.get(form)
    return check is None or _is_same(check(text), text)


def is_canonical(text: str) -> bool:
    """Tell whether a text is `scheme:country:value`, verified where the scheme has a check."""
    try:
        found = canonical.parse(text)
    except MalformedError:
        return False
    if found.scheme in _BY_SCHEME:
        return _is_same(_BY_SCHEME[found.scheme](found.value), found.value)
    if found.scheme in national.SCHEMES.get(found.country, ()):
        return national.verified(found.value, found.country, found.scheme) == found.value
    return found.verified


def _is_same(found: canonical.Identifier, text: str) -> bool:
    return found.verified and found.value == text


def _is_e164(text: str) -> bool:
    found = phone.read(text)
    return found is not None and found.e164 == text
