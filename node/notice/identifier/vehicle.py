"""Vehicles and vessels: VIN, plate, IMO number, MMSI.

It promises the compact form; a VIN whose first character says North America must have its
check digit, any other gets a note instead.

Source: ISO 3779 and 49 CFR 565 (VIN); IMO resolution A.1117(30); ITU-R M.585 (MMSI).
"""

import re

from stdnum import imo
from stdnum.exceptions import ValidationError

from node.notice.folding import compact
from node.notice.identifier.canonical import Identifier, unverified

_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}", re.ASCII)
_VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789", strict=True))
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_CHECK_PLACE = 8
_CHECK_DIGITS = "0123456789X"
_NORTH_AMERICA = "12345"
_MMSI = re.compile(r"\d{9}", re.ASCII)


def vin(text: str) -> Identifier:
    """Return a vehicle identification number, `vin::…`; `unverified` if it is none."""
    plain = compact(text)
    if _VIN.fullmatch(plain) is None:
        return unverified("", text)
    if plain[0] in _NORTH_AMERICA and not has_check_digit(plain):
        return unverified("", text)
    return Identifier("vin", "", plain)


def has_check_digit(plain: str) -> bool:
    """Tell whether 17 characters carry the check digit that North America requires."""
    values = (int(_VALUES.get(char, char)) for char in plain)
    remainder = sum(value * weight for value, weight in zip(values, _WEIGHTS, strict=True)) % 11
    return plain[_CHECK_PLACE] == _CHECK_DIGITS[remainder]


def plate(text: str, country: str) -> Identifier:
    """Return a plate in upper case without separators, with the state that gave it."""
    return Identifier("plate", country, compact(text))


def imo_number(text: str) -> Identifier:
    """Return a ship's IMO number, seven digits; `unverified` if its check fails."""
    try:
        return Identifier("imo", "", str(imo.compact(imo.validate(text))))
    except ValidationError:
        return unverified("", text)


def mmsi(text: str) -> Identifier:
    """Return a maritime identity of nine digits; `unverified` if it is none."""
    plain = compact(text)
    return Identifier("mmsi", "", plain) if _MMSI.fullmatch(plain) else unverified("", text)
