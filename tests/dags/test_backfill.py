"""Airflow's own backfill on real schedulers: past intervals in any order, beside the night, and the form's DAG."""

from __future__ import annotations

import datetime as dt
import pathlib
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline import steps
from pipeline.scheduling.priority import BACKFILL_POOL, BACKFILL_WEIGHT, use_backfill_pool
from pipeline.services.airflow import Client
from pipeline.services.installation import NIGHT
from pipeline.services.postgres import Cluster
from pipeline.settings import credentials_from
from sandbox.accounts import credentials
from schemas.time_zone import SHANGHAI
from tests.conftest import fresh_database
from tests.dags.test_dags import SEED, _local, _province
from tests.pipeline.backfill.test_backfill import SOME_TYPES, content_of_core
from tests.pipeline.telling import credentials_environ, hub_at
from warehouse.history import plans
from warehouse.landing import feeds

INSURERS = ("lichun", "xiazhi")
FAMILIES = ("policies", "claims", "services")
DAYS = [dt.date(2026, 11, day) for day in (10, 11, 12)]
SECONDS = 240.0


def _instance(run_id: str | None) -> Any:
    return SimpleNamespace(run_id=run_id, pool="default_pool", priority_weight=100)


@pytest.mark.parametrize(
    ("run_id", "run_type", "uses_pool"),
    [
        ("scheduled__2026-11-20", "scheduled", False),
        ("scheduled__2026-11-20", "backfill", True),
        ("backfill__2026-11-20", None, True),
        ("manual__2026-11-20", "manual", False),
        (None, None, False),
    ],
)
def test_only_tasks_of_backfill_runs_use_its_pool(run_id: str | None, run_type: str | None, uses_pool: bool) -> None:
    instance = _instance(run_id)
    use_backfill_pool(instance, SimpleNamespace(run_type=run_type) if run_type else None)
    assert (instance.pool, instance.priority_weight) == (
        (BACKFILL_POOL, BACKFILL_WEIGHT) if uses_pool else ("default_pool", 100)
    )


def _backfill(client: Client, dag_id: str, behavior: str) -> int:
    """What ``airflow backfill create --from-date 2026-11-10 --to-date 2026-11-13 --run-backwards`` asks for."""
    begin, end = (dt.datetime.combine(day, dt.time(), SHANGHAI) for day in (DAYS[0], DAYS[-1] + dt.timedelta(days=1)))
    body = {"dag_id": dag_id, "from_date": begin.isoformat(), "to_date": end.isoformat(), "run_backwards": True}
    more = {"max_active_runs": 3, "reprocess_behavior": behavior, "dag_run_conf": {}, "run_on_latest_version": True}
    return int(client.call("POST", "/backfills", {**body, **more})["id"])


def _until(look: Callable[[], Any]) -> Any:
    """The first answer that is not None."""
    deadline = time.monotonic() + SECONDS
    while (found := look()) is None:
        assert time.monotonic() < deadline, "Airflow did not get there"
        time.sleep(0.5)
    return found


def _runs(client: Client, dag_id: str, run_type: str) -> dict[str, dict[str, Any]] | None:
    """Runs of one type by id; None until there are some and all are over."""
    found = client.call("GET", f"/dags/{dag_id}/dagRuns", limit=100, run_type=[run_type])["dag_runs"]
    over = found and all(run["state"] in ("success", "failed") for run in found)
    return {run["dag_run_id"]: run for run in found} if over else None


def _finished(client: Client, backfill_id: int) -> Any:
    return client.call("GET", f"/backfills/{backfill_id}")["completed_at"]


def _plainly(cluster: Cluster, template: str, folder: pathlib.Path, hub: dict[str, str]) -> dict[str, list[str]]:
    """The core of one night and then each interval, oldest first, collected by hand."""
    environ = {**hub, **credentials_environ(INSURERS, SEED)}
    with fresh_database(cluster, template) as url:
        engine = sa.create_engine(url)
        there = hub_at(NIGHT, engine, folder, environ, INSURERS)
        for insurer_id in INSURERS:
            steps.sync_insurer(there, insurer_id)
            definition = there.definition(insurer_id)
            for day in DAYS:
                since = dt.datetime.combine(day, dt.time(1, 30), SHANGHAI)
                until = since + dt.timedelta(days=1)
                own = credentials_from(credentials(insurer_id, SEED))
                steps.collect_and_load(there, definition, definition.records, until, lambda o=own: o, since=since)
        content = content_of_core(engine)
        engine.dispose()
    return content


def _backfill_natively(client: Client, engine: sa.Engine) -> None:
    """Two insurers at once, newest interval first, and all of it a second time."""
    dag_ids = [f"sync__{insurer_id}" for insurer_id in INSURERS]
    nights = [next(iter(_until(lambda d=d: _runs(client, d, "scheduled")).values())) for d in dag_ids]
    assert {night["state"] for night in nights} == {"success"}
    cursors = [feeds.cursor(engine, insurer_id, "policy") for insurer_id in INSURERS]
    for behavior in ("none", "completed"):
        begun = [_backfill(client, dag_id, behavior) for dag_id in dag_ids]
        for backfill_id in begun:
            _until(lambda b=backfill_id: _finished(client, b))
        for dag_id in dag_ids:
            runs = _runs(client, dag_id, "backfill") or {}
            assert {run["state"] for run in runs.values()} == {"success"}
            starts = sorted(dt.datetime.fromisoformat(run["data_interval_start"]) for run in runs.values())
            assert [start.astimezone(SHANGHAI).date() for start in starts] == DAYS
            assert {start.astimezone(SHANGHAI).time() for start in starts} == {dt.time(1, 30)}
    assert [feeds.cursor(engine, insurer_id, "policy") for insurer_id in INSURERS] == cursors


def _pools(client: Client) -> dict[str, set[str]]:
    """Pools of the task instances, by the type of their run."""
    found: dict[str, set[str]] = {}
    for insurer_id in INSURERS:
        page = client.call("GET", f"/dags/sync__{insurer_id}/dagRuns/~/taskInstances", limit=500)
        for instance in page["task_instances"]:
            found.setdefault(instance["dag_run_id"].partition("__")[0], set()).add(instance["pool"])
    return found


def _fill_in_the_form(client: Client) -> None:
    form = {
        "insurers": [INSURERS[0]],
        "families": ["policy"],
        "from": "2026-11-10",
        "to": "2026-11-12",
        "window_days": 2,
    }
    client.call("POST", "/dags/backfill/dagRuns", {"logical_date": None, "conf": form})
    runs = _until(lambda: _runs(client, "backfill", "manual"))
    assert {run["state"] for run in runs.values()} == {"success"}


@pytest.mark.slow
def test_past_intervals_beside_the_night(
    cluster: Cluster, template: str, database_url: str, engine: sa.Engine, tmp_path: pathlib.Path
) -> None:
    """Four processes as ``anze up`` starts them: a scheduled night, intervals of the past, the form; then nothing is left."""
    with _province(database_url) as hub, _local(cluster, hub, serving=True) as (local, _):
        client = local.client()
        client.put_connections({i: credentials_from(credentials(i, SEED)) for i in INSURERS})
        client.wait_for_dags([*(f"sync__{i}" for i in INSURERS), "backfill"])
        for dag_id in (*(f"sync__{i}" for i in INSURERS), "backfill"):
            client.call("PATCH", f"/dags/{dag_id}", {"is_paused": False})
        _backfill_natively(client, engine)
        natively = content_of_core(engine)
        assert natively == _plainly(cluster, template, tmp_path, hub)
        assert _pools(client) == {"scheduled": {"default_pool"}, "backfill": {BACKFILL_POOL}}
        _fill_in_the_form(client)
        pids = [service.pid for service in local.services()]
        logs = [path.read_text(encoding="utf-8") for path in (local.folder / "logs").rglob("*.log")]
    assert all(pid is not None for pid in pids)
    assert [service.pid for service in local.services()] == [None] * len(pids), "nothing is left running"
    each_night = len(INSURERS) * len(FAMILIES)
    assert sum("完成 done: 批次 batches" in log for log in logs) >= each_night, "each task says in one line what it did"
    (plan,) = plans.newest(engine, 5)
    assert (plan.state, [part.day_count for part in plan.parts]) == ("done", [2, 1])
    assert set(SOME_TYPES) <= set(plan.request.record_types)
    assert "claim" not in plan.request.record_types
