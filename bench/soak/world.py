"""A small world for the soak: a few insurers of the sandbox with their real definitions, and a hub with a set clock."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import json
import pathlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from connectors.definition import REGULATOR
from connectors.model import InsurerDefinition
from pipeline import steps
from pipeline.hub import Hub
from pipeline.services.postgres import Cluster, free_port
from pipeline.settings import Settings
from pipeline.setup import prepare
from sandbox import registers, truth
from sandbox.accounts import credentials
from sandbox.cast import cast
from sandbox.truth.province import Province
from schemas.contract import INSURER_RECORD_TYPES
from schemas.time_zone import SHANGHAI
from warehouse.database.engine import connect
from warehouse.landing.folder_store import FolderStore

Record = dict[str, Any]
SEED, SCALE = 5, 0.006
#: Two interfaces of different kinds, a CSV folder and a workbook folder.
INSURERS = ("lichun", "xiazhi", "tianji", "youlan")
DIALECTS = {insurer.insurer_id: insurer.dialect for insurer in cast()}
#: When the world begins: registers are loaded, no insurer has delivered.
DAWN = dt.datetime(2026, 11, 17, 9, tzinfo=SHANGHAI)


@dataclass(frozen=True)
class SoakHub(Hub):
    """A hub of a few insurers whose interfaces answer in small pages, so that small deliveries have several."""

    chosen: tuple[str, ...] = INSURERS
    page_size: int = 4

    @functools.cached_property
    def insurers(self) -> Mapping[str, InsurerDefinition]:
        return {insurer_id: self.definition(insurer_id) for insurer_id in self.chosen}

    def definition(self, insurer_id: str) -> InsurerDefinition:
        found = super().definition(insurer_id)
        if found.channel != "api":
            return found
        limits = dataclasses.replace(found.limits, requests_per_second=10_000.0)
        return dataclasses.replace(found, limits=limits, paging=dataclasses.replace(found.paging, size=self.page_size))


@functools.cache
def province() -> Province:
    """The seeded province, with registers cut down to the soak's insurers and whom they insure."""
    built = truth.build(SEED, SCALE)
    wanted = {v.record["insured_credit_code"] for v in built.versions if v.insurer_id in INSURERS and _is_policy(v)}
    kept = {
        "enterprise": [row for row in built.registers["enterprise"] if row["credit_code"] in wanted],
        "insurer": [row for row in built.registers["insurer"] if row["insurer_code"].lower() in INSURERS],
    }
    return dataclasses.replace(built, registers={**built.registers, **kept})


def _is_policy(version: truth.Version) -> bool:
    return version.record_type == "policy"


def first_versions(insurer_id: str, record_type: str) -> list[Record]:
    """Every record of one feed as it was first told, in the order in which they became known; none is withdrawn."""
    found: dict[tuple[Any, ...], Record] = {}
    for version in province().versions:
        if (version.insurer_id, version.record_type) == (insurer_id, record_type):
            found.setdefault(version.key, version.record)
    return [record for record in found.values() if record["operation_code"] != "D"]


def environ(sandbox_url: str = "http://127.0.0.1:1") -> dict[str, str]:
    """Environment of a hub of this world: where the sandbox listens, and what it accepts."""
    accepted = {f"ANZE_CREDENTIALS_{name.upper()}": json.dumps(credentials(name, SEED)) for name in INSURERS}
    return {"ANZE_SANDBOX_URL": sandbox_url, **accepted}


def settings_at(moment: dt.datetime, url: str, folder: pathlib.Path, variables: Mapping[str, str]) -> Settings:
    """Settings of a hub below ``folder`` whose clock shows ``moment`` now."""
    offset = moment - dt.datetime.now(dt.UTC)
    return Settings(url, str(folder / "landing"), folder / "drop", folder, offset, dict(variables))


def hub_at(
    moment: dt.datetime,
    url: str,
    folder: pathlib.Path,
    variables: Mapping[str, str],
    chosen: Sequence[str] = INSURERS,
    engine: sa.Engine | None = None,
) -> SoakHub:
    """A hub whose clock shows ``moment`` now; without ``engine`` it connects as any process of the hub would."""
    settings = settings_at(moment, url, folder, variables)
    return SoakHub(settings, engine or connect(url), FolderStore(settings.landing_folder), tuple(chosen))


@dataclass
class Databases:
    """Databases of one cluster, cloned from templates. State: how many were made."""

    cluster: Cluster
    prefix: str = "soak"
    is_durable: bool = False
    count: int = 0

    @functools.cached_property
    def _admin(self) -> sa.Engine:
        return sa.create_engine(self.cluster.url("postgres"), isolation_level="AUTOCOMMIT", pool_pre_ping=True)

    def create(self, template: str = "template1") -> str:
        """A new database with the content of ``template``; returns its name."""
        self.count += 1
        name = f"{self.prefix}_{self.count}"
        self.run(f"create database {name} template {template}")
        if self.is_durable:
            # A clone's sequences begin to be logged with the next checkpoint only: after a crash they would go back.
            self.run("checkpoint")
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is connected."""
        self.run(f"drop database {name} with (force)")

    def run(self, statement: str) -> None:
        """Run one statement of administration."""
        with self._admin.connect() as connection:
            connection.exec_driver_sql(statement)

    def sessions(self, name: str) -> int:
        """How many client sessions a database has."""
        query = sa.text(
            "select count(*) from pg_stat_activity where datname = :name and backend_type = 'client backend'"
        )
        with self._admin.connect() as connection:
            return int(connection.execute(query, {"name": name}).scalar_one())

    def close(self) -> None:
        """Let go of the cluster."""
        self._admin.dispose()


@contextmanager
def own_cluster(*, durable: bool) -> Iterator[Cluster]:
    """A throw-away cluster; ``durable`` = with fsync, so that an immediate stop is a fair crash."""
    unsafe = {} if durable else {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
    with tempfile.TemporaryDirectory(prefix="anze-soak-") as folder:
        cluster = Cluster(pathlib.Path(folder) / "pg", free_port())
        try:
            cluster.start(shared_buffers="128MB", autovacuum="off", **unsafe)
            yield cluster
        finally:
            cluster.stop("immediate")


def create_world(databases: Databases, folder: pathlib.Path, template: str | None = None) -> str:
    """A migrated database with the registers loaded, its landing folder below ``folder``; returns its name."""
    name = databases.create(template or "template1")
    url = databases.cluster.url(name)
    if template is None:
        prepare(url)
    registers.write_registers(province(), folder / "drop" / REGULATOR)
    hub = hub_at(DAWN, url, folder, environ())
    try:
        for report in steps.sync_insurer(hub, REGULATOR):
            if report.state != "loaded":
                raise RuntimeError(f"register {report.record_type} is {report.state}: {report.findings}")
    finally:
        hub.engine.dispose()
    return name


RECORD_TYPES = INSURER_RECORD_TYPES
