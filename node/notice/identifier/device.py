"""Telephones and their cards: IMEI, IMSI, ICCID.

It promises the forms that two copies of one device share: an IMEI is 14 digits, without check
digit or software version.

Source: 3GPP TS 23.003; ITU-T E.118; python-stdnum.
"""

from stdnum import imei as imei_number
from stdnum import imsi as imsi_number
from stdnum import luhn
from stdnum.exceptions import ValidationError

from node.notice.folding import compact
from node.notice.identifier.canonical import Identifier, unverified

_IMEI_DIGITS = 14
_ICCID_LENGTHS = (19, 20)
_TELECOM = "89"


def imei(text: str) -> Identifier:
    """Return an IMEI or IMEISV as its first 14 digits; `unverified` if its check fails."""
    try:
        plain = str(imei_number.compact(imei_number.validate(text)))
    except ValidationError:
        return unverified("", text)
    return Identifier("imei", "", plain[:_IMEI_DIGITS])


def imsi(text: str) -> Identifier:
    """Return an IMSI, up to 15 digits; `unverified` if its country or network is unknown."""
    try:
        return Identifier("imsi", "", str(imsi_number.compact(imsi_number.validate(text))))
    except ValidationError:
        return unverified("", text)


def network(plain: str) -> tuple[str, str]:
    """Return the mobile country code and network code of an IMSI; empty if it is none."""
    try:
        parts = imsi_number.split(imsi_number.validate(plain))
    except ValidationError:
        return "", ""
    return str(parts[0]), str(parts[1])


def iccid(text: str) -> Identifier:
    """Return a SIM card's number, 19 or 20 digits with Luhn; `unverified` if it is none."""
    plain = compact(text)
    well = plain.isdigit() and len(plain) in _ICCID_LENGTHS and plain.startswith(_TELECOM)
    if well and luhn.is_valid(plain):
        return Identifier("iccid", "", plain)
    return unverified("", text)
