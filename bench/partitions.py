"""Whether core's tables should be partitioned by insurer: one table of a nation's rows, flat and in parts, one after the other.

    python -m bench.partitions 30

Millions of rows, made from a sandbox's by counting its numbers on, stand in a copy of one of core's tables with its indexes,
and then in one that is partitioned by hash of the insurer, whose primary key must name the insurer, too. On each: what a
load asks of it and writes, for the insurer with the most rows; what a reader asks, what a publication reads, and what keeping
it costs. Every act is done some times and undone; told are medians.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bench.province import EVENING, load_night, load_registers, own_warehouse
from sandbox import truth
from schemas.contract import load_contract

RECORD_TYPE, PARTS, TIMES, SEED_SCALE = "service_record", 16, 3, 0.05
SEED, KEY = f"core.{RECORD_TYPE}", load_contract(RECORD_TYPE).key[0]
#: What numbers are counted on, so that rows of one copy belong together.
COUNTED = (KEY, "policy_no", "insured_credit_code")
LARGEST = f"select insurer_id from {SEED} group by 1 order by count(*) desc limit 1"
BATCHES = (1_000, 20_000, 200_000)
KNOWN = (
    "select count(*), max(t.version_id) from batch as b"
    " inner join trial.t on t.insurer_id = '{insurer}' and t.{key} = b.{key} and t.superseded_at is null"
)
#: Of a batch: name, planner's setting, statement. A load looks up small batches one by one and joins large ones whole.
ACTS = (
    ("known, looked up one by one", "enable_hashjoin, enable_mergejoin", KNOWN),
    ("known, joined whole", "enable_nestloop", KNOWN),
    (
        "superseded",
        "",
        (
            "update trial.t set superseded_at = now() from batch as b"
            " where t.version_id = b.version_id and t.insurer_id = '{insurer}'"
        ),
    ),
    ("written", "", "insert into trial.t select * from fresh"),
)
ASKED = (
    (
        "one record, by insurer and key",
        (
            "select * from trial.t where insurer_id = '{insurer}' and superseded_at is null"
            " and {key} = (select {key} from batch limit 1)"
        ),
    ),
    (
        "a policy's, whoever insures it",
        "select count(*) from trial.t where superseded_at is null and policy_no = (select policy_no from batch limit 1)",
    ),
    (
        "an insurer's: count and last change",
        "select count(*), max(source_updated_at) from trial.t where superseded_at is null and insurer_id = '{insurer}'",
    ),
    (
        "everybody's, as a publication reads",
        "select insurer_id, count(*), max(source_updated_at) from trial.t where superseded_at is null group by 1",
    ),
)
INDEXES = """
select pg_get_indexdef(i.indexrelid)
from pg_index as i where i.indrelid = cast(:seed as regclass) and not i.indisprimary order by 1
"""
COLUMNS = """
select attname from pg_attribute
where attrelid = cast(:seed as regclass) and attnum > 0 and not attisdropped order by attnum
"""
SIZE = """
select round(sum(pg_total_relation_size(oid)) / 1e9, 1)
from pg_class where relnamespace = 'trial'::regnamespace and relkind = 'r'
"""


def measure(millions: float) -> None:
    """Fill both tables, one after the other, and tell of each act."""
    with own_warehouse() as (server, folder):
        engine = sa.create_engine(server.url("postgres"))
        province = truth.build(1, SEED_SCALE)
        load_registers(engine, folder / "landing", province)
        load_night(engine, folder / "landing", province, None, EVENING, EVENING)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for parts in (0, PARTS):
                for line in Trial(connection, parts).told(millions):
                    print(f"{parts or 'no':>2} parts  {line}", flush=True)
        engine.dispose()


@dataclass(frozen=True)
class Trial:
    """The table ``trial.t`` in some parts, none being a table as core's is."""

    connection: sa.Connection
    parts: int

    def told(self, millions: float) -> Iterator[str]:
        """Make it, a line for each act, and drop it."""
        insurer, seeds = self.one(LARGEST), self.one(f"select count(*) from {SEED}")
        yield self.filled(round(millions * 1e6 / seeds))
        for count in BATCHES:
            self.run("drop table if exists batch, fresh")
            self.run(
                f"create temporary table batch as select * from trial.t where insurer_id = '{insurer}' limit {count}"
            )
            self.run("create temporary table fresh as select * from batch")
            self.run(f"update fresh set {KEY} = {KEY} || 'x', version_id = -version_id")
            self.run("analyze batch, fresh")
            for name, without, query in ACTS:
                yield self.timed(f"{name}: {count:,}", without, query.format(insurer=insurer, key=KEY))
        for name, query in ASKED:
            yield self.timed(name, "", query.format(insurer=insurer, key=KEY))
        begun = time.perf_counter()
        self.run("vacuum (analyze) trial.t")
        yield f"vacuum (analyze): {time.perf_counter() - begun:.1f} s"
        self.run("drop schema trial cascade")

    def filled(self, copies: int) -> str:
        """Make the table with all rows, then its indexes, as a restore does."""
        begun = time.perf_counter()
        by_parts = " partition by hash (insurer_id)" if self.parts else ""
        self.run("create schema trial")
        self.run(f"create table trial.t (like {SEED} including defaults including constraints){by_parts}")
        for number in range(self.parts):
            of = f"with (modulus {self.parts}, remainder {number})"
            self.run(f"create table trial.t{number} partition of trial.t for values {of}")
        columns = self.connection.execute(sa.text(COLUMNS), {"seed": SEED}).scalars().all()
        values = [
            f"s.{name} || '-' || n" if name in COUNTED
            else f"s.{name} + n * 100000000::bigint" if name == "version_id"
            else f"s.{name}"
            for name in columns
        ]  # fmt: skip
        copied = f"select {', '.join(values)} from generate_series(1, {copies}) as n, {SEED} as s"
        self.run(f"insert into trial.t ({', '.join(columns)}) {copied}")
        self.run("set maintenance_work_mem = '2GB'")
        self.run(f"alter table trial.t add primary key ({'insurer_id, ' if self.parts else ''}version_id)")
        for number, text in enumerate(self.connection.execute(sa.text(INDEXES), {"seed": SEED}).scalars().all()):
            name = text.split(" ON ")[0].split()[-1]
            self.run(text.replace(f" {name} ", f" t_{number} ").replace(f"ON {SEED} ", "ON trial.t "))
        self.run("vacuum (analyze) trial.t")
        rows, size = self.one("select count(*) from trial.t"), self.one(SIZE)
        return f"{rows:,} rows, {size} GB, filled in {time.perf_counter() - begun:.0f} s"

    def timed(self, name: str, without: str, query: str) -> str:
        """An act without some of the planner's means, some times; what it wrote is undone."""
        found = []
        for _ in range(TIMES):
            self.run("begin")
            for means in filter(None, without.split(", ")):
                self.run(f"set local {means} = off")
            begun = time.perf_counter()
            self.run(query)
            found.append(time.perf_counter() - begun)
            self.run("rollback")
        return f"{name:48}{statistics.median(found) * 1000:12,.1f} ms"

    def run(self, query: str) -> sa.CursorResult[Any]:
        return self.connection.exec_driver_sql(query)

    def one(self, query: str) -> Any:
        return self.run(query).scalar_one()


if __name__ == "__main__":
    measure(float(sys.argv[1]) if len(sys.argv) > 1 else 30.0)
