"""What the console's pages cost at scale, as readers of every breadth: search, one enterprise, one record, lists.

    python -m bench.console 1000000

One enterprise has about sixteen policies; endorsements, claims, services and hazards hang on every fifth of them. Each page
is asked for five times, the median told.
"""

from __future__ import annotations

import datetime as dt
import pathlib
import statistics
import sys
import tempfile
import time
from collections.abc import Callable

import sqlalchemy as sa

from bench.rights import READERS, ROUNDS
from pipeline.services.postgres import Cluster, free_port
from pipeline.setup import prepare
from portal.console import enterprises, publications, records, scope, search
from portal.console.lists import LISTS, Filters, work_list
from warehouse.database import access, accounts

AS_OF = dt.date(2026, 11, 20)
KNOWN_AT = dt.datetime(2099, 1, 1, tzinfo=dt.UTC)
VERSION = "batch_id, row_no, content_hash, recorded_at, first_received_at"
AREAS = """(select array_agg(region_code order by region_code) as codes from reference.region_resolution
    where county_code is not null) as r"""
POLICIES = f"""
insert into core.policy (insurer_id, operation_code, source_updated_at, policy_no, region_code, high_risk_domain_code,
    written_premium_amount, insured_name, insured_credit_code, insured_object_code, policy_status_code, issue_date,
    cover_start_date, cover_end_date, is_coinsured, commission_ratio, {VERSION})
select 'insurer' || mod(n, 35), 'I', now(), 'P' || n, (r.codes)[1 + mod(n / 16 * 7, cardinality(r.codes))],
    (10 + 10 * mod(n / 16, 6))::text, 1000 + mod(n, 977), '企业' || n / 16 || '有限公司', '91' || lpad((n / 16)::text, 16, '0'),
    '10', '20', date '2026-01-01' + mod(n, 300), date '2026-01-01' + mod(n, 300), date '2026-06-30' + mod(n, 365), false,
    case when mod(n, 997) = 0 then 0.08 else 0.04 end, 1, n, 'x', now(), now()
from generate_series(1, {{size}}) as n cross join {AREAS}
"""
ENTERPRISES = f"""
insert into core.enterprise (insurer_id, operation_code, source_updated_at, credit_code, enterprise_name, region_code,
    high_risk_domain_code, is_must_insure, must_insure_from_date, operation_status_code, operation_status_date, {VERSION})
select 'regulator', 'I', now(), '91' || lpad(n::text, 16, '0'), '企业' || n || '有限公司',
    (r.codes)[1 + mod(n * 7, cardinality(r.codes))], (10 + 10 * mod(n, 6))::text, true, '2025-01-01', '10', '2025-01-01', 1, n,
    'x', now(), now()
from generate_series(1, {{size}} / 16) as n cross join {AREAS}
"""
CHILDREN = [
    f"""insert into core.{table} (insurer_id, operation_code, source_updated_at, {key}, policy_no, {more}, {VERSION})
    select p.insurer_id, 'I', now(), 'N' || p.row_no, p.policy_no, {values}, 1, p.row_no, 'x', now(), now()
    from core.policy as p where mod(p.row_no, 5) = 0"""
    for table, key, more, values in (
        ("endorsement", "endorsement_no", "effective_date, endorsement_type_code", "date '2026-05-01', '10'"),
        ("premium_receipt", "receipt_no", "receipt_date, received_amount", "date '2026-05-01', 100"),
        ("claim", "report_no", "accident_at", "timestamptz '2026-05-01T00:00Z'"),
        ("service_plan", "plan_line_no", "plan_no, window_end_date", "'S', date '2026-05-01'"),
        ("service_record", "service_no", "service_end_at", "timestamptz '2026-05-01T00:00Z'"),
        ("fee_expense", "expense_no", "paid_date", "date '2026-05-01'"),
    )
]  # fmt: skip
HAZARDS = f"""
insert into core.hazard (insurer_id, operation_code, source_updated_at, hazard_no, service_no, hazard_level_code,
    hazard_status_code, rectify_deadline_date, found_at, {VERSION})
select s.insurer_id, 'I', now(), s.service_no, s.service_no, case when mod(s.row_no, 100) = 0 then '20' else '10' end, '10',
    date '2026-06-01', timestamptz '2026-05-01T00:00Z', 1, s.row_no, 'x', now(), now()
from core.service_record as s
"""
BOUND = f"""
insert into core.rule_threshold (insurer_id, operation_code, source_updated_at, rule_no, version_no, region_code,
    high_risk_domain_code, operator_code, threshold_value, valid_from_date, {VERSION})
values ('regulator', 'I', now(), 'R05', '1', '*', '*', '<=', 0.05, '2025-03-29', 1, 1, 'x', now(), now())
"""
PUBLISHED = publications.Publication(1, AS_OF, KNOWN_AT, KNOWN_AT, False, (), (), (), 0, 0, "", "")
Page = Callable[[sa.Connection], object]


def measure(size: int) -> None:
    """Tell, for each page and reader, the median time in milliseconds."""
    with tempfile.TemporaryDirectory(prefix="anze-bench-") as folder:
        server = Cluster(pathlib.Path(folder) / "pg", free_port())
        server.start(shared_buffers="512MB", fsync="off")
        try:
            _compare(server, size)
        finally:
            server.stop("immediate")


def _compare(server: Cluster, size: int) -> None:
    engine = _filled(server, size)
    pages = _pages(engine)
    print(f"{'':24}" + "".join(f"{name:>12}" for name in READERS))
    logins = [_login(engine, account) for account, *_ in READERS.values()]
    for name, page in pages.items():
        print(f"{name:24}" + "".join(f"{_timed(login, page):9.1f} ms" for login in logins), flush=True)
    for login in logins:
        login.dispose()


def _filled(server: Cluster, size: int) -> sa.Engine:
    admin = sa.create_engine(server.url("postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql("create database anze")
    prepare(server.url("anze"))
    engine = sa.create_engine(server.url("anze"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        access.protect_database(connection)
        for statement in (POLICIES, ENTERPRISES, *CHILDREN, HAZARDS, BOUND):
            connection.exec_driver_sql(statement.format(size=size))
        connection.exec_driver_sql("vacuum analyze")
    return engine


def _login(engine: sa.Engine, account: accounts.Account) -> sa.Engine:
    url = engine.url.set(username=account.role_name, password=accounts.add(engine, account))
    return sa.create_engine(url)


def _pages(engine: sa.Engine) -> dict[str, Page]:
    with engine.connect() as connection:
        row = connection.exec_driver_sql(
            "select version_id, insured_credit_code, policy_no from core.policy"
            " where insurer_id = 'insurer7' and region_code = '370202' limit 1"
        ).one()
    found: dict[str, Page] = {
        "search name": lambda c: search.search(c, "企业1234"),
        "search policy": lambda c: search.search(c, row.policy_no[:5]),
        "search code": lambda c: search.search(c, row.insured_credit_code),
        "enterprise": lambda c: enterprises.enterprise(c, row.insured_credit_code),
        "timeline": lambda c: enterprises.timeline(c, row.insured_credit_code),
        "record": lambda c: records.record(c, "policy", row.version_id),
    }
    return found | {f"list {name}": _list(name) for name in ("ending", "commission", "hazards_overdue", "late")}


def _list(name: str) -> Page:
    def ask(connection: sa.Connection) -> object:
        asking = scope.scope(connection)
        assert asking is not None
        area = "370000" if "*" in asking.region_codes else asking.region_codes[0]
        filters = Filters(scope.Place(area, insurer_id=asking.insurer_id))
        return work_list(connection, LISTS[name], PUBLISHED, asking, filters)

    return ask


def _timed(engine: sa.Engine, page: Page) -> float:
    spans = []
    for _ in range(ROUNDS):
        with engine.connect() as connection:
            begun = time.perf_counter()
            page(connection)
            spans.append(time.perf_counter() - begun)
    return 1000 * statistics.median(spans)


if __name__ == "__main__":
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
