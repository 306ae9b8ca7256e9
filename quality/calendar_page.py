"""The reference page of the working-day calendar, docs/reference/calendar.md."""

from __future__ import annotations

import pathlib
from itertools import groupby

from quality.working_days import Calendar


def calendar_markdown(calendar: Calendar) -> str:
    """Working days a year with the notice they come from, then days off and make-up days, the newest year first."""
    lines = [
        "<!-- Generated from quality/calendar/; do not edit. -->",
        "# 工作日历 Working-day calendar",
        "",
        f"版本 `{calendar.version}`,已公布 {calendar.first_day} 至 {calendar.last_day};之后的截止日一律为「待定」,不作推测。",
        "",
        "| 年 | 工作日 | 通知 | 修订 | 发布 | 可信度 |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for notice in reversed(calendar.notices):
        count = sum(day.year == notice.year for day in calendar.working_days)
        cells = (notice.year, count, notice.source, notice.revision, notice.announced or "-", notice.confidence)
        lines.append(f"| {' | '.join(map(str, cells))} |")
    lines += ["", "| 日期 | 安排 |", "| --- | --- |", *_spans(calendar)]
    return "\n".join(lines) + "\n"


def write(folder: pathlib.Path, calendar: Calendar) -> pathlib.Path:
    """Write calendar.md into ``folder`` (docs/reference); returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "calendar.md"
    path.write_text(calendar_markdown(calendar), encoding="utf-8", newline="\n")
    return path


def _spans(calendar: Calendar) -> list[str]:
    """One line for consecutive days with the same note, the newest first."""
    days = sorted(calendar.notes.items())
    lines = []
    for (_, note), group in groupby(enumerate(days), key=lambda p: (p[1][0].toordinal() - p[0], p[1][1])):
        span = [day for _, (day, _) in group]
        until = f" 至 {span[-1]}" if len(span) > 1 else ""
        lines.append(f"| {span[0]}{until} | {note if '调休' in note else note + '放假'} |")
    return lines[::-1]
