"""One DAG for each insurer file: fetch what is new, land it, load it.

Run-book. A red `policies` with SourceUnavailable, RateLimited or IncompleteFetch: the insurer's system is down or answers
half; ignore it for one night, the next good run heals it and publish marks the figures provisional. AuthRefused: renew
the connection `insurer_<id>`. DefinitionError or SchemaDrift: `anze insurer check <id>` names file, line and fix.
A batch that was refused or partly loaded is not red: the insurer reads its reasons (`anze batch show <id>`).
Running a date again is always safe: what is already there is answered as a duplicate. A run of `airflow backfill
create` collects its own interval, in any order, and leaves the cursor alone; see docs/backfill.md.
"""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

from airflow.sdk import CronDataIntervalTimetable, ExceptionRetryPolicy, RetryAction, RetryRule, dag, task

from pipeline.backfill.priority import NIGHT_WEIGHT
from pipeline.oncall import TOLD
from pipeline.schedule import Feed, feeds

RETRY_AFTER = dt.timedelta(seconds=float(os.environ.get("ANZE_RETRY_SECONDS", "300")))
RETRIES = ExceptionRetryPolicy(
    rules=[
        RetryRule(
            "schemas.errors.RetryLater", RetryAction.RETRY, RETRY_AFTER, "the source or the database may recover"
        ),
        RetryRule("schemas.errors.HubError", RetryAction.FAIL, reason="a person must act: a retry cannot help"),
    ]
)
#: One run at a time asks an insurer's system for a family, the night before a backfill.
NIGHT_FIRST = {"priority_weight": NIGHT_WEIGHT, "max_active_tis_per_dag": 1}
DEFAULTS = {"retries": 2, "retry_delay": RETRY_AFTER, "retry_policy": RETRIES, **NIGHT_FIRST, **TOLD}


def sync(feed: Feed) -> None:
    """Declare the DAG of one insurer."""

    @dag(
        dag_id=f"sync__{feed.insurer_id}",
        dag_display_name=f"{feed.name} 同步",
        schedule=CronDataIntervalTimetable(feed.schedule, timezone="Asia/Shanghai"),
        start_date=dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
        catchup=False,
        max_active_runs=1,
        default_args=DEFAULTS,
        tags=["sync", feed.dialect],
        doc_md=__doc__,
    )
    def declare() -> None:
        @task
        def family(
            name: str, data_interval_start: Any = None, data_interval_end: Any = None, dag_run: Any = None
        ) -> list[int]:
            """Collect and load the record types of one family; returns the batch ids."""
            from airflow.sdk import Connection

            from pipeline import steps
            from schemas.delivery import Credentials

            def credentials() -> Credentials:
                secret = Connection.get(f"insurer_{feed.insurer_id}")
                return Credentials(secret.login or "", secret.password or "", secret.extra_dejson)

            since = data_interval_start if dag_run.run_type == "backfill" else None
            hub = steps.open_hub()
            return steps.sync_family(hub, feed.insurer_id, name, data_interval_end, credentials, since=since)

        policies = family.override(task_id="policies", task_display_name="投保")("policy")
        claims = family.override(task_id="claims", task_display_name="理赔")("claim")
        services = family.override(task_id="services", task_display_name="事故预防服务")("service")
        policies >> [claims, services]

    declare()


for each in feeds():
    sync(each)
