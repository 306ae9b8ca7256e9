"""What row security costs: aggregates over a province, as readers of every breadth and without row security.

    python -m bench.rights 1000000

Baseline: the same select over the table itself, by a superuser (who bypasses row security), with the reader's area as a
condition. Both are run seven times in turn, the medians told. Claims and services hang on every fifth policy, hazards on
services: they are the dearest, since what hangs on what hangs on a policy is looked up.
"""

from __future__ import annotations

import pathlib
import statistics
import sys
import tempfile
import time

import sqlalchemy as sa

from pipeline.services.postgres import Cluster, free_port
from pipeline.setup import prepare
from warehouse.database import access, accounts
from warehouse.database.accounts import Account

ROUNDS = 7
AREAS = """(select array_agg(region_code order by region_code) as codes from reference.region_resolution
    where county_code is not null) as r"""
POLICIES = f"""
insert into core.policy (insurer_id, operation_code, source_updated_at, policy_no, region_code, high_risk_domain_code,
    written_premium_amount, product_name, batch_id, row_no, content_hash, recorded_at, first_received_at)
select 'insurer' || mod(n, 35), 'I', now(), 'P' || n, (r.codes)[1 + mod(n * 7, cardinality(r.codes))], (10 + 10 * mod(n, 6))::text,
    1000 + mod(n, 977), '安全生产责任保险', 1, n, 'x', now(), now()
from generate_series(1, {{size}}) as n cross join {AREAS}
"""
CHILD = """
insert into core.{table} (insurer_id, operation_code, source_updated_at, {key}, {parent_key}, batch_id, row_no, content_hash,
    recorded_at, first_received_at)
select p.insurer_id, 'I', now(), 'N' || p.row_no, p.{parent_key}, 1, p.row_no, 'x', now(), now()
from core.{parent} as p where {condition}
"""
CHILDREN = [
    CHILD.format(table=table, key=key, parent=parent, parent_key=parent_key, condition=condition)
    for table, key, parent, parent_key, condition in (
        ("claim", "report_no", "policy", "policy_no", "mod(p.row_no / 35, 5) = 0"),
        ("service_record", "service_no", "policy", "policy_no", "mod(p.row_no / 35, 5) = 0"),
        ("hazard", "hazard_no", "service_record", "service_no", "true"),
    )
]
CURRENT = "v.superseded_at is null and not v.is_withdrawn"
SELECTS = {
    "policy": "select high_risk_domain_code, count(*), sum(written_premium_amount) from {source} group by 1 order by 1",
    "claim": "select insurer_id, count(*), max(first_received_at) from {source} group by 1 order by 1",
    "hazard": "select insurer_id, count(*), max(first_received_at) from {source} group by 1 order by 1",
}
CITY = "array(select region_code from reference.region_resolution where city_code = '370200' or region_code = '370200')"
#: Of a condition on policies, the conditions on what hangs on them.
OF_POLICY = "(v.insurer_id, v.policy_no) in (select p.insurer_id, p.policy_no from core.policy as p where p.superseded_at is null and p.{condition})"
OF_SERVICE = (
    "(v.insurer_id, v.service_no) in (select v.insurer_id, v.service_no from core.service_record as v"
    " where v.superseded_at is null and {of_policy})"
)
READERS = {
    "province": (Account("b_province", "province", granted_by="bench"), None),
    "city": (Account("b_city", "city", ("370200",), granted_by="bench"), f"region_code = any({CITY})"),
    "industry": (
        Account("b_industry", "industry", domain_codes=("30",), granted_by="bench"), "high_risk_domain_code = '30'",
    ),
    "insurer": (
        Account("b_insurer", "insurer_reader", insurer_id="insurer7", granted_by="bench"), "insurer_id = 'insurer7'",
    ),
}  # fmt: skip


def measure(size: int) -> list[tuple[str, ...]]:
    """For each reader and table, the time with and without row security, and their ratio; told as they come, too."""
    with tempfile.TemporaryDirectory(prefix="anze-bench-") as folder:
        server = Cluster(pathlib.Path(folder) / "pg", free_port())
        server.start(shared_buffers="512MB", fsync="off")
        try:
            return _compare(server, size)
        finally:
            server.stop("immediate")


def _compare(server: Cluster, size: int) -> list[tuple[str, ...]]:
    admin = sa.create_engine(server.url("postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql("create database anze")
    prepare(server.url("anze"))
    engine = sa.create_engine(server.url("anze"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        access.protect_database(connection)
        connection.exec_driver_sql(POLICIES.format(size=size))
        for statement in CHILDREN:
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql("vacuum analyze core.policy, core.claim, core.service_record, core.hazard")
    lines = []
    for name, (account, condition) in READERS.items():
        url = engine.url.set(username=account.role_name, password=accounts.add(engine, account))
        login = sa.create_engine(url, isolation_level="AUTOCOMMIT")
        for table, query in SELECTS.items():
            bare = query.format(source=f"core.{table} as v where {CURRENT} and {_condition(table, condition)}")
            without, with_it = _timed(engine, bare, login, query.format(source=f"report.{table}"))
            lines.append((name, table, f"{without:.3f}", f"{with_it:.3f}", f"{with_it / without:.2f}"))
            print(*lines[-1], sep="\t", flush=True)
        login.dispose()
    return lines


def _condition(table: str, condition: str | None) -> str:
    """What a superuser adds to a select to see what a reader sees."""
    if condition is None:
        return "true"
    if table == "policy" or condition.startswith("insurer_id"):
        return f"v.{condition}"
    of_policy = OF_POLICY.format(condition=condition)
    return of_policy if table == "claim" else OF_SERVICE.format(of_policy=of_policy)


def _timed(engine: sa.Engine, bare: str, login: sa.Engine, query: str) -> tuple[float, float]:
    """Median seconds of both, run in turn: what else the machine does then falls on both. They must answer the same."""
    with engine.connect() as superuser, login.connect() as reader:
        superuser.exec_driver_sql("set work_mem = '16MB'")
        rounds = [(_run(superuser, bare), _run(reader, query)) for _ in range(ROUNDS)]
    assert all(expected == found for (_, expected), (_, found) in rounds), query
    return statistics.median(a[0] for a, _ in rounds), statistics.median(b[0] for _, b in rounds)


def _run(connection: sa.Connection, query: str) -> tuple[float, list[tuple[object, ...]]]:
    begun = time.perf_counter()
    rows = [tuple(row) for row in connection.exec_driver_sql(query)]
    return time.perf_counter() - begun, rows


if __name__ == "__main__":
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
