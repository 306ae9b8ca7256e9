"""Days and moments as people write them: ISO, Asia/Shanghai unless a zone is given, never in the future."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

AsOf = Annotated[str | None, typer.Option("--as-of", help="Business day, 2026-10-31; default: today in Shanghai.")]
KnownAt = Annotated[
    str | None,
    typer.Option(
        "--known-at",
        help="Moment, 2026-11-02T08:00 (Asia/Shanghai) or with a zone; a day alone is its end. Default: now.",
    ),
]


def day(text: str) -> dt.date:
    """A day from ``YYYY-MM-DD``. Raises BadParameter."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no day: write 2026-10-31") from error


def moment(text: str, now: dt.datetime) -> dt.datetime:
    """A moment from ISO text, not after ``now``; a day alone means its last microsecond, or now if it is today.

    Raises BadParameter: what will be known is not known.
    """
    from schemas.time_zone import SHANGHAI

    try:
        found = dt.datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise typer.BadParameter(
            f"{text!r} is no moment: write 2026-11-02T08:00 (Asia/Shanghai) or 2026-11-02T00:00Z"
        ) from error
    if len(text.strip()) <= len("2026-11-02"):
        end = dt.datetime.combine(found, dt.time.max, tzinfo=SHANGHAI)
        return now if end.date() == now.astimezone(SHANGHAI).date() else _past(end, now)
    return _past(found if found.tzinfo else found.replace(tzinfo=SHANGHAI), now)


def _past(found: dt.datetime, now: dt.datetime) -> dt.datetime:
    from warehouse.history.bitemporal import refuse_future

    try:
        refuse_future(found, now)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    return found
