"""每十分钟:收取投递的文件,入库未入库的批次,请人决定该决定的。Every ten minutes: land drops, load what waits, ask what people must decide.

**值班手册 Run-book.** 随时可以运行,次数不限。Safe to run at any time, as often as you like.

- 红色:数据库或磁盘不可用,`anze status` 指出是哪一个。Red: the database or the disk is not there.
- 红色一次:有批次无法判定(结构变了、定义有误或已不在、文件损坏),日志写明批次和办法;之后每次重试但不再报红,`anze status`
  列出。Red once: a batch cannot be judged; it is tried again every time without turning red, and `anze status` names it.
  修正后自动入库,或 mend it, or `anze batch discard <id> --by --reason`.
- 「查询审计」把 psql、BI 的查询从数据库日志记入审计。`audit` moves what readers ask by SQL from the server's log into the audit.
- 每次运行记一次心跳,并认定平台自身的停机,据以顺延截止日。Each run is a sign of life; outages of the hub move deadlines.
- 读不了的文件不算红色:批次写明位置和原因。A file that cannot be read is not red: `anze batch list --state rejected`.
- 「请人决定」为每个待决定的批次启动一次 `decisions`,不等待;跳过表示没有要问的。`ask` starts one run of `decisions` for
  each batch that awaits a decision, and waits for none; skipped means nothing to ask.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import dag, task

from pipeline.scheduling.oncall import DEFAULT_ARGS, counted, done
from pipeline.scheduling.retries import retrying
from pipeline.scheduling.schedule import DROPS


@dag(
    dag_display_name="收件",
    description="收取投递的文件,入库等待的批次 land drops, load what waits, ask what people must decide",
    schedule="*/10 * * * *",
    start_date=dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
    catchup=False,
    max_active_runs=1,
    default_args={**retrying(1, dt.timedelta(minutes=1)), **DEFAULT_ARGS},
    tags=["intake"],
    doc_md=__doc__,
)
def intake() -> None:
    """Declare the DAG."""

    @task(task_display_name="收件并入库", queue=DROPS)
    def receive() -> list[int]:
        """Land drops and load pending batches; returns the batch ids."""
        from pipeline import steps
        from pipeline.clock import outages

        hub = steps.open_hub()
        outages.beat(hub, "intake")
        outages.note_outages(hub)
        return counted(hub, lambda: steps.intake(hub))

    @task(task_display_name="列出待决定的批次")
    def awaiting() -> list[dict[str, Any]]:
        """One run to start for each batch that awaits a decision."""
        from pipeline import deciding, steps

        waiting = deciding.waiting(steps.open_hub())
        done(f"待决定的批次 batches that await a decision {len(waiting)}")
        return [{"trigger_run_id": f"batch_{batch_id}", "conf": {"batch_id": batch_id}} for batch_id in waiting]

    @task(task_display_name="查询审计")
    def audit() -> None:
        """Move what readers asked by SQL into the audit."""
        from pipeline import steps

        done(str(steps.ship_audit(steps.open_hub())))

    receive()
    audit()
    TriggerDagRunOperator.partial(
        task_id="ask", task_display_name="请人决定", trigger_dag_id="decisions", skip_when_already_exists=True
    ).expand_kwargs(awaiting())


intake()
