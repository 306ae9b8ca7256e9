"""The working-day calendar, and deadlines counted by it.

The calendar is what the State Council's notices say, ``quality/calendar/<year>-<revision>.csv``: a day off or a
make-up working day is never derived from weekdays, statutory days or a library, and a year without a notice is
never guessed. A working day is a make-up day; else no day off; else Monday to Friday.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import pathlib
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from schemas.errors import DefinitionError
from schemas.province import Province, by_province
from schemas.time_zone import SHANGHAI
from schemas.yaml_text import decoded

FOLDER = pathlib.Path(__file__).parent / "calendar"
#: Columns of ``notices.csv``, and of the file of a notice; spreadsheets write the mark in front.
NOTICES, SPANS = ("year", "revision", "announced", "source", "confidence"), ("holiday", "kind", "first_day", "last_day")
BOM = "\ufeff"


@dataclass(frozen=True)
class Notice:
    """One State Council notice, or a change of it: where the days of a year come from."""

    year: int
    revision: int
    announced: str
    source: str
    confidence: str


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
    own = here.folder / "calendar"
    return read_calendar(FOLDER, own=own if own.is_dir() else None)


def read_calendar(folder: pathlib.Path, announced_by: str | None = None, own: pathlib.Path | None = None) -> Calendar:
    """The calendar of a folder of notices; ``announced_by`` (ISO date) leaves out later revisions. Raises DefinitionError.

    Notices of ``own`` go before those of the same year and revision.

    The version is the last year and a digest of what the notices say: other days, other version.
    """
    folders = [folder, *([own] if own else [])]
    found = _notices(folders, announced_by)
    notices = [notice for notice, _ in found]
    spans = [span for notice, kept_in in found for span in _spans(kept_in, notice)]
    for each in folders:
        _require_announced(each)
    first_day, last_day = dt.date(notices[0].year, 1, 1), dt.date(notices[-1].year, 12, 31)
    off = {day: span.holiday for span in spans if span.kind == "off" for day in span.days()}
    make_up = {day: f"调休上班({span.holiday})" for span in spans if span.kind == "work" for day in span.days()}
    days = [first_day + dt.timedelta(days=n) for n in range((last_day - first_day).days + 1)]
    working = tuple(d for d in days if d in make_up or (d not in off and d.weekday() < 5))
    digest = hashlib.sha256(repr([(s.kind, s.first_day, s.last_day) for s in spans]).encode()).hexdigest()
    return Calendar(f"{last_day.year}-{digest[:8]}", first_day, last_day, tuple(notices), working, off | make_up)


@dataclass(frozen=True)
class _Span:
    holiday: str
    kind: str
    first_day: dt.date
    last_day: dt.date

    def days(self) -> Iterator[dt.date]:
        return (self.first_day + dt.timedelta(days=n) for n in range((self.last_day - self.first_day).days + 1))


_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def _moment(text: str) -> dt.date | dt.datetime:
    if _DATE.fullmatch(text):
        return dt.date.fromisoformat(text)
    if not _DATE.match(text):
        raise ValueError(f"{text!r} is neither a date YYYY-MM-DD nor an ISO 8601 instant")
    return dt.datetime.fromisoformat(text)


def _notices(folders: list[pathlib.Path], announced_by: str | None) -> list[tuple[Notice, pathlib.Path]]:
    """The last notice of each year, and the folder where its days stand."""
    latest: dict[int, tuple[Notice, pathlib.Path]] = {}
    for notice, folder in [(notice, each) for each in folders for notice in _announced(each)]:
        is_known = announced_by is None or notice.announced[:10] <= announced_by
        if is_known and (notice.year not in latest or notice.revision >= latest[notice.year][0].revision):
            latest[notice.year] = notice, folder
    years = sorted(latest)
    if not years or any(b - a != 1 for a, b in pairwise(years)):
        raise DefinitionError(
            "notices.csv", "year", f"years {years} are not one unbroken row", fix="add the missing notice"
        )
    return [latest[year] for year in years]


def _announced(folder: pathlib.Path) -> list[Notice]:
    """The notices of a folder."""
    found: dict[str, Notice] = {}
    for line, row in enumerate(_rows(folder / "notices.csv", NOTICES), start=2):
        name = f"{row['year']}-{row['revision']}"
        if not re.fullmatch(r"\d{4}-[1-9]\d?", name):
            raise DefinitionError("notices.csv", name, "is no year and revision", line, "write both in digits: 2027,1")
        if name in found:
            raise DefinitionError(
                "notices.csv", name, "stands twice", line, "a change of a notice is the next revision"
            )
        found[name] = Notice(int(row["year"]), int(row["revision"]), row["announced"], row["source"], row["confidence"])
    return list(found.values())


def _require_announced(folder: pathlib.Path) -> None:
    """Raise DefinitionError for days that no notice stands behind."""
    announced = {f"{notice.year}-{notice.revision}" for notice in _announced(folder)}
    for path in sorted(folder.glob("????-*.csv")):
        if path.stem not in announced:
            raise DefinitionError(path.name, "file", "has no notice", fix="add its line to notices.csv")


def _spans(folder: pathlib.Path, notice: Notice) -> list[_Span]:
    file = folder / f"{notice.year}-{notice.revision}.csv"
    spans = []
    for line, row in enumerate(_rows(file, SPANS), start=2):
        try:
            first, last = dt.date.fromisoformat(row["first_day"]), dt.date.fromisoformat(row["last_day"])
        except ValueError as error:
            raise DefinitionError(file.name, "first_day, last_day", str(error), line, "write YYYY-MM-DD") from error
        if row["kind"] not in ("off", "work") or first > last or (last - first).days > 15:
            raise DefinitionError(
                file.name, row["holiday"], f"{row} is no span of days", line, "off | work, first <= last"
            )
        spans.append(_Span(row["holiday"], row["kind"], first, last))
    return spans


def _rows(file: pathlib.Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    if not file.is_file():
        raise DefinitionError(
            file.name, "file", "is missing", fix="a notice of notices.csv has a file <year>-<revision>.csv"
        )
    head, *rows = list(csv.reader(decoded(file.name, file.read_bytes()).removeprefix(BOM).splitlines())) or [[]]
    if tuple(head) != columns:
        raise DefinitionError(file.name, "header", f"is {','.join(head)}", 1, f"write {','.join(columns)}")
    for line, row in enumerate(rows, start=2):
        if len(row) != len(columns):
            raise DefinitionError(file.name, "row", f"has {len(row)} cells", line, f"write {','.join(columns)}")
    return [dict(zip(columns, row, strict=True)) for row in rows]
