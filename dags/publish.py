"""每日 05:00:按已入库的数据计算全部指标,标明缺什么。Nightly at 05:00: compute every indicator from what is loaded, mark what is missing.

**值班手册 Run-book.** 可以重跑:同样的数据得到同样的数字。Safe to run again: the same cut gives the same figures.

- 绿色但有暂定标记:有机构未交齐,发布记录写明是谁。Green with a provisional mark is normal when insurers were late: the
  publication names them (`anze indicator show`, or `report.publication`).
- 月末数:每晚补算缺少的月份和可能有变动的月份,供 `report.indicator_month`。月末数失败不影响当日发布,明晚再补。
  The second task computes month-end figures that are missing or may have moved; the day's publication does not wait for it.
- 06:00 仍未发布:由 `lateness` 告知运维,与机构迟报无关。Not published by 06:00: the DAG `lateness` tells engineers.
- 红色:数据库。Red means the database: `anze status`.
"""

from __future__ import annotations

import datetime as dt
import time

from airflow.sdk import CronDataIntervalTimetable, dag, task

from pipeline.scheduling.oncall import DEFAULT_ARGS, done
from pipeline.scheduling.priority import NIGHT_WEIGHT
from pipeline.scheduling.retries import retrying


@dag(
    dag_display_name="发布指标",
    description="按已入库的数据计算并发布全部指标 compute and publish every indicator",
    schedule=CronDataIntervalTimetable("0 5 * * *", timezone="Asia/Shanghai"),
    start_date=dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
    catchup=False,
    max_active_runs=1,
    default_args={
        **retrying(2, dt.timedelta(minutes=2)),
        "priority_weight": NIGHT_WEIGHT,
        **DEFAULT_ARGS,
    },
    tags=["publish"],
    doc_md=__doc__,
)
def publish() -> None:
    """Declare the DAG."""

    @task(task_display_name="计算并发布")
    def indicators(data_interval_end: dt.datetime | None = None) -> int:
        """Publish as of the day before the interval's end; returns the publication id."""
        from pipeline import steps

        began = time.monotonic()
        made = steps.publish(steps.open_hub(), until=data_interval_end)
        missing = ", ".join(made.missing_insurers) or "无 none"
        complete = f"齐全 complete {made.delivered_count}/{made.expected_count}, 未交 missing {missing}"
        figures = f"发布 publication {made.publication_id}, 统计截止 as of {made.as_of}, {complete}"
        done(f"{figures}, {time.monotonic() - began:.1f} s")
        return made.publication_id

    @task(task_display_name="月末数")
    def month_ends() -> int:
        """Compute month-end figures of the last two years; returns how many months."""
        from pipeline import steps

        return len(steps.month_ends(steps.open_hub()))

    indicators() >> month_ends()


publish()
