"""每家机构一个任务流:采集新数据、落地、入库。One DAG for each insurer file: fetch what is new, land it, load it.

**值班手册 Run-book.** 任何一天都可以重跑 running a date again is always safe. 失败任务日志的最后两行写明原因和处理办法 the last two lines of a failed task's log say what happened and what to do.

- SourceUnavailable, RateLimited, IncompleteFetch: 对方系统故障,不用处理,下次自动补齐,指标标为暂定。Nothing: the next good run heals it, figures are provisional.
- ConnectionMissing, AuthRefused: 新建或更新连接 `insurer_<id>`,再清除任务 make or renew the connection, then clear the task.
- DefinitionError, SchemaDrift: `anze insurer check <id>` 指出文件、行和改法 names file, line and fix.
- WarehouseUnreachable, SetupError: `anze status` 指出缺什么 says what is missing.
- 整批退回或部分入库不算红色 a batch that was refused or partly loaded is not red: `anze batch list --insurer <id>`.
- 补采 `anze airflow backfill create --dag-id sync__<id>` 只采自己的区间,不动游标 leaves the cursor alone: docs/backfill.md.
"""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

from airflow.sdk import CronDataIntervalTimetable, dag, task

from pipeline.scheduling.oncall import DEFAULT_ARGS, SYNC, counted, credentials
from pipeline.scheduling.priority import NIGHT_WEIGHT
from pipeline.scheduling.retries import retrying
from pipeline.scheduling.schedule import Feed, feeds

RETRY_AFTER = dt.timedelta(seconds=float(os.environ.get("ANZE_RETRY_SECONDS", "300")))
#: One run at a time asks an insurer's system for a family, the night before a backfill.
NIGHT_FIRST = {"priority_weight": NIGHT_WEIGHT, "max_active_tis_per_dag": 1}
DEFAULTS = {**retrying(2, RETRY_AFTER), **NIGHT_FIRST, **DEFAULT_ARGS}


def sync(feed: Feed) -> None:
    """Declare the DAG of one insurer."""

    @dag(
        dag_id=f"{SYNC}{feed.insurer_id}",
        dag_display_name=f"{feed.name} 同步",
        description=f"采集{feed.name}的新数据并入库 collect and load what is new",
        schedule=CronDataIntervalTimetable(feed.schedule, timezone="Asia/Shanghai"),
        start_date=dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
        catchup=False,
        max_active_runs=1,
        default_args={**DEFAULTS, "queue": feed.queue},
        tags=["sync", feed.dialect],
        doc_md=(__doc__ or "").replace("<id>", feed.insurer_id),
    )
    def declare() -> None:
        @task
        def family(
            name: str, data_interval_start: Any = None, data_interval_end: Any = None, dag_run: Any = None
        ) -> list[int]:
            """Collect and load the record types of one family; returns the batch ids."""
            from pipeline import steps

            since = data_interval_start if dag_run.run_type == "backfill" else None
            hub, own = steps.open_hub(), lambda: credentials(feed.insurer_id)
            return counted(
                hub, lambda: steps.sync_family(hub, feed.insurer_id, name, data_interval_end, own, since=since)
            )

        policies = family.override(task_id="policies", task_display_name="投保")("policy")
        claims = family.override(task_id="claims", task_display_name="理赔")("claim")
        services = family.override(task_id="services", task_display_name="事故预防服务")("service")
        policies >> [claims, services]

    declare()


for each in feeds():
    sync(each)
