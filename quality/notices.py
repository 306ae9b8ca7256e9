"""Notices of days off and make-up working days: the State Council's, a year each, and their changes.

They come from CSV files (``notices.csv`` and ``<year>-<revision>.csv``: what ships with the hub and what a province
adds) or, one by one, from YAML for ``anze calendar import``. Nothing here derives a day from anything.
"""

from __future__ import annotations

import csv
import datetime as dt
import pathlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BeforeValidator

from schemas.errors import DefinitionError
from schemas.mistakes import Mistakes
from schemas.yaml_files import Entry, Listed, Text, Told, read_yaml
from schemas.yaml_text import decoded

#: Columns of ``notices.csv``, and of the file of a notice; spreadsheets write the mark in front.
NOTICES, SPANS = ("year", "revision", "announced", "source", "confidence"), ("holiday", "kind", "first_day", "last_day")
BOM = "\ufeff"
#: No span is longer.
LONGEST_DAYS = 16
_SATURDAY = 5


@dataclass(frozen=True)
class Span:
    """Days off (``off``) or make-up working days (``work``) of one holiday, both ends included."""

    holiday: str
    kind: str
    first_day: dt.date
    last_day: dt.date

    def days(self) -> Iterator[dt.date]:
        return (self.first_day + dt.timedelta(days=n) for n in range((self.last_day - self.first_day).days + 1))


@dataclass(frozen=True)
class Notice:
    """One notice, or a change of it (``revision`` 2 and later): where the days of a year come from."""

    year: int
    revision: int
    announced: str
    source: str
    confidence: str
    spans: tuple[Span, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.year}-{self.revision}"


class _SpanEntry(Entry):
    """One item of ``spans``; without ``last_day`` it is one day."""

    holiday: Text
    kind: Annotated[Literal["off", "work"], BeforeValidator(lambda said: "off" if said is False else said)]
    """YAML reads a bare ``off`` as false."""
    first_day: dt.date
    last_day: dt.date | None = None

    def mistakes(self) -> Iterable[Told]:
        if not self.first_day <= self.last < self.first_day + dt.timedelta(days=LONGEST_DAYS):
            yield "last_day", f"{self.last} is no end of a span from {self.first_day}", "first_day <= last_day"

    @property
    def last(self) -> dt.date:
        return self.last_day or self.first_day


class _NoticeEntry(Entry):
    """A notice as ``anze calendar import`` reads it."""

    year: int
    announced: dt.date
    source: Text
    confidence: Literal["confirmed", "secondary", "assumption"]
    corrects: int | None = None
    """The revision that it changes, of a year that is there."""
    spans: Listed[_SpanEntry]


def read_notice(file: str, content: bytes, known: Sequence[Notice]) -> Notice:
    """The notice of a YAML file, fit to follow those that are known. Raises DefinitionError with every mistake of it."""
    document = read_yaml(file, content, dict, names=("holiday",))
    said = document.part(_NoticeEntry)
    last = {notice.year: notice.revision for notice in sorted(known, key=lambda each: (each.year, each.revision))}
    with Mistakes() as mistakes:
        for at, problem, fix in (*_year_mistakes(said, last), *_day_mistakes(said)):
            mistakes.add(document.error(at, problem, fix))
        for number in range(len(said.spans)):
            mistakes.attempt(document.part, _SpanEntry, "spans", number)
    spans = tuple(Span(each.holiday, each.kind, each.first_day, each.last) for each in said.spans)
    revision = last.get(said.year, 0) + 1
    return Notice(said.year, revision, said.announced.isoformat(), said.source, said.confidence, spans)


_Mistake = tuple[tuple[str | int, ...], str, str]


def _year_mistakes(said: _NoticeEntry, last: dict[int, int]) -> Iterator[_Mistake]:
    """A year follows the last one, or says which revision of a known one it corrects."""
    if said.year in last and said.corrects != last[said.year]:
        problem = f"{said.year} is there already, revision {last[said.year]}"
        yield ("corrects",), problem, f"a change of it says so: corrects: {last[said.year]}"
    elif said.year not in last and said.corrects is not None:
        yield ("corrects",), f"there is no notice of {said.year} to correct", "leave it out"
    elif said.year not in last and last and said.year != max(last) + 1:
        problem = f"{said.year} does not follow {max(last)}: years are one unbroken row"
        yield ("year",), problem, f"import {max(last) + 1} first"


def _day_mistakes(said: _NoticeEntry) -> Iterator[_Mistake]:
    """Days belong to the year or its edges, each is named once, and a make-up day would be a day off otherwise."""
    edges = dt.date(said.year - 1, 12, 1), dt.date(said.year + 1, 1, 31)
    named: Counter[dt.date] = Counter()
    for number, each in enumerate(said.spans):
        days = list(Span(each.holiday, each.kind, each.first_day, each.last).days())[:LONGEST_DAYS]
        named.update(days)
        if any(not edges[0] <= day <= edges[1] for day in days):
            yield (
                ("spans", number, "first_day"),
                f"{each.first_day} is no day of {said.year} or its edges",
                "mend the year",
            )
        if twice := [day for day in days if named[day] > 1]:
            yield ("spans", number, "first_day"), f"{twice[0]} is named twice", "a day is off, or worked, once"
        weekdays = [day for day in days if each.kind == "work" and day.weekday() < _SATURDAY]
        if weekdays:
            yield ("spans", number, "first_day"), f"{weekdays[0]} is no weekend: it is worked anyway", "mend the day"


def shipped_notices(folder: pathlib.Path) -> list[Notice]:
    """Every notice of a folder of CSV files, with its days. Raises DefinitionError."""
    found: dict[str, Notice] = {}
    for line, row in enumerate(_rows(folder / "notices.csv", NOTICES), start=2):
        name = f"{row['year']}-{row['revision']}"
        if not re.fullmatch(r"\d{4}-[1-9]\d?", name):
            raise DefinitionError("notices.csv", name, "is no year and revision", line, "write both in digits: 2027,1")
        if name in found:
            raise DefinitionError(
                "notices.csv", name, "stands twice", line, "a change of a notice is the next revision"
            )
        found[name] = Notice(
            int(row["year"]), int(row["revision"]), row["announced"], row["source"], row["confidence"],
            tuple(_spans(folder / f"{name}.csv")),
        )  # fmt: skip
    return list(found.values())


def require_announced(folder: pathlib.Path) -> None:
    """Raise DefinitionError for days that no notice stands behind."""
    announced = {notice.name for notice in shipped_notices(folder)}
    for path in sorted(folder.glob("????-*.csv")):
        if path.stem not in announced:
            raise DefinitionError(path.name, "file", "has no notice", fix="add its line to notices.csv")


def _spans(file: pathlib.Path) -> Iterator[Span]:
    for line, row in enumerate(_rows(file, SPANS), start=2):
        try:
            first, last = dt.date.fromisoformat(row["first_day"]), dt.date.fromisoformat(row["last_day"])
        except ValueError as error:
            raise DefinitionError(file.name, "first_day, last_day", str(error), line, "write YYYY-MM-DD") from error
        if row["kind"] not in ("off", "work") or first > last or (last - first).days >= LONGEST_DAYS:
            raise DefinitionError(
                file.name, row["holiday"], f"{row} is no span of days", line, "off | work, first <= last"
            )
        yield Span(row["holiday"], row["kind"], first, last)


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
