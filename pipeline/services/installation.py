"""A local installation under ``var/``: PostgreSQL, the sandbox province and Airflow, started and stopped together."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import math
import os
import pathlib
import secrets
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import requests
import sqlalchemy as sa

from pipeline.clock import outages
from pipeline.hub import open_hub
from pipeline.services.airflow import LocalAirflow
from pipeline.services.postgres import Cluster, require_free_port
from pipeline.services.processes import Service
from pipeline.settings import (
    ADMIN_FILE,
    ROOT,
    TWIN_URL,
    credentials_from,
    load_settings,
    read_env_file,
    var_folder,
    write_env_file,
)
from pipeline.setup import prepare
from sandbox.accounts import credentials as sandbox_credentials
from sandbox.cast import cast
from sandbox.world import is_simulated, world
from schemas.delivery import Credentials
from schemas.errors import HubError, SetupError
from schemas.province import DEFAULT, VARIABLE, province
from schemas.time_zone import SHANGHAI
from warehouse.database import access
from warehouse.landing.heartbeats import SERVICES
from warehouse.landing.store import Store

#: The sandbox's calendar: history is collected on the first night, the demo's night is the second.
FIRST_NIGHT = dt.datetime(2026, 11, 18, 1, 30, tzinfo=SHANGHAI)
NIGHT = dt.datetime(2026, 11, 21, 1, 30, tzinfo=SHANGHAI)

AIRFLOW_ROLE = "airflow"
#: Logins of the hub's own, and the settings that keep their passwords.
PASSWORDS = {
    access.LOADER: "ANZE_LOADER_PASSWORD",
    access.REGULATOR: "ANZE_REGULATOR_PASSWORD",
    access.PORTAL: "ANZE_PORTAL_PASSWORD",
    access.PORTAL_INSURER: "ANZE_PORTAL_INSURER_PASSWORD",
    access.PORTAL_REGULATOR: "ANZE_PORTAL_REGULATOR_PASSWORD",
}
PORTS = range(1, 65536)

#: Until the portal answers, on a slow machine.
PORTAL_SECONDS = 60.0

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Installation:
    """Where a local installation lives and which ports it takes."""

    folder: pathlib.Path
    postgres_port: int
    airflow_port: int
    sandbox_port: int
    portal_port: int
    seed: int
    scale: str

    @property
    def cluster(self) -> Cluster:
        return Cluster(self.folder / "postgres", self.postgres_port)

    @property
    def airflow(self) -> LocalAirflow:
        password = self.settings().get("ANZE_AIRFLOW_DATABASE_PASSWORD", "")
        return LocalAirflow(
            self.folder / "airflow", self.airflow_port, self.cluster.url("airflow", AIRFLOW_ROLE, password)
        )

    @property
    def sandbox(self) -> Service:
        return Service("sandbox", self.folder / "run")

    @property
    def portal(self) -> Service:
        return Service("portal", self.folder / "run")

    @property
    def portal_url(self) -> str:
        return f"http://127.0.0.1:{self.portal_port}"

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

    def settings(self) -> dict[str, str]:
        """What ``var/anze.env`` says; empty before the first start."""
        return read_env_file(self.env_file)

    def environ(self) -> dict[str, str]:
        """This process's environment with the installation's settings laid over it."""
        return {**os.environ, **self.settings()}

    def credentials(self) -> dict[str, Credentials]:
        """What the simulated insurers accept, by insurer id; none where the province is not simulated."""
        if not is_simulated():
            return {}
        api = [insurer.insurer_id for insurer in cast() if not insurer.is_drop]
        return {insurer_id: credentials_from(sandbox_credentials(insurer_id, self.seed)) for insurer_id in api}


def installation(environ: Mapping[str, str] = os.environ) -> Installation:
    """The local installation that this environment describes; its seed and scale are those of its first start.

    Raises SetupError for a port, seed or scale that is none.
    """
    folder = var_folder(environ)
    kept = read_env_file(folder / "anze.env")
    chosen = {**kept, **environ}
    return Installation(
        folder=folder,
        postgres_port=_number(chosen, "ANZE_POSTGRES_PORT", "54329", PORTS),
        airflow_port=_number(chosen, "ANZE_AIRFLOW_PORT", "8088", PORTS),
        sandbox_port=_number(chosen, "ANZE_SANDBOX_PORT", "8035", PORTS),
        portal_port=_number(chosen, "ANZE_PORTAL_PORT", "8060", PORTS),
        seed=_number({**chosen, **kept}, "ANZE_SANDBOX_SEED", "20261121"),
        scale=_size({**chosen, **kept}.get("ANZE_SANDBOX_SCALE", "0.01")),
    )


def require_simulated() -> None:
    """Raise SetupError when the present province has no world to play."""
    world()


def require_ports(here: Installation, *, with_airflow: bool = True) -> None:
    """Raise SetupError for a port that something else holds, before anything is started."""
    ours = [
        (here.postgres_port, "PostgreSQL", "ANZE_POSTGRES_PORT", here.cluster.is_running(), True),
        (here.sandbox_port, "the sandbox", "ANZE_SANDBOX_PORT", here.sandbox.pid is not None, is_simulated()),
        (here.portal_port, "the portal", "ANZE_PORTAL_PORT", here.portal.pid is not None, True),
        (here.airflow_port, "Airflow", "ANZE_AIRFLOW_PORT", here.airflow.services()[0].pid is not None, with_airflow),
    ]
    for port, who, setting, is_running, is_wanted in ours:
        if is_wanted and not is_running:
            require_free_port(port, who, setting)


def start_database(here: Installation, tell: Tell) -> None:
    """Start PostgreSQL, write ``var/anze.env``, create and migrate both databases, set the roles' passwords."""
    tell("PostgreSQL")
    here.cluster.start()
    _write_settings(here)
    _create_databases(here)
    here.airflow.configure(here.environ())
    with ThreadPoolExecutor(max_workers=1) as beside:
        airflow = beside.submit(here.airflow.migrate, here.environ())
        tell("migrations and reference tables")
        prepare(here.cluster.url("anze"), load_settings(here.environ()).now())
        _remember_province(here)
        Store(load_settings(here.environ()).landing_folder).restrict()
        _set_passwords(here)
        if not airflow.done():
            tell("Airflow's metadata")
        airflow.result()


def start_sandbox(here: Installation, tell: Tell) -> None:
    """Start the simulated insurers' server, where the province is simulated."""
    if is_simulated() and here.sandbox.pid is None:
        tell("sandbox province")
        require_free_port(here.sandbox_port, "the sandbox", "ANZE_SANDBOX_PORT")
        command = ["-m", "sandbox.server", "--port", here.sandbox_port, "--seed", here.seed, "--scale", here.scale]
        here.sandbox.start([sys.executable, *map(str, command)], {**os.environ, "PYTHONPATH": str(ROOT)}, ROOT)


def start_portal(here: Installation, tell: Tell) -> None:
    """Start the portal anew, since the sandbox's clock may have moved, and wait until it answers. Raises SetupError."""
    tell("the portal")
    here.portal.stop()
    require_free_port(here.portal_port, "the portal", "ANZE_PORTAL_PORT")
    here.portal.start([sys.executable, "-m", "portal.server"], {**here.environ(), "PYTHONPATH": str(ROOT)}, ROOT)
    deadline = time.monotonic() + PORTAL_SECONDS
    while not _answers(f"{here.portal_url}/healthz"):
        if here.portal.pid is None or time.monotonic() > deadline:
            raise SetupError(f"门户没有启动 the portal does not answer: {here.portal.log}")
        time.sleep(0.2)


def _answers(address: str) -> bool:
    try:
        return requests.get(address, timeout=2).ok
    except requests.RequestException:
        return False


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
    services = [here.portal, *reversed(here.airflow.services()), here.sandbox]
    running = [service.name for service in services if service.pid is not None]
    if here.portal.pid is not None and here.cluster.is_running():
        _say_planned(here)
    here.portal.stop()
    here.airflow.stop()
    here.sandbox.stop()
    if here.cluster.is_running():
        here.cluster.stop()
        running.append("PostgreSQL")
    return running


def _say_planned(here: Installation) -> None:
    """Keep that the silence which begins now was somebody's doing; a hub that cannot be opened goes without."""
    with contextlib.suppress(HubError):
        hub = open_hub(load_settings(here.environ()))
        for service in SERVICES:
            outages.stopped(hub, service, "anze down")
        hub.engine.dispose()


def states(here: Installation) -> dict[str, bool]:
    """Which parts run, by name; none where this machine has no installation of its own."""
    if not here.cluster.pgdata.exists():
        return {}
    services = [*([here.sandbox] if is_simulated() else []), here.portal, *here.airflow.services()]
    return {"PostgreSQL": here.cluster.is_running(), **{s.name: s.pid is not None for s in services}}


def _create_databases(here: Installation) -> None:
    """The hub's database, and Airflow's with a role of its own; nobody else may connect to either."""
    admin = sa.create_engine(here.cluster.url("postgres"), isolation_level="AUTOCOMMIT")
    password = here.settings()["ANZE_AIRFLOW_DATABASE_PASSWORD"]
    with admin.connect() as connection:
        roles = set(connection.execute(sa.text("select rolname from pg_roles")).scalars())
        known = set(connection.execute(sa.text("select datname from pg_database")).scalars())
        verb = "alter" if AIRFLOW_ROLE in roles else "create"
        connection.execute(sa.text(f"{verb} role {AIRFLOW_ROLE} login password '{password}'"))
        for name, owner in {"anze": "postgres", "airflow": AIRFLOW_ROLE}.items():
            if name not in known:
                connection.execute(sa.text(f"create database {name} owner {owner}"))
        for name in ("airflow", "postgres", "template1"):
            connection.execute(sa.text(f"revoke all on database {name} from public"))
    admin.dispose()


def _set_passwords(here: Installation) -> None:
    engine = sa.create_engine(here.cluster.url("anze"))
    kept = here.settings()
    access.set_passwords(engine, {role: kept[name] for role, name in PASSWORDS.items()})
    engine.dispose()


def _write_settings(here: Installation) -> None:
    """Write what follows from ports and folders anew at each start; secrets and the clock stay."""
    kept = here.settings()
    names = (*PASSWORDS.values(), "ANZE_AIRFLOW_DATABASE_PASSWORD")
    passwords = {name: kept.get(name) or secrets.token_urlsafe(12) for name in names}
    values = {
        "ANZE_DATABASE_URL": here.cluster.url("anze", access.LOADER, passwords["ANZE_LOADER_PASSWORD"]),
        "ANZE_POSTGRES_PORT": here.postgres_port,
        "ANZE_AIRFLOW_PORT": here.airflow_port,
        "ANZE_SANDBOX_PORT": here.sandbox_port,
        "ANZE_PORTAL_PORT": here.portal_port,
        "ANZE_SANDBOX_SEED": here.seed,
        "ANZE_SANDBOX_SCALE": here.scale,
        "ANZE_SANDBOX_URL": here.sandbox_url,
        "ANZE_VAR": here.folder,
        "ANZE_RETRY_SECONDS": "3",
        **{f"ANZE_CREDENTIALS_{name.upper()}": _as_json(entry) for name, entry in here.credentials().items()},
    }
    kept.pop(TWIN_URL, None)
    write_env_file(here.folder / ADMIN_FILE, {TWIN_URL: here.cluster.url("anze")})
    write_env_file(here.env_file, {**kept, **passwords, **{key: str(value) for key, value in values.items()}})


def _remember_province(here: Installation) -> None:
    """Commands and Airflow's processes take up the province of the installation; the default needs no word."""
    kept = here.settings()
    kept.pop(VARIABLE, None)
    chosen = {} if province().folder == DEFAULT else {VARIABLE: str(province().folder)}
    write_env_file(here.env_file, {**kept, **chosen})


def _number(chosen: Mapping[str, str], name: str, default: str, allowed: range | None = None) -> int:
    text = chosen.get(name) or default
    if not (text.isascii() and text.isdigit()):
        raise SetupError(f"{name} is {text!r}: write a whole number")
    if allowed is not None and int(text) not in allowed:
        raise SetupError(f"{name} is {text}: a port is {allowed[0]} to {allowed[-1]}")
    return int(text)


def _size(text: str) -> str:
    """The province's size as it was written. Raises SetupError unless it is a positive number."""
    with contextlib.suppress(ValueError):
        if 0 < float(text) < math.inf:
            return text
    raise SetupError(f"ANZE_SANDBOX_SCALE (--scale) is {text!r}: write a positive number, 1 = 56,000 enterprises")


def _as_json(entry: Credentials) -> str:
    return json.dumps({"login": entry.login, "secret": entry.secret, "extra": dict(entry.extra)})
