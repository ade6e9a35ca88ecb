"""Telephone numbers: E.164, and what may be told of one without telling it.

It promises that Mexico's old forms (`+52 1 …`, `044`, `045`) are stripped before today's
metadata, which rejects them, is asked; and that a number of the North American plan whose
area code is unknown names no country. No number is called or looked up.

Source: docs/content.md, "Identifiers"; ITU-T E.164; the only module that imports
`phonenumbers`.
"""

import re
from dataclasses import dataclass, field

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

NANP = "NANP"
"""Stands for the country of a `+1` number whose area code is unknown."""
LINES = ("mobile", "fixed", "fixed_or_mobile", "toll_free", "voip", "other")
_PLACED = frozenset({"mobile", "fixed", "fixed_or_mobile"})
_MEXICO_ABROAD = re.compile(r"(\+|00)\s*52[\s().-]*1[\s().-]*(?=(?:\d[\s().-]*){10}$)")
_MEXICO_HOME = re.compile(r"^\s*\(?0?4[45]\)?[\s().-]*(?=(?:\d[\s().-]*){10}$)")
_TYPES = {
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE: "fixed",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed_or_mobile",
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.VOIP: "voip",
}


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number.

    Attributes:
        e164: `+` and up to 15 digits.
        extension: Digits, apart; often empty.
        country: Alpha-2, or `NANP`, or empty where the plan belongs to no country.
        line: A word of `LINES`.
    """

    e164: str = field(repr=False)
    extension: str = field(repr=False)
    country: str
    line: str


def read(text: str, country: str = "") -> Phone | None:
    """Return the number that a text writes, or None where it is no valid number.

    Args:
        text: As written, with or without the international prefix.
        country: Alpha-2 of the state where it was written so.
    """
    plain = _MEXICO_ABROAD.sub(r"\g<1>52", text)
    if country == "MX":
        plain = _MEXICO_HOME.sub("", plain)
    try:
        number = phonenumbers.parse(plain, country or None)
    except NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    line = _TYPES.get(phonenumbers.number_type(number), "other")
    return Phone(
        e164=phonenumbers.format_number(number, PhoneNumberFormat.E164),
        extension=number.extension or "",
        country=_country(number, line),
        line=line,
    )


def _country(number: phonenumbers.PhoneNumber, line: str) -> str:
    found = phonenumbers.region_code_for_number(number) or ""
    if number.country_code == 1 and (not found or line not in _PLACED):
        # The library answers US for every toll-free number of the plan, wherever it rings.
        return NANP
    return found if found.isalpha() else ""


def find(text: str, country: str) -> tuple[tuple[int, int], ...]:
    """Return where in a text telephone numbers stand, as written in one state.

    Returns:
        Pairs of first and one-past-last character.
    """
    finder = phonenumbers.PhoneNumberMatcher(
        text, country or None, leniency=phonenumbers.Leniency.VALID, max_tries=1000
    )
    return tuple((match.start, match.end) for match in finder)


def country_of_prefix(digits: str) -> str:
    """Return the state whose calling code begins some digits; empty if several share it.

    Used for the country inside an ICCID, which is an ITU-T E.118 number.
    """
    for length in (3, 2, 1):
        regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(digits[:length] or "0"), ())
        if regions:
            return regions[0] if len(regions) == 1 else ""
    return ""
