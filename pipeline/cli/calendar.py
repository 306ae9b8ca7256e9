"""``anze calendar``: working days and deadlines; notices checked, imported, and the verdicts that they change."""

from __future__ import annotations

import datetime as dt
import getpass
import pathlib
import sys
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.judged import print_changes
from pipeline.cli.output import AsJson, dim, green, print_json, print_table, stderr, stdout, yellow
from quality.notices import Notice, read_notice
from quality.working_days import Calendar, event_date, load_calendar, seed_notices
from schemas.contract import INSURER_RECORD_TYPES, load_contract
from schemas.errors import HubError, SetupError
from schemas.time_zone import SHANGHAI

if TYPE_CHECKING:
    from pipeline.calendars import Imported
    from warehouse.database.calendars import Edition

calendar = typer.Typer(help="Working days 工作日, notices 放假通知 and deadlines 截止日.", no_args_is_help=True)
UNDETERMINED, INVALID = "undetermined", "invalid"
File = Annotated[
    pathlib.Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The notice as YAML, like 2027.yml.")
]
COLUMNS = ("日期 days", "安排 arrangement")


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(calendar, name="calendar")


@calendar.command()
def deadline(
    dates: Annotated[list[str], typer.Argument(help="Event dates or instants; - reads them from standard input.")],
    days: Annotated[
        int | None, typer.Option(min=1, help="Working days; by itself those in which an insurer delivers.")
    ] = None,
) -> None:
    """Print the deadline of each event date, one a line; `undetermined` past the last published year, `invalid` for no date.

    By the calendar in force; without a database, by the one that ships. An empty line answers an empty line.
    """
    known, working_days = _calendar(), days or load_contract(INSURER_RECORD_TYPES[0]).milestones[0].working_days
    failed = False
    for text in _each(dates):
        if text is None:
            typer.echo()
            continue
        try:
            found = known.deadline(event_date(text), working_days)
        except ValueError:
            stderr.print(
                f"not a date: {text!r}; write YYYY-MM-DD, or an instant such as 2026-11-20T16:30:00Z",
                soft_wrap=True,
            )
            failed = True
            typer.echo(INVALID)
            continue
        typer.echo(found.isoformat() if found else UNDETERMINED)
    if failed:
        raise typer.Exit(2)


@calendar.command()
def show(
    year: Annotated[int | None, typer.Argument(help="A year: its notice, days off and make-up days.")] = None,
    edition: Annotated[bool, typer.Option("--edition", help="Editions: what was in force from when, and why.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show the calendar in force: working days a year, one year's days, or its editions in knowledge time."""
    if edition:
        _show_editions(_editions(), as_json=as_json)
        return
    known = _calendar()
    if year is not None:
        _show_year(known, year, as_json=as_json)
        return
    counts = Counter(day.year for day in known.working_days)
    if as_json:
        print_json({"calendar_version": known.version, "first_day": known.first_day, "last_day": known.last_day,
                    "working_days": dict(sorted(counts.items()))})  # fmt: skip
        return
    title = f"{known.version}: {known.first_day} .. {known.last_day}"
    print_table(("年 year", "工作日 working days"), sorted(counts.items()), title, right=(1,))


@calendar.command()
def check(file: File) -> None:
    """Check a notice: its days, overlaps, make-up days, its year. Nothing is kept. Raises what is wrong, each with its line."""
    notice = read_notice(file.name, file.read_bytes(), _known())
    stdout.print(green("通知可用 fit to import"), _told(notice))


@calendar.command("import")
def import_(
    file: File,
    is_dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell which verdicts change.")] = False,
    by: Annotated[str | None, typer.Option("--by", help="Who imports it; by itself this machine's account.")] = None,
    as_json: AsJson = False,
) -> None:
    """Import a year's notice, or a correction of one, and judge again the verdicts that it may change.

    With --dry-run only tells which. Old verdicts are kept: `anze freshness explain` shows them.
    """
    from pipeline import calendars
    from pipeline.hub import open_hub

    hub = open_hub()
    notice = read_notice(file.name, file.read_bytes(), _known())
    now = hub.now() if is_dry_run else hub.sure_now()
    found = calendars.import_notice(hub.engine, notice, by or getpass.getuser(), now, is_dry_run=is_dry_run)
    if as_json:
        print_json(_answer(found))
        return
    stdout.print(_told(notice), f"→ {found.calendar.version}", soft_wrap=True)
    if found.changed_days:
        stdout.print(yellow(f"改变已公布的日子 changes published days: {', '.join(map(str, found.changed_days))}"))
    print_changes(found.changes)
    if not found.is_kept:
        stdout.print(dim("试算,未保存 a dry run: nothing was kept"))


def _answer(found: Imported) -> dict[str, object]:
    return {
        "notice": found.notice.name,
        "is_kept": found.is_kept,
        "known_from": found.known_from,
        "old_calendar_version": found.before.calendar_version if found.before else None,
        "calendar_version": found.calendar.version,
        "last_day": found.calendar.last_day,
        "changed_days": found.changed_days,
        "changes": found.changes,
    }


def _told(notice: Notice) -> str:
    days = Counter(span.kind for span in notice.spans for _ in span.days())
    return f"{notice.name} {notice.source}: 放假 off {days['off']} 天, 调休上班 make-up {days['work']} 天"


def _show_editions(editions: list[Edition], *, as_json: bool) -> None:
    if as_json:
        print_json(editions)
        return
    columns = ("版次 edition", "日历 calendar", "至 until", "自何时有效 known from", "导入 by", "通知 notice")
    rows = [
        (e.edition_no, e.calendar_version, e.last_day, _moment(e.known_from), e.imported_by, e.source) for e in editions
    ]
    print_table(columns, rows, right=(0,))


def _show_year(known: Calendar, year: int, *, as_json: bool) -> None:
    """One year: what its notice says, and working days. Raises SetupError past the published years."""
    notice = next((each for each in known.notices if each.year == year), None)
    if notice is None:
        raise SetupError(
            f"{year} 年没有公布的日历,不作推测 no notice of {year} is known: anze calendar import {year}.yml"
        )
    count = sum(day.year == year for day in known.working_days)
    if as_json:
        print_json({**vars(notice), "calendar_version": known.version, "working_days": count})
        return
    rows = [
        (span.first_day if span.first_day == span.last_day else f"{span.first_day} 至 {span.last_day}",
         f"{span.holiday}放假" if span.kind == "off" else f"调休上班({span.holiday})")
        for span in sorted(notice.spans, key=lambda each: each.first_day)
    ]  # fmt: skip
    told = f"{notice.source}(第 {notice.revision} 次,{notice.announced or '发布日期不详'},{notice.confidence})"
    print_table(COLUMNS, rows, f"{year} 年工作日 {count} 天 working days。{told}")


def _calendar() -> Calendar:
    """The calendar in force; where this machine has no hub, the one that ships, and it says so."""
    from pipeline import calendars
    from pipeline.hub import open_hub

    try:
        with open_hub().engine.connect() as connection:
            return calendars.calendar_in_force(connection)
    except HubError as error:
        stderr.print(dim(f"随版本的日历 the calendar that ships, not the hub's: {error}"), soft_wrap=True)
        return load_calendar()


def _known() -> list[Notice]:
    """The notices that are known; where this machine has no hub, those that ship."""
    from pipeline import calendars
    from pipeline.hub import open_hub

    try:
        with open_hub().engine.connect() as connection:
            return calendars.known_notices(connection)
    except SetupError:
        return list(seed_notices())


def _editions() -> list[Edition]:
    from pipeline.hub import open_hub
    from warehouse.database import calendars

    with open_hub().engine.connect() as connection:
        return calendars.editions(connection)


def _moment(moment: dt.datetime) -> str:
    is_first = moment.year == 1970  # what the database began with was always known
    return "建库起 from the beginning" if is_first else f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def _each(dates: Iterable[str]) -> Iterable[str | None]:
    """The dates asked about, None for an empty line of standard input."""
    for text in dates:
        if text == "-":
            yield from (line.strip() or None for line in sys.stdin)
        else:
            yield text
