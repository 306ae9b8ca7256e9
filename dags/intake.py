"""Every ten minutes: land what people dropped, load whatever was landed but not loaded, ask what a person must decide.

Run-book. Red means the database or the disk is not there: `anze status` says which. A file that cannot be read is not
red: its batch says where and why (`anze batch list --state rejected`). Safe to run at any time, as often as you like.
`ask` starts one run of `decisions` for each batch that awaits a decision, and waits for none; skipped means nothing to ask.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import dag, task

from pipeline.oncall import TOLD


@dag(
    dag_display_name="收件",
    schedule="*/10 * * * *",
    start_date=dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 1, "retry_delay": dt.timedelta(minutes=1), **TOLD},
    tags=["intake"],
    doc_md=__doc__,
)
def intake() -> None:
    """Declare the DAG."""

    @task(task_display_name="收件并入库")
    def receive() -> list[int]:
        """Land drops and load pending batches; returns the batch ids."""
        from pipeline import steps

        return steps.intake(steps.open_hub())

    @task(task_display_name="列出待决定的批次")
    def awaiting() -> list[dict[str, Any]]:
        """One run to start for each batch that awaits a decision."""
        from pipeline import steps
        from warehouse.decisions import awaiting

        waiting = [each.batch_id for each in awaiting(steps.open_hub().engine)]
        return [{"trigger_run_id": f"batch_{batch_id}", "conf": {"batch_id": batch_id}} for batch_id in waiting]

    receive()
    TriggerDagRunOperator.partial(
        task_id="ask", task_display_name="请人决定", trigger_dag_id="decisions", skip_when_already_exists=True
    ).expand_kwargs(awaiting())


intake()
