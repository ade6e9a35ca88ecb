"""General forms of dates and ages.

It promises the young reading: a partial date gives the band that its latest day gives.

Source: docs/content.md, "Fields and their general forms"; age bands of CTDC.
"""

import re

from node.notice import minority, partial, value
from node.notice.codelist import code_list
from node.notice.general import records
from node.notice.general.setting import Setting
from node.notice.item import PROTECTED
from node.notice.value import Json

UNDER_18 = "under 18"
_SUSPECTS = frozenset({"suspect", "accused", "convicted"})
_BANDS = ((8, "0-8"), (17, "9-17"), (20, "18-20"), (23, "21-23"), (26, "24-26"), (29, "27-29"))
_LATE_BANDS = ((38, "30-38"), (47, "39-47"))
_OLDEST = "48+"
BANDS = (*(name for _, name in (*_BANDS, *_LATE_BANDS)), _OLDEST)
_YEAR = re.compile(r"\d{4}", re.ASCII)


def year(found: Json, _: Setting) -> Json:
    """Return the year of a date."""
    return found[:4] if isinstance(found, str) and partial.is_date(found) else None


def month(found: Json, _: Setting) -> Json:
    """Return the year and month of a date, or the year where that is all it says."""
    return found[:7] if isinstance(found, str) and partial.is_date(found) else None


def birth_date(found: Json, setting: Setting) -> Json:
    """Return `under 18` of a child, the year of a suspect, else the age band."""
    if setting.about.minor == "yes" or found == UNDER_18:
        return UNDER_18 if found == UNDER_18 or found in BANDS or year(found, setting) else None
    suspects = setting.about.roles & _SUSPECTS and not setting.about.roles & PROTECTED
    if suspects:
        return year(found, setting)
    if found in BANDS:
        return found
    if not isinstance(found, str) or not partial.is_date(found):
        return None
    return band_of(partial.age_on(partial.parse(found), partial.parse(setting.date).first))


def band_of(age: int) -> str:
    """Return the age band of CTDC that an age in years lies in."""
    return next((name for top, name in (*_BANDS, *_LATE_BANDS) if age <= top), _OLDEST)


def band_majority(found: Json, setting: Setting) -> Json:
    """Return minor or adult for an age band that lies on one side of 18."""
    if code_list("majority").holds(found):
        return records.itself(found, setting)
    flag = minority.band(value.part(found, "code"))
    return _majority(minor=flag == "yes") if flag != "unknown" else None


def age_majority(found: Json, setting: Setting) -> Json:
    """Return minor or adult for an age in years."""
    if code_list("majority").holds(found):
        return records.itself(found, setting)
    if not isinstance(found, int):
        return None
    return _majority(minor=found < minority.MAJORITY)


def _majority(*, minor: bool) -> Json:
    return value.code("valija", "Minor" if minor else "Adult")
