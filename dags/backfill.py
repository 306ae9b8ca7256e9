"""按需补采或重放过去的日期:每个机构每段日期一个任务,让夜间任务优先。Past days again, on demand: one mapped task for each insurer and window.

**值班手册 Run-book.** 用表单启动;可先勾选「仅计划」看影响。Start it with its form; "plan only" shows what would change.

- 「区间」红色:原因同 `sync`;清除后接着做,做完的不重做。Red `part`: as `sync` says of the same error; clear it, and it goes on.
- 红色且有 "inputs moved":其间定义或规则变了,请新建一次。A definition or rule changed under way: start anew.
- 可能要等:资源池 `backfill` 很小。It may wait: the pool is small, so that the night keeps priority.
- `anze backfill show <plan>` 显示全部进度 tells all.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from airflow.sdk import Param, dag, task

from pipeline.scheduling.oncall import DEFAULT_ARGS, credentials
from pipeline.scheduling.priority import BACKFILL_POOL, BACKFILL_WEIGHT
from pipeline.scheduling.retries import retrying
from pipeline.scheduling.schedule import DROPS, feeds

FAMILIES = {"policy": "投保 policies", "claim": "理赔 claims", "service": "事故预防服务 services"}
MODES = {"recollect": "重新采集 ask the insurers again", "replay": "重放 load from landing again"}
NAMES = {feed.insurer_id: f"{feed.name} {feed.insurer_id}" for feed in feeds()}
#: What may stay empty allows null: Airflow's form asks for everything else before it lets go.
FORM = {
    "plan_id": Param(None, type=["null", "integer"], title="计划编号 plan", description="已有计划;填写后忽略下列各项 run this plan"),
    "insurers": Param(None, type=["null", "array"], examples=list(NAMES), values_display=NAMES, title="机构 insurers (空 = 全部 all)"),
    "families": Param(None, type=["null", "array"], examples=list(FAMILIES), values_display=FAMILIES, title="数据 records (空 = 全部 all)"),
    "from": Param(None, type=["null", "string"], format="date", title="起始日 from", description="北京时间,含 Shanghai date"),
    "to": Param(None, type=["null", "string"], format="date", title="截止日 to", description="北京时间,含 included"),
    "window_days": Param(7, type="integer", minimum=1, title="每段天数 days in a window"),
    "mode": Param("recollect", enum=list(MODES), values_display=MODES, title="方式 mode"),
    "plan_only": Param(False, type="boolean", title="仅计划 plan only", description="只列出影响 show what would change"),
    "reason": Param(None, type=["null", "string"], title="原因 reason"),
}  # fmt: skip
BEHIND_THE_NIGHT = {"pool": BACKFILL_POOL, "priority_weight": BACKFILL_WEIGHT, "weight_rule": "absolute"}


@dag(
    dag_display_name="补采与重放",
    description="按需补采或重放过去的日期 collect or replay past days, on demand",
    schedule=None,
    start_date=dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
    catchup=False,
    is_paused_upon_creation=False,
    max_active_runs=1,
    params=FORM,
    default_args={
        **retrying(2, dt.timedelta(minutes=5)),
        **BEHIND_THE_NIGHT,
        **DEFAULT_ARGS,
    },
    tags=["backfill"],
    doc_md=__doc__,
)
def backfill() -> None:
    """Declare the DAG."""

    @task(task_display_name="计划")
    def plan(params: dict[str, Any] | None = None, dag_run: Any = None) -> list[dict[str, Any]]:
        """Make or find the plan; gives its parts that are still to be done, insurers in turn."""
        from pipeline.scheduling.form import plan_of

        return plan_of(params or {}, dag_run.run_id)

    @task(task_display_name="区间", queue=DROPS, map_index_template="{{ part['label'] }}")
    def part(part: dict[str, Any]) -> list[int]:
        """Collect or replay one window of one insurer; returns its batch ids."""
        from pipeline.scheduling.form import run_part_of

        return run_part_of(part, credentials)

    part.expand(part=plan())


backfill()
