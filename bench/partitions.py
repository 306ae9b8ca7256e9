"""Whether core's tables should be partitioned by insurer: one table of a nation's rows, flat and in parts, side by side.

    python -m bench.partitions 30

Millions of rows, made from a sandbox's by counting its numbers on, stand in a copy of one of core's tables with its indexes,
and then in one that is partitioned by hash of the insurer, whose primary key must name the insurer, too. On each: what a
load asks of it and writes, what a reader asks, what a publication reads, and what keeping it costs. Every act is done
some times and undone; told are medians.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import sqlalchemy as sa

from bench.province import EVENING, load_night, load_registers, own_warehouse
from sandbox import truth
from schemas.contract import load_contract

RECORD_TYPE, PARTS, TIMES, SEED_SCALE = "service_record", 16, 5, 0.05
KEY = load_contract(RECORD_TYPE).key[0]
#: What numbers are counted on, so that rows of one copy belong together.
COUNTED = (KEY, "policy_no", "insured_credit_code")
SEED = f"core.{RECORD_TYPE}"
#: Rows of the insurer with the most, as a load of so many would bring: known ones, and the same under new numbers.
BATCH = """
create temporary table batch as
select * from trial.t
where insurer_id = (select insurer_id from core.{record_type} group by 1 order by count(*) desc limit 1)
limit {count}
"""
ACTS: dict[str, str] = {
    "known: {count:,} rows of one insurer, by key": (
        "select count(*), max(t.version_id) from batch as b"
        " inner join trial.t on b.insurer_id = t.insurer_id and b.{key} = t.{key} and t.superseded_at is null"
    ),
    "superseded: {count:,}": (
        "update trial.t set superseded_at = now() from batch as b"
        " where t.version_id = b.version_id and t.insurer_id = b.insurer_id"
    ),
    "written: {count:,}": "insert into trial.t select * from fresh",
}
ASKED = {
    "one record by insurer and key": (
        "select * from trial.t where insurer_id = (select insurer_id from batch limit 1)"
        " and {key} = (select {key} from batch limit 1) and superseded_at is null"
    ),
    "an enterprise's, of all insurers": (
        "select count(*) from trial.t where superseded_at is null and policy_no = (select policy_no from batch limit 1)"
    ),
    "an insurer's year: count and last change": (
        "select count(*), max(source_updated_at) from trial.t where superseded_at is null"
        " and insurer_id = (select insurer_id from batch limit 1)"
    ),
    "everybody's: by insurer, as a publication reads": (
        "select insurer_id, count(*), max(source_updated_at) from trial.t where superseded_at is null group by 1"
    ),
}
INDEXES = """
select pg_get_indexdef(i.indexrelid), i.indisprimary
from pg_index as i where i.indrelid = cast(:seed as regclass) order by 1
"""


def measure(millions: float) -> None:
    """Fill both tables, one after the other, and tell of each act."""
    with own_warehouse() as (server, folder):
        engine = sa.create_engine(server.url("postgres"))
        province = truth.build(1, SEED_SCALE)
        load_registers(engine, folder / "landing", province)
        load_night(engine, folder / "landing", province, None, EVENING, EVENING)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            run = connection.exec_driver_sql
            indexes = connection.execute(sa.text(INDEXES), {"seed": SEED}).all()
            seeds = run(f"select count(*) from {SEED}").scalar_one()
            copies = round(millions * 1e6 / seeds)
            for name, parts in (("flat", 0), (f"{PARTS} parts", PARTS)):
                begun = time.perf_counter()
                _fill(run, [row[0] for row in indexes if not row[1]], parts, copies)
                size = run(
                    "select round(sum(pg_total_relation_size(oid)) / 1e9, 1) from pg_class"
                    " where relnamespace = 'trial'::regnamespace and relkind = 'r'"
                ).scalar_one()
                print(
                    f"{name}: {seeds * copies:,} rows, {size} GB, filled in {time.perf_counter() - begun:.0f} s",
                    flush=True,
                )
                for count in (1_000, 20_000, 200_000):
                    run("drop table if exists batch, fresh")
                    run(BATCH.format(record_type=RECORD_TYPE, count=count))
                    run("create temporary table fresh as select * from batch")
                    run(f"update fresh set {KEY} = {KEY} || 'x', version_id = -version_id")
                    run("analyze batch, fresh")
                    for act, query in ACTS.items():
                        _tell(name, act.format(count=count), _undone(connection, query.format(key=KEY), count))
                for act, query in ASKED.items():
                    _tell(name, act, _undone(connection, query.format(key=KEY), 0))
                _tell(name, "vacuum (analyze) of all", [_timed(lambda: run("vacuum (analyze) trial.t"))])
                run("drop schema trial cascade")
        engine.dispose()


def _fill(run: Callable[[str], object], indexes: list[str], parts: int, copies: int) -> None:
    """Make the table with all rows, then its indexes, as a restore does."""
    run("create schema trial")
    by_parts = " partition by hash (insurer_id)" if parts else ""
    run(f"create table trial.t (like {SEED} including defaults including constraints){by_parts}")
    for number in range(parts):
        run(f"create table trial.t{number} partition of trial.t for values with (modulus {parts}, remainder {number})")
    columns = [
        row[0]
        for row in run(
            f"select attname from pg_attribute where attrelid = '{SEED}'::regclass and attnum > 0 and not attisdropped order by attnum"
        )
    ]  # type: ignore[attr-defined]
    values = [
        f"s.{name} || '-' || n" if name in COUNTED
        else f"s.{name} + n * 100000000::bigint" if name == "version_id"
        else f"s.{name}"
        for name in columns
    ]  # fmt: skip
    run(
        f"insert into trial.t ({', '.join(columns)}) select {', '.join(values)} from generate_series(1, {copies}) as n, {SEED} as s"
    )
    run("set maintenance_work_mem = '2GB'")
    run(f"alter table trial.t add primary key ({'insurer_id, ' if parts else ''}version_id)")
    for number, text in enumerate(indexes):
        name = text.split(" ON ")[0].split()[-1]
        run(text.replace(f" {name} ", f" t_{number} ").replace(f"ON {SEED} ", "ON trial.t "))
    run("vacuum (analyze) trial.t")


def _undone(connection: sa.Connection, query: str, count: int) -> list[float]:
    """Seconds of an act, some times; what it wrote is undone. Large batches are joined whole, as a load does."""
    found = []
    for _ in range(TIMES):
        connection.exec_driver_sql("begin")
        if count > 50_000:
            connection.exec_driver_sql("set local enable_nestloop = off")
        found.append(_timed(lambda: connection.exec_driver_sql(query)))
        connection.exec_driver_sql("rollback")
    return found


def _timed(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def _tell(name: str, act: str, seconds: list[float]) -> None:
    print(f"  {name:9} {act:52} {statistics.median(seconds) * 1000:12,.1f} ms", flush=True)


if __name__ == "__main__":
    measure(float(sys.argv[1]) if len(sys.argv) > 1 else 30.0)
