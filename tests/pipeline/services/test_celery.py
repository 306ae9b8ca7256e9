"""Airflow of several machines, at its smallest: one worker, started by the environment alone, does one task of ours."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping

import pytest

from drills import broker as brokers
from drills.control import ANZE, control, worker
from pipeline.doctor import airflow as doctor
from pipeline.scheduling.oncall import DEFAULT_ARGS
from pipeline.scheduling.schedule import DROPS
from pipeline.scheduling.warm import forks_tasks
from pipeline.services.airflow import Client, LocalAirflow
from pipeline.services.airflow_config import BROKER_URL, CONFIG, NEEDED, environment, shared
from pipeline.services.postgres import Cluster, free_port
from pipeline.services.processes import Service
from pipeline.settings import ROOT, load_settings
from tests.conftest import fresh_database
from warehouse.database import release

LONGEST_SECONDS = 240
#: Which states of tasks hold a slot, when workers died that had every one of them: Celery never hears of their ends.
SLOTS = """
import anze_executor
from airflow.models.taskinstance import TaskInstance
from airflow.utils.session import create_session
from celery.result import AsyncResult

anze_executor.LOOK_SECONDS = anze_executor.PATIENCE_SECONDS = 0
executor = anze_executor.ReleasingCeleryExecutor()
with create_session() as session:
    states = {each.key: each.state for each in session.query(TaskInstance)}
for number, key in enumerate(states):
    executor.workloads[key] = AsyncResult(f"lost-{number}", app=executor.celery_app)
    executor.running.add(key)
assert "success" in states.values()
executor.sync()
assert executor.running == set(executor.workloads)
print(*sorted({states[key] for key in executor.running}))
"""


def _bare() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "ANZE_"))}


@pytest.fixture
def folder() -> Iterator[pathlib.Path]:
    """Not below pytest's own, whose path is long."""
    with tempfile.TemporaryDirectory(prefix="anze-") as name:
        yield pathlib.Path(name)


@pytest.mark.slow
def test_a_worker_does_a_task_that_only_its_queue_has(
    cluster: Cluster, database_url: str, folder: pathlib.Path
) -> None:
    if shutil.which("redis-server") is None:
        pytest.fail(brokers.MISSING) if os.environ.get("CI") else pytest.skip(f"NOT RUN: {brokers.MISSING}")
    (folder / "drop").mkdir()
    hub = {
        "ANZE_DATABASE_URL": database_url,
        "ANZE_LANDING": str(folder / "landing"),
        "ANZE_DROP": str(folder / "drop"),
    }
    dags = folder / "dags"
    dags.mkdir()
    for name in ("intake.py", "decisions.py"):
        shutil.copy(ROOT / "dags" / name, dags)
    works = Service("worker", folder)
    with fresh_database(cluster, "template0") as url, brokers.running(folder / "broker") as broker:
        airflow = LocalAirflow(folder / "airflow", free_port(), url, dags)
        airflow.configure()
        airflow.migrate(_bare())
        with control(airflow, broker, {**_bare(), **hub}) as told:
            try:
                works.start(worker(DROPS), {**told, "ANZE_VAR": str(folder / "worker")}, ROOT)
                client = airflow.client()
                client.wait_for_dags(["intake"])
                client.unpause("intake")
                task = _until_over(client, works.log)
                seen = list(doctor.broker(load_settings(environment({**told, "ANZE_VAR": str(folder / "worker")}))))
            finally:
                works.stop()
            slots = [sys.executable, "-c", SLOTS]
            held = subprocess.run(slots, env=environment(told), capture_output=True, text=True, check=False)
    assert held.stdout.splitlines()[-1:] == ["queued"], held.stderr[-3000:]
    assert (task["state"], task["task_id"], task["queue"]) == ("success", "receive", DROPS)
    assert b"succeeded" in works.log.read_bytes()
    (worker_seen,) = (each for each in seen if "celery@" in each.seen)
    assert (worker_seen.grade, worker_seen.seen.endswith(release.own())) == ("good", True)


def _until_over(client: Client, log: pathlib.Path) -> dict[str, str]:
    """The first task of `intake` that ends; those of the default queue wait for ever."""
    end = time.monotonic() + LONGEST_SECONDS
    while True:
        tasks = client.call("GET", "/dags/intake/dagRuns/~/taskInstances")["task_instances"]
        if over := [task for task in tasks if task["state"] in ("success", "failed", "up_for_retry")]:
            return dict(over[0])
        assert time.monotonic() < end, log.read_text(errors="replace")[-3000:]
        time.sleep(0.5)


def _refused(environ: Mapping[str, str]) -> str:
    told = {**_bare(), "PYTHONPATH": str(ROOT), "ANZE_VAR": "/nowhere", **environ}
    done = subprocess.run([ANZE, "airflow", "version"], env=told, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    return " ".join((done.stdout + done.stderr).split())


def test_what_a_machine_was_not_told_is_named() -> None:
    told = _refused({BROKER_URL: "redis://:secret@host:6379/0"})
    assert all(name in told for name in NEEDED if name != BROKER_URL)
    assert "Traceback" not in told
    every = dict.fromkeys(NEEDED, "x")
    assert "no password" in _refused({**every, BROKER_URL: "redis://host:6379/0"})


def test_a_secret_may_come_from_a_command(tmp_path: pathlib.Path) -> None:
    given = {f"{name}_CMD": "echo redis://:of-a-command@host/0" for name in NEEDED}
    given["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD"] = f"echo sqlite:///{tmp_path}/airflow.db"
    environ = {**_bare(), **given, "PYTHONPATH": str(ROOT), "ANZE_VAR": str(tmp_path)}
    command = [ANZE, "airflow", "config", "get-value", "celery", "broker_url"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert "redis://:of-a-command@host/0" in done.stdout, done.stderr


def test_the_broker_gives_a_task_away_only_when_none_can_last_as_long(tmp_path: pathlib.Path) -> None:
    environ = {**_bare(), "AIRFLOW_HOME": str(tmp_path), "AIRFLOW_CONFIG": str(CONFIG / "airflow.cfg")}
    code = "from airflow.providers.celery.executors.default_celery import DEFAULT_CELERY_CONFIG as c; print(c['broker_transport_options']['visibility_timeout'], c['worker_prefetch_multiplier'], c['task_acks_late'])"
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)
    seconds, prefetched, is_late = done.stdout.split()[-3:]
    night_seconds = 3.5 * 3600
    assert DEFAULT_ARGS["execution_timeout"].total_seconds() < int(seconds) < night_seconds
    assert (prefetched, is_late) == ("1", "True")


def test_an_installation_of_one_machine_knows_nothing_of_celery() -> None:
    assert not any(name.startswith("celery") for name in shared())
    assert shared()["core"]["default_timezone"] == "Asia/Shanghai"


@pytest.mark.parametrize(
    ("arguments", "executor", "is_warm"),
    [
        (["scheduler", "--skip-serve-logs"], "LocalExecutor", True),
        (["scheduler"], "CeleryExecutor", False),
        (["scheduler"], "CeleryExecutor,LocalExecutor", True),
        (["celery", "worker", "--queues", "drops"], "CeleryExecutor", True),
        (["celery", "stop"], "CeleryExecutor", False),
        (["dag-processor"], "LocalExecutor", False),
        ([], "LocalExecutor", False),
    ],
)
def test_only_what_forks_tasks_is_warm(arguments: list[str], executor: str, is_warm: bool) -> None:
    assert forks_tasks(arguments, executor) is is_warm
