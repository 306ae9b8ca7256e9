"""An installation that a drill lives through: a province whose insurers are asked, and a clerk who hands in files."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import json
import multiprocessing
import os
import pathlib
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import requests

from connectors.definition import REGULATOR
from drills.servers import run
from pipeline import steps
from pipeline.scheduling.warm import warm_up
from pipeline.services.installation import FIRST_NIGHT, NIGHT
from pipeline.services.postgres import Cluster, free_port
from pipeline.settings import TWIN_URL, Settings, load_settings
from pipeline.setup import prepare
from sandbox import drops, registers
from sandbox.accounts import credentials
from sandbox.cast import cast
from sandbox.truth import Province, build
from schemas.errors import RetryLater
from warehouse.database import access
from warehouse.database.engine import connect

DATABASE, PASSWORD, SEED = "anze", "of-a-drill", 5
#: Hands in files, and is asked for nothing; beside it, in a small drill, one insurer with an interface and one that drops files.
CLERK, FEW = "yushui", ("lichun", "yuheng")
LONGEST_SECONDS = 300.0


@dataclass(frozen=True)
class World:
    """A province in ``folder``, the senders that are asked each night, and where the simulated insurers answer."""

    folder: pathlib.Path
    province: Province
    senders: tuple[str, ...]
    url: str

    def settings(self, server: Cluster, moment: dt.datetime) -> Settings:
        """An installation on a server whose clock shows ``moment`` now."""
        return load_settings({
            "ANZE_DATABASE_URL": server.url(DATABASE, access.LOADER, PASSWORD),
            TWIN_URL: server.url(DATABASE),
            "ANZE_VAR": str(self.folder / "var"),
            "ANZE_CLOCK_OFFSET": str((moment - dt.datetime.now(dt.UTC)).total_seconds()),
            "ANZE_SANDBOX_URL": self.url,
            **{f"ANZE_CREDENTIALS_{name.upper()}": json.dumps(credentials(name, SEED)) for name in self.senders},
        })  # fmt: skip

    def night(self, server: Cluster, since: dt.datetime | None, until: dt.datetime) -> None:
        """Ask every sender for what it could tell in a span, the registers first, and publish."""
        settings, folder = self.settings(server, until), self.folder / "var" / "drop"
        if since is None:
            registers.write_registers(self.province, folder / REGULATOR)
        drops.write(self.province, folder, since, until, until.date())
        for each in folder.iterdir():
            if each.name not in (*self.senders, REGULATOR):
                shutil.rmtree(each)
        _ask((settings, REGULATOR))
        fork = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(max_workers=os.cpu_count(), mp_context=fork) as workers:
            list(workers.map(_ask, zip(itertools.repeat(settings), self.senders, strict=False)))
        hub = steps.open_hub(settings)
        steps.publish(hub)
        hub.engine.dispose()

    def files(self) -> Iterator[pathlib.Path]:
        """The clerk's files, each with one policy."""
        for number, row in enumerate(self.province.feed(CLERK, "policy", None, FIRST_NIGHT)):
            folder = self.folder / "clerk" / str(number)
            folder.mkdir(parents=True)
            yield drops.write_file("csv_utf8", folder, "policy", [row], NIGHT.date())


@contextlib.contextmanager
def living(folder: str, scale: float, senders: Sequence[str]) -> Iterator[World]:
    """A province of this size, and its insurers' systems, until the end of the block."""
    warm_up()
    port = free_port()
    command = ["-m", "sandbox.server", "--port", port, "--seed", SEED, "--scale", scale]
    systems = subprocess.Popen([sys.executable, *map(str, command)])
    try:
        world = World(pathlib.Path(folder), build(SEED, scale), tuple(senders), f"http://127.0.0.1:{port}")
        _wait_for(world.url)
        yield world
    finally:
        systems.kill()
        systems.wait()


def everybody() -> tuple[str, ...]:
    """All insurers but the clerk's."""
    return tuple(insurer.insurer_id for insurer in cast() if insurer.insurer_id != CLERK)


def make_hub(server: Cluster) -> None:
    """The hub's database on a server, its tables, and the loader's password."""
    run(server, f"create database {DATABASE}")
    prepare(server.url(DATABASE), FIRST_NIGHT - dt.timedelta(days=1))
    admin = connect(server.url(DATABASE))
    access.set_passwords(admin, {access.LOADER: PASSWORD})
    admin.dispose()


def _ask(asked: tuple[Settings, str]) -> None:
    """Collect and load what a sender has; one whose system is down, as some are in the night, brings nothing."""
    settings, sender = asked
    hub = steps.open_hub(settings)
    with contextlib.suppress(RetryLater):
        steps.sync_insurer(hub, sender)
    hub.engine.dispose()


def _wait_for(url: str) -> None:
    end = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < end:
        with contextlib.suppress(requests.ConnectionError):
            requests.get(url, timeout=5)
            return
        time.sleep(0.1)
    raise TimeoutError(f"the insurers' systems do not answer: {url}")
