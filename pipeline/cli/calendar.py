"""``anze calendar``: working days and deadlines."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterable
from typing import Annotated

import typer

from pipeline.cli.output import print_table, stderr
from quality.working_days import event_date, load_calendar
from schemas.contract import INSURER_RECORD_TYPES, load_contract

calendar = typer.Typer(help="Working days 工作日 and deadlines 截止日.", no_args_is_help=True)
UNDETERMINED, INVALID = "undetermined", "invalid"


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

    An empty line answers an empty line, so that answers stay beside their questions.
    """
    known, working_days = load_calendar(), days or load_contract(INSURER_RECORD_TYPES[0]).milestones[0].working_days
    failed = False
    for text in _each(dates):
        if text is None:
            typer.echo()
            continue
        try:
            found = known.deadline(_event(text), working_days)
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
def show() -> None:
    """Show the calendar's version, span and working days a year."""
    known = load_calendar()
    counts: dict[int, int] = {}
    for row in known.rows():
        day = row["day"]
        assert isinstance(day, dt.date)
        counts[day.year] = counts.get(day.year, 0) + bool(row["is_working_day"])
    title = f"{known.version}: {known.first_day} .. {known.last_day}"
    print_table(("年 year", "工作日 working days"), sorted(counts.items()), title, right=(1,))


def _each(dates: Iterable[str]) -> Iterable[str | None]:
    """The dates asked about, None for an empty line of standard input."""
    for text in dates:
        if text == "-":
            yield from (line.strip() or None for line in sys.stdin)
        else:
            yield text


def _event(text: str) -> dt.date:
    """A date, or the Shanghai date of an instant; an instant without zone is Shanghai time."""
    return event_date(text)
