"""The load path against raw COPY: 200,000 policies from one CSV file, in one run on a throw-away cluster.

Run with `make bench`. The ratio is what counts: the seconds drift with the machine.
"""

from __future__ import annotations

import datetime as dt
import pathlib
import sys
import tempfile
import time
from decimal import Decimal

import pyarrow as pa
import sqlalchemy as sa

from connectors import mapping, parse
from connectors.model import SourceFormat
from connectors.template import named_after
from pipeline.scheduling.warm import warm_up
from pipeline.services.postgres import Cluster, free_port
from pipeline.setup import prepare
from quality.catalogue import load_rules
from quality.check import check
from quality.messages import telling
from sandbox import drops, truth
from schemas.contract import load_contract
from schemas.delivery import Delivery, Payload
from warehouse.database.copying import copy_lines, written
from warehouse.landing import receipts
from warehouse.landing.load_report import Versions
from warehouse.landing.receipts import read_batch
from warehouse.loading.load import Loading

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
NOW = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
POLICY = load_contract("policy")


def policies() -> list[dict[str, object]]:
    """Policies of the sandbox, repeated under other numbers until there are enough."""
    province = truth.build(1, Decimal("0.02"))
    known = [v.record for v in province.versions if v.record_type == "policy" and v.record["operation_code"] == "I"]
    rows = []
    for n in range(ROWS):
        record = dict(known[n % len(known)])
        rows.append(record | {"policy_no": f"B{n:09d}", "insurer_code": "LICHUN", "previous_policy_no": None})
    return rows


def raw_copy(engine: sa.Engine, table: pa.Table) -> float:
    """Seconds to COPY the same typed rows into a table of the same shape with the same key."""
    begun = time.monotonic()
    with engine.begin() as connection:
        connection.execute(sa.text("create table raw_policy as select * from core.policy limit 0"))
        connection.execute(sa.text("alter table raw_policy add primary key (insurer_code, policy_no)"))
        copy_lines(connection, "raw_policy", written(table.select([f.name for f in POLICY.fields])))
    return time.monotonic() - begun


def main() -> None:
    """Measure each step, then the same rows by COPY alone."""
    warm_up()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="anze-bench-"))
    cluster = Cluster(folder / "pg", free_port())
    cluster.start()
    engine = sa.create_engine(cluster.url("postgres"))
    prepare(cluster.url("postgres"))
    path = drops.write_file("csv_utf8", folder, "policy", policies(), NOW.date())
    payload = Payload(path.name, "text/csv", path.read_bytes())
    landed = receipts.land(
        engine, receipts.Store(folder / "landing"), Delivery("lichun", "policy", "drop", NOW, (payload,))
    )
    spent = dict.fromkeys(("parse", "map", "check", "stage", "merge"), 0.0)
    begun = mark = time.monotonic()

    def lap(step: str) -> None:
        nonlocal mark
        spent[step] += time.monotonic() - mark
        mark = time.monotonic()

    layout, rules, kept = named_after(POLICY, canonical=True), load_rules(), []
    tell = telling(rules.by_id, POLICY)
    with Loading(
        engine, read_batch(engine, landed.batch_id), "bench", POLICY, NOW, Versions(rules.version, "bench"), tell
    ) as loading:
        for raw in parse.read_batch([path], SourceFormat("csv")):
            lap("parse")
            mapped = mapping.apply(raw, layout, POLICY)
            lap("map")
            checked = check(mapped.table, POLICY, rules, NOW)
            lap("check")
            loading.stage(checked.table, checked.findings)
            kept.append(checked.table)
            lap("stage")
        report = loading.merge(rules.sql_rules("policy"))
    lap("merge")
    total = time.monotonic() - begun
    copied = raw_copy(engine, pa.concat_tables(kept))
    steps = ", ".join(f"{step} {seconds:.1f}" for step, seconds in spent.items())
    print(f"{report.accepted} of {report.received} policies loaded in {total:.1f} s ({steps})")
    print(
        f"raw COPY of the same rows {copied:.1f} s; whole path {total / copied:.1f}x; stage and merge {(spent['stage'] + spent['merge']) / copied:.1f}x"
    )
    engine.dispose()
    cluster.stop("immediate")


if __name__ == "__main__":
    main()
