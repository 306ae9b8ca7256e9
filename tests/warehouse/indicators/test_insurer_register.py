"""The register of insurers as regulators read it: one row an insurer, its branches apart, through time."""

from __future__ import annotations

import sqlalchemy as sa

from tests.warehouse.indicators.conftest import LOADED_AT, Load

BRANCHES = [
    {"branch_code": "L3701", "branch_name": "济南", "valid_from_date": "2023-01-01", "insurer_name": "立春财险"},
    {"branch_code": "L3702", "branch_name": "青岛", "valid_from_date": "2025-01-01", "insurer_name": "立春保险"},
    {
        "branch_code": "L3703",
        "branch_name": "淄博",
        "valid_from_date": "2026-01-01",
        "valid_to_date": "2026-06-30",
        "insurer_name": "旧名",
    },
]


def register(load: Load) -> None:
    load("insurer", [{"insurer_code": "LICHUN", "credit_code": "9137", **branch} for branch in BRANCHES])
    load("insurer", [{"insurer_code": "YUSHUI", "branch_code": "Y1", "valid_from_date": "2024-01-01"}])


def test_an_insurer_is_one_row_with_its_own_id_and_the_name_that_is_valid_last(
    connection: sa.Connection,
    load: Load,
) -> None:
    register(load)
    query = (
        "select insurer_id, insurer_name, branch_count, valid_from_date, valid_to_date from report.insurer order by 1"
    )
    rows = [tuple(map(str, row)) for row in connection.exec_driver_sql(query)]
    assert rows == [
        ("lichun", "立春保险", "3", "2023-01-01", "None"),
        ("yushui", "None", "1", "2024-01-01", "None"),
    ]


def test_its_branches_carry_the_insurer_s_id_too(connection: sa.Connection, load: Load) -> None:
    register(load)
    query = "select insurer_id, branch_code from report.insurer_branch order by 2"
    rows = connection.exec_driver_sql(query).all()
    assert (tuple(rows[0]), len(rows)) == (("lichun", "L3701"), 4)


def test_the_register_is_read_at_both_times(connection: sa.Connection, load: Load) -> None:
    register(load)
    at = sa.text("select insurer_id, branch_count from report.insurer_at(:day, :at) order by 1")
    assert [tuple(r) for r in connection.execute(at, {"day": "2026-07-01", "at": LOADED_AT})] == [
        ("lichun", 2),
        ("yushui", 1),
    ]
    known = sa.text("select count(*) from report.insurer_known(cast(:at as timestamptz) - interval '1 day')")
    assert connection.execute(known, {"at": LOADED_AT}).scalar_one() == 0
    branches = sa.text("select distinct insurer_id from report.insurer_branch_at('2023-06-01', :at)")
    assert connection.execute(branches, {"at": LOADED_AT}).scalars().all() == ["lichun"]
