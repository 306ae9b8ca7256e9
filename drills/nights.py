"""One night, played again and again from the same history: each time in databases and a place of the bucket of its own."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import os
import pathlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from drills.broker import Broker
from drills.control import control, worker
from drills.figures import Left, left
from drills.machines import Machine
from drills.servers import run
from pipeline import steps
from pipeline.judging.verifying import verify
from pipeline.scheduling.schedule import feeds
from pipeline.services.airflow import Client, LocalAirflow
from pipeline.services.demonstration import Night, collect_history, play_night
from pipeline.services.installation import AIRFLOW_ROLE, NIGHT, Installation, installation
from pipeline.services.postgres import free_port
from pipeline.services.running import start_database, start_sandbox
from pipeline.settings import ROOT, load_settings
from sandbox.cast import cast
from tests.object_server import ObjectServer
from warehouse.database import access

MARKER = ".anze-drop"
WORKERS = {"worker-a": "default,drops", "worker-b": "default"}
SLOTS = 2
#: Of each insurer's run.
TASKS_EACH = 3
#: The databases that a night begins with. Celery makes tables of its own in Airflow's.
OWNERS = {"anze": "postgres", "airflow": AIRFLOW_ROLE}
#: Shorter than an installation's, so that a drill ends: how long Airflow waits for a worker's sign of life, and for a worker.
HASTE = {
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "40",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "5",
    "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT": "120",
    "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT_CHECK_INTERVAL": "10",
}
#: Runs that are red in any case: what these insurers' systems do in the sandbox's night.
DOWN = {f"sync__{insurer.insurer_id}" for insurer in cast() if insurer.fault == "down"}
TASKS = (
    "select coalesce(sum(try_number), 0) as tries, percentile_cont(0.5) within group (order by duration) as seconds"
    " from task_instance where dag_id like 'sync%%' or dag_id = 'publish'"
)
ROUNDS = 3
#: Of a night in which workers die all the time, on a slow machine.
LONGEST_SECONDS = 2400.0


@dataclass(frozen=True)
class Played:
    """What became of a night. ``again``: insurers whose tasks had used up their tries, and which were run once more.

    ``told``: what was done to it; ``is_spared``: it was over before.

    ``task_seconds``: how long a task took, the median.
    """

    seconds: float
    task_seconds: float
    left: Left
    findings: tuple[str, ...]
    try_count: int
    red: tuple[str, ...]
    again: tuple[str, ...] = ()
    told: str = ""
    is_spared: bool = False


class TooLate(Exception):
    """Raised when the night was over before its trouble came: nothing is shown by it."""


@dataclass(frozen=True)
class Stage:
    """What a trouble may touch while a night is played; ``task_count``: how many tasks insurers have in it."""

    machines: list[Machine]
    broker: Broker
    metadata: sa.Engine
    task_count: int
    is_over: threading.Event = field(default_factory=threading.Event)

    def tasks(self, state: str, host: str = "%") -> int:
        """How many tasks are in a state, on machines of a name."""
        query = "select count(*) from task_instance where state = %(state)s and coalesce(hostname, '') like %(host)s"
        with self.metadata.connect() as connection:
            return int(connection.exec_driver_sql(query, {"state": state, "host": host}).scalar_one())

    def wait_for(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so. Raises TooLate."""
        while not self.is_over.wait(0.2):
            if is_so():
                return
        raise TooLate("the night was over before")


#: Does harm to a night in its middle, and says what it did. Raises TooLate.
Trouble = Callable[[Stage], str]


@dataclass
class Cluster:
    """A province with its history, and machines to play its night on. State: how many nights were played."""

    here: Installation
    broker: Broker
    bucket: ObjectServer
    is_bucket_shared: bool = True
    insurer_count: int | None = None
    numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def everything(self) -> pathlib.Path:
        return self.here.folder.parent

    @property
    def _dag_ids(self) -> list[str]:
        return [f"sync__{feed.insurer_id}" for feed in feeds()][: self.insurer_count]

    def play_on_one(self) -> Played:
        """The night by LocalExecutor."""
        with self._fresh() as (environ, url):
            local = LocalAirflow(self.everything / "one" / "airflow", free_port(), url)
            local.configure({"ANZE_PARALLELISM": str(SLOTS * len(WORKERS))})
            try:
                local.start({**environ, "ANZE_DROP": str(self.here.folder / "drop")})
                night, again = self._insist(local.client())
            finally:
                local.stop()
            return replace(self._played(environ, url, night), again=again)

    def play_on_two(self, trouble: Trouble | None = None) -> Played:
        """The night by two workers, and what a trouble makes of it."""
        self.broker.flush()
        with (
            self._fresh() as (environ, url),
            self._machines({**environ, **(HASTE if trouble else {})}, url) as (airflow, machines),
        ):
            metadata = sa.create_engine(url)
            stage = Stage(machines, self.broker, metadata, TASKS_EACH * len(self._dag_ids))
            with ThreadPoolExecutor() as beside:
                try:
                    for machine in machines:
                        machine.start()
                    for machine in machines:
                        machine.wait()
                    harm = beside.submit(trouble or _none, stage)
                    night, again = self._insist(airflow.client())
                finally:
                    stage.is_over.set()
                    beside.shutdown()
                    for machine in machines:
                        machine.kill()
                    metadata.dispose()
            return replace(self._played(environ, url, night), again=again, **_told(harm))

    @contextlib.contextmanager
    def _machines(self, environ: dict[str, str], url: str) -> Iterator[tuple[LocalAirflow, list[Machine]]]:
        """Airflow without workers, running, and the machines of its workers, not yet started."""
        slots = {"AIRFLOW__CORE__PARALLELISM": SLOTS * len(WORKERS), "AIRFLOW__CELERY__WORKER_CONCURRENCY": SLOTS}
        airflow = LocalAirflow(self.everything / "control" / "airflow", free_port(), url)
        given = {**environ, **{name: str(count) for name, count in slots.items()}}
        with control(airflow, self.broker, given) as told:
            yield airflow, [self._worker(name, queues, told) for name, queues in WORKERS.items()]

    def _insist(self, client: Client) -> tuple[Night, tuple[str, ...]]:
        """The night, and again what used up its tries: as a person would clear it, or the next night."""
        night = play_night(client, self.here.credentials(), _quiet, _no_progress, self._dag_ids, LONGEST_SECONDS)
        runs, again = dict(night.runs), []
        for _ in range(ROUNDS):
            if not (given_up := sorted(set(_red(runs)) - DOWN)):
                break
            again += given_up
            runs |= play_night(client, {}, _quiet, _no_progress, given_up, LONGEST_SECONDS).runs
        # what landed and lost its worker before it was loaded waits for the intake; the figures are published after it
        runs |= play_night(client, {}, _quiet, _no_progress, ["intake"], LONGEST_SECONDS).runs
        return replace(night, runs=runs, ended_at=dt.datetime.now(dt.UTC)), tuple(again)

    @contextlib.contextmanager
    def _fresh(self) -> Iterator[tuple[dict[str, str], str]]:
        """Environment of a hub, and Airflow's database, as they were before the night; a new server of the insurers."""
        number = next(self.numbers)
        names = {name: f"{name}_{number}" for name in OWNERS}
        for name, owner in OWNERS.items():
            run(self.here.cluster, f"create database {names[name]} template {name} strategy file_copy owner {owner}")
        kept = self.here.settings()
        self.here.sandbox.stop()
        self.here = replace(
            self.here, sandbox_port=free_port()
        )  # whoever connects somewhere may have taken the last one
        start_sandbox(self.here, _quiet)
        landing = self._landing()
        environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "ANZE_"))},
            **self.bucket.environ(),
            "PYTHONPATH": str(ROOT),
            "ANZE_DATABASE_URL": self.here.cluster.url(names["anze"], access.LOADER, kept["ANZE_LOADER_PASSWORD"]),
            "ANZE_LANDING": landing,
            "ANZE_VAR": str(self.everything / f"outside-{number}"),
            "ANZE_SANDBOX_URL": self.here.sandbox_url,
            "ANZE_RETRY_SECONDS": "3",
            "ANZE_DROP_MARKER": MARKER,
            "ANZE_CLOCK_OFFSET": str((NIGHT - dt.datetime.now(dt.UTC)).total_seconds()),
        }
        try:
            yield environ, self.here.cluster.url(names["airflow"], AIRFLOW_ROLE, kept["ANZE_AIRFLOW_DATABASE_PASSWORD"])
        finally:
            for copy in names.values():
                run(self.here.cluster, f"drop database {copy} with (force)")

    def _landing(self) -> str:
        """A place in the bucket that holds what the history landed."""
        url, folder = self.bucket.bucket(), self.here.folder / "landing"
        store = self.bucket.store(url)
        with ThreadPoolExecutor() as beside:
            put = [
                beside.submit(store.create, path.relative_to(folder).as_posix(), path.read_bytes())
                for path in filter(pathlib.Path.is_file, folder.rglob("*"))
            ]
        assert all(each.result() for each in put)
        return url

    def _worker(self, name: str, queues: str, environ: dict[str, str]) -> Machine:
        share = self.here.folder / "drop" if "drops" in queues else None
        told = environ if self.is_bucket_shared else {k: v for k, v in environ.items() if k != "ANZE_LANDING"}
        return Machine(name, self.everything, worker(queues), told, share)

    def _played(self, environ: dict[str, str], metadata_url: str, night: Night) -> Played:
        hub = steps.open_hub(load_settings(environ))
        metadata = sa.create_engine(metadata_url)
        with metadata.connect() as connection:
            tasks = connection.exec_driver_sql(TASKS).one()
        metadata.dispose()
        try:
            verified = verify(hub)
            found = () if verified.is_good else (*verified.not_run, *verified.details, str(verified))
            seconds = (night.ended_at - night.begun_at).total_seconds()
            return Played(seconds, tasks.seconds, left(hub.engine), found, tasks.tries, _red(night.runs))
        finally:
            hub.engine.dispose()


@contextlib.contextmanager
def province(
    folder: pathlib.Path, broker: Broker, bucket: ObjectServer, scale: str, tell: Callable[[str], None]
) -> Iterator[Cluster]:
    """A province whose history is collected, in databases that every night begins with."""
    ports = {
        name: str(free_port())
        for name in ("ANZE_POSTGRES_PORT", "ANZE_AIRFLOW_PORT", "ANZE_SANDBOX_PORT", "ANZE_PORTAL_PORT")
    }
    here = installation({"ANZE_VAR": str(folder / "var"), "ANZE_SANDBOX_SCALE": scale, **ports})
    try:
        start_database(here, tell)
        start_sandbox(here, tell)
        collect_history(here, tell, _no_progress)
        (here.folder / "drop" / MARKER).touch()
        yield Cluster(here, broker, bucket)
    finally:
        here.sandbox.stop()
        here.cluster.stop("immediate")


def _red(runs: dict[str, dict[str, object]]) -> tuple[str, ...]:
    return tuple(sorted(dag_id for dag_id, run in runs.items() if run["state"] != "success"))


def _none(_: Stage) -> str:
    return ""


def _told(harm: Future[str]) -> dict[str, Any]:
    try:
        return {"told": harm.result()}
    except TooLate as late:
        return {"told": str(late), "is_spared": True}


def _quiet(_: str) -> None: ...


@contextlib.contextmanager
def _no_progress(_label: str, _count: int) -> Iterator[Callable[[str], None]]:
    yield _quiet
