"""On-time rates by insurer, record type, city and month: sums of ``report.on_time_at`` over the other cuts."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import sqlalchemy as sa

from warehouse.database.statements import statement

#: What rates may be told apart by, in the order of the columns.
CUTS = ("insurer_id", "record_type", "city_code", "due_month")
_COUNTS = ("on_time_count", "late_count", "undetermined_count")


@dataclass(frozen=True)
class OnTime:
    """Counts of records of one group; a cut that is not told apart is None. The ratio has 6 decimals, None without any due."""

    insurer_id: str | None
    record_type: str | None
    city_code: str | None
    due_month: dt.date | None
    on_time_count: int
    late_count: int
    undetermined_count: int

    @property
    def due_count(self) -> int:
        """Records whose deadline fell in the period."""
        return self.on_time_count + self.late_count

    @property
    def on_time_ratio(self) -> Decimal | None:
        """Rounded once, half up."""
        if not self.due_count:
            return None
        return (Decimal(self.on_time_count) / self.due_count).quantize(Decimal("0.000001"), ROUND_HALF_UP)


def rates(connection: sa.Connection, as_of: dt.date, known_at: dt.datetime, by: Sequence[str] = CUTS) -> list[OnTime]:
    """The year to date of a day, as known at a moment, told apart by some of ``CUTS``; of what the caller may see."""
    rows = connection.execute(statement("publishing/on_time/rates"), {"as_of": as_of, "known_at": known_at}).mappings()
    found: dict[tuple[object, ...], Counter[str]] = {}
    for row in rows:
        group = tuple(row[cut] if cut in by else None for cut in CUTS)
        found.setdefault(group, Counter()).update({name: row[name] for name in _COUNTS})
    return [
        OnTime(**dict(zip(CUTS, group, strict=True)), **{name: counts[name] for name in _COUNTS})  # type: ignore[arg-type]
        for group, counts in sorted(found.items(), key=lambda each: [str(part or "") for part in each[0]])
    ]
