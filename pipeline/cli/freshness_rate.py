"""``anze freshness rate``: on-time rates by insurer, record type, city and month, which add up to records."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli.moments import AsOf, KnownAt, day, moment
from pipeline.cli.output import AsJson, fields_of, print_json, print_table

BY = {"insurer": "insurer_id", "record-type": "record_type", "city": "city_code", "month": "due_month"}
COLUMNS = ("机构 insurer", "数据 record type", "市 city", "月 month", "到期 due", "及时 on time", "迟报 late", "待定 undetermined", "及时率 rate")  # fmt: skip


def rate(
    by: Annotated[
        list[str] | None, typer.Option(help="insurer, record-type, city or month, several times; default: insurer.")
    ] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: AsJson = False,
) -> None:
    """Show how many records of the year to date were in on time; every cut adds up to the same records."""
    from pipeline.cli.reading import open_to_read
    from schemas.time_zone import SHANGHAI
    from warehouse.publishing.on_time import rates

    for each in by or ():
        if each not in BY:
            raise typer.BadParameter(f"没有 no cut {each!r}: {', '.join(BY)}")
    hub = open_to_read()
    known = moment(known_at, hub.now()) if known_at else hub.now()
    on = day(as_of) if as_of else known.astimezone(SHANGHAI).date()
    with hub.engine.connect() as connection:
        found = rates(connection, on, known, [BY[each] for each in by or ["insurer"]])
    if as_json:
        print_json(
            [{**fields_of(each), "due_count": each.due_count, "on_time_ratio": each.on_time_ratio} for each in found]
        )
        return
    rows = [
        (
            each.insurer_id, each.record_type, each.city_code, f"{each.due_month:%Y-%m}" if each.due_month else None,
            each.due_count, each.on_time_count, each.late_count, each.undetermined_count,
            "—" if each.on_time_ratio is None else f"{each.on_time_ratio * 100:.2f} %",
        )
        for each in found
    ]  # fmt: skip
    print_table(COLUMNS, rows, f"{on.year} 年累计至 year to date of {on}", right=(4, 5, 6, 7, 8))


def register(freshness: typer.Typer) -> None:
    """Add the command to ``anze freshness``."""
    freshness.command()(rate)
