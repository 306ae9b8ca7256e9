"""PostgreSQL, the sandbox province, the portal and Airflow of a local installation, started and stopped together."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import requests
import sqlalchemy as sa

from pipeline.clock import outages
from pipeline.hub import open_hub
from pipeline.services.installation import AIRFLOW_ROLE, PASSWORDS, Installation, remember_province, write_settings
from pipeline.services.postgres import require_free_port
from pipeline.settings import ROOT, load_settings
from sandbox.world import is_simulated
from schemas.errors import HubError, SetupError
from warehouse.database import access, release
from warehouse.landing.heartbeats import SERVICES
from warehouse.landing.store import open_store

#: Until the portal answers, on a slow machine.
PORTAL_SECONDS = 60.0

Tell = Callable[[str], None]


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
    from pipeline.setup import prepare  # heavy, and `anze status` prepares nothing

    tell("PostgreSQL")
    here.cluster.start()
    write_settings(here)
    _create_databases(here)
    here.airflow.configure(here.environ())
    with ThreadPoolExecutor(max_workers=1) as beside:
        airflow = beside.submit(here.airflow.migrate, here.environ())
        tell("migrations and reference tables")
        settings = load_settings(here.environ())
        prepare(here.cluster.url("anze"), settings.now())
        remember_province(here)
        open_store(settings.landing, settings.environ).prepare()
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


def start_airflow(here: Installation, tell: Tell) -> None:
    """Start Airflow's processes; those of another release than this are ended first: they hold its code, and would not load."""
    tell("Airflow")
    mark = here.folder / "run" / "airflow.release"
    if not mark.exists() or mark.read_text() != release.own():
        here.airflow.stop()
    if here.airflow.services()[0].pid is None:
        require_free_port(here.airflow_port, "Airflow", "ANZE_AIRFLOW_PORT")
    here.airflow.start(here.environ())
    mark.write_text(release.own())


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


def _answers(address: str) -> bool:
    try:
        return requests.get(address, timeout=2).ok
    except requests.RequestException:
        return False


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
