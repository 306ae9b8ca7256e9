"""What the ledger costs: a receipt and a load with and without it, loads side by side, and a walk along many entries.

    python -m bench.ledger 100000

With fsync, as an installation runs. Deliveries hold one row: what is told is the ledger's share at its largest. The walk
reads no files: their share is the disk's.
"""

from __future__ import annotations

import pathlib
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa

from pipeline.services.postgres import Cluster, free_port
from pipeline.setup import prepare
from tests.warehouse.building import at, land_rows, load_rows, policy
from warehouse.database import access
from warehouse.database.engine import connect
from warehouse.landing import ledger

ROUNDS = 60
TABLES = ("landing.batch", "landing.load", "landing.decision", "landing.discard", "mart.publication", "mart.frozen")
MANY = """
insert into landing.payload (sha256, size_bytes, media_type, landed_at)
select encode(sha256(convert_to('b' || n, 'UTF8')), 'hex'), n, 'text/csv', now() from generate_series(1, {size}) as n;
with landed as (
    insert into landing.batch (
        insurer_id, record_type, channel, received_at, digest, state, loaded_at, contract_version, ruleset_version,
        calendar_version, received_count, accepted_count, quarantined_count, duplicate_count, superseded_count
    )
    select 'insurer' || mod(n, 35), 'policy', 'api', t.at, 'digest' || n, 'loaded', t.at, '1', 'r', 'c', n, n, 0, 0, 0
    from generate_series(1, {size}) as n cross join (select cast('2026-11-01' as timestamptz) as at) as t
    returning batch_id, received_count as n
), filed as (
    insert into landing.batch_payload (batch_id, position, sha256, name)
    select batch_id, 1, encode(sha256(convert_to('b' || n, 'UTF8')), 'hex'), 'f.csv' from landed
)
insert into landing.load (
    load_no, batch_id, kind, recorded_at, contract_version, ruleset_version, calendar_version, definition_digest, state,
    received_count, accepted_count, quarantined_count, duplicate_count, superseded_count, withdrawn_count
)
select nextval('landing.load_no'), batch_id, 'first', '2026-11-01', '1', 'r', 'c', '', 'loaded', n, n, 0, 0, 0, 0 from landed
"""


def measure(entries: int) -> None:
    """Tell all of it."""
    with tempfile.TemporaryDirectory(prefix="anze-bench-") as folder:
        server = Cluster(pathlib.Path(folder) / "pg", free_port())
        server.start(shared_buffers="512MB")
        try:
            _measure(server, pathlib.Path(folder), entries)
        finally:
            server.stop("immediate")


def _measure(server: Cluster, folder: pathlib.Path, entries: int) -> None:
    admin = sa.create_engine(server.url("postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql("create database anze")
    prepare(server.url("anze"))
    owner = sa.create_engine(server.url("anze"), isolation_level="AUTOCOMMIT")
    loader = connect(server.url("anze"), role=access.LOADER)
    for label, act in (("receipt", _land), ("load of one row", _load)):
        _compare(owner, label, lambda n, act=act, label=label: act(loader, folder, f"{label} {n}"))  # type: ignore[misc]
    for label in ("without", "with the ledger"):
        _switch(owner, "disable" if label == "without" else "enable")
        with ThreadPoolExecutor(4) as pool:
            seconds = _seconds(
                lambda pool=pool, label=label: list(pool.map(_ten_loads(loader, folder, label), range(4)))
            )  # type: ignore[misc]
        print(f"40 loads by 4 loaders, {label}: {seconds:.2f} s")
    seconds = _seconds(lambda: _fill(owner, entries // 2))
    print(f"{entries} entries appended in one transaction: {seconds:.1f} s, {seconds / entries * 1e3:.2f} ms each")
    begun = time.perf_counter()
    found = ledger.walk(loader)
    # What was landed while the triggers were off is told as not attested.
    unattested = sum(each.position is None for each in found.broken)
    print(
        f"walk: {found.entries} entries in {time.perf_counter() - begun:.1f} s, broken {len(found.broken) - unattested}"
    )
    owner.dispose()
    loader.dispose()


def _compare(owner: sa.Engine, label: str, act: Callable[[str], None]) -> None:
    for switch, told in (("disable", "without"), ("enable", "with the ledger")):
        _switch(owner, switch)
        times = [_seconds(lambda n=n: act(n)) for n in (f"{switch} {n}" for n in range(ROUNDS))]  # type: ignore[misc]
        _tell(f"{label}, {told}", times)


def _ten_loads(engine: sa.Engine, folder: pathlib.Path, label: str) -> Callable[[int], None]:
    def load(loader: int) -> None:
        for n in range(10):
            _load(engine, folder, f"{label} {loader} {n}", f"i{loader}")

    return load


def _fill(owner: sa.Engine, batches: int) -> None:
    with owner.connect() as connection:
        connection.exec_driver_sql("begin")
        connection.exec_driver_sql(MANY.format(size=batches))
        connection.exec_driver_sql("commit")
        connection.exec_driver_sql("analyze")


def _land(engine: sa.Engine, folder: pathlib.Path, name: str) -> None:
    land_rows(engine, folder, "claim", [policy(name, at(16))], at(18))


def _load(engine: sa.Engine, folder: pathlib.Path, name: str, insurer_id: str = "lichun") -> None:
    load_rows(engine, folder, "policy", [policy(name, at(16))], at(18), insurer_id=insurer_id)


def _switch(owner: sa.Engine, switch: str) -> None:
    with owner.connect() as connection:
        for table in TABLES:
            connection.exec_driver_sql(f"alter table {table} {switch} trigger attested")


def _seconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def _tell(label: str, times: list[float]) -> None:
    print(f"{label}: median {statistics.median(times) * 1e3:.1f} ms, worst {max(times) * 1e3:.1f} ms")


if __name__ == "__main__":
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
