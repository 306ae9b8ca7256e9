"""A local Airflow: four processes on 127.0.0.1, metadata in the same PostgreSQL, driven through its REST API."""

from __future__ import annotations

import base64
import configparser
import datetime as dt
import importlib.metadata
import io
import json
import os
import pathlib
import secrets
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import requests

from pipeline.scheduling.priority import BACKFILL_POOL, BACKFILL_POOL_SLOTS
from pipeline.services.airflow_config import PYTHONPATH, for_loaders, shared
from pipeline.services.processes import Service
from pipeline.settings import ROOT
from schemas.delivery import Credentials
from schemas.errors import SetupError

PROCESSES: Mapping[str, tuple[str, ...]] = {
    "api-server": ("api-server", "--workers", "1"),
    "scheduler": ("scheduler", "--skip-serve-logs"),
    "dag-processor": ("dag-processor",),
    "triggerer": ("triggerer", "--skip-serve-logs"),
}
USER = "admin"
START_SECONDS = 120.0
PAGE = 1000
"""Entries that one answer of the REST API may hold (``config/airflow.cfg``): more than a province has DAGs."""
CONFIG_HEAD = """\
# 由 anze up 生成,每次启动重写;此处是实际生效的设置,未列出的为 Airflow 默认值。
# Written by `anze up` at every start: what is in force; what does not stand here is Airflow's default.
# An environment variable AIRFLOW__SECTION__KEY still goes before this file. It holds secrets: keep it 0600.

"""

#: Airflow's own commands in one process: starting each costs seconds.
PREPARE = f"""\
from airflow.cli.cli_parser import get_parser

for command in (
    ["db", "migrate"],
    ["pools", "set", "{BACKFILL_POOL}", "{BACKFILL_POOL_SLOTS}", "Backfills: the other workers are the night's."],
):
    arguments = get_parser().parse_args(command)
    arguments.func(arguments)
"""


@dataclass(frozen=True)
class LocalAirflow:
    """An Airflow home in ``folder`` with its web address; ``database_url`` holds the metadata."""

    folder: pathlib.Path
    port: int
    database_url: str
    dags_folder: pathlib.Path = ROOT / "dags"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def password(self) -> str:
        passwords = json.loads((self.folder / "passwords.json").read_text())
        return str(passwords[USER])

    def services(self) -> list[Service]:
        """The background processes, in the order of their start."""
        return [Service(f"airflow-{name}", self.folder / "run") for name in PROCESSES]

    def configure(self, base: Mapping[str, str] = os.environ) -> None:
        """Write passwords and keys once, and ``airflow.cfg`` anew; safe to run again."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if not (self.folder / "passwords.json").exists():
            _write_secret(self.folder / "passwords.json", json.dumps({USER: secrets.token_urlsafe(9)}))
            keys = {"fernet": base64.urlsafe_b64encode(os.urandom(32)).decode(), "jwt": secrets.token_urlsafe(64)}
            _write_secret(self.folder / "keys.json", json.dumps(keys))
        self._write_config(base.get("ANZE_PARALLELISM", "4"))

    def environ(self, base: Mapping[str, str]) -> dict[str, str]:
        """Environment of Airflow's processes: ``base`` without what no loader needs to know, and where this home is."""
        return {**for_loaders(base), "AIRFLOW_HOME": str(self.folder), "PYTHONPATH": PYTHONPATH}

    def _write_config(self, parallelism: str) -> None:
        """Write ``airflow.cfg``: all that differs from Airflow's defaults, and what is in force."""
        keys = json.loads((self.folder / "keys.json").read_text())
        written = configparser.ConfigParser(interpolation=None)
        written.read_dict(shared())
        written.read_dict(
            {
                "core": {
                    "dags_folder": self.dags_folder,
                    "executor": "LocalExecutor",
                    "parallelism": parallelism,
                    "fernet_key": keys["fernet"],
                    "execution_api_server_url": f"{self.address}/execution/",
                    "simple_auth_manager_users": f"{USER}:admin",
                    "simple_auth_manager_passwords_file": self.folder / "passwords.json",
                },
                "database": {"sql_alchemy_conn": self.database_url.replace("%", "%%")},
                "api": {
                    "host": "127.0.0.1",
                    "port": self.port,
                    "base_url": self.address,
                    "secret_key": keys["jwt"],
                },
                "api_auth": {"jwt_secret": keys["jwt"]},
            }
        )
        text = io.StringIO()
        written.write(text)
        beside = self.folder / f".airflow.cfg-{os.getpid()}"
        _write_secret(beside, CONFIG_HEAD + text.getvalue())
        beside.replace(self.folder / "airflow.cfg")

    def migrate(self, base: Mapping[str, str]) -> None:
        """Create or upgrade the metadata tables and make the pools, once a version. Raises SetupError with the log's name."""
        mark = self.folder / "migrated"
        version = f"{importlib.metadata.version('apache-airflow')} {BACKFILL_POOL}={BACKFILL_POOL_SLOTS}"
        if mark.exists() and mark.read_text() == version:
            return
        log = self.folder / "migrate.log"
        with log.open("wb") as out:
            command = [sys.executable, "-c", PREPARE]
            done = subprocess.run(command, env=self.environ(base), stdout=out, stderr=out, check=False)
        if done.returncode:
            raise SetupError(f"Airflow could not prepare its metadata: see {log}")
        mark.write_text(version)

    def start(self, base: Mapping[str, str]) -> None:
        """Start what is not running."""
        environ = self.environ(base)
        for service, arguments in zip(self.services(), PROCESSES.values(), strict=True):
            service.start([*_airflow(), *arguments], environ, ROOT)

    def stop(self) -> None:
        for service in reversed(self.services()):
            service.stop()

    def client(self) -> Client:
        """A logged-in REST client. Raises SetupError when the server does not answer in time."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                credentials = {"username": USER, "password": self.password}
                answer = requests.post(f"{self.address}/auth/token", json=credentials, timeout=10)
                answer.raise_for_status()
                return Client(f"{self.address}/api/v2", answer.json()["access_token"])
            except requests.RequestException as error:
                if time.monotonic() > deadline:
                    log = self.services()[0].log
                    raise SetupError(f"Airflow does not answer at {self.address}: see {log}") from error
                time.sleep(0.5)


@dataclass(frozen=True)
class Client:
    """Airflow's REST API as we use it: connections, pausing, runs and their states."""

    base: str
    token: str

    def call(self, method: str, path: str, body: Any = None, **params: Any) -> Any:
        """One call; JSON in, JSON out. Raises requests.HTTPError for a refusal."""
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = requests.request(method, f"{self.base}{path}", json=body, params=params, headers=headers, timeout=60)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def wait_for_dags(self, dag_ids: Iterable[str], seconds: float = START_SECONDS) -> None:
        """Wait until every DAG has been parsed. Raises SetupError naming those that have not."""
        missing = set(dag_ids)
        deadline = time.monotonic() + seconds
        while missing:
            page = self.call("GET", "/dags", limit=PAGE, exclude_stale=True)
            missing -= {dag["dag_id"] for dag in page["dags"]}
            if missing and time.monotonic() > deadline:
                errors = self.call("GET", "/importErrors")["import_errors"]
                reason = errors[0]["stack_trace"].strip().splitlines()[-1] if errors else "not parsed in time"
                raise SetupError(f"DAGs are missing: {', '.join(sorted(missing)[:3])} ...: {reason}")
            if missing:
                time.sleep(0.5)

    def put_connections(self, credentials: Mapping[str, Credentials]) -> None:
        """Store one connection ``insurer_<id>`` for each insurer; existing ones are replaced."""
        entities = [
            {
                "connection_id": f"insurer_{insurer_id}",
                "conn_type": "generic",
                "login": entry.login,
                "password": entry.secret,
                "extra": json.dumps(dict(entry.extra)),
            }
            for insurer_id, entry in credentials.items()
        ]
        actions = [{"action": "create", "action_on_existence": "overwrite", "entities": entities}]
        self.call("PATCH", "/connections", {"actions": actions})

    def unpause(self, pattern: str = "%") -> None:
        """Unpause every DAG whose id matches the SQL pattern."""
        self.call("PATCH", "/dags", {"is_paused": False}, dag_id_pattern=pattern, limit=PAGE)

    def trigger(self, dag_id: str) -> str:
        """Start one run now and give its id."""
        return str(self.call("POST", f"/dags/{dag_id}/dagRuns", {"logical_date": None})["dag_run_id"])

    def runs_since(self, dag_ids: Iterable[str], moment: dt.datetime) -> dict[str, dict[str, Any]]:
        """The newest run of each DAG that was queued after ``moment``, with state, start_date and end_date."""
        body = {"dag_ids": list(dag_ids), "page_limit": PAGE, "order_by": "-id"}
        page = self.call("POST", "/dags/~/dagRuns/list", body)
        runs = [run for run in page["dag_runs"] if dt.datetime.fromisoformat(run["queued_at"]) >= moment]
        return {run["dag_id"]: run for run in reversed(runs)}


def _airflow() -> list[str]:
    return [sys.executable, "-m", "airflow"]


def _write_secret(path: pathlib.Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text)
