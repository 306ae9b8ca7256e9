"""Replay against first load: 200,000 policies from one CSV file, in one run on a throw-away cluster.

Three loads of the same bytes: the first; a replay in which nothing changed; a replay after a mapping fix that changes
every row. Run with `python -m bench.replay [rows]`. The ratios are what counts: the seconds drift with the machine.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import pathlib
import sys
import tempfile

import sqlalchemy as sa

from bench.load import NOW, policies
from connectors.definition import definition_of, load_definition
from pipeline.judging.judge import Judgement, LoadMode, judge
from pipeline.scheduling.warm import warm_up
from pipeline.services.postgres import Cluster, free_port
from pipeline.setup import prepare
from quality.catalogue import load_rules
from quality.working_days import load_calendar
from sandbox import drops
from schemas.delivery import Delivery, Payload
from warehouse.landing import receipts
from warehouse.landing.load_report import LoadReport

SENDER = "tianquan"
#: What the mapping fix mends: two columns that were taken for each other.
MISTAKE = "records:\n  policy:\n    columns: {insured_name: holder_name, holder_name: insured_name}\n"


def judgements() -> tuple[Judgement, Judgement]:
    """What judged before the fix, and what judges after it."""
    after = load_definition(SENDER, environ={})
    texts = {name: text + (MISTAKE if "insurers" in name else "") for name, text in after.texts.items()}
    before = Judgement(definition_of(SENDER, texts, {}), load_rules(), load_calendar().version)
    return before, dataclasses.replace(before, definition=after)


def tell(what: str, report: LoadReport, first: LoadReport) -> None:
    """One line: rows a second, and against the first load."""
    changed = report.accepted + report.superseded
    rate = report.received / report.seconds
    print(f"{what}: {report.received} rows in {report.seconds:.1f} s = {rate:,.0f} rows/s "
          f"({first.seconds / report.seconds:.2f}x first load), {changed} changed, {report.quarantined} held")  # fmt: skip


def main() -> None:
    """Load, replay unchanged, replay changed."""
    warm_up()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="anze-bench-"))
    cluster = Cluster(folder / "pg", free_port())
    cluster.start()
    engine = sa.create_engine(cluster.url("postgres"))
    prepare(cluster.url("postgres"))
    rows = [row | {"insurer_code": SENDER.upper(), "holder_name": "投保人有限公司"} for row in policies()]
    path = drops.write_file("csv_utf8", folder, "policy", rows, NOW.date())
    payload = Payload(path.name, "text/csv", path.read_bytes())
    store = receipts.Store(folder / "landing")
    batch_id = receipts.land(engine, store, Delivery(SENDER, "policy", "drop", NOW, (payload,))).batch_id
    batch = receipts.read_batch(engine, batch_id)
    before, after = judgements()
    hour = dt.timedelta(hours=1)
    first = judge(engine, store, batch, before, LoadMode(NOW))
    tell("first load", first, first)
    tell("replay, nothing changed", judge(engine, store, batch, before, LoadMode(NOW + hour, "replay")), first)
    tell("replay, every row changed", judge(engine, store, batch, after, LoadMode(NOW + 2 * hour, "replay")), first)
    engine.dispose()
    cluster.stop("immediate")


if __name__ == "__main__":
    sys.exit(main())
