"""What row security costs: aggregates over a province, as readers of every breadth and without row security.

    python -m bench.rights 1000000

Baseline: the same select over the table itself, by a superuser (who bypasses row security), with the reader's area as a
condition. Each is run five times, the median told. Claims hang on policies, one to five of them.
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

ROUNDS = 5
POLICIES = """
insert into core.policy (insurer_id, operation_code, source_updated_at, policy_no, region_code, high_risk_domain_code,
    written_premium_amount, product_name, batch_id, row_no, content_hash, recorded_at, first_received_at)
select 'insurer' || mod(n, 35), 'I', now(), 'P' || n, (r.codes)[1 + mod(n * 7, cardinality(r.codes))], (10 + 10 * mod(n, 6))::text,
    1000 + mod(n, 977), '安全生产责任保险', 1, n, 'x', now(), now()
from generate_series(1, {size}) as n
cross join (select array_agg(region_code order by region_code) as codes from reference.region_resolution where county_code is not null) as r
"""
CLAIMS = """
insert into core.claim (insurer_id, operation_code, source_updated_at, report_no, policy_no, reserve_amount, batch_id,
    row_no, content_hash, recorded_at, first_received_at)
select p.insurer_id, 'I', now(), 'C' || p.row_no, p.policy_no, mod(p.row_no, 1013), 1, p.row_no, 'x', now(), now()
from core.policy as p where mod(p.row_no, 5) = 0
"""
CURRENT = "v.superseded_at is null and not v.is_withdrawn"
POLICY = "select high_risk_domain_code, count(*), sum(written_premium_amount) from {source} group by 1 order by 1"
CLAIM = "select insurer_id, count(*), sum(reserve_amount) from {source} group by 1 order by 1"
CITY = "array(select region_code from reference.region_resolution where city_code = '370200' or region_code = '370200')"
OF_POLICY = "(v.insurer_id, v.policy_no) in (select p.insurer_id, p.policy_no from core.policy as p where p.superseded_at is null and p.region_code = any({city}))"
READERS = {
    "province": (Account("b_province", "province", granted_by="bench"), "true", "true"),
    "city": (
        Account("b_city", "city", ("370200",), granted_by="bench"), f"v.region_code = any({CITY})",
        OF_POLICY.format(city=CITY),
    ),
    "insurer": (
        Account("b_insurer", "insurer_reader", insurer_id="insurer7", granted_by="bench"), "v.insurer_id = 'insurer7'",
        "v.insurer_id = 'insurer7'",
    ),
}  # fmt: skip


def measure(size: int) -> None:
    """Tell, for each reader and table, the time with and without row security, and their ratio."""
    with tempfile.TemporaryDirectory(prefix="anze-bench-") as folder:
        server = Cluster(pathlib.Path(folder) / "pg", free_port())
        server.start(shared_buffers="512MB", fsync="off")
        try:
            _compare(server, size)
        finally:
            server.stop("immediate")


def _compare(server: Cluster, size: int) -> None:
    admin = sa.create_engine(server.url("postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql("create database anze")
    prepare(server.url("anze"))
    engine = sa.create_engine(server.url("anze"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        access.protect_database(connection)
        connection.exec_driver_sql(POLICIES.format(size=size))
        connection.exec_driver_sql(CLAIMS)
        connection.exec_driver_sql("vacuum analyze core.policy, core.claim")
    for name, (account, of_policies, of_claims) in READERS.items():
        url = engine.url.set(username=account.role_name, password=accounts.add(engine, account))
        login = sa.create_engine(url, isolation_level="AUTOCOMMIT")
        for table, query, condition in (("policy", POLICY, of_policies), ("claim", CLAIM, of_claims)):
            bare = query.format(source=f"core.{table} as v where {CURRENT} and {condition}")
            without, expected = _timed(engine, bare)
            with_it, found = _timed(login, query.format(source=f"report.{table}"))
            assert found == expected, (name, table)
            print(f"{name:10}{table:8}{without:8.3f} s{with_it:8.3f} s{with_it / without:7.2f}")
        login.dispose()


def _timed(engine: sa.Engine, query: str) -> tuple[float, list[tuple[object, ...]]]:
    spans = []
    with engine.connect() as connection:
        connection.exec_driver_sql("set work_mem = '16MB'")
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            rows = [tuple(row) for row in connection.exec_driver_sql(query)]
            spans.append(time.perf_counter() - begun)
    return statistics.median(spans), rows


if __name__ == "__main__":
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
