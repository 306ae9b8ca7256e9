"""Random pairs of (as of, known at): what the hub answers must equal a brute-force replay of the landed bytes.

``python -m bench.soak.bitemporal --pairs N``; prints pairs tried, rows and cells compared, and violations.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import pathlib
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from bench.soak import history, world
from connectors.definition import REGULATOR
from oracle import timeline
from oracle.cells import CellKey
from oracle.indicators import CATALOGUE
from oracle.landed import reader
from oracle.replay import ReplayReport, replay
from pipeline.hub import Hub
from pipeline.setup import prepare
from schemas.contract import load_contracts
from warehouse.indicators.at import EVERY_CELL, ComputedCell, indicators_at

PAIRS, NIGHTS, SEED = 1000, 14, 20261130
INDICATORS_A_PAIR = 4
TICK, DAY = dt.timedelta(microseconds=1), dt.timedelta(days=1)
Pair = tuple[dt.date, dt.datetime]


@dataclass(frozen=True)
class Outcome:
    """What was compared; ``violations`` are lines, keys only."""

    pairs: int
    rows: int
    cells: int
    violations: tuple[str, ...]


def replayed(hub: Hub) -> ReplayReport:
    """Everything that was landed, replayed by the oracle. Raises RuntimeError when core itself differs from it."""
    senders = {**hub.insurers, REGULATOR: hub.definition(REGULATOR)}
    definitions = {insurer_id: dataclasses.asdict(definition) for insurer_id, definition in senders.items()}
    with hub.engine.connect() as connection:
        report = replay(connection, reader(hub.settings.landing, hub.settings.environ), definitions)
    if report.differences:
        raise RuntimeError(f"core is not as replayed: {report.differences[:3]}")
    return report


def pairs(connection: sa.Connection, chance: random.Random, count: int) -> Iterator[Pair]:
    """Half of the days and moments lie on a boundary or one step beside it, the others anywhere."""
    moments, days = _moments(connection), _days(connection)
    first, last = moments[0] - DAY, moments[-1] + DAY
    seconds = (last - first).total_seconds()
    for _ in range(count):
        moment = chance.choice(moments) + chance.choice((-TICK, dt.timedelta(), TICK))
        if chance.random() < 0.4:
            moment = first + dt.timedelta(seconds=chance.uniform(0, seconds))
        day = chance.choice(days) + chance.choice((-DAY, dt.timedelta(), DAY))
        if chance.random() < 0.3:
            day = days[0] + dt.timedelta(days=chance.randrange((days[-1] - days[0]).days))
        yield day, moment


def check(
    engine: sa.Engine, report: ReplayReport, asked: Sequence[Pair], chance: random.Random, figures: int
) -> Outcome:
    """Compare every table at every pair, and so many indicators each at the first ``figures`` pairs."""
    rows, cells, violations = 0, 0, list[str]()
    for number, (as_of, known_at) in enumerate(asked):
        records = report.at(known_at)
        with engine.connect() as connection:
            compared = timeline.compare(connection, records, as_of, known_at)
            rows += compared.rows
            violations += compared.differing
            if number < figures:
                chosen = chance.sample(_CHOICES, INDICATORS_A_PAIR)
                told = {
                    _key(c): _figure(c) for c in indicators_at(connection, chosen, as_of, known_at, wanted=EVERY_CELL)
                }
                found = timeline.cells(records, report.verdicts_at(known_at), as_of, chosen)
                expected = {k: (c.numerator, c.denominator, c.value, c.shown, c.null_reason) for k, c in found.items()}
                cells += len(told.keys() | expected.keys())
                odd = [k for k in told.keys() | expected.keys() if told.get(k) != expected.get(k)]
                violations += [f"{' '.join(k)} as of {as_of} known at {known_at.isoformat()}" for k in odd]
    return Outcome(len(asked), rows, cells, tuple(violations))


_CHOICES = [(indicator, kind) for indicator, definition in CATALOGUE.items() for kind in definition.periods]


def _key(cell: ComputedCell) -> CellKey:
    return CellKey(cell.indicator, cell.period_kind, cell.region_code, cell.domain_code, cell.insurer_id)


def _figure(cell: ComputedCell) -> tuple[object, ...]:
    return cell.numerator, cell.denominator, cell.value, cell.shown_value, cell.null_reason


def _moments(connection: sa.Connection) -> list[dt.datetime]:
    parts = [
        f"select {column} from {table}"
        for table, columns in (
            *((f"core.{name}", ("recorded_at", "superseded_at")) for name in load_contracts()),
            ("landing.batch", ("received_at",)),
            ("quarantine.row", ("quarantined_at", "resolved_at")),
        )
        for column in columns
    ]
    found = connection.execute(sa.text(" union ".join(parts))).scalars()
    return sorted(moment for moment in found if moment is not None)


def _days(connection: sa.Connection) -> list[dt.date]:
    """Every day on which a record begins or ends to speak, and the day after a policy's last."""
    parts = [
        f"select distinct cast({field} as date) from core.{name}"
        for name, contract in load_contracts().items()
        for field in contract.valid_time.fields
    ]
    found = connection.execute(sa.text(" union ".join(parts))).scalars()
    return sorted(day for day in found if day is not None)


def main() -> int:
    """Play a history, try the pairs, print figures; exit code 1 on any violation."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak.bitemporal", description=__doc__)
    parser.add_argument("--pairs", type=int, default=PAIRS)
    count = parser.parse_args().pairs
    chance = random.Random(SEED)
    with world.own_cluster(durable=False) as cluster, tempfile.TemporaryDirectory(prefix="anze-times-") as name:
        folder, databases = pathlib.Path(name), world.Databases(cluster)
        begun = time.monotonic()
        url = cluster.url(databases.create())
        databases.close()
        prepare(url)
        history.play(url, folder, SEED, NIGHTS, history.INSURERS)
        hub = history.hub_after(NIGHTS, url, folder)
        report = replayed(hub)
        print(f"history: {NIGHTS} nights, {report.rows} rows in {time.monotonic() - begun:.0f} s", flush=True)
        with hub.engine.connect() as connection:
            asked = list(pairs(connection, chance, count))
        begun = time.monotonic()
        outcome = check(hub.engine, report, asked, chance, count)
        hub.engine.dispose()
    print(
        f"bitemporal: {outcome.pairs} pairs tried, {outcome.rows} rows and {outcome.cells} cells compared,"
        f" {len(outcome.violations)} violations, {time.monotonic() - begun:.0f} s"
    )
    for line in outcome.violations[:20]:
        print(line)
    return 1 if outcome.violations else 0


if __name__ == "__main__":
    sys.exit(main())
