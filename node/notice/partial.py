"""Partial dates: `1980`, `1980-02`, `1980-02-07`, kept as given and never padded.

It promises that a date means the days it may be, first and last, and that a reading which
needs one of them says which. `03/04/2025` is asked, never guessed, unless the layout declares
its order. No clock is asked: the notice carries its date.

Source: docs/content.md, "Dates, unknowns, merged flags"; ISO 8601.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from valija.errors import MalformedError

_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_SLASHED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
_INSTANT = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}.*", re.ASCII)
ORDERS = ("dmy", "mdy")


@dataclass(frozen=True, slots=True)
class Partial:
    """A date of one, two or three parts.

    Attributes:
        year: 1 to 9999.
        month: 1 to 12, or None.
        day: 1 to 31, or None.
    """

    year: int
    month: int | None = None
    day: int | None = None

    @property
    def first(self) -> date:
        """Return the earliest day it may be."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last(self) -> date:
        """Return the latest day it may be: as young as it allows."""
        month = self.month or 12
        return date(self.year, month, self.day or monthrange(self.year, month)[1])

    @property
    def full(self) -> bool:
        """Tell whether it names one day."""
        return self.day is not None

    def __str__(self) -> str:
        """Return it as it was given."""
        parts = (
            f"{self.year:04d}",
            self.month and f"{self.month:02d}",
            self.day and f"{self.day:02d}",
        )
        return "-".join(str(part) for part in parts if part)


def parse(text: str) -> Partial:
    """Return the partial ISO date that a text is.

    Raises:
        MalformedError: It is none, or names a day that does not exist.
    """
    match = _ISO.fullmatch(text)
    if match is None:
        raise MalformedError("not a partial ISO date")
    year, month, day = (int(part) if part else None for part in match.groups())
    found = Partial(year or 0, month, day)
    try:
        date(found.year, found.month or 1, found.day or 1)
    except ValueError as cause:
        raise MalformedError("no such day") from cause
    return found


def is_date(text: str) -> bool:
    """Tell whether a text is a partial ISO date of a day that exists."""
    try:
        parse(text)
    except MalformedError:
        return False
    return True


def read(text: str, order: str = "") -> tuple[str, str]:
    """Return the date a cell means, and the attention code that stands in its way.

    Args:
        text: As typed.
        order: `dmy` or `mdy` where the layout declares it; empty: nothing is declared.

    Returns:
        The partial ISO date and an empty code; or an empty text and `ambiguous_date` or
        `bad_date`.
    """
    text = text.strip()
    if (instant := _INSTANT.fullmatch(text)) is not None:
        text = instant[1]
    if is_date(text):
        return text, ""
    match = _SLASHED.fullmatch(text)
    if match is None:
        return "", "bad_date"
    orders = [order] if order in ORDERS else list(ORDERS)
    possible = {found for one in orders if (found := _ordered(match, one))}
    if len(possible) == 1:
        return possible.pop(), ""
    return "", "ambiguous_date" if possible else "bad_date"


def _ordered(match: re.Match[str], order: str) -> str:
    first, second, year = match.groups()
    day, month = (first, second) if order == "dmy" else (second, first)
    text = f"{year}-{int(month):02d}-{int(day):02d}"
    return text if is_date(text) else ""


def age_on(born: Partial, day: date) -> int:
    """Return the full years from a birth date, read as young as it allows, to a day.

    Negative where the person may not have been born yet.
    """
    birth = born.last
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def oldest_age_on(born: Partial, day: date) -> int:
    """Return the full years from a birth date, read as old as it allows, to a day."""
    birth = born.first
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
