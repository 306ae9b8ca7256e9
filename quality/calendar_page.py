"""The reference page of the working-day calendar, docs/reference/calendar.md."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from itertools import groupby

from quality.working_days import Calendar
from schemas.generate import table


def calendar_markdown(calendar: Calendar) -> str:
    """Working days a year with the notice they come from, then days off and make-up days, the newest year first."""
    lines = [
        "<!-- Generated from quality/calendar/; do not edit. -->",
        "# 工作日历 Working-day calendar",
        "",
        f"版本 `{calendar.version}`,已公布 {calendar.first_day} 至 {calendar.last_day};之后的截止日一律为「待定」,不作推测。",
        "",
        *table(("年", "工作日", "通知", "修订", "发布", "可信度"), _years(calendar)),
        "",
        *table(("日期", "安排"), _spans(calendar)),
    ]
    return "\n".join(lines) + "\n"


def write(folder: pathlib.Path, calendar: Calendar) -> pathlib.Path:
    """Write calendar.md into ``folder`` (docs/reference); returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "calendar.md"
    path.write_text(calendar_markdown(calendar), encoding="utf-8", newline="\n")
    return path


def _years(calendar: Calendar) -> Iterator[tuple[str, ...]]:
    for notice in reversed(calendar.notices):
        count = sum(day.year == notice.year for day in calendar.working_days)
        numbers = str(notice.year), str(count)
        yield *numbers, notice.source, str(notice.revision), notice.announced or "-", notice.confidence


def _spans(calendar: Calendar) -> list[tuple[str, str]]:
    """One row for consecutive days with the same note, the newest first."""
    days = sorted(calendar.notes.items())
    rows = []
    for (_, note), group in groupby(enumerate(days), key=lambda p: (p[1][0].toordinal() - p[0], p[1][1])):
        span = [day for _, (day, _) in group]
        until = f" 至 {span[-1]}" if len(span) > 1 else ""
        rows.append((f"{span[0]}{until}", note if "调休" in note else note + "放假"))
    return rows[::-1]
