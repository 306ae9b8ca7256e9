"""Days, times and money of the sandbox; every time carries +08:00 (Shanghai keeps no summer time)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
NIGHT_BEGINS = dt.datetime(2026, 11, 18, 2, 0, tzinfo=SHANGHAI)
"""Faults act only for windows that end after this moment."""
DAY = dt.timedelta(days=1)

_HOLIDAYS = ((2026, 1, 1, 3), (2026, 2, 15, 9), (2026, 4, 4, 3), (2026, 5, 1, 5), (2026, 6, 19, 3), (2026, 9, 25, 3), (2026, 10, 1, 7))  # fmt: skip
_OFF = {dt.date(year, month, day) + dt.timedelta(days=n) for year, month, day, count in _HOLIDAYS for n in range(count)}


def at(day: dt.date, minutes: int, seconds: int = 0) -> dt.datetime:
    """The moment ``minutes`` after the midnight that begins ``day`` in Shanghai."""
    return dt.datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) + dt.timedelta(minutes=minutes, seconds=seconds)


def days(count: int) -> dt.timedelta:
    """A span of whole days."""
    return dt.timedelta(days=count)


def is_day_off(day: dt.date) -> bool:
    """Whether a day is a weekend's or a public holiday's."""
    return day.weekday() > 4 or day in _OFF


def visit_day(day: dt.date, last: dt.date) -> dt.date:
    """The first day from ``day`` on that is no weekend and no public holiday, never after ``last``."""
    while day < last and is_day_off(day):
        day += DAY
    return day


def yuan(cents: int) -> Decimal:
    """Cents as an amount in yuan with two decimals."""
    return Decimal(cents).scaleb(-2)
