"""One night beside a no-op night of the same shape: both through Airflow, on this machine, one after the other.

Run with `.venv/bin/python bench/night.py` while the local installation (`anze up`) is running; prints seconds from the
first DAG run's start to the last one's end, and their ratio.
"""

from __future__ import annotations

import datetime as dt
import pathlib
import tempfile
import time

import sqlalchemy as sa

from pipeline.scheduling.schedule import feeds
from pipeline.services.airflow import Client, LocalAirflow
from pipeline.services.installation import installation
from pipeline.services.postgres import free_port

HERE = pathlib.Path(__file__).parent


def measure(client: Client, dag_ids: list[str]) -> float:
    """Trigger every DAG once and give the seconds from the first start to the last end."""
    client.wait_for_dags(dag_ids)
    begun = dt.datetime.now(dt.UTC)
    client.unpause("%")
    for dag_id in dag_ids:
        client.trigger(dag_id)
    while True:
        runs = client.runs_since(dag_ids, begun)
        if len(runs) == len(dag_ids) and all(run["state"] in ("success", "failed") for run in runs.values()):
            break
        time.sleep(1)
    starts = [dt.datetime.fromisoformat(str(run["start_date"])) for run in runs.values()]
    ends = [dt.datetime.fromisoformat(str(run["end_date"])) for run in runs.values()]
    return (max(ends) - min(starts)).total_seconds()


def main() -> None:
    """Measure both and print them."""
    here = installation()
    night = measure(here.airflow.client(), [f"sync__{feed.insurer_id}" for feed in feeds()])
    here.airflow.stop()
    admin = sa.create_engine(here.cluster.url("postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text("drop database if exists airflow_noop with (force)"))
        connection.execute(sa.text("create database airflow_noop"))
    with tempfile.TemporaryDirectory() as folder:
        idle = LocalAirflow(pathlib.Path(folder), free_port(), here.cluster.url("airflow_noop"), HERE / "noop_dags")
        idle.configure()
        idle.migrate(here.environ())
        idle.start(here.environ())
        try:
            noop = measure(idle.client(), [f"noop__{feed.insurer_id}" for feed in feeds()])
        finally:
            idle.stop()
    here.airflow.start(here.environ())
    print(f"night {night:.1f} s, no-op night of the same shape {noop:.1f} s, ratio {night / noop:.2f}")


if __name__ == "__main__":
    main()
