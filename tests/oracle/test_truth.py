"""Seeded provinces, published by the real warehouse: every cell equals the oracle's, straight from the truth."""

from __future__ import annotations

import datetime as dt
import json
import pathlib

import psycopg2.extras
import pytest
import sqlalchemy as sa

from connectors.definition import REGULATOR
from oracle import published
from oracle.indicators import silent
from oracle.world import Records
from pipeline import steps
from pipeline.hub import Hub
from pipeline.judging import verifying
from pipeline.settings import Settings
from sandbox import drops, registers
from sandbox.accounts import credentials
from sandbox.server import serve
from sandbox.truth import Province, build
from schemas.contract import load_contracts
from tests.oracle import hostile
from tests.oracle.truth import expected_cells, records_at
from warehouse.landing.folder_store import FolderStore
from warehouse.publishing.publish import publish

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
NIGHT = dt.datetime(2026, 11, 21, 1, 30, tzinfo=SHANGHAI)
AS_OF = dt.date(2026, 11, 20)


def _store(connection: sa.Connection, records: Records) -> None:
    for record_type, sent in records.items():
        names = list(load_contracts()[record_type].by_name)
        columns = ["insurer_id", *names, "batch_id", "row_no", "content_hash", "recorded_at", "first_received_at"]
        rows = [
            (insurer, *(record[name] for name in names), 1, n, "-", NIGHT, NIGHT)
            for n, (insurer, record) in enumerate(sent)
        ]
        with connection.connection.cursor() as cursor:
            psycopg2.extras.execute_values(
                cursor, f"insert into core.{record_type} ({', '.join(columns)}) values %s", rows
            )
    connection.execute(sa.text("analyze"))


def _compared(engine: sa.Engine, records: Records, as_of: dt.date) -> published.Comparison:
    """Every cell of a publication of ``records``, compared with the oracle's."""
    with engine.connect() as connection:
        _store(connection, records)
        publish(connection, as_of, NIGHT, NIGHT, expected=[], delivered_since=NIGHT)
        publication = published.find(connection, None)
        assert publication is not None
        return published.compare(connection, publication, records, [], silent)


@pytest.mark.parametrize("seed", [11, 90_001])
def test_every_published_cell_equals_the_oracle_s(engine: sa.Engine, seed: int) -> None:
    found = _compared(engine, records_at(build(seed, 0.004), NIGHT), AS_OF)
    assert found.differing == ()
    assert found.compared > 10_000


@pytest.mark.parametrize(
    ("seed", "as_of"),
    [*enumerate(["2026-06-30", "2024-02-29", "2025-02-28", "2026-01-01", "2019-01-15"])],
)
def test_records_as_nobody_should_send_them_give_equal_figures_too(engine: sa.Engine, seed: int, as_of: str) -> None:
    day = dt.date.fromisoformat(as_of)
    found = _compared(engine, hostile.province(seed, day), day)
    assert found.differing == ()
    assert found.compared > 500


@pytest.mark.parametrize(
    ("seed", "insurers"),
    [(5, ["tianji", "qingsong", "lichun"]), (77, ["cuizhu", "youlan", "shuangjiang"])],
    ids=["csv and interface", "workbooks and interface"],
)
def test_what_insurers_tell_is_what_is_published(
    engine: sa.Engine, database_url: str, tmp_path: pathlib.Path, seed: int, insurers: list[str]
) -> None:
    """Drop folders and interfaces, really collected, loaded and published: no cell is lost or changed on the way."""
    province = build(seed, 0.004)
    registers.write_registers(province, tmp_path / "drop" / "regulator")
    drops.write(province, tmp_path / "drop", None, NIGHT)
    with serve(province) as server:
        hub = _hub(engine, database_url, tmp_path, {"ANZE_SANDBOX_URL": server.url, **_credentials(insurers, seed)})
        steps.sync_insurer(hub, REGULATOR)
        for insurer_id in insurers:
            steps.sync_insurer(hub, insurer_id, NIGHT)
        steps.publish(hub, NIGHT)
        report = verifying.verify(hub)
    assert report.details == ()
    assert report.is_good
    _assert_published(engine, province, insurers)


def _credentials(insurers: list[str], seed: int) -> dict[str, str]:
    return {f"ANZE_CREDENTIALS_{name.upper()}": json.dumps(credentials(name, seed)) for name in insurers}


def _hub(engine: sa.Engine, database_url: str, folder: pathlib.Path, environ: dict[str, str]) -> Hub:
    offset = NIGHT - dt.datetime.now(dt.UTC)
    settings = Settings(database_url, str(folder / "landing"), folder / "drop", folder, offset, environ)
    return Hub(settings, engine, FolderStore(settings.landing_folder))


def _assert_published(engine: sa.Engine, province: Province, insurers: list[str]) -> None:
    expected = expected_cells(province, AS_OF, NIGHT, insurers)
    query = (
        "select indicator, period_kind, region_code, domain_code, insurer_id, numerator, denominator, shown_value"
        " from mart.indicator_value where indicator <> 'timeliness_ratio'"
    )
    with engine.connect() as connection:
        stored = {tuple(row[:5]): tuple(row[5:]) for row in connection.execute(sa.text(query))}
    told = {
        tuple(key): (cell.numerator, cell.denominator, cell.shown)
        for key, cell in expected.cells.items()
        if key.indicator != "timeliness_ratio"
    }
    assert stored == told
