"""A migrated database has exactly what the contracts say."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from schemas.contract import RECORD_TYPES, load_contract
from tests.warehouse.building import rows_of
from warehouse.database import ddl

COLUMNS = """
    select a.attname, format_type(a.atttypid, a.atttypmod), col_description(a.attrelid, a.attnum)
    from pg_attribute as a
    where a.attrelid = cast(:relation as regclass) and a.attnum > 0 and not a.attisdropped
    order by a.attnum
"""
SPELLED = {"timestamptz": "timestamp with time zone"}


@pytest.mark.parametrize("record_type", RECORD_TYPES)
def test_core_columns_follow_the_contract(shared_engine: sa.Engine, record_type: str) -> None:
    contract = load_contract(record_type)
    columns = rows_of(shared_engine, COLUMNS, relation=f"core.{record_type}")
    wanted = [(f.name, SPELLED.get(f.sql_type, f.sql_type), f.business_name) for f in contract.fields]
    assert columns[2 : 2 + len(wanted)] == wanted
    hub = [(name, said) for name, _, said in (*columns[:2], *columns[2 + len(wanted) :])]
    assert hub == list(ddl.HUB_COLUMNS.items())


@pytest.mark.parametrize("record_type", RECORD_TYPES)
def test_report_views_show_no_personal_column(shared_engine: sa.Engine, record_type: str) -> None:
    contract = load_contract(record_type)
    shown = [name for name, _, _ in rows_of(shared_engine, COLUMNS, relation=f"report.{ddl.reported_as(record_type)}")]
    fields = [f.name for f in contract.fields if f.classification in ("public", "business")]
    assert shown == ["insurer_id", *fields, *ddl.REPORTED_HUB_COLUMNS]


@pytest.mark.parametrize("record_type", RECORD_TYPES)
def test_every_report_column_says_what_it_is(shared_engine: sa.Engine, record_type: str) -> None:
    columns = rows_of(shared_engine, COLUMNS, relation=f"report.{ddl.reported_as(record_type)}")
    assert not [name for name, _, said in columns if not said]


@pytest.mark.parametrize("record_type", RECORD_TYPES)
def test_one_current_version_per_natural_key(shared_engine: sa.Engine, record_type: str) -> None:
    ((definition,),) = rows_of(
        shared_engine, "select pg_get_indexdef(cast(:name as regclass))", name=f"core.{record_type}_current_key"
    )
    key = ", ".join((*load_contract(record_type).key, "insurer_id"))
    assert "UNIQUE" in definition
    assert definition.endswith(f"({key}) WHERE (superseded_at IS NULL)")


def test_there_is_a_core_table_for_each_record_type_and_no_other(shared_engine: sa.Engine) -> None:
    tables = {name for (name,) in rows_of(shared_engine, "select tablename from pg_tables where schemaname = 'core'")}
    assert tables == set(RECORD_TYPES)
