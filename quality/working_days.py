"""The working-day calendar, and deadlines counted by it.

The calendar is what the State Council's notices say: a day off or a make-up working day is never derived from weekdays,
statutory days or a library, and a year without a notice is never guessed. A working day is a make-up day; else no day
off; else Monday to Friday. The notices in ``quality/calendar/`` are what a new database begins with; the editions of the
calendar that judge stand in the database (``pipeline/clock/calendars.py``).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import pathlib
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from quality.notices import Notice, require_announced, shipped_notices
from schemas.errors import DefinitionError
from schemas.province import Province, by_province
from schemas.time_zone import SHANGHAI

FOLDER = pathlib.Path(__file__).parent / "calendar"


@dataclass(frozen=True)
class Calendar:
    """Working days from ``first_day`` to ``last_day``, the last day of the last published year."""

    version: str
    first_day: dt.date
    last_day: dt.date
    notices: tuple[Notice, ...]
    working_days: tuple[dt.date, ...]
    notes: Mapping[dt.date, str]

    def is_working_day(self, day: dt.date) -> bool:
        """Whether a day is a working day. Raises LookupError outside the published years."""
        if not self.first_day <= day <= self.last_day:
            raise LookupError(f"{day} is outside the published calendar {self.first_day} to {self.last_day}")
        position = bisect_right(self.working_days, day)
        return position > 0 and self.working_days[position - 1] == day

    def working_day_no(self, day: dt.date) -> int:
        """Working days from ``first_day`` up to and including ``day``."""
        return bisect_right(self.working_days, day)

    def deadline(self, event_on: dt.date, working_days: int) -> dt.date | None:
        """The ``working_days``-th working day after the event's date; None = undetermined, the calendar ends before."""
        if working_days < 1:
            raise ValueError(f"a deadline is at least one working day away, not {working_days}")
        position = self.working_day_no(event_on) + working_days - 1
        if event_on < self.first_day or position >= len(self.working_days):
            return None
        return self.working_days[position]

    def rows(self) -> Iterator[dict[str, object]]:
        """Rows of ``reference.calendar_day``: every day of the published years."""
        number = 0
        working = frozenset(self.working_days)
        for offset in range((self.last_day - self.first_day).days + 1):
            day = self.first_day + dt.timedelta(days=offset)
            number += day in working
            yield {
                "day": day,
                "is_working_day": day in working,
                "working_day_no": number,
                "note": self.notes.get(day, ""),
                "calendar_version": self.version,
            }


def event_date(value: str | dt.date | dt.datetime) -> dt.date:
    """The Shanghai date of a business event: a date as it is, an instant by its zone, +08:00 where it names none.

    Text is ``YYYY-MM-DD`` or an ISO 8601 instant. Raises ValueError for anything else.
    """
    if isinstance(value, str):
        value = _moment(value.strip())
    if not isinstance(value, dt.datetime):
        return value
    try:
        return value.date() if value.tzinfo is None else value.astimezone(SHANGHAI).date()
    except OverflowError as error:
        raise ValueError(f"{value} has no date in Shanghai") from error


@by_province
def load_calendar(here: Province) -> Calendar:
    """The calendar that ships with the hub, and the province's notices over it: the last revision of every year.

    Raises DefinitionError.
    """
    return read_calendar(FOLDER, own=_own(here))


@by_province
def seed_notices(here: Province) -> tuple[Notice, ...]:
    """The notices that ship with the hub and those of the province, which go before them. Raises DefinitionError."""
    return tuple(_notices(FOLDER, _own(here)))


def read_calendar(folder: pathlib.Path, announced_by: str | None = None, own: pathlib.Path | None = None) -> Calendar:
    """The calendar of a folder of notices; ``announced_by`` (ISO date) leaves out later revisions. Raises DefinitionError.

    Notices of ``own`` go before those of the same year and revision.
    """
    known = _notices(folder, own)
    found = calendar_of(each for each in known if announced_by is None or each.announced[:10] <= announced_by)
    for each in filter(None, (folder, own)):
        require_announced(each)
    return found


def calendar_of(notices: Iterable[Notice]) -> Calendar:
    """The calendar that notices make: of every year the last revision counts. Raises DefinitionError.

    The version is the last year and a digest of what the notices say: other days, other version.
    """
    latest = {each.year: each for each in sorted(notices, key=lambda each: (each.year, each.revision))}
    years = sorted(latest)
    if not years or any(b - a != 1 for a, b in pairwise(years)):
        raise DefinitionError(
            "notices.csv", "year", f"years {years} are not one unbroken row", fix="add the missing notice"
        )
    chosen = tuple(latest[year] for year in years)
    spans = [span for notice in chosen for span in notice.spans]
    first_day, last_day = dt.date(years[0], 1, 1), dt.date(years[-1], 12, 31)
    off = {day: span.holiday for span in spans if span.kind == "off" for day in span.days()}
    make_up = {day: f"调休上班({span.holiday})" for span in spans if span.kind == "work" for day in span.days()}
    days = [first_day + dt.timedelta(days=n) for n in range((last_day - first_day).days + 1)]
    working = tuple(d for d in days if d in make_up or (d not in off and d.weekday() < 5))
    digest = hashlib.sha256(repr([(s.kind, s.first_day, s.last_day) for s in spans]).encode()).hexdigest()
    return Calendar(f"{last_day.year}-{digest[:8]}", first_day, last_day, chosen, working, off | make_up)


def _own(here: Province) -> pathlib.Path | None:
    folder = here.folder / "calendar"
    return folder if folder.is_dir() else None


def _notices(folder: pathlib.Path, own: pathlib.Path | None) -> list[Notice]:
    """The notices of a folder and of a province's own, by year and revision."""
    found = {each.name: each for place in (folder, own) if place for each in shipped_notices(place)}
    return sorted(found.values(), key=lambda each: (each.year, each.revision))


_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def _moment(text: str) -> dt.date | dt.datetime:
    if _DATE.fullmatch(text):
        return dt.date.fromisoformat(text)
    if not _DATE.match(text):
        raise ValueError(f"{text!r} is neither a date YYYY-MM-DD nor an ISO 8601 instant")
    return dt.datetime.fromisoformat(text)
