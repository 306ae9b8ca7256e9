"""Figures at any pair of times: the published ones where that very pair was published, else computed for the asking."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import typer

from pipeline.cli.arguments import one_region
from pipeline.cli.asking import Question, refuse
from pipeline.cli.moments import day, moment
from pipeline.cli.output import print_json, stderr

if TYPE_CHECKING:
    import sqlalchemy as sa

    from pipeline.cli.figures import AnyCell
    from pipeline.hub import Hub
    from warehouse.indicators.at import ComputedCell
    from warehouse.indicators.catalogue import Definition, PeriodKind
    from warehouse.indicators.explain import PublishedCell


@dataclass(frozen=True)
class Asked:
    """Which cells, as options say: ``period`` empty = the widest of each indicator, ``level`` None = one region."""

    definitions: Sequence[Definition]
    period: str
    region: str
    level: str | None
    domain: str
    insurer: str


def show_at(asked: Asked, as_of: str | None, known_at: str | None, as_json: bool) -> None:
    """Print the asked cells as of a day (default: the day before the moment), known at a moment (default: now)."""
    from pipeline.hub import open_hub
    from schemas.time_zone import SHANGHAI
    from warehouse.database.engine import database_errors
    from warehouse.history import bitemporal
    from warehouse.publishing.publish import find_pair

    hub = open_hub()
    now = hub.now()
    known = moment(known_at, now) if known_at else now
    on = day(as_of) if as_of else known.astimezone(SHANGHAI).date() - dt.timedelta(days=1)
    with database_errors("computing figures"), hub.engine.begin() as connection:
        found = find_pair(connection, on, known)
        if found is not None:
            cells: Sequence[AnyCell] = _published(connection, asked, found.publication_id)
        else:
            cells = _computed(connection, hub, asked, on, known)
        is_settled = bitemporal.is_settled(connection)
    if not cells:
        refuse(asked.definitions, Question(asked.period, asked.region, asked.level, asked.domain, asked.insurer))
    if cells or as_json:
        _print(cells, as_json)
    pair = f"as of {on}, known at {known.astimezone(SHANGHAI).isoformat()}"
    origin = (
        f"publication 发布 {found.publication_id}"
        if found
        else "not published: computed now, nothing stored 未发布,现算"
    )
    stderr.print(f"{pair}: {origin}", soft_wrap=True)
    if not is_settled:
        stderr.print("a load is running: what is known of the last minutes may still grow", soft_wrap=True)
    if not cells:
        stderr.print("没有计入的记录 no record counts there", soft_wrap=True)
        raise typer.Exit(1)


def _published(connection: sa.Connection, asked: Asked, publication_id: int) -> list[PublishedCell]:
    from warehouse.indicators.explain import show

    return [
        cell
        for d in asked.definitions
        for cell in show(
            connection,
            indicators=[d.indicator],
            period_kind=asked.period or d.periods[-1],
            region_code=one_region(asked.region, asked.level),
            region_level=asked.level,
            domain_code=asked.domain,
            insurer_id=asked.insurer,
            publication_id=publication_id,
        )
    ]


def _computed(connection: sa.Connection, hub: Hub, asked: Asked, on: dt.date, known: dt.datetime) -> list[ComputedCell]:
    from pipeline.expecting import expected_feeds
    from pipeline.freezing import delivered_since
    from warehouse.indicators.at import Expected, Wanted, indicators_at

    wanted = Wanted(one_region(asked.region, asked.level), asked.domain, asked.insurer)
    expected = Expected(tuple(expected_feeds(hub, on)), delivered_since(on))
    pairs: list[tuple[str, PeriodKind]] = [
        (d.indicator, cast("PeriodKind", asked.period or d.periods[-1])) for d in asked.definitions
    ]
    try:
        cells = indicators_at(connection, pairs, on, known, wanted=wanted, expected=expected)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    return [cell for cell in cells if asked.level in (None, cell.region_level)]


def _print(cells: Sequence[AnyCell], as_json: bool) -> None:
    from pipeline.cli.figures import for_scripts, show_cells

    if as_json:
        print_json([for_scripts(cell) for cell in cells])
    else:
        show_cells(cells)
