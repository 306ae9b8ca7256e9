"""Every ten minutes: land what people dropped, load whatever was landed but not loaded.

Run-book. Red means the database or the disk is not there: `anze status` says which. A file that cannot be read is not
red: its batch says where and why (`anze batch list --state rejected`). Safe to run at any time, as often as you like.
"""

from __future__ import annotations

import datetime as dt

from airflow.sdk import dag, task


@dag(
    dag_display_name="收件",
    schedule="*/10 * * * *",
    start_date=dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 1, "retry_delay": dt.timedelta(minutes=1)},
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

    receive()


intake()
