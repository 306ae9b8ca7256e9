"""The demo's two acts: history collected directly on a first night, then one whole night through Airflow."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import AbstractContextManager
from dataclasses import dataclass

from connectors.definition import REGULATOR
from pipeline import steps
from pipeline.scheduling.schedule import feeds
from pipeline.scheduling.warm import warm_up
from pipeline.services import demo_accounts
from pipeline.services.airflow import PAGE, Client
from pipeline.services.installation import FIRST_NIGHT, NIGHT, Installation, set_clock
from pipeline.services.running import (
    Tell,
    require_ports,
    start_airflow,
    start_database,
    start_portal,
    start_sandbox,
)
from pipeline.settings import PRODUCTION, PROFILE, is_production, load_settings
from sandbox import drops, registers, truth
from sandbox.cast import cast
from sandbox.world import is_simulated
from schemas.delivery import Credentials
from schemas.errors import SetupError
from warehouse.database.engine import connect

#: A progress bar that is open while something long runs; what it yields moves it on by one, saying what is done.
ProgressBar = AbstractContextManager[Callable[[str], None]]
#: (label, steps in all) -> a progress bar.
Progress = Callable[[str, int], ProgressBar]

NIGHT_SECONDS = 900.0
OVER = ("success", "failed")
#: What works beside the nights: people's files and questions.
ON_DEMAND = ("intake", "decisions", "backfill")


@dataclass(frozen=True)
class Night:
    """One night as Airflow saw it: runs by DAG id, with state, start and end; the publish run among them."""

    runs: dict[str, dict[str, object]]
    begun_at: dt.datetime
    ended_at: dt.datetime


def start(here: Installation, tell: Tell, progress: Progress, *, with_airflow: bool = True) -> None:
    """Start everything; a new installation of a simulated province also collects its history, directly.

    Raises SetupError in production, whose parts others start.
    """
    if is_production(os.environ):
        raise SetupError(
            f"单机安装 this starts an installation of one machine, and {PROFILE} is {PRODUCTION}: unset it, or see deploy/README.md"
        )
    require_ports(here, with_airflow=with_airflow)
    start_database(here, tell)
    start_sandbox(here, tell)
    if is_simulated() and not here.history_mark.exists():
        collect_history(here, tell, progress)
    if is_simulated():
        _make_accounts(here)
    start_portal(here, tell)
    if with_airflow:
        start_airflow(here, tell)


def run_night(here: Installation, tell: Tell, progress: Progress) -> Night:
    """Let the installation's Airflow run every sync DAG once, then publish. Raises SetupError when that takes too long."""
    tell("waiting for Airflow")
    client = here.airflow.client()
    night = play_night(client, here.credentials(), tell, progress)
    for dag_id in ON_DEMAND:
        client.unpause(dag_id)
    return night


def play_night(
    client: Client,
    credentials: Mapping[str, Credentials],
    tell: Tell,
    progress: Progress,
    dag_ids: list[str] | None = None,
    seconds: float = NIGHT_SECONDS,
) -> Night:
    """The night of any Airflow, by its API; of some DAGs, or all. Raises as ``run_night`` after so many seconds."""
    dag_ids = dag_ids or [f"sync__{feed.insurer_id}" for feed in feeds()]
    client.put_connections(credentials)
    client.wait_for_dags([*dag_ids, *ON_DEMAND, "publish"])
    begun = dt.datetime.now(dt.UTC)
    _begin(client, dag_ids)
    tell(f"one night: {len(dag_ids)} insurers through Airflow")
    runs = _wait(client, dag_ids, begun, progress("night", len(dag_ids)), seconds)
    _begin(client, ["publish"])
    runs |= _wait(client, ["publish"], begun, progress("publish", 1), seconds)
    return Night(runs, begun, dt.datetime.now(dt.UTC))


def _make_accounts(here: Installation) -> None:
    engine = connect(here.cluster.url("anze"))
    demo_accounts.make(engine, here.folder)
    engine.dispose()


def _begin(client: Client, dag_ids: Iterable[str]) -> None:
    """A paused DAG gets its scheduled run by being unpaused; one that is active already is triggered once more."""
    paused = {dag["dag_id"]: dag["is_paused"] for dag in client.call("GET", "/dags", limit=PAGE)["dags"]}
    for dag_id in dag_ids:
        if paused[dag_id]:
            client.call("PATCH", f"/dags/{dag_id}", {"is_paused": False})
        else:
            client.trigger(dag_id)


def _wait(
    client: Client, dag_ids: list[str], begun: dt.datetime, progress: ProgressBar, seconds: float
) -> dict[str, dict[str, object]]:
    deadline = time.monotonic() + seconds
    over: dict[str, dict[str, object]] = {}
    with progress as advance:
        while len(over) < len(dag_ids):
            if time.monotonic() > deadline:
                missing = sorted(set(dag_ids) - set(over))
                raise SetupError(
                    f"Airflow has not finished {', '.join(missing[:3])} ... in {seconds:.0f} s: see var/run"
                )
            time.sleep(1.0)
            for dag_id, run in client.runs_since(dag_ids, begun).items():
                if run["state"] in OVER and dag_id not in over:
                    over[dag_id] = run
                    advance(dag_id.removeprefix("sync__"))
    return over


def collect_history(here: Installation, tell: Tell, progress: Progress) -> None:
    """Registers and everything that the insurers' systems know on the first night, received on that night."""
    tell("the province's truth")
    province = truth.build(here.seed, float(here.scale))
    drop_folder = here.folder / "drop"
    registers.write_registers(province, drop_folder / "regulator")
    drops.write(province, drop_folder, None, FIRST_NIGHT, FIRST_NIGHT.date())
    set_clock(here, FIRST_NIGHT)
    tell("history, as of the first night")
    warm_up()
    senders = [REGULATOR, *(insurer.insurer_id for insurer in cast())]
    workers = ProcessPoolExecutor(max_workers=os.cpu_count(), mp_context=multiprocessing.get_context("fork"))
    with progress("history", len(senders)) as advance, workers:
        _collect_sender(here, senders[0])
        advance(senders[0])
        loads = {workers.submit(_collect_sender, here, sender): sender for sender in senders[1:]}
        for load in as_completed(loads):
            load.result()
            advance(loads[load])
    drops.write(province, drop_folder, FIRST_NIGHT, NIGHT, NIGHT.date())
    set_clock(here, NIGHT)
    here.history_mark.touch()


def _collect_sender(here: Installation, sender_id: str) -> None:
    """Collect and load everything of one sender; runs in a process of its own."""
    hub = steps.open_hub(load_settings(here.environ()))
    steps.sync_insurer(hub, sender_id)
    hub.engine.dispose()
