"""The shape of one night without its work: 35 DAGs of three tasks that do nothing."""

from __future__ import annotations

import datetime as dt

from airflow.sdk import dag, task

from pipeline.scheduling.schedule import feeds


def noop(insurer_id: str) -> None:
    """Declare one DAG shaped like ``sync__<insurer>``."""

    @dag(
        dag_id=f"noop__{insurer_id}",
        schedule=None,
        start_date=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        max_active_runs=1,
    )
    def declare() -> None:
        @task
        def nothing() -> None:
            """Do nothing."""

        policies = nothing.override(task_id="policies")()
        policies >> [nothing.override(task_id="claims")(), nothing.override(task_id="services")()]

    declare()


for feed in feeds():
    noop(feed.insurer_id)
