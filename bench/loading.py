"""The load path against raw COPY, psql's own copy, dlt and Singer: the same file, in turn, tables fresh each time.

    python -m bench load --types policy service_record --rows 20000 200000 --times 5

Ours is the composition that runs in production: ``steps.submit`` and ``steps.load`` on a throw-away installation that is
settled (registers, a neighbour's policies, analyzed). Three deliveries a round: the first, the same rows again in other
bytes, and one row in ten changed; one row in a hundred is held each time.
"""

from __future__ import annotations

import contextlib
import functools
import pathlib
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg2

from bench import peers
from bench.apart import apart, timed
from bench.figures import Measurement, Spread, megabytes, ratio, seconds, table, verdict, write
from bench.files import KEY, SERVICES_A_POLICY, VARIANTS, file_of
from bench.rooms import SETTLED, YOUNG, Room, room, settle
from pipeline import steps
from pipeline.settings import load_settings
from schemas.contract import load_contract
from warehouse.loading.load import Loading

DELIVERIES = {"first": "first load", "again": "same again", "changed": "10 % changed"}
#: What a submission costs before its rows do.
START = "anze submit, one row"
DATABASE, PEER, PLAIN, TYPED = "measured", "peer", "raw_copy", "typed_copy"
ANZE = pathlib.Path(sys.executable).with_name("anze")
#: Keys of core's table on the table beside it.
KEYS = """
select replace(pg_get_indexdef(indexrelid), ' core.{record_type} ', ' {table} ')
from pg_index where indrelid = 'core.{record_type}'::regclass and (indisunique or {is_all})
"""
Found = dict[str, list[Measurement]]


@dataclass(frozen=True)
class Largest:
    """The largest files, in rows, that each peer loads: beyond them they take hours."""

    dlt: int
    singer: int


def load(environ: dict[str, str], record_type: str, path: str) -> dict[str, Any]:
    """Submit and load one file in this process; seconds of both, of staging and merging, and what became of the rows."""
    spent: dict[str, float] = defaultdict(float)
    for step in ("stage", "merge"):
        setattr(Loading, step, _clocked(getattr(Loading, step), spent, step))
    hub = steps.open_hub(load_settings(environ))
    begun = time.perf_counter()
    landed = steps.submit(hub, VARIANTS["first"].insurer_id, record_type, pathlib.Path(path))
    report = steps.load(hub, landed.batch_id)
    counts = {name: getattr(report, name) for name in ("accepted", "quarantined", "duplicate")}
    return {"seconds": time.perf_counter() - begun, **spent, **counts}


def _clocked(act: Callable[..., Any], spent: dict[str, float], step: str) -> Callable[..., Any]:
    @functools.wraps(act)
    def clocked(*given: Any, **named: Any) -> Any:
        begun = time.perf_counter()
        try:
            return act(*given, **named)
        finally:
            spent[step] += time.perf_counter() - begun

    return clocked


def measure(record_types: Sequence[str], sizes: Sequence[int], times: int, largest: Largest) -> None:
    """Measure and write a section a record type and size, and one of how a row's cost grows."""
    per_row: dict[int, Spread] = {}
    with room() as opened:
        neighboured = settle(opened)
        for record_type in record_types:
            for rows in sizes:
                template = neighboured if record_type == "policy" else _with_policies(opened, rows)
                count = times if rows <= 200_000 else min(times, 3)
                found = rounds(opened, template, record_type, rows, count, largest)
                write(f"Load of {rows:,} rows, {record_type}", _told(found, rows, count))
                if record_type == "policy":
                    per_row[rows] = Spread.of(each.seconds / rows * 1e6 for each in found["ours, first load"])
    if len(per_row) > 1:  # of policies
        write("Cost of a row by the size of its file", _growth(per_row))


def _with_policies(opened: Room, rows: int) -> str:
    return settle(opened, "with_policies", "base", max(1, rows // SERVICES_A_POLICY))


def rounds(opened: Room, template: str, record_type: str, rows: int, times: int, largest: Largest) -> Found:
    """Everything in turn, some times."""
    found: Found = defaultdict(list)
    for number in range(times):
        for name, measured in _round(opened, template, record_type, rows, largest):
            found[name].append(measured)
            print(f"  {number + 1}/{times} {record_type} {rows:,} {name}: {measured.seconds:.2f} s", flush=True)
    return found


def _round(
    opened: Room, template: str, record_type: str, rows: int, largest: Largest
) -> Iterator[tuple[str, Measurement]]:
    files = {delivery: file_of(record_type, rows, delivery) for delivery in DELIVERIES}
    opened.copy(DATABASE, template)
    yield "COPY, keys", _raw_copy(opened, record_type, files["first"], is_all=False)
    yield "COPY, all indexes", _raw_copy(opened, record_type, files["first"], is_all=True)
    yield "psql \\copy", typed_copy(opened, record_type, files["first"])
    for delivery, name in DELIVERIES.items():
        measured, told = apart("bench.loading:load", environ=of_installation(opened), record_type=record_type, path=str(files[delivery]))  # fmt: skip
        yield f"ours, {name}", measured
        if delivery == "first":
            yield "of it stage and merge", Measurement(told["stage"] + told["merge"])
    opened.copy(DATABASE, template)
    yield "anze submit", submitted(opened, record_type, files["first"])
    yield START, submitted(opened, record_type, file_of(record_type, 1, "clean"))
    if peers.is_installed():
        if rows <= largest.dlt:
            yield from _dlt(opened, record_type, files)
        if rows <= largest.singer:
            yield from _singer(opened, record_type, files)


def of_installation(opened: Room, database: str = DATABASE) -> dict[str, str]:
    """What makes a process work on the measured database: the rest of the environment is inherited."""
    return {name: value for name, value in opened.environ(database).items() if name.startswith("ANZE_")}


def submitted(opened: Room, record_type: str, path: pathlib.Path) -> Measurement:
    """``anze submit`` of a file; its exit code 1 says that rows are held."""
    command = [str(ANZE), "submit", VARIANTS["first"].insurer_id, record_type, str(path)]
    return timed(command, environ=opened.environ(DATABASE), allowed=(0, 1))


def typed_copy(opened: Room, record_type: str, path: pathlib.Path) -> Measurement:
    """Let psql copy the file itself into a typed table whose primary key is the record's."""
    names = ", ".join(f'"{field.name}"' for field in load_contract(record_type).fields)
    with opened.admin(DATABASE) as connection:
        connection.exec_driver_sql(f"drop table if exists {TYPED}")
        connection.exec_driver_sql(f"create table {TYPED} as select {names} from core.{record_type} limit 0")
        connection.exec_driver_sql(f"alter table {TYPED} add primary key (insurer_code, {KEY[record_type]})")
        connection.exec_driver_sql("checkpoint")
    return timed(opened.psql(DATABASE, f"\\copy {TYPED} from '{path}' with (format csv, header match)"))


def _raw_copy(opened: Room, record_type: str, path: pathlib.Path, *, is_all: bool) -> Measurement:
    """COPY of the rows that a load accepts, typed and with their history's columns, into a table like core's."""
    lines = _typed_rows(opened, record_type, path)
    with opened.admin(DATABASE) as connection:
        connection.exec_driver_sql(f"drop table if exists {PLAIN}")
        including = "including defaults including constraints including identity including generated"
        connection.exec_driver_sql(f"create table {PLAIN} (like core.{record_type} {including})")
        wanted = KEYS.format(record_type=record_type, table=PLAIN, is_all=is_all)
        for (statement,) in connection.exec_driver_sql(wanted).all():
            connection.exec_driver_sql(_under_another_name(statement))
        connection.exec_driver_sql("checkpoint")
    address = opened.cluster.url(DATABASE).replace("postgresql+psycopg2", "postgresql")
    with contextlib.closing(psycopg2.connect(address)) as connection, lines.open("rb") as file:
        begun = time.perf_counter()
        with connection, connection.cursor() as cursor:
            cursor.copy_expert(f"copy {PLAIN} from stdin", file, size=1 << 20)
        return Measurement(time.perf_counter() - begun)


def _under_another_name(statement: str) -> str:
    """An index of core's, for the table beside it."""
    head, _, rest = statement.partition(" INDEX ")
    return f"{head} INDEX ON {rest.partition(' ON ')[2]}"


def _typed_rows(opened: Room, record_type: str, path: pathlib.Path) -> pathlib.Path:
    """What core holds of a file after a load, as COPY's own text; made once a cluster, beside it."""
    lines = opened.folder / f"{path.stem}.copy"
    if not lines.exists():
        opened.copy(PEER, SETTLED if record_type == "policy" else "with_policies")
        environ = of_installation(opened, PEER)
        apart("bench.loading:load", environ=environ, record_type=record_type, path=str(path))
        address = opened.cluster.url(PEER).replace("postgresql+psycopg2", "postgresql")
        mine = f"select * from core.{record_type} where insurer_id = '{VARIANTS['first'].insurer_id}'"
        with contextlib.closing(psycopg2.connect(address)) as connection, lines.open("wb") as file:
            connection.cursor().copy_expert(f"copy ({mine}) to stdout", file)
    return lines


def _dlt(opened: Room, record_type: str, files: dict[str, pathlib.Path]) -> Iterator[tuple[str, Measurement]]:
    contract, url = load_contract(record_type), _peers_database(opened)
    for delivery, name in DELIVERIES.items():
        for form in ("arrow", "rows"):
            yield f"dlt {form}, {name}", peers.dlt(form, url, files[delivery], contract, opened.folder)
    _require_rows(opened, files["first"], f"peer_arrow.{record_type}", f"peer_rows.{record_type}")


def _singer(opened: Room, record_type: str, files: dict[str, pathlib.Path]) -> Iterator[tuple[str, Measurement]]:
    contract, url = load_contract(record_type), _peers_database(opened)
    for delivery, name in DELIVERIES.items():
        yield f"Singer, {name}", peers.singer(url, files[delivery], contract, opened.folder)
    _require_rows(opened, files["first"], f"peer_singer.{record_type}")


def _peers_database(opened: Room) -> str:
    with opened.admin() as connection:
        connection.exec_driver_sql(f"drop database if exists {PEER} with (force)")
        connection.exec_driver_sql(f"create database {PEER}")
    return opened.cluster.url(PEER)


def _require_rows(opened: Room, path: pathlib.Path, *tables: str) -> None:
    """Raise RuntimeError unless a peer holds every row of the file once."""
    wanted = int(path.stem.split("-")[1])
    with opened.admin(PEER) as connection:
        for name in tables:
            found = connection.exec_driver_sql(f"select count(*) from {name}").scalar_one()
            if found != wanted:
                raise RuntimeError(f"{name} holds {found} rows of {wanted}")


def _told(found: Found, rows: int, times: int) -> str:
    """Every thing by its time, its ratios to both kinds of COPY, and its memory; then what was aimed at."""
    keys, every = found["COPY, keys"], found["COPY, all indexes"]
    lines = [
        (name, seconds(of).told(), f"{rows / seconds(of).median:,.0f}", ratio(of, keys).told(), ratio(of, every).told(),
         megabytes(of))
        for name, of in found.items()
    ]  # fmt: skip
    body = table(("", "s", "rows/s", "/ COPY", "/ COPY, all indexes", "MB"), lines)
    absent = [peer for peer in ("dlt", "Singer") if not any(name.startswith(peer) for name in found)]
    without = f" Not run at this size, or not installed: {', '.join(absent)}." if absent else ""
    return f"{times} rounds.{without}\n\n{body}\n{table(('aimed at', 'most', 'found', ''), _aims(found))}"


def _aims(found: Found) -> Iterator[tuple[str, str, str, str]]:
    copied, line = found["COPY, keys"], found["psql \\copy"]
    startless = [Measurement(a.seconds - b.seconds) for a, b in zip(found["anze submit"], found[START], strict=True)]
    for name, most, of in (
        ("whole path / COPY", 3.5, ratio(found["ours, first load"], copied)),
        ("stage and merge / COPY", 2.0, ratio(found["of it stage and merge"], copied)),
        ("unchanged / COPY", 2.0, ratio(found["ours, same again"], copied)),
        ("anze submit less start-up / \\copy", 5.0, ratio(startless, line)),
        ("anze submit / \\copy", 5.0, ratio(found["anze submit"], line)),
    ):
        yield name, str(most), of.told(), verdict(of.median, most)
    peak = max(each.peak_mb or 0 for each in found["ours, first load"])
    yield "loader's memory above its imports, MB", "512", f"{peak:.0f}", verdict(peak, 512)


def _growth(per_row: dict[int, Spread]) -> str:
    base = per_row.get(200_000) or next(iter(per_row.values()))
    lines = [(f"{rows:,}", each.told(".1f"), f"{each.median / base.median:.2f}") for rows, each in per_row.items()]
    return table(("rows", "microseconds a row", "/ 200,000 rows (aimed at: 0.85 to 1.15)"), lines)


def variants(rows: int, times: int) -> None:
    """A warning in every row, and a thousand policies an enterprise, against the clean file; and a young installation."""
    found: Found = defaultdict(list)
    with room() as opened:
        settle(opened)
        cases = {name: (SETTLED, name) for name in ("clean", "warned", "crowded")} | {"young": (YOUNG, "clean")}
        for _ in range(times):
            for name, (template, variant) in cases.items():
                opened.copy(DATABASE, template)
                given = {
                    "environ": of_installation(opened),
                    "record_type": "policy",
                    "path": str(file_of("policy", rows, variant)),
                }
                found[name].append(apart("bench.loading:load", **given)[0])
    said = {
        "warned": ("a warning in every row / clean", 1.5),
        "crowded": ("1,000 policies an enterprise / clean", 1.5),
        "young": ("never analyzed / settled", 1.2),
    }
    lines = []
    for name, (told, most) in said.items():
        against = ratio(found[name], found["clean"])
        lines.append((told, str(most), against.told(), verdict(against.median, most)))
    clean = seconds(found["clean"]).told()
    write(
        "Files and installations of other kinds",
        f"{rows:,} policies, {times} rounds; clean {clean} s.\n\n" + table(("aimed at", "most", "found", ""), lines),
    )
