"""What a hub costs as it grows to several provinces' records: load, publication, a reader's queries, size.

    python -m bench.volume 10

Each province is the sandbox's, whose records keep their insurers, and get numbers and enterprises of their own. After each,
one line: what it took to load (by the clock, and of processors), what the database weighs; after the first and each doubling
also a publication. Rows come as the loader stages them, unread and unjudged: what judging costs does not depend on volume.
"""

from __future__ import annotations

import datetime as dt
import pathlib
import sys
import time
from collections.abc import Iterable
from dataclasses import replace

import sqlalchemy as sa

from bench.processor import processor_seconds
from bench.province import AS_OF, EVENING, load_night, load_registers, own_warehouse, versions
from pipeline.services.postgres import Cluster
from sandbox import truth
from sandbox.truth.province import Record, Version
from schemas.contract import load_contracts
from warehouse.database import access
from warehouse.database.engine import connect
from warehouse.publishing.publish import publish

HOUR = dt.timedelta(hours=1)
SIZE = "select round(pg_database_size(current_database()) / 1e9, 2)"
#: What a person asks for while all of it stands there: one enterprise's policies, and a city's premium.
QUERIES = {
    "enterprise": "select count(*) from report.policy where insured_credit_code = (select min(credit_code) from core.enterprise)",
    "city": "select count(*), sum(written_premium_amount) from report.policy where region_code like '3702%%'",
}


def measure(count: int, scale: float) -> None:
    """Load one province after the other and tell of each."""
    with own_warehouse() as (server, folder):
        engine = sa.create_engine(server.url("postgres"))
        province = truth.build(1, scale)
        for number in range(1, count + 1):
            line = loaded(server, engine, folder / "landing", another(province, number))
            if number & (number - 1) == 0 or number == count:
                line |= published(server, number)
            print(f"province {number}  " + "  ".join(f"{name} {value}" for name, value in line.items()), flush=True)


def loaded(server: Cluster, engine: sa.Engine, landing: pathlib.Path, province: truth.Province) -> dict[str, object]:
    """Load one more province; what it took."""
    begun, worked = time.perf_counter(), processor_seconds(server)
    load_registers(engine, landing, province)
    rows = load_night(engine, landing, province, None, EVENING, EVENING)
    waited, worked = time.perf_counter() - begun, processor_seconds(server) - worked
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("vacuum analyze")
        size = connection.exec_driver_sql(SIZE).scalar_one()
    return {
        "rows": f"{rows:,}",
        "load_s": round(waited),
        "cpu_us_a_row": round(worked / rows * 1e6),
        "database_gb": size,
    }


def published(server: Cluster, number: int) -> dict[str, object]:
    """Publish the day; what it took, and then what a reader waits for."""
    engine = connect(server.url("postgres"), role=access.LOADER)
    known_at = EVENING + number * HOUR
    begun, worked = time.perf_counter(), processor_seconds(server)
    with engine.begin() as connection:
        publish(
            connection,
            AS_OF,
            known_at,
            known_at,
            expected=[],
            delivered_since=EVENING,
            versions=versions(),
            beside=engine,
        )
    line: dict[str, object] = {
        "publish_s": round(time.perf_counter() - begun, 1),
        "publish_cpu_s": round(processor_seconds(server) - worked, 1),
    }
    with engine.connect() as connection:
        for name, query in QUERIES.items():
            begun = time.perf_counter()
            connection.exec_driver_sql(query)
            line[f"{name}_ms"] = round((time.perf_counter() - begun) * 1000, 1)
    engine.dispose()
    return line


def another(province: truth.Province, number: int) -> truth.Province:
    """The same province with other numbers and other enterprises."""
    contracts = load_contracts()
    named = {name: _named(contract.by_name) for name, contract in contracts.items()}

    def moved(record: Record, record_type: str) -> Record:
        changes = {name: f"{number:02}{record[name]}" for name in named[record_type] if record.get(name)}
        return {**record, **changes}

    def again(version: Version) -> Version:
        record = moved(version.record, version.record_type)
        return version._replace(record=record, key=tuple(record[name] for name in contracts[version.record_type].key))

    registers = {name: [moved(row, name) for row in rows] for name, rows in province.registers.items()}
    return replace(province, registers=registers, versions=list(map(again, province.versions)))


def _named(fields: Iterable[str]) -> list[str]:
    return [name for name in fields if name.endswith(("_no", "credit_code"))]


if __name__ == "__main__":
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else 10, float(sys.argv[2]) if len(sys.argv) > 2 else 1.0)
