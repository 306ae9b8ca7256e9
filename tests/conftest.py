"""Real parts for tests: one PostgreSQL server a session, a database cloned from a migrated template for each test."""

from __future__ import annotations

import contextlib
import itertools
import os
import pathlib
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

import hypothesis
import pytest
import sqlalchemy as sa
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from connectors.files import SHIPPED
from pipeline.services.postgres import Cluster, free_port
from schemas.province import DEFAULT, VARIABLE
from tests import own_server

if TYPE_CHECKING:
    from tests.object_server import ObjectServer

TEMPLATE = "anze_template"
SESSION = secrets.token_hex(3)
#: What the clusters of all workers take at most, with much to spare.
ROOM_BYTES = 6 << 30
#: What `make quick` leaves out: whole nights, real schedulers, histories, every way to hand in a file.
SLOW = (
    "adding/test_growth", "connectors/parse/test_child", "connectors/parse/test_hostile_xlsx", "connectors/test_fetch",
    "connectors/test_notations", "connectors/test_round_trip", "dags/", "drills/", "oracle/test_truth", "oracle/test_verify",
    "pipeline/alerting", "pipeline/backfill", "pipeline/cli", "pipeline/clock", "pipeline/collecting", "pipeline/doctor", "pipeline/judging", "pipeline/lineage", "pipeline/reporting",
    "pipeline/postgres/test_no_superuser", "pipeline/services", "portal/api", "portal/bulletin", "portal/clock", "portal/console", "portal/look/test_in_browser",
    "portal/signing_in", "portal/submissions", "portal/test_", "provinces/",
    "sandbox/test_patterns", "sandbox/test_truth", "soak/", "warehouse/alerts", "warehouse/history", "warehouse/indicators/test_cases",
    "warehouse/indicators/test_difference", "warehouse/indicators/test_frozen", "warehouse/indicators/test_regulator",
    "warehouse/loading/test_concurrency", "warehouse/loading/test_corrections", "warehouse/loading/test_model",
    "warehouse/loading/test_profiles", "warehouse/loading/test_renumbering_model", "warehouse/rights",
    "warehouse/landing/test_ledger", "warehouse/database/test_server_log",
)  # fmt: skip
#: How long an example takes is the machine's affair.
hypothesis.settings.register_profile("anze", deadline=None)
hypothesis.settings.load_profile("anze")
#: What only `make soak` runs: the grown program's own suite, every page by its links and at its sizes as every kind of reader,
#: calls made from the API's description, the portal with its disk, its database and its processes taken away or fifty at once,
#: a second world of what another covers.
LONG = (
    "adding/test_growth.py::test_nothing_that_was_added_breaks_a_test",
    "dags/test_backfill.py::test_past_intervals_beside_the_night", "dags/test_human_in_the_loop", "drills/test_failover",
    "dags/test_broken_definition", "pipeline/alerting/test_deliver.py::test_waits_grow_and_end", "pipeline/doctor/test_servers",
    "pipeline/judging/test_rebuild",
    "oracle/test_truth.py::test_what_insurers_tell_is_what_is_published[workbooks",
    "pipeline/services/test_nights.py::test_three_nights[77]", "portal/api/test_schema", "portal/console/test_of_few",
    "portal/console/test_pages_in_browser", "portal/console/test_pages_on_screen", "portal/console/test_pages_walked",
    "portal/clock/test_in_browser", "portal/submissions/test_faults",
    "portal/submissions/test_hostile.py::test_fifty_uploads",
    "portal/test_headers.py::test_a_browser_asks_no_other_host_and_finds_nothing_to_forbid[stand_a_province",
    "soak/test_crash.py::test_after_a_crash_one_plain_run_leaves_nothing_lost_stuck_or_different[message",
    "soak/test_crash.py::test_after_a_crash_one_plain_run_leaves_nothing_lost_stuck_or_different[file-api",
)  # fmt: skip
#: What shares a province, a portal or a program that takes long to build runs on one worker, and first: the longest first.
TOGETHER = {
    "growth": ("adding/test_growth",),
    "console": ("portal/console",),
    "airflow": ("dags/",),
    "standing": ("portal/api", "portal/submissions/test_hostile_evidence", "portal/test_"),
    "rights": ("warehouse/rights",),
    "henan": ("provinces/",),
    "office": ("portal/submissions",),
    "desks": ("portal/signing_in",),
    "clock": ("portal/clock",),
    "bulletins": ("portal/bulletin",),
}
#: Of databases; of one session only, for a server's log holds those of earlier ones too.
_names = (f"test_{SESSION}_{n}" for n in itertools.count())


def pytest_configure(config: pytest.Config) -> None:
    """A server of the user's own is used by one process."""
    own_server.refuse_workers(config)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow, and begin with what runs together; the DAG files are parsed in the quick suite too."""
    order = [*TOGETHER, ""]
    items.sort(key=lambda item: order.index(_together(_place(item.nodeid))))
    for item in items:
        if _place(item.nodeid).startswith(SLOW) and item.name != "test_every_dag_loads":
            item.add_marker(pytest.mark.slow)
        if item.nodeid.removeprefix("tests/").startswith(LONG):
            item.add_marker(pytest.mark.long)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """What runs together goes to one worker, each other test to the next that is free.

    xdist's own groups (``--dist loadgroup``) are none since pytest 9.2: github.com/pytest-dev/pytest-xdist/issues/1386.
    """
    config.option.loadscopereorder = False
    return Together(config, log)


class Together(LoadScopeScheduling):
    """Takes tests in their order; the scope of one that runs together with others is their name."""

    def _split_scope(self, nodeid: str) -> str:
        return _together(_place(nodeid)) or nodeid


def _together(place: str) -> str:
    """The name of those that a test runs together with, or nothing."""
    found = [(len(start), name) for name, starts in TOGETHER.items() for start in starts if place.startswith(start)]
    return max(found, default=(0, ""))[1]


def _place(nodeid: str) -> str:
    """A test's path below this folder."""
    return nodeid.partition("::")[0].removeprefix("tests/")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A throw-away PostgreSQL cluster that does not fsync, in a folder of its own; or the server of ANZE_TEST_DATABASE_URL.

    Not below pytest's base folder: sessions that run side by side delete each other's old folders there.
    """
    if own_server.VARIABLE in os.environ:
        with own_server.own_server() as server:
            yield server
        return
    with tempfile.TemporaryDirectory(prefix="anze-", dir=roomy_memory()) as folder:
        server = Cluster(pathlib.Path(folder) / "pg", free_port())
        unsafe = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_wal_size": "256MB"}
        try:
            server.start(shared_buffers="128MB", **unsafe)
            yield server
        finally:
            server.stop("immediate")


@pytest.fixture(scope="session")
def template(cluster: Cluster) -> str:
    """Name of a migrated database with reference tables filled, to clone from."""
    from pipeline.setup import prepare

    _admin(cluster, f"create database {TEMPLATE}")
    prepare(cluster.url(TEMPLATE))
    return TEMPLATE


@pytest.fixture
def database_url(cluster: Cluster, template: str) -> Iterator[str]:
    """SQLAlchemy address of a fresh migrated database, dropped after the test."""
    with fresh_database(cluster, template) as url:
        yield url


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    """Engine to a fresh migrated database, as superuser."""
    made = sa.create_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def object_server() -> Iterator[ObjectServer]:
    """A real S3 server, in a folder of its own; each test asks it for a place."""
    from tests.object_server import ObjectServer

    with tempfile.TemporaryDirectory(prefix="anze-") as folder, ObjectServer(pathlib.Path(folder)) as server:
        yield server


@pytest.fixture
def own_province(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """A copy of the default province that this process takes for its own, with the shipped vendors among its, to spoil."""
    folder = tmp_path / "province"
    shutil.copytree(DEFAULT, folder)
    shutil.copytree(SHIPPED / "vendors", folder / "vendors")
    shutil.copy(SHIPPED / "regulator.yml", folder)
    monkeypatch.setenv(VARIABLE, str(folder))
    return folder


@contextlib.contextmanager
def fresh_database(cluster: Cluster, template: str = "template1") -> Iterator[str]:
    """Address of a new database cloned from ``template``; it is dropped on leaving."""
    name = next(_names)
    _admin(cluster, f"create database {name} template {template} strategy file_copy")
    try:
        yield cluster.url(name)
    finally:
        _admin(cluster, f"drop database {name} with (force)")


def roomy_memory() -> str | None:
    """A folder in memory, where a database is cloned ten times as fast as on some disks; None where it has no room."""
    memory = pathlib.Path("/dev/shm")
    is_roomy = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM_BYTES
    return str(memory) if is_roomy else None


def _admin(cluster: Cluster, statement: str) -> None:
    admin = sa.create_engine(cluster.url("postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(statement))
    admin.dispose()
