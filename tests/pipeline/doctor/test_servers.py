"""What ``anze doctor`` sees of standbys, TLS and a broker with its workers: real servers, each of its own."""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
import redis

from drills.servers import run, running, standby, wait_for
from pipeline.doctor import airflow, certificates, standbys
from pipeline.doctor.finding import Finding
from pipeline.services.postgres import Cluster, free_port
from pipeline.settings import ROOT, load_settings
from tests.pipeline.postgres.conftest import UNSAFE, folder_of_servers, needs_debian
from tests.pipeline.postgres.test_tls import folder, server  # noqa: F401 - fixtures
from warehouse.database import release
from warehouse.database.engine import connect

REDIS = shutil.which("redis-server")
PASSWORD = "of-the-broker"
#: A worker that is told of our command, as Airflow's are by ``airflow_local_settings``.
OURS = """
from celery import Celery
from pipeline.scheduling.warm import answer_for_release

app = Celery("ours")
answer_for_release()
"""


@pytest.fixture(scope="module")
def primary() -> Iterator[Cluster]:
    with folder_of_servers() as place, running(place / "pg", **UNSAFE) as made:
        yield made


def streaming(primary: Cluster, **login: str) -> list[Finding]:
    engine = connect(primary.url("postgres", **login))
    found = list(standbys.streaming(engine))
    engine.dispose()
    return found


def test_standbys_are_told_as_far_as_the_login_sees(
    primary: Cluster, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [each.grade for each in streaming(primary)] == ["good"]
    run(primary, "create role plain login password 'plain'")
    url = {"ANZE_DATABASE_URL": primary.url("postgres"), "ANZE_VAR": str(tmp_path)}
    with standby(primary, primary.folder.parent / "follower", **UNSAFE) as follower:
        wait_for(primary, "select count(*) = 1 from pg_stat_replication where state = 'streaming'")
        (seen,) = streaming(primary)
        assert (seen.grade, seen.seen.startswith("follower: streaming")) == ("good", True)
        (seen,) = streaming(primary, user="plain", password="plain")
        assert (seen.grade, "pg_monitor" in seen.to_do) == ("warning", True)
        run(primary, "create table moved ()")
        wait_for(follower, "select pg_last_xact_replay_timestamp() is not null")
        read = load_settings(url | {"ANZE_READ_DATABASE_URL": follower.url("postgres")})
        monkeypatch.setattr(standbys, "LAG_SECONDS", (0.0, 86400.0))
        assert [each.grade for each in standbys.to_read_from(read)] == ["warning"]
        monkeypatch.setattr(standbys, "LAG_SECONDS", (0.0, 0.0))
        assert [each.grade for each in standbys.to_read_from(read)] == ["bad"]
    of_primary = load_settings(url | {"ANZE_READ_DATABASE_URL": primary.url("postgres")})
    assert [each.grade for each in standbys.to_read_from(of_primary)] == ["warning"]
    run(primary, "alter system set synchronous_standby_names = 'ANY 1 (follower)'", "select pg_reload_conf()")
    wait_for(primary, "select current_setting('synchronous_standby_names') <> ''")
    found = streaming(primary)
    assert ([each.grade for each in found], "commits hang" in found[-1].seen) == (["bad"], True)


@needs_debian
def test_days_that_the_database_s_certificate_has_left_are_counted(server: Cluster, folder: pathlib.Path) -> None:  # noqa: F811
    engine = connect(f"{server.url('postgres')}?sslmode=verify-full&sslrootcert={folder}/ca.pem")
    (seen,) = certificates.of_database(engine)
    engine.dispose()
    assert (seen.grade, "days left" in seen.seen) == ("warning", True)


@pytest.fixture
def broker(tmp_path: pathlib.Path) -> Iterator[str]:
    """The address of a Redis that asks for a password."""
    if REDIS is None:
        pytest.skip("NOT RUN: no redis-server: apt-get install redis-server")
    port = free_port()
    command = [REDIS, "--port", str(port), "--bind", "127.0.0.1", "--requirepass", PASSWORD, "--save", "", "--dir", str(tmp_path)]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        client = redis.Redis(port=port, password=PASSWORD)
        for _ in range(200):
            try:
                client.ping()
                break
            except redis.ConnectionError:
                time.sleep(0.05)
        client.close()
        yield f"redis://:{PASSWORD}@127.0.0.1:{port}/0"
        process.terminate()


def test_workers_are_told_by_host_and_a_queue_that_nobody_serves(broker: str, tmp_path: pathlib.Path) -> None:
    environ = {
        "ANZE_DATABASE_URL": "postgresql+psycopg2://nobody@127.0.0.1/none", "ANZE_VAR": str(tmp_path),
        "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor", "AIRFLOW__CELERY__BROKER_URL_CMD": f"echo {broker}",
    }  # fmt: skip
    here = load_settings(environ)
    found = list(airflow.broker(here))
    assert [(each.part, each.grade) for each in found] == [("任务队列 broker", "good"), ("任务进程 workers", "bad")]
    assert all(PASSWORD not in each.seen for each in found)
    (tmp_path / "ours.py").write_text(OURS)
    workers = [
        [sys.executable, "-m", "celery", *app, "-b", broker, "worker", "-P", "solo", "-Q", queues, "-n", name]
        for app, queues, name in ((("-A", "ours"), "default,drops", "w@host-1"), ((), "default", "w@host-2"))
    ]
    own = os.environ | {"PYTHONPATH": str(ROOT)}
    with contextlib.ExitStack() as started:
        for command in workers:
            process = subprocess.Popen(
                command, cwd=tmp_path, env=own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            started.enter_context(process)
            started.callback(process.terminate)
        for _ in range(20):
            _, *seen = airflow.broker(here)
            if len(seen) == len(workers):
                break
    ours, other = seen
    assert (ours.part, ours.grade) == ("任务进程 workers", "good")
    assert ours.seen.startswith("w@host-1: 队列 queues default, drops")
    assert ours.seen.endswith(release.own())
    assert (other.grade, other.seen.endswith("release unknown")) == ("bad", True)
    assert release.own() in other.to_do
    gone = load_settings(environ | {"AIRFLOW__CELERY__BROKER_URL": f"redis://:{PASSWORD}@127.0.0.1:{free_port()}/0"})
    (seen,) = airflow.broker(gone)
    assert (seen.grade, PASSWORD in seen.seen) == ("bad", False)
