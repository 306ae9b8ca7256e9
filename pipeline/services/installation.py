"""A local installation under ``var/``: PostgreSQL, the sandbox province and Airflow, started and stopped together."""

from __future__ import annotations

import datetime as dt
import json
import os
import pathlib
import secrets
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from pipeline.services.airflow import LocalAirflow
from pipeline.services.postgres import Cluster, require_free_port
from pipeline.services.processes import Service
from pipeline.settings import ROOT, SHANGHAI, credentials_from, read_env_file, var_folder, write_env_file
from pipeline.setup import prepare
from sandbox.accounts import credentials as sandbox_credentials
from sandbox.cast import CAST
from schemas.delivery import Credentials
from warehouse import access

#: The sandbox's calendar: history is collected on the first night, the demo's night is the second.
FIRST_NIGHT = dt.datetime(2026, 11, 18, 1, 30, tzinfo=SHANGHAI)
NIGHT = dt.datetime(2026, 11, 21, 1, 30, tzinfo=SHANGHAI)

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Installation:
    """Where a local installation lives and which ports it takes."""

    folder: pathlib.Path
    postgres_port: int
    airflow_port: int
    sandbox_port: int
    seed: int
    scale: str

    @property
    def cluster(self) -> Cluster:
        return Cluster(self.folder / "postgres", self.postgres_port)

    @property
    def airflow(self) -> LocalAirflow:
        return LocalAirflow(self.folder / "airflow", self.airflow_port, self.cluster.url("airflow"))

    @property
    def sandbox(self) -> Service:
        return Service("sandbox", self.folder / "run")

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def env_file(self) -> pathlib.Path:
        return self.folder / "anze.env"

    @property
    def history_mark(self) -> pathlib.Path:
        """Stands when the sandbox's history has been collected; an interrupted ``up`` collects again."""
        return self.folder / "history.done"

    def environ(self) -> dict[str, str]:
        """This process's environment with the installation's settings laid under it."""
        return {**read_env_file(self.env_file), **os.environ}

    def credentials(self) -> dict[str, Credentials]:
        """What the simulated insurers accept, by insurer id."""
        api = [insurer.insurer_id for insurer in CAST if not insurer.is_drop]
        return {insurer_id: credentials_from(sandbox_credentials(insurer_id, self.seed)) for insurer_id in api}


def installation(environ: Mapping[str, str] = os.environ) -> Installation:
    """The local installation that this environment (and what an earlier ``up`` chose) describes."""
    folder = var_folder(environ)
    chosen = {**read_env_file(folder / "anze.env"), **environ}
    return Installation(
        folder=folder,
        postgres_port=int(chosen.get("ANZE_POSTGRES_PORT", "54329")),
        airflow_port=int(chosen.get("ANZE_AIRFLOW_PORT", "8088")),
        sandbox_port=int(chosen.get("ANZE_SANDBOX_PORT", "8035")),
        seed=int(chosen.get("ANZE_SANDBOX_SEED", "20261121")),
        scale=chosen.get("ANZE_SANDBOX_SCALE", "0.01"),
    )


def start_database(here: Installation, tell: Tell) -> None:
    """Start PostgreSQL, create and migrate both databases, set the roles' passwords, write ``var/anze.env``."""
    tell("PostgreSQL")
    here.cluster.start()
    names = _create_databases(here.cluster)
    here.airflow.configure()
    airflow = threading.Thread(target=here.airflow.migrate, args=(here.environ(),))
    if "airflow" in names:
        airflow.start()
    tell("migrations and reference tables")
    prepare(here.cluster.url("anze"))
    if not here.env_file.exists():
        _write_settings(here)
    if airflow.ident is not None:
        tell("Airflow's metadata")
        airflow.join()


def start_sandbox(here: Installation, tell: Tell) -> None:
    """Start the simulated insurers' server."""
    if here.sandbox.pid is None:
        tell("sandbox province")
        require_free_port(here.sandbox_port, "the sandbox", "ANZE_SANDBOX_PORT")
        command = ["-m", "sandbox.server", "--port", here.sandbox_port, "--seed", here.seed, "--scale", here.scale]
        here.sandbox.start([sys.executable, *map(str, command)], {**os.environ, "PYTHONPATH": str(ROOT)}, ROOT)


def start_airflow(here: Installation, tell: Tell) -> None:
    """Start Airflow's processes."""
    tell("Airflow")
    if here.airflow.services()[0].pid is None:
        require_free_port(here.airflow_port, "Airflow", "ANZE_AIRFLOW_PORT")
    here.airflow.start(here.environ())


def set_clock(here: Installation, moment: dt.datetime) -> None:
    """Shift the sandbox hub's clock so that it shows ``moment`` now."""
    offset = moment - dt.datetime.now(dt.UTC)
    write_env_file(here.env_file, {**read_env_file(here.env_file), "ANZE_CLOCK_OFFSET": str(offset.total_seconds())})


def stop(here: Installation) -> list[str]:
    """Stop everything that runs; returns the names of what was stopped."""
    services = [*reversed(here.airflow.services()), here.sandbox]
    running = [service.name for service in services if service.pid is not None]
    here.airflow.stop()
    here.sandbox.stop()
    if here.cluster.is_running():
        here.cluster.stop()
        running.append("PostgreSQL")
    return running


def states(here: Installation) -> dict[str, bool]:
    """Which parts run, by name."""
    services = [here.sandbox, *here.airflow.services()]
    return {"PostgreSQL": here.cluster.is_running(), **{s.name: s.pid is not None for s in services}}


def _create_databases(cluster: Cluster) -> list[str]:
    admin = sa.create_engine(cluster.url("postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        known = set(connection.execute(sa.text("select datname from pg_database")).scalars())
        missing = [name for name in ("anze", "airflow") if name not in known]
        for name in missing:
            connection.execute(sa.text(f"create database {name}"))
    admin.dispose()
    return missing


def _write_settings(here: Installation) -> None:
    loader, regulator = secrets.token_urlsafe(12), secrets.token_urlsafe(9)
    engine = sa.create_engine(here.cluster.url("anze"))
    access.set_passwords(engine, {access.LOADER: loader, access.REGULATOR: regulator})
    engine.dispose()
    values = {
        "ANZE_DATABASE_URL": here.cluster.url("anze", access.LOADER, loader),
        "ANZE_REGULATOR_PASSWORD": regulator,
        "ANZE_POSTGRES_PORT": here.postgres_port,
        "ANZE_AIRFLOW_PORT": here.airflow_port,
        "ANZE_SANDBOX_PORT": here.sandbox_port,
        "ANZE_SANDBOX_SEED": here.seed,
        "ANZE_SANDBOX_SCALE": here.scale,
        "ANZE_SANDBOX_URL": here.sandbox_url,
        "ANZE_VAR": here.folder,
        "ANZE_RETRY_SECONDS": "3",
        **{f"ANZE_CREDENTIALS_{name.upper()}": _as_json(entry) for name, entry in here.credentials().items()},
    }
    write_env_file(here.env_file, {key: str(value) for key, value in values.items()})


def _as_json(entry: Credentials) -> str:
    return json.dumps({"login": entry.login, "secret": entry.secret, "extra": dict(entry.extra)})
