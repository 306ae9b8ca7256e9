"""Month-end figures of the last 24 months: the series that regulators ask for, kept so that it answers at once.

A month that is over is computed from what is known now, by the code that publishes, and again when something was loaded
since. ``report.indicator_month`` shows a frozen month's latest revision before anything that is computed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from schemas.time_zone import SHANGHAI
from warehouse.database import release
from warehouse.database.engine import database_errors
from warehouse.database.statements import statement
from warehouse.indicators.catalogue import Definition, load_definitions
from warehouse.indicators.publication import judge_feeds
from warehouse.indicators.rollup import cells_parameters, contribute_by_period, month_cells_sql, snapshot
from warehouse.publishing.frozen import last_day
from warehouse.publishing.publish import keep_definition

MONTHS = 24
#: How long one run computes months that were computed before; missing months are always computed.
REFRESH_SECONDS = 60.0


def fill(
    engine: sa.Engine,
    now: dt.datetime,
    *,
    month_count: int = MONTHS,
    seconds: float = REFRESH_SECONDS,
    definitions: Mapping[str, Definition] | None = None,
) -> list[dt.date]:
    """Compute what is missing, then what may have moved, while the time lasts; first days of the months computed.

    Each month is a transaction of its own, so that loads wait for one month at most. Raises DefinitionError.
    """
    begun = time.monotonic()
    chosen = load_definitions() if definitions is None else definitions
    done: list[dt.date] = []
    while (found := _next(engine, now, chosen, month_count, done)) is not None:
        month, is_missing = found
        if not is_missing and time.monotonic() - begun > seconds:
            break
        with database_errors(f"computing the figures of {month:%Y-%m}"), engine.begin() as connection:
            _compute(connection, month, now, chosen)
        done.append(month)
    return done


def _next(
    engine: sa.Engine, now: dt.datetime, definitions: Mapping[str, Definition], month_count: int, done: list[dt.date]
) -> tuple[dt.date, bool] | None:
    """The next month to compute, and whether it never was."""
    with database_errors("looking for months to compute"), engine.connect() as connection:
        wanted = {**_standing(connection, definitions), "today": now.astimezone(SHANGHAI).date()}
        due = (
            connection.execute(statement("publishing/months/due"), {**wanted, "month_count": month_count})
            .scalars()
            .all()
        )
        known = set(connection.execute(sa.text("select month from mart.month_computed")).scalars())
    left = [month for month in due if month not in done]
    return (left[0], left[0] not in known) if left else None


def _compute(
    connection: sa.Connection, month: dt.date, known_at: dt.datetime, definitions: Mapping[str, Definition]
) -> None:
    # As for a publication: running loads end first, and later ones are recorded after known_at.
    release.hold(connection)
    connection.execute(sa.text("set local work_mem = '64MB'"))
    standing = {**_standing(connection, definitions), "month": month, "known_at": known_at}
    connection.execute(statement("publishing/months/begin"), standing)
    snapshot(connection, known_at)
    judge_feeds(connection, known_at, [], known_at)
    for definition in definitions.values():
        keep_definition(connection, definition)
        for span in contribute_by_period(connection, definition, last_day(month), known_at):
            values = {
                **cells_parameters(definition),
                "indicator": definition.indicator,
                "definition_version": definition.version,
                "period_kind": span.kind,
                "period_start": span.start,
                "period_end": span.end,
            }
            connection.execute(statement("indicators/month", cells=month_cells_sql(definition)), values)


def _standing(connection: sa.Connection, definitions: Mapping[str, Definition]) -> dict[str, Any]:
    """What the figures of now are computed from."""
    texts = "\n".join(f"{d.indicator} {d.version} {d.digest}" for d in definitions.values())
    row = connection.execute(statement("publishing/months/standing")).one()
    return {**row._asdict(), "definitions_digest": hashlib.sha256(texts.encode()).hexdigest()}
