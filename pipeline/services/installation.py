"""A local installation under ``var/``: which ports and folders it takes, and the settings that it keeps."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import math
import os
import pathlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.services.airflow import LocalAirflow
from pipeline.services.postgres import Cluster
from pipeline.services.processes import Service
from pipeline.settings import ADMIN_FILE, TWIN_URL, credentials_from, read_env_file, var_folder, write_env_file
from sandbox.cast import cast
from sandbox.world import is_simulated
from schemas.delivery import Credentials
from schemas.errors import SetupError
from schemas.province import DEFAULT, VARIABLE, province
from schemas.time_zone import SHANGHAI
from warehouse.database import access

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
        from sandbox.accounts import credentials as sandbox_credentials  # speaks every dialect

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


def set_clock(here: Installation, moment: dt.datetime) -> None:
    """Shift the sandbox hub's clock so that it shows ``moment`` now."""
    offset = moment - dt.datetime.now(dt.UTC)
    write_env_file(here.env_file, {**read_env_file(here.env_file), "ANZE_CLOCK_OFFSET": str(offset.total_seconds())})


def write_settings(here: Installation) -> None:
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


def remember_province(here: Installation) -> None:
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
