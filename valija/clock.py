"""Instants, and the one clock that is handed to whoever decides.

It promises that nothing below a `__main__` reads the machine's time: a decision is a
function of the instant that it is given. It does not check that the machine's clock is
right; admission refuses what lies too far ahead.

Source: docs/envelope.md, section 1 (minutes, days and months count from 1970 UTC).
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import NewType, Protocol

Minute = NewType("Minute", int)
"""Whole minutes since 1970-01-01T00:00Z."""
Day = NewType("Day", int)
"""Whole days since 1970-01-01."""

MINUTES_A_DAY = 1440
MAX_MINUTE = Minute(2**31 - 1)
"""In the year 6053: what every database keeps as a number and every calendar as an instant."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """What tells the time to those who decide."""

    def now(self) -> datetime:
        """Return the instant, with its UTC offset."""
        ...


class SystemClock:
    """A clock over a function that a `__main__` hands in, usually the machine's own."""

    def __init__(self, read: Callable[[], datetime]) -> None:
        self._read = read

    def now(self) -> datetime:
        """Return what the handed function reads."""
        return self._read()


def minute_of(instant: datetime) -> Minute:
    """Return the whole minutes from 1970 UTC to `instant`, which must carry an offset."""
    return Minute((instant - _EPOCH) // timedelta(minutes=1))


def day_of(minute: Minute) -> Day:
    """Return the day that a minute lies in."""
    return Day(minute // MINUTES_A_DAY)


def date_of(day: Day) -> date:
    """Return the calendar date of a day count."""
    return (_EPOCH + timedelta(days=day)).date()


def day_from(calendar: date) -> Day:
    """Return the day count of a calendar date."""
    return Day((calendar - _EPOCH.date()).days)


MAX_DAY = day_from(date.max)
"""The last day that a calendar has: 31 December 9999."""


def instant_of(minute: Minute) -> datetime:
    """Return the instant at which a minute begins, in UTC."""
    return _EPOCH + timedelta(minutes=minute)
