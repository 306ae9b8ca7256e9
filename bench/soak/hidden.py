"""Hidden deliveries: what an insurer sent of one record type for some days is taken away; is the truth inside the bounds.

``python -m bench.soak.hidden --cases 1000``: a seeded province stands in core as its insurers' systems told it. A case is a day, a feed and a gap of 1 to 60 days that lasts until the day. What came in the gaps of
one to ten cases of a day is taken away together, then it is published, and each bounded cell compared with the cell of a
publication that lacked nothing.
"""

from __future__ import annotations

import argparse
import datetime as dt
import pathlib
import random
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import psycopg2.extras
import sqlalchemy as sa

from pipeline.services.postgres import Cluster, free_port
from pipeline.setup import prepare
from sandbox.truth import Province, build
from schemas.contract import INSURER_RECORD_TYPES, load_contracts
from warehouse.database.engine import driver
from warehouse.indicators.bounds import load_method
from warehouse.indicators.catalogue import Definition, load_definitions
from warehouse.publishing.publish import publish

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
REGISTERED_AT = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
SETTLED_DAYS = 130
"""Days of the province before the first case: a feed must have a history."""
LONGEST_GAP_DAYS = 60
CellKey = tuple[str, ...]
"""(indicator, period, region, insurer)."""
Feed = tuple[str, str]

_RECEIPTS = """
insert into landing.batch (insurer_id, record_type, channel, received_at, digest, state, received_count, accepted_count,
    quarantined_count, duplicate_count, superseded_count, loaded_at)
select f.insurer_id, f.record_type, 'api', :at, f.insurer_id || f.record_type || cast(:at as text), 'loaded', 0, 0, 0, 0, 0, :at
from unnest(cast(:insurer_ids as text[]), cast(:record_types as text[])) as f (insurer_id, record_type)
"""
_HIDE = (
    "delete from core.{record_type} where insurer_id = :insurer_id and recorded_at > :since and recorded_at <= :until",
    (
        "update core.{record_type} set superseded_at = cast(:until as timestamptz) + interval '1 second'"
        " where insurer_id = :insurer_id and superseded_at > :since and superseded_at <= :until"
    ),
)
_CELLS = """
select v.indicator, v.period_kind, v.region_code, v.insurer_id, v.value
from mart.indicator_value as v where v.publication_id = :publication_id and v.domain_code = '*'
"""
_BOUNDS = """
select b.indicator, b.period_kind, b.region_code, b.insurer_id, b.low, b.high, b.unbounded_reason
from mart.indicator_bound as b where b.publication_id = :publication_id
"""


@dataclass(frozen=True)
class Case:
    """One hidden stretch of one feed, seen on a day."""

    as_of: dt.date
    insurer_id: str
    record_type: str
    gap_days: int

    @property
    def until(self) -> dt.datetime:
        return known_at(self.as_of)

    @property
    def since(self) -> dt.datetime:
        return self.until - dt.timedelta(days=self.gap_days)


@dataclass
class Tally:
    """State: what was compared, and what lay outside."""

    cases: int = 0
    outside: list[str] = field(default_factory=list)
    unbounded: int = 0
    widths: dict[tuple[str, str], list[float]] = field(default_factory=lambda: defaultdict(list))
    """(indicator, kind of cell) -> widths in points, of a hundred."""

    def lines(self) -> Iterator[str]:
        """What was found, an indicator and kind of cell a line."""
        for (indicator, kind), widths in sorted(self.widths.items()):
            ordered = sorted(widths)
            wide = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
            middle = statistics.median(ordered)
            yield f"{indicator:36} {kind:20} {len(ordered):7} cells, width {middle:8.2f} median, {wide:8.2f} at 95 %"
        compared = sum(map(len, self.widths.values()))
        yield f"{self.cases} hidden deliveries, {compared} bounds, {len(self.outside)} outside, {self.unbounded} unbounded"


def known_at(day: dt.date) -> dt.datetime:
    """The end of a day, when it is published."""
    return dt.datetime.combine(day, dt.time(23, 59, 59), SHANGHAI)


def fill(connection: sa.Connection, province: Province) -> None:
    """Put every version of the province into core, and a receipt of every feed for every day."""
    connection.execute(sa.text("set session_replication_role = replica"))
    versions: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for version in province.versions:
        versions[version.record_type, version.insurer_id, version.key].append(version)
    rows: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for (record_type, insurer_id, _), found in versions.items():
        ends = [v.available_at for v in found[1:]] + [None]
        for version, end in zip(found, ends, strict=True):
            rows[record_type].append((insurer_id, version.record, version.available_at, found[0].available_at, end))
    for record_type, registered in province.registers.items():
        rows[record_type] += [("regulator", record, REGISTERED_AT, REGISTERED_AT, None) for record in registered]
    for record_type, found_rows in rows.items():
        _insert(connection, record_type, found_rows)
    receive(connection, feeds_of(province), known_at(province.first_day))
    connection.execute(sa.text("analyze"))


def receive(connection: sa.Connection, feeds: Iterable[Feed], at: dt.datetime) -> None:
    """Write a receipt of each feed at a moment."""
    found = list(feeds)
    names = {"insurer_ids": [insurer_id for insurer_id, _ in found], "record_types": [kind for _, kind in found]}
    connection.execute(sa.text(_RECEIPTS), {**names, "at": at})


def _insert(connection: sa.Connection, record_type: str, rows: Iterable[tuple[Any, ...]]) -> None:
    names = list(load_contracts()[record_type].by_name)
    hub = ["batch_id", "row_no", "content_hash", "recorded_at", "first_received_at", "superseded_at", "is_withdrawn"]
    stored = [
        (insurer_id, *(record[name] for name in names), 1, n, "-", at, first, end, record["operation_code"] == "D")
        for n, (insurer_id, record, at, first, end) in enumerate(rows, 1)
    ]
    with driver(connection).cursor() as cursor:
        query = f"insert into core.{record_type} (insurer_id, {', '.join((*names, *hub))}) values %s"
        psycopg2.extras.execute_values(cursor, query, stored, page_size=1000)


def feeds_of(province: Province) -> list[Feed]:
    """Every insurer of the province with every record type."""
    insurers = sorted({version.insurer_id for version in province.versions})
    return [(insurer_id, record_type) for insurer_id in insurers for record_type in INSURER_RECORD_TYPES]


def draw(rng: random.Random, province: Province, feeds: Sequence[Feed], count: int, days: int) -> list[Case]:
    """So many cases on so many days."""
    span = (province.last_day - province.first_day).days - SETTLED_DAYS
    chosen = [province.last_day - dt.timedelta(days=rng.randint(0, span)) for _ in range(days)]
    return [Case(rng.choice(chosen), *rng.choice(feeds), _gap(rng)) for _ in range(count)]


def together(rng: random.Random, cases: Sequence[Case]) -> Iterator[list[Case]]:
    """Cases of one day in groups of one to ten, no feed twice in a group."""
    left = list(cases)
    while left:
        size = rng.choice((1, 4, 10))
        group = list({(case.insurer_id, case.record_type): case for case in left[:size]}.values())
        yield group
        left = [case for case in left if case not in group]


def _gap(rng: random.Random) -> int:
    """Days; short gaps are likelier."""
    return min(rng.randint(1, LONGEST_GAP_DAYS), rng.randint(1, LONGEST_GAP_DAYS))


def bounded() -> dict[str, Definition]:
    """The definitions that the method bounds, cut as deep as it bounds them."""
    return {
        name: d.model_copy(update={"dimensions": d.dimensions.model_copy(update={"region": "city", "domain": False})})
        for name, d in load_definitions().items()
        if load_method().bounds(d)
    }


def cells(connection: sa.Connection, as_of: dt.date) -> dict[CellKey, Decimal | None]:
    """The truth of a day: what is published when nothing lacks."""
    publication = publish_day(connection, as_of, bounded(), [])
    return {tuple(row[:4]): row.value for row in connection.execute(sa.text(_CELLS), {"publication_id": publication})}


def hide(connection: sa.Connection, case: Case) -> None:
    """Take away what came of a feed in the gap; its last receipt is at the gap's beginning."""
    receive(connection, [(case.insurer_id, case.record_type)], case.since)
    wanted = {**vars(case), "since": case.since, "until": case.until}
    for line in _HIDE:
        connection.execute(sa.text(line.format(record_type=case.record_type)), wanted)


def try_cases(
    connection: sa.Connection,
    group: Sequence[Case],
    feeds: Sequence[Feed],
    truth: Mapping[CellKey, Decimal | None],
    tally: Tally,
) -> None:
    """Hide, publish, compare; everything is undone."""
    hidden_feeds = {(case.insurer_id, case.record_type) for case in group}
    touched = {n: d for n, d in bounded().items() if {case.record_type for case in group} & set(d.feeds)}
    with connection.begin_nested() as hidden:
        for case in group:
            hide(connection, case)
        receive(connection, set(feeds) - hidden_feeds, group[0].until)
        publication = publish_day(connection, group[0].as_of, touched, feeds)
        rows = connection.execute(sa.text(_BOUNDS), {"publication_id": publication}).all()
        hidden.rollback()
    tally.cases += len(group)
    if touched and not rows:
        tally.outside.append(f"{group}: no bound")
    for row in rows:
        value = truth.get(tuple(row[:4]))
        if row.unbounded_reason is not None:
            tally.unbounded += 1
        elif value is not None:
            tally.widths[row.indicator, _kind(row.region_code, row.insurer_id, len(group))].append(
                100 * float(row.high - row.low)
            )
            if not row.low <= value <= row.high:
                tally.outside.append(f"{group}: {' '.join(row[:4])} is {value}, told {row.low} to {row.high}")


def _kind(region_code: str, insurer_id: str, hidden_count: int) -> str:
    """Province or city; of one insurer, or of all with so many feeds hidden."""
    area = "province" if region_code.endswith("0000") else "city"
    return f"{area}, {hidden_count} hidden" if insurer_id == "*" else f"{area}, insurer"


def publish_day(
    connection: sa.Connection, as_of: dt.date, definitions: Mapping[str, Definition], feeds: Sequence[Feed]
) -> int:
    """Publish a day at its end; which publication it is."""
    at = known_at(as_of)
    since = at - dt.timedelta(hours=12)
    made = publish(
        connection, as_of, at, at, expected=feeds, delivered_since=since, definitions=definitions, may_lack=False
    )
    return made.publication_id


def run(url: str, province: Province, cases: Sequence[Case], rng: random.Random) -> Tally:
    """Try cases, those of a day after each other."""
    tally, feeds, engine, told = Tally(), feeds_of(province), sa.create_engine(url), 0
    by_day: dict[dt.date, list[Case]] = defaultdict(list)
    for case in cases:
        by_day[case.as_of].append(case)
    with engine.connect() as connection:
        connection.execute(sa.text("set session_replication_role = replica"))
        for as_of, of_day in sorted(by_day.items()):
            with connection.begin_nested() as true_state:
                truth = cells(connection, as_of)
                true_state.rollback()
            for group in together(rng, of_day):
                try_cases(connection, group, feeds, truth, tally)
            print(f"{as_of}: {tally.cases} cases", *tally.outside[told:], sep="\n", flush=True)
            told = len(tally.outside)
    engine.dispose()
    return tally


def main(arguments: Sequence[str] | None = None) -> int:
    """Build, hide, tell; 1 when a bound did not hold."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak.hidden", description=__doc__)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--days", type=int, default=25, help="How many days they are spread over.")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--scale", type=float, default=0.01)
    options = parser.parse_args(arguments)
    begun, province = time.monotonic(), build(options.seed, options.scale)
    with tempfile.TemporaryDirectory(prefix="anze-hidden-") as folder:
        cluster = Cluster(pathlib.Path(folder) / "pg", free_port())
        cluster.start(shared_buffers="128MB", fsync="off", full_page_writes="off", synchronous_commit="off")
        try:
            url = cluster.url("postgres")
            prepare(url)
            with sa.create_engine(url).begin() as connection:
                fill(connection, province)
            rng = random.Random(options.seed)
            tally = run(url, province, draw(rng, province, feeds_of(province), options.cases, options.days), rng)
        finally:
            cluster.stop("immediate")
    print(*tally.lines(), f"{time.monotonic() - begun:.0f} s in all", sep="\n", flush=True)
    return 1 if tally.outside else 0


if __name__ == "__main__":
    sys.exit(main())
