"""What publishing a province's year costs: first, the same day again, the next day, after a night's load, and with bounds.

    python -m bench.publish 1

The night brings what insurers told on the last day, one in 365 of a year's records. Figures have bounds where every feed
lacks a delivery. Told of each are seconds, those of processors (PostgreSQL included), cells, and megabytes of
write-ahead log.
"""

from __future__ import annotations

import datetime as dt
import sys
import time

import sqlalchemy as sa

from bench.processor import processor_seconds
from bench.province import AS_OF, EVENING, load_night, load_year, own_warehouse, versions
from pipeline.services.postgres import Cluster
from sandbox import truth
from warehouse.database import access
from warehouse.database.engine import connect
from warehouse.publishing.publish import publish

DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
#: Cells of a publication, and the log that it wrote.
COUNTED = """
select
    count(*) as cells,
    round((pg_current_wal_insert_lsn() - cast(:begun_at as pg_lsn)) / 1e6) as wal_mb
from mart.indicator_value where publication_id = :publication_id
"""


def measure(scale: float) -> dict[str, float]:
    """Fill a warehouse and publish: ``<publication>_s``, ``_cpu_s``, ``_cells`` and ``_wal_mb`` of each."""
    with own_warehouse() as (server, folder):
        engine = sa.create_engine(server.url("postgres"))
        province = truth.build(1, scale)
        load_year(engine, folder / "landing", province, EVENING - DAY)
        feeds = sorted({(version.insurer_id, version.record_type) for version in province.versions})
        figures = {
            **published(server, "postgres", "first", AS_OF, EVENING + HOUR, feeds),
            **published(server, "postgres", "again", AS_OF, EVENING + 2 * HOUR, feeds),
            **published(server, "postgres", "next_day", AS_OF + DAY, EVENING + DAY, feeds),
        }
        load_night(engine, folder / "landing", province, EVENING - DAY, EVENING, EVENING + DAY + HOUR)
        engine.dispose()
        return {
            **figures,
            **published(server, "postgres", "after_a_night", AS_OF + DAY, EVENING + DAY + 2 * HOUR, feeds),
            **published(server, "postgres", "all_lacking", AS_OF + DAY, EVENING + DAY + 3 * HOUR, feeds, DAY),
        }


def published(
    server: Cluster,
    database: str,
    name: str,
    as_of: dt.date,
    known_at: dt.datetime,
    feeds: list[tuple[str, str]],
    silence: dt.timedelta = dt.timedelta(0),
) -> dict[str, float]:
    """Publish a day as the loader does, and what it cost, by names that begin with ``name``; feeds lack after a silence."""
    engine = connect(server.url(database), role=access.LOADER)
    with engine.begin() as connection:
        begun_at = connection.execute(sa.text("select cast(pg_current_wal_insert_lsn() as text)")).scalar_one()
        begun, worked = time.perf_counter(), processor_seconds(server)
        found = publish(
            connection,
            as_of,
            known_at,
            known_at,
            expected=feeds,
            delivered_since=EVENING + 2 * silence,
            versions=versions(),
            beside=engine,
        )
        waited, worked = time.perf_counter() - begun, processor_seconds(server) - worked
        bound = {"begun_at": begun_at, "publication_id": found.publication_id}
        counted = connection.execute(sa.text(COUNTED), bound).one()
    engine.dispose()
    return {
        f"{name}_s": round(waited, 2),
        f"{name}_cpu_s": round(worked, 2),
        f"{name}_cells": counted.cells,
        f"{name}_wal_mb": float(counted.wal_mb),
    }


if __name__ == "__main__":
    for figure, number in measure(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0).items():
        print(f"{figure:24}{number:12,.2f}")
