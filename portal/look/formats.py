"""How values are written on a page. Figures come as text that the database rounded: nothing here rounds one again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from urllib.parse import urlencode

from schemas.time_zone import SHANGHAI

#: What stands where there is no value.
NOTHING = "—"


def amount(value: Decimal | int | None) -> str:
    """Yuan with grouped thousands, all decimals kept: 1234567.80 is 1,234,567.80."""
    return NOTHING if value is None else f"{value:,}"


def count(value: int | None) -> str:
    """A whole number with grouped thousands."""
    return NOTHING if value is None else f"{value:,d}"


def percent(shown_text: str | None, decimals: int | None = None) -> str:
    """A rounded figure's text as a percentage, filled up with zeros to ``decimals``. Raises ValueError if it has more."""
    if not shown_text:
        return NOTHING
    whole, _, fraction = shown_text.partition(".")
    if decimals is None or len(fraction) == decimals:
        return f"{shown_text}%"
    if len(fraction) > decimals:
        raise ValueError(f"{shown_text} has more than {decimals} decimals: round it where it is computed")
    return f"{whole}.{fraction.ljust(decimals, '0')}%"


def date(value: dt.date | None) -> str:
    """A day, 2026-11-21. Of a moment it is the day in Shanghai."""
    if isinstance(value, dt.datetime):
        value = _in_shanghai(value).date()
    return NOTHING if value is None else value.isoformat()


def moment(value: dt.datetime | None) -> str:
    """A moment to the minute in Shanghai, 2026-11-21 09:30. Raises ValueError for one without a time zone."""
    return NOTHING if value is None else f"{_in_shanghai(value):%Y-%m-%d %H:%M}"


def second(value: dt.datetime | None) -> str:
    """A moment to the second, for receipts and proofs. Raises ValueError for one without a time zone."""
    return NOTHING if value is None else f"{_in_shanghai(value):%Y-%m-%d %H:%M:%S}"


def size(byte_count: int | None) -> str:
    """The size of a file: 512 B, 12.4 KB, 3.1 MB (1 KB = 1,024 B)."""
    if byte_count is None:
        return NOTHING
    if byte_count < 1024:
        return f"{byte_count} B"
    for unit, step in (("KB", 1 << 10), ("MB", 1 << 20)):
        if byte_count < 1000 * step:
            return f"{byte_count / step:.1f} {unit}"
    return f"{byte_count / (1 << 30):,.1f} GB"


def url(path: str, query: Mapping[str, object] | None = None, **more: object) -> str:
    """An address with a query; what is None or empty is left out, the order is that of the arguments."""
    given = {name: value for name, value in {**(query or {}), **more}.items() if value not in (None, "")}
    return f"{path}?{urlencode(given, doseq=True)}" if given else path


def _in_shanghai(value: dt.datetime) -> dt.datetime:
    if value.tzinfo is None:
        raise ValueError(f"{value} has no time zone")
    return value.astimezone(SHANGHAI)
