"""How long the night waits while past days are collected again: nights without, beside a plan, beside Airflow's own too.

Run with `ANZE_VAR=<folder> ANZE_POSTGRES_PORT=... ANZE_AIRFLOW_PORT=... ANZE_SANDBOX_PORT=... .venv/bin/python
bench/backfill.py`; it starts an installation of its own and stops it. A run's delay is the time from being queued to the
start of its first task; all 35 runs of a night are queued at once, so that most of it is the queue of the night itself.
"""

from __future__ import annotations

import datetime as dt
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pipeline.cli.output import progress
from pipeline.scheduling.schedule import feeds
from pipeline.services import demonstration
from pipeline.services.airflow import Client
from pipeline.services.installation import NIGHT, installation
from pipeline.services.running import stop
from sandbox.cast import cast
from schemas.time_zone import SHANGHAI

DAYS, WINDOW_DAYS = 90, 3
LAST = NIGHT.date() - dt.timedelta(days=1)
FIRST = LAST - dt.timedelta(days=DAYS - 1)
API = [insurer.insurer_id for insurer in cast() if not insurer.is_drop]
OVER = ("success", "failed")


@dataclass(frozen=True)
class Night:
    """One night beside something else; seconds."""

    beside: str
    delays: list[float]
    first_delays: list[float]
    """Of the first four runs that started: the workers' number."""
    seconds: float
    publish_delay: float
    failed: list[str]

    def told(self) -> str:
        p95 = statistics.quantiles(self.delays, n=20)[-1]
        return (
            f"{self.beside}: {len(self.delays)} runs, start delay median {statistics.median(self.delays):.1f} s,"
            f" p95 {p95:.1f} s, max {max(self.delays):.1f} s, first four max {max(self.first_delays):.1f} s;"
            f" night {self.seconds:.1f} s; publish delay {self.publish_delay:.1f} s; failed {', '.join(self.failed) or 'none'}"
        )


def night(client: Client, beside: str) -> Night:
    """Trigger every sync DAG at once, then publish, and measure."""
    runs = {feed.insurer_id: client.trigger(f"sync__{feed.insurer_id}") for feed in feeds()}
    over = {i: _over(client, f"sync__{i}", run_id) for i, run_id in runs.items()}
    delays = sorted(_delay(client, f"sync__{i}", over[i]) for i in runs)
    begun = min(_moment(run["queued_at"]) for run in over.values())
    ended = max(_moment(run["end_date"]) for run in over.values())
    publish = _over(client, "publish", client.trigger("publish"))
    failed = [i for i, run in over.items() if run["state"] == "failed"]
    return Night(
        beside, delays, delays[:4], (ended - begun).total_seconds(), _delay(client, "publish", publish), failed
    )


def begin_plan(client: Client) -> str:
    """Start the ``backfill`` DAG over all interfaces, and wait until it is well under way."""
    form = {"insurers": API, "from": str(FIRST), "to": str(LAST), "window_days": WINDOW_DAYS}
    run_id = str(client.call("POST", "/dags/backfill/dagRuns", {"logical_date": None, "conf": form})["dag_run_id"])
    _until(lambda: plan_parts(client, run_id)[0] >= 6 or None)
    return run_id


def plan_parts(client: Client, run_id: str) -> tuple[int, int]:
    """Parts that are done, and all."""
    path = f"/dags/backfill/dagRuns/{run_id}/taskInstances"
    page = client.call("GET", path, limit=1000, task_id="part")
    return sum(i["state"] == "success" for i in page["task_instances"]), page["total_entries"]


def begin_native(client: Client) -> None:
    """What ``airflow backfill create`` does, once for each interface."""
    for insurer_id in API:
        begin, end = (dt.datetime.combine(day, dt.time(), SHANGHAI).isoformat() for day in (FIRST, LAST))
        body = {"dag_id": f"sync__{insurer_id}", "from_date": begin, "to_date": end, "run_backwards": False}
        more = {"max_active_runs": 10, "reprocess_behavior": "none", "dag_run_conf": {}, "run_on_latest_version": True}
        client.call("POST", "/backfills", {**body, **more})


def native_runs(client: Client) -> tuple[int, int]:
    """Runs of Airflow's own backfills that are over, and all."""
    counts = [
        client.call("GET", "/dags/~/dagRuns", limit=1, run_type=["backfill"], **more)["total_entries"]
        for more in ({"state": ["success", "failed"]}, {})
    ]
    return counts[0], counts[1]


def _over(client: Client, dag_id: str, run_id: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        run: dict[str, Any] = client.call("GET", f"/dags/{dag_id}/dagRuns/{run_id}")
        return run if run["state"] in OVER else None

    return dict(_until(look))


def _delay(client: Client, dag_id: str, run: dict[str, Any]) -> float:
    """Seconds from being queued to the first try of the first task; later tries of an insurer that is down wait too."""
    tasks = f"/dags/{dag_id}/dagRuns/{run['dag_run_id']}/taskInstances"
    first = "indicators" if dag_id == "publish" else "policies"
    page = client.call("GET", f"{tasks}/{first}/tries")
    starts = [_moment(each["start_date"]) for each in page["task_instances"] if each["start_date"]]
    return (min(starts) - _moment(run["queued_at"])).total_seconds()


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def _until(look: Callable[[], Any], seconds: float = 1800.0) -> Any:
    deadline = time.monotonic() + seconds
    while (found := look()) is None:
        if time.monotonic() > deadline:
            raise TimeoutError(f"not there after {seconds:.0f} s")
        time.sleep(1.0)
    return found


def _tell(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {what}", flush=True)


def main() -> None:
    """Measure three nights and print them."""
    here = installation()
    try:
        demonstration.start(here, _tell, progress)
        demonstration.run_night(here, _tell, progress)
        client = here.airflow.client()
        client.unpause("backfill")
        _tell(night(client, "alone").told())
        plan = begin_plan(client)
        _tell(night(client, f"beside a plan of {DAYS} days over {len(API)} interfaces").told())
        _tell(f"the plan has done {plan_parts(client, plan)} (of all) parts")
        begin_native(client)
        _until(lambda: native_runs(client)[0] >= 4 or None)
        _tell(night(client, "beside the plan and airflow backfill create on each").told())
        _tell(f"the plan has done {plan_parts(client, plan)} (of all) parts")
        _tell(f"Airflow's own have done {native_runs(client)} (of all) runs")
    finally:
        stop(here)


if __name__ == "__main__":
    main()
