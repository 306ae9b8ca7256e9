"""What a look of the clock costs in the database, at the size of a province.

    python -m bench.clock 1

Scale 1: 100,000 policies of 56,000 enterprises, 80,000 plan lines, 80,000 services with experts, 200,000 hazards, 80,000
expenses, 100,000 premium receipts, 4,000 claims, 35 insurers. Told, by the clock on the wall and in processor seconds: the
first look, the same a day later, and a look that finds that the moment was looked at; then the views and one digest.
"""

from __future__ import annotations

import datetime as dt
import os
import pathlib
import sys
import tempfile
import time
from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sa

from bench.processor import processor_seconds
from pipeline.services.postgres import Cluster, free_port
from pipeline.setup import prepare
from quality.working_days import load_calendar
from warehouse.alerts import outbox, raising
from warehouse.alerts.catalogue import load_definitions
from warehouse.alerts.raising import Look, Policy, Step
from warehouse.database import access
from warehouse.database.engine import connect

Came = TypeVar("Came")
AS_OF, AT = dt.date(2026, 11, 18), dt.datetime(2026, 11, 18, 0, 30, tzinfo=dt.UTC)
VERSION = "batch_id, row_no, content_hash, recorded_at, first_received_at"
HUB = "1, n, 'x', timestamptz '2026-01-01', timestamptz '2026-01-01'"
AREAS = "cross join (select array_agg(region_code order by region_code) as codes from reference.region where region_code like '37%' and level = 'county' and valid_to is null) as r"
PLACE = "(r.codes)[1 + mod(n * 7, cardinality(r.codes))]"
ROWS = {
    "enterprise": (60_000, "credit_code, enterprise_name, region_code, high_risk_domain_code, is_must_insure, must_insure_from_date, operation_status_code, operation_status_date, employee_count, employee_count_date",
        f"'E' || n, '企业' || n, {PLACE}, '20', true, date '2025-01-01', '10', date '2025-01-01', 10 + mod(n, 20), date '2026-06-30'"),
    "policy": (100_000, "policy_no, policy_status_code, insured_object_code, insured_name, insured_credit_code, region_code, high_risk_domain_code, issue_date, cover_start_date, cover_end_date, written_premium_amount, commission_ratio, insured_person_count, employee_count, per_person_limit_amount, aggregate_limit_amount, is_coinsured",
        f"'P' || n, '20', '10', '企业' || (n % 56000 + 1), 'E' || (n % 56000 + 1), {PLACE}, '20', date '2025-12-01' + n % 350, date '2025-12-01' + n % 350, date '2026-11-30' + n % 350, 5000, 0.04, case when n % 50 = 0 then 5 else 40 end, 40, case when n % 100 = 0 then 300000 else 500000 end, 5000000, false"),
    "service_plan": (80_000, "plan_no, plan_line_no, policy_no, plan_status_code, planned_count, window_start_date, window_end_date",
        "'S' || n, '1', 'P' || n, '20', 1, date '2026-01-01' + n % 200, date '2026-03-01' + n % 250"),
    "service_record": (80_000, "service_no, policy_no, plan_no, plan_line_no, insured_credit_code, service_status_code, service_start_at, service_end_at, expert_list, report_hash, process_text",
        "'V' || n, 'P' || n, 'S' || n, case when n % 15 > 0 then '1' end, 'E' || (n % 56000 + 1), '50', timestamptz '2026-01-05 01:00Z' + n % 300 * interval '1 day' + n % 5 * interval '1 hour', timestamptz '2026-01-05 03:00Z' + n % 300 * interval '1 day' + n % 5 * interval '1 hour', '专家' || n % 1600 || '/ZJ', md5(n::text) || md5(n::text), '现场检查' || n || repeat('核对台账', 12)"),
    "hazard": (200_000, "hazard_no, service_no, insured_credit_code, hazard_level_code, hazard_status_code, found_at, notified_at, notified_role_code, rectify_deadline_date, rectified_at, verified_at, photo_before_hash",
        "'H' || n, 'V' || (n % 80000 + 1), 'E' || (n % 56000 + 1), case when n % 11 = 0 then '20' else '10' end, case when n % 10 = 0 then '10' else '30' end, timestamptz '2026-01-05' + n % 300 * interval '1 day', timestamptz '2026-01-05' + n % 300 * interval '1 day', '10', date '2026-02-05' + n % 300, case when n % 10 > 0 then timestamptz '2026-01-15' + n % 300 * interval '1 day' end, case when n % 10 > 0 then timestamptz '2026-01-16' + n % 300 * interval '1 day' end, case when n % 3 = 0 then md5('h' || n) || md5('h' || n) end"),
    "fee_expense": (80_000, "expense_no, is_pooled, policy_no, service_no, fee_category_code, expense_status_code, expense_amount, accrued_date, paid_date, invoice_no",
        "'F' || n, false, 'P' || n, 'V' || n, '20', '20', 900, date '2026-01-10' + n % 300, date '2026-01-10' + n % 300, 'INV' || n"),
    "premium_receipt": (100_000, "receipt_no, policy_no, receipt_type_code, receipt_date, received_amount", "'R' || n, 'P' || n, '10', date '2026-01-10' + n % 300, 5000"),
    "claim": (4_000, "report_no, policy_no, claim_status_code, accident_at, reported_at, is_reopened", "'C' || n, 'P' || n, '20', timestamptz '2026-09-01' + n % 70 * interval '1 day', timestamptz '2026-09-01' + n % 70 * interval '1 day', false"),
}  # fmt: skip


def measure(scale: float) -> None:
    """Make the rows, look, and tell seconds."""
    with tempfile.TemporaryDirectory(prefix="anze-bench-") as folder:
        server = Cluster(pathlib.Path(folder) / "pg", free_port())
        server.start(shared_buffers="512MB", fsync="off", synchronous_commit="off", max_wal_size="4GB")
        try:
            prepare(server.url("postgres"))
            engine = sa.create_engine(server.url("postgres"))
            _fill(engine, scale)
            _tell(server, connect(server.url("postgres"), role=access.LOADER))
            engine.dispose()
        finally:
            server.stop("immediate")


def _fill(engine: sa.Engine, scale: float) -> None:
    with engine.begin() as connection:
        for table, (count, columns, values) in ROWS.items():
            insurer = "'regulator'" if table == "enterprise" else "'insurer' || n % 35"
            areas = AREAS if "r.codes" in values else ""
            connection.exec_driver_sql(
                f"insert into core.{table} (insurer_id, operation_code, source_updated_at, {columns}, {VERSION}) "
                f"select {insurer}, 'I', timestamptz '2026-01-01', {values}, {HUB} from generate_series(1, {int(count * scale)}) as n {areas}".replace("%", "%%")
            )  # fmt: skip
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql("vacuum analyze")


def _tell(server: Cluster, engine: sa.Engine) -> None:
    calendar = load_calendar()
    policy = Policy(ladder=(Step("critical", 2, "city"), Step("warning", 5, "city")))
    day = dt.timedelta(days=1)
    for name, shift in (("first look", 0), ("a day later", 1), ("the same moment", 1)):
        at = Look(AS_OF + shift * day, AT + shift * day, calendar.version, calendar.deadline(AS_OF + shift * day, 1))
        with engine.begin() as connection:
            run = _timed(server, name, lambda: raising.look(connection, at, policy, 35))  # noqa: B023 - called at once
            print(f"  {run.finding_count} records found, not looked for: {', '.join(run.problems) or 'none'}")
    with engine.connect() as connection:
        _timed(server, "report.alert", lambda: connection.exec_driver_sql("select * from report.alert").all())
        to = outbox.Addressee("city", region_code="370200")
        _timed(server, "digest of a city", lambda: outbox.told(connection, to, AT - day))
        at = Look(AS_OF, AT, calendar.version, calendar.deadline(AS_OF, 1))
        slowest = []
        for definition in load_definitions().values():
            began = processor_seconds(server)
            raising.find(connection, {definition.id: definition}, at, {})
            slowest.append((processor_seconds(server) - began, definition.id))
        print(
            "slowest by processor, each with the snapshot:",
            ", ".join(f"{k} {s:.1f} s" for s, k in sorted(slowest, reverse=True)[:5]),
        )


def _timed(server: Cluster, name: str, act: Callable[[], Came]) -> Came:
    began, worked = time.perf_counter(), processor_seconds(server)
    came = act()
    waited, worked = time.perf_counter() - began, processor_seconds(server) - worked
    print(f"{name}: {waited:.2f} s, of the processor {worked:.2f} s, load {os.getloadavg()[0]:.0f}")
    return came


if __name__ == "__main__":
    measure(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0)
