"""Airflow, as far as this machine knows of one: its schedulers by its own health page, broker and workers by Celery."""

from __future__ import annotations

import configparser
import functools
import pathlib
import shlex
import subprocess
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import requests

from pipeline.doctor.finding import Finding, bad, good
from pipeline.scheduling.warm import RELEASE_COMMAND
from pipeline.settings import Settings
from warehouse.database import release

AIRFLOW, BROKER, WORKERS = "Airflow", "任务队列 broker", "任务进程 workers"
#: How long an answer is waited for; and how long workers' answers are collected, however many there are.
ANSWER_SECONDS, COLLECT_SECONDS = 3.0, 2.0
#: What the health page tells of, and what is done about each.
COMPONENTS = {
    "metadatabase": "Airflow 的数据库 its database",
    "scheduler": "airflow scheduler",
    "dag_processor": "airflow dag-processor",
    "triggerer": "airflow triggerer",
}


def findings(settings: Settings) -> Iterator[Finding]:
    """Whether Airflow's processes live, by the address that this machine is told of. Nothing where it is told of none."""
    configured = _Configured(settings)
    address = configured.value("api", "base_url")
    if not address:
        yield good(AIRFLOW, "本机没有 Airflow 的配置 this machine knows of none: AIRFLOW__API__BASE_URL")
        return
    url = f"{address.rstrip('/')}/api/v2/monitor/health"
    try:
        answer = requests.get(url, timeout=ANSWER_SECONDS)
        answer.raise_for_status()
        health = answer.json()
    except (requests.RequestException, ValueError) as error:
        yield bad(AIRFLOW, f"{url}: {type(error).__name__}", "启动 start airflow api-server")
        return
    for name, what in COMPONENTS.items():
        yield _component(name, what, health.get(name) or {})


def _component(name: str, what: str, health: Mapping[str, Any]) -> Finding:
    status, last = health.get("status"), health.get(f"latest_{name}_heartbeat")
    seen = f"{name}: {status or '没有 none'}" + (f", {last}" if last else "")
    return good(AIRFLOW, seen) if status == "healthy" else bad(AIRFLOW, seen, f"启动 start {what}")


def broker(settings: Settings) -> Iterator[Finding]:
    """Whether the broker answers, and which workers do, by host and release. Nothing where no broker is configured."""
    configured = _Configured(settings)
    url = configured.value("celery", "broker_url") if "Celery" in configured.value("core", "executor") else ""
    if not url:
        return
    try:
        from celery import Celery
        from kombu.exceptions import KombuError
    except ImportError:
        yield bad(BROKER, "没有 celery is not installed", "pip install -r requirements/prod.txt")
        return
    client = Celery(broker=url, set_as_current=False)
    client.conf.broker_transport_options = {"socket_timeout": ANSWER_SECONDS, "socket_connect_timeout": ANSWER_SECONDS}
    with client.connection_for_read() as connection:
        where = connection.as_uri()
        try:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=ANSWER_SECONDS)
        except KombuError as error:
            yield bad(
                BROKER, f"{where}: {str(error).partition(chr(10))[0]}", "启动队列或改地址 is it up? docs/runbook.md"
            )
            return
        yield good(BROKER, where)
        yield from _workers(functools.partial(_asked, client, connection), configured)


def _asked(client: Any, connection: Any, command: str) -> dict[str, Any]:
    """What each worker answers to a command of Celery's, or of ours, by the worker's name."""
    answers = client.control.broadcast(command, reply=True, timeout=COLLECT_SECONDS, connection=connection)
    return {name: answer for each in answers or () for name, answer in each.items()}


def _workers(asked: Callable[[str], dict[str, Any]], configured: _Configured) -> Iterator[Finding]:
    served = asked("active_queues")
    stats, releases = (asked(command) if served else {} for command in ("stats", RELEASE_COMMAND))
    for name, queues in sorted(served.items()):
        slots = stats.get(name, {}).get("pool", {}).get("max-concurrency", "?")
        seen = f"{name}: 队列 queues {', '.join(sorted(q['name'] for q in queues))}, {slots} 进程 processes"
        found = releases.get(name)
        if found == release.own():
            yield good(WORKERS, f"{seen}, {found}")
        else:
            other = found if isinstance(found, str) else "版本未知 release unknown"
            yield bad(WORKERS, f"{seen}, {other}", f"用本机版本重启 start it by the release here, {release.own()}")
    wanted = configured.value("operators", "default_queue") or "default"
    if not any(queue["name"] == wanted for queues in served.values() for queue in queues):
        seen = f"没有进程在取队列 nobody takes from queue {wanted!r}"
        yield bad(WORKERS, seen, f"启动 start airflow celery worker -q {wanted}")


class _Configured:
    """What Airflow is told on this machine: the environment, then ``airflow.cfg``, where Airflow itself looks for both."""

    def __init__(self, settings: Settings) -> None:
        self._environ = settings.environ
        home = settings.environ.get("AIRFLOW_HOME") or settings.var_folder / "airflow"
        self._file = configparser.ConfigParser(interpolation=None)
        self._file.read(pathlib.Path(settings.environ.get("AIRFLOW_CONFIG") or pathlib.Path(home) / "airflow.cfg"))

    def value(self, section: str, key: str) -> str:
        """One setting; also one that a command gives, as Airflow's ``_CMD`` does. Empty where there is none."""
        name = f"AIRFLOW__{section.upper()}__{key.upper()}"
        if found := self._environ.get(name):
            return found
        if command := self._environ.get(f"{name}_CMD"):
            return _given_by(command)
        return self._file.get(section, key, fallback="").replace("%%", "%")


def _given_by(command: str) -> str:
    try:
        done = subprocess.run(shlex.split(command), capture_output=True, text=True, timeout=ANSWER_SECONDS, check=False)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()
