"""每日 06:00:当日数据仍未发布时告知运维。Daily at 06:00: engineers are told of figures that are not published.

**值班手册 Run-book.** 可以重跑:一天只告知一次。Safe to run again: it tells once a day.

- 这是平台自己的迟延,与机构迟报无关;接收方身份为 `engineer`。Our own lateness, no insurer's; told to receivers of the role `engineer`.
- 收到消息:看发布任务和 `anze status`。On a message: look at the DAG `publish` and `anze status`.
- 红色:数据库,或接收方没有收到。Red means the database, or a receiver that failed: `anze alerts receivers`.
"""

from __future__ import annotations

import datetime as dt

from airflow.sdk import CronDataIntervalTimetable, dag, task

from pipeline.scheduling.oncall import DEFAULT_ARGS, done, receiver_secrets
from pipeline.scheduling.priority import NIGHT_WEIGHT
from pipeline.scheduling.retries import retrying


@dag(
    dag_display_name="发布是否按时",
    description="06:00 仍未发布时告知运维 engineers are told when figures are not published by 06:00",
    schedule=CronDataIntervalTimetable("0 6 * * *", timezone="Asia/Shanghai"),
    start_date=dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
    catchup=False,
    max_active_runs=1,
    default_args={**retrying(6, dt.timedelta(minutes=10)), "priority_weight": NIGHT_WEIGHT, **DEFAULT_ARGS},
    tags=["publish"],
    doc_md=__doc__,
)
def lateness() -> None:
    """Declare the DAG."""

    @task(task_display_name="核对并告知")
    def tell() -> int:
        """Write to engineers where figures are missing, and send; returns how many messages were written."""
        from pipeline import steps
        from pipeline.alerting.deliver import deliver, or_raise
        from pipeline.alerting.lateness import tell_unpublished

        hub = steps.open_hub()
        written = tell_unpublished(hub)
        or_raise(deliver(hub, receiver_secrets))
        done(f"未按时发布的消息 messages about late figures: {written}")
        return written

    tell()


lateness()
