"""General forms of numbers: bands and powers of ten.

It promises that no band tells the number it came from, unless the number was a band already.

Source: docs/content.md, "Fields and their general forms".
"""

import re
from decimal import Decimal

from node.notice.general.setting import Setting
from node.notice.value import Json

COUNTS = ((4, "under 5"), (9, "5-9"), (24, "10-24"), (49, "25-49"), (99, "50-99"))
MOST = "100 and over"
_COUNT_BANDS = frozenset({name for _, name in COUNTS} | {MOST})
_NUMBER = re.compile(r"\d{1,15}(?:\.\d{1,6})?", re.ASCII)
_TENS = re.compile(r"(\d{0,14})0-\1?9", re.ASCII)
_POWER = re.compile(r"10\^\d{1,2}", re.ASCII)
_SHARES = ("under 25", "25-50", "over 50")
_SHARE_TOPS = ((Decimal("24.999999"), _SHARES[0]), (Decimal(50), _SHARES[1]))


def count_band(number: int) -> str:
    """Return the band of a count of persons, one of six."""
    return next((name for top, name in COUNTS if number <= top), MOST)


def count(found: Json, _: Setting) -> Json:
    """Return the band of a count."""
    if isinstance(found, str):
        return found if found in _COUNT_BANDS else None
    return count_band(found) if isinstance(found, int) else None


def counts(found: Json, setting: Setting) -> Json:
    """Return the bands of a count of victims and of the children among them."""
    if not isinstance(found, dict) or not set(found) <= {"n", "minors"}:
        return None
    bands = {key: count(number, setting) for key, number in found.items()}
    return bands if bands and all(bands.values()) else None


def tens(found: Json, _: Setting) -> Json:
    """Return the band of ten that a number of centimetres or kilograms lies in."""
    if not isinstance(found, str):
        return None
    if _TENS.fullmatch(found):
        return found
    if not _NUMBER.fullmatch(found):
        return None
    low = int(found.split(".")[0]) // 10 * 10
    return f"{low}-{low + 9}"


def magnitude(found: Json, _: Setting) -> Json:
    """Return the power of ten of an amount."""
    if not isinstance(found, str):
        return None
    if _POWER.fullmatch(found):
        return found
    whole = found.split(".")[0].lstrip("0")
    return f"10^{max(len(whole) - 1, 0)}" if _NUMBER.fullmatch(found) else None


def share(found: Json, _: Setting) -> Json:
    """Return whether a share in percent is under 25, 25-50 or over 50."""
    if not isinstance(found, str):
        return None
    if found in _SHARES:
        return found
    if not _NUMBER.fullmatch(found):
        return None
    share_of = Decimal(found)
    return next((name for top, name in _SHARE_TOPS if share_of <= top), _SHARES[2])
