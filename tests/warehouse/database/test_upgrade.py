"""Migrations go forward only: a filled database takes the next one and keeps all that it holds."""

from __future__ import annotations

import dataclasses
import pathlib
import shutil

import pytest
import sqlalchemy as sa

from schemas.contract import load_contract
from schemas.errors import SetupError
from tests.warehouse.building import rows_of
from tests.warehouse.indicators.story import Hub
from warehouse.database import ddl
from warehouse.database.schema_version import newest
from warehouse.history.digests import digests
from warehouse.migrations.migrate import SCRIPTS, migrate

VISIT = dataclasses.replace(load_contract("agency"), record_type="visit", business_name="回访")
FURTHER = f'''
from alembic import op

revision, down_revision = "v1_9999", "{newest()}"


def upgrade():
    op.get_bind().exec_driver_sql({ddl.record_ddl(VISIT)!r}.replace("%", "%%"))
    op.get_bind().exec_driver_sql("""
        alter table core.policy add column broker_code text;
        call core.protect_history('policy');
        create view report.policy_broker as select policy_no, broker_code from core.policy where superseded_at is null;
    """)
'''
FIGURES = "select * from report.indicator order by publication_id, indicator, period_kind, region_code, domain_code, insurer_id"


@pytest.fixture
def further(tmp_path: pathlib.Path) -> pathlib.Path:
    """The shipped migrations and one more: a record type, and a column of another with a view of it."""
    folder = tmp_path / "migrations"
    shutil.copytree(SCRIPTS, folder, ignore=shutil.ignore_patterns("__pycache__", "*.sql"))
    (folder / "versions" / "v1_9999_further.py").write_text(FURTHER, encoding="utf-8")
    return folder


@pytest.fixture
def filled(engine: sa.Engine, tmp_path: pathlib.Path) -> Hub:
    """A warehouse with loads, a correction, a withdrawal and a publication."""
    hub = Hub(engine, tmp_path)
    hub.deliver("enterprise", [{"credit_code": "E1"}, {"credit_code": "E2"}])
    hub.deliver("policy", [{"policy_no": f"P{n}", "insured_credit_code": f"E{n}"} for n in (1, 2)])
    hub.deliver("policy", [{"policy_no": "P1", "insured_credit_code": "E1", "product_name": "乙"}])
    hub.deliver("policy", [{"policy_no": "P2", "insured_credit_code": "E2", "operation_code": "D"}])
    hub.publish()
    return hub


def test_a_filled_database_takes_the_next_migration_and_keeps_all_that_it_holds(
    filled: Hub, database_url: str, further: pathlib.Path
) -> None:
    columns = ", ".join((*ddl.HUB_COLUMNS, *load_contract("policy").by_name))
    versions = f"select {columns} from core.policy order by version_id"
    policies, figures = rows_of(filled.engine, versions), rows_of(filled.engine, FIGURES)
    with filled.engine.begin() as connection:
        before = digests(connection)
    migrate(database_url, further)
    with filled.engine.begin() as connection:
        after = digests(connection)
    assert policies
    assert rows_of(filled.engine, versions) == policies
    assert figures
    assert rows_of(filled.engine, FIGURES) == figures
    assert {name: after[name] for name in before if name != "core.policy"} == {
        name: kept for name, kept in before.items() if name != "core.policy"
    }


def test_after_an_upgrade_loads_and_publications_go_on(filled: Hub, database_url: str, further: pathlib.Path) -> None:
    migrate(database_url, further)
    filled.deliver("policy", [{"policy_no": "P3", "insured_credit_code": "E2"}])
    filled.pass_time(minutes=1)
    filled.publish()
    assert rows_of(filled.engine, "select count(*) from report.publication") == [(2,)]
    assert ("P3", None) in rows_of(filled.engine, "select policy_no, broker_code from report.policy_broker")


def test_a_record_type_of_a_later_migration_has_history_and_rights(
    filled: Hub, database_url: str, further: pathlib.Path
) -> None:
    migrate(database_url, further)
    with filled.engine.connect() as connection:
        connection.exec_driver_sql("set role anze_loader")
        connection.exec_driver_sql(
            "insert into core.visit (insurer_id, agency_credit_code, operation_code, source_updated_at, batch_id, row_no,"
            " content_hash, recorded_at, first_received_at) values ('a', 'V1', 'I', now(), 1, 1, '-', now(), now())"
        )
        assert connection.exec_driver_sql(
            "select record_key from core.version where record_type = 'visit'"
        ).scalars().all() == ["V1"]
        with pytest.raises(sa.exc.DBAPIError), connection.begin_nested():
            connection.exec_driver_sql("update core.visit set agency_name = 'x'")
        connection.exec_driver_sql("update core.visit set superseded_at = recorded_at")
        connection.exec_driver_sql("set role anze_regulator")
        connection.exec_driver_sql("select * from report.visit")
        connection.exec_driver_sql("select * from report.visit_at('2026-11-20', now())")


def test_a_database_of_before_the_first_release_is_refused_in_one_line(engine: sa.Engine, database_url: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("update migration.schema_version set version_num = '0013'")
    with pytest.raises(SetupError, match=r"older than the first release .* make a new database") as refused:
        migrate(database_url)
    assert "\n" not in str(refused.value)
