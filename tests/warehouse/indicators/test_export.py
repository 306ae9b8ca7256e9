"""An export is a publication without its hub: another engine gets every figure from its contributions, to the last decimal."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import pathlib

import duckdb
import pytest
import sqlalchemy as sa

from schemas.contract import RECORD_TYPES
from schemas.errors import ProgramFault, SetupError
from tests.warehouse.indicators.test_cases import CASES, KNOWN_AT, rows_of
from warehouse.indicators.publication import Publication
from warehouse.publishing.export import MANIFEST, Export
from warehouse.publishing.publish import publish

FIGURES_FROM_CONTRIBUTIONS = (pathlib.Path(__file__).parents[3] / "docs" / "federation.sql").read_text()
#: Figures that the contributions do not give; the province's own cell is there even if nothing was counted.
DIFFERENT = """
select f.indicator, f.period_kind, f.region_code, f.domain_code, f.insurer_id, f.numerator, c.numerator, f.denominator, c.denominator
from read_parquet('{folder}/figures.parquet') as f
left join figures as c using (indicator, period_kind, region_code, domain_code, insurer_id)
where f.numerator is distinct from coalesce(c.numerator, 0) or f.denominator is not null and f.denominator is distinct from coalesce(c.denominator, 0)
"""
STORIES = (
    "claims_reopened_and_orphans", "coinsurance", "county_moved", "earned_thirds_add_up", "hazards",
    "negative_and_above_one_hundred", "obligations_leap_day_move_and_renewal", "pooled_expense", "timeliness",
    "two_insurers_one_enterprise",
)  # fmt: skip


def published(connection: sa.Connection, load, story: str) -> Publication:
    for record_type in RECORD_TYPES:
        if (CASES / story / f"{record_type}.csv").exists():
            load(record_type, rows_of(CASES / story / f"{record_type}.csv"))
    as_of = dt.date.fromisoformat(rows_of(CASES / story / "expected.csv")[0]["as_of"])
    return publish(connection, as_of, KNOWN_AT, KNOWN_AT, expected=[("lichun", "policy")], delivered_since=KNOWN_AT)


def exported(connection: sa.Connection, publication: Publication, folder: pathlib.Path) -> Export:
    export = Export(connection, publication, folder)
    export.run()
    return export


@pytest.mark.parametrize("story", STORIES)
def test_another_engine_gets_the_same_figures(story: str, connection: sa.Connection, load, tmp_path) -> None:
    publication = published(connection, load, story)
    export = exported(connection, publication, tmp_path / "out")
    assert not export.left_out
    reader = duckdb.connect()
    reader.execute(
        f"create view contributions as select * from read_parquet('{export.folder}/contributions/*/*/*.parquet')"
    )
    reader.execute(f"create view figures as {FIGURES_FROM_CONTRIBUTIONS}")
    assert reader.execute(DIFFERENT.format(folder=export.folder)).fetchall() == []
    stored = connection.execute(sa.text("select count(*) from mart.indicator_value")).scalar_one()
    assert reader.execute(f"select count(*) from read_parquet('{export.folder}/figures.parquet')").fetchone() == (
        stored,
    )


def test_the_manifest_holds_every_file(connection: sa.Connection, load, tmp_path) -> None:
    export = exported(connection, published(connection, load, STORIES[0]), tmp_path / "out")
    manifest = json.loads((export.folder / MANIFEST).read_text())
    told = {file["path"]: file["sha256"] for file in manifest["files"]}
    there = [path for path in export.folder.rglob("*") if path.is_file() and path.name != MANIFEST]
    assert told == {
        str(path.relative_to(export.folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in there
    }
    assert manifest["publication"]["publication_id"] == str(export.publication.publication_id)


def test_the_same_publication_gives_the_same_bytes(connection: sa.Connection, load, tmp_path) -> None:
    publication = published(connection, load, STORIES[0])
    first, again = (exported(connection, publication, tmp_path / name).files for name in ("first", "again"))
    assert first == again


def test_units_are_not_named(connection: sa.Connection, load, tmp_path) -> None:
    """Whose record it is may be a person's number: what is exported tells only which are the same."""
    export = exported(connection, published(connection, load, STORIES[0]), tmp_path / "out")
    columns = duckdb.execute(
        f"select distinct column_name from (describe select * from read_parquet('{export.folder}/contributions/*/*/*.parquet'))"
    ).fetchall()
    assert not {"unit", "record_key", "insured_credit_code"} & {name for (name,) in columns}


def test_figures_that_cannot_be_computed_again_stop_it(connection: sa.Connection, load, tmp_path) -> None:
    publication = published(connection, load, STORIES[0])
    connection.exec_driver_sql("set local session_replication_role = replica")
    connection.exec_driver_sql(
        "update mart.indicator_value set numerator = numerator + 1 where indicator = 'coverage_ratio'"
    )
    with pytest.raises(ProgramFault, match="coverage_ratio"):
        exported(connection, publication, tmp_path / "out")
    assert not (tmp_path / "out" / MANIFEST).exists()


def test_of_another_definition_there_are_figures_only(connection: sa.Connection, load, tmp_path) -> None:
    publication = published(connection, load, STORIES[0])
    connection.exec_driver_sql("set local session_replication_role = replica")
    for table in ("publication_definition", "indicator_definition"):
        connection.exec_driver_sql(f"update mart.{table} set digest = 'another' where indicator = 'coverage_ratio'")
    export = exported(connection, publication, tmp_path / "out")
    assert set(export.left_out) == {"coverage_ratio"}
    assert not (export.folder / "contributions" / "indicator=coverage_ratio").exists()


def test_a_folder_that_is_there_is_left_alone(connection: sa.Connection, load, tmp_path) -> None:
    with pytest.raises(SetupError, match="already"):
        exported(connection, published(connection, load, STORIES[0]), tmp_path)
