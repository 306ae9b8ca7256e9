"""A whole province's year in a warehouse: the sandbox's truth, staged and merged as the loader does, unread and unjudged.

What parsing and rules cost is measured elsewhere (``bench.load``, ``bench.night``); here the tables have to be as full, and
every record of a delivery, as in production. Then a frozen month, a publication, and month ends.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import pathlib
import tempfile
from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from pipeline.services.postgres import Cluster, free_port
from pipeline.setup import prepare
from quality.catalogue import load_rules
from quality.messages import telling
from quality.working_days import load_calendar
from sandbox import truth
from sandbox.truth.province import Record
from schemas.contract import INSURER_RECORD_TYPES, load_contracts
from schemas.time_zone import SHANGHAI
from tests.warehouse.building import land_rows, table
from warehouse.database import access
from warehouse.database.engine import connect
from warehouse.landing.load_report import Versions
from warehouse.landing.receipts import read_batch
from warehouse.loading.load import Loading
from warehouse.publishing import frozen, months
from warehouse.publishing.publish import publish

AS_OF = truth.LAST_DAY
EVENING = dt.datetime.combine(AS_OF, dt.time(20), SHANGHAI)
#: Everything comes in one evening, and would be late by that: what came in time is told by hand.
ON_TIME = """
update core.{record_type} set timeliness = 'on_time' where timeliness = 'late' and mod(version_id, 50) <> 0
"""


@contextlib.contextmanager
def own_warehouse() -> Iterator[tuple[Cluster, pathlib.Path]]:
    """A server whose database ``postgres`` has the hub's tables and nothing in them, and a folder; both go afterwards."""
    with tempfile.TemporaryDirectory(prefix="anze-bench-") as name:
        server = Cluster(pathlib.Path(name) / "pg", free_port())
        server.start(fsync="off")
        try:
            prepare(server.url("postgres"))
            yield server, pathlib.Path(name) / "var"
        finally:
            server.stop("immediate")


def fill(engine: sa.Engine, folder: pathlib.Path, scale: float) -> None:
    """Load everything of a year, freeze the month before the last day and publish the last day."""
    load_year(engine, folder, truth.build(1, scale), EVENING)
    _publish(engine)


def load_year(engine: sa.Engine, folder: pathlib.Path, province: truth.Province, until: dt.datetime) -> None:
    """Load everything that was told until a moment, in one evening."""
    load_registers(engine, folder, province)
    load_night(engine, folder, province, None, until, EVENING)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("set session_replication_role = replica")
        for name in INSURER_RECORD_TYPES:
            connection.exec_driver_sql(ON_TIME.format(record_type=name))
        connection.exec_driver_sql("vacuum analyze")


def load_registers(engine: sa.Engine, folder: pathlib.Path, province: truth.Province) -> None:
    """Load the regulator's registers."""
    for name, contract in load_contracts().items():
        if contract.is_register:
            _load(engine, folder, name, "regulator", province.registers.get(name, []), EVENING)


def load_night(
    engine: sa.Engine,
    folder: pathlib.Path,
    province: truth.Province,
    since: dt.datetime | None,
    until: dt.datetime,
    now: dt.datetime,
) -> int:
    """Load what insurers told within (since, until]; how many rows."""
    count = 0
    senders = sorted({(version.record_type, version.insurer_id) for version in province.versions})
    for name in load_contracts():
        for insurer_id in (sender for record_type, sender in senders if record_type == name):
            rows = province.feed(insurer_id, name, since, until)
            _load(engine, folder, name, insurer_id, rows, now)
            count += len(rows)
    return count


def _load(
    engine: sa.Engine,
    folder: pathlib.Path,
    record_type: str,
    insurer_id: str,
    rows: Sequence[Record],
    now: dt.datetime,
) -> None:
    if not rows:
        return
    contract = load_contracts()[record_type]
    landed = land_rows(engine, folder, record_type, rows, now, insurer_id=insurer_id)
    if landed.duplicate_of is not None:
        return
    tell = telling(load_rules().by_id, contract)
    batch = read_batch(engine, landed.batch_id)
    with Loading(engine, batch, "bench", contract, now, versions(), tell) as loading:
        loading.stage(table(contract, rows), [])
        loading.merge(())


def _publish(engine: sa.Engine) -> None:
    said = {"expected": [], "delivered_since": EVENING, "versions": versions()}
    with engine.begin() as connection:
        frozen.freeze(connection, AS_OF.replace(day=1) - dt.timedelta(days=1), _after(1), "bench", **said)
    with engine.begin() as connection:
        publish(connection, AS_OF, _after(2), _after(2), **said)
    loader = connect(engine.url.render_as_string(hide_password=False), role=access.LOADER)
    months.fill(loader, _after(3), month_count=2)
    loader.dispose()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("vacuum analyze")


def _after(hours: int) -> dt.datetime:
    return EVENING + dt.timedelta(hours=hours)


def versions() -> Versions:
    """The rules and the calendar in force."""
    return Versions(load_rules().version, load_calendar().version)
