"""每个会撤销过多记录的批次一次运行:请人决定,按决定处理。One run for each delivery that would withdraw too many records: it asks a person.

**值班手册 Run-book.** 由 `intake` 启动,不要手工触发。Started by `intake`; not to be triggered by hand.

- 等待中不是红色,也不占执行位:在「待操作的任务实例」中答复。A run that waits is not red and holds no worker: answer it under
  "Required Actions", or with `anze batch accept <id>` or `refuse <id>`, which ends the run within minutes.
- 答复一经给出即保留,重试或清除也不再问。An answer once given is kept, also when `ask` is tried again or cleared.
- 「按决定处理」红色:批次无法入库,`anze batch show <id>` 说明原因。Red `carry_out`: the batch could not be loaded.
"""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

from airflow.sdk import Param, dag, task

from pipeline.scheduling.oncall import DEFAULT_ARGS, OWNER, done
from pipeline.scheduling.questions import QuestionOperator

LOOK_SECONDS = float(os.environ.get("ANZE_QUESTION_SECONDS", "60"))  # decided elsewhere?


@dag(
    dag_display_name="待决定的批次",
    description="请人决定撤销过多的批次,按决定处理 ask a person about a delivery, act as decided",
    schedule=None,
    start_date=dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
    catchup=False,
    is_paused_upon_creation=False,
    max_active_runs=1000,
    default_args={"owner": OWNER, "retries": 5, "retry_delay": dt.timedelta(seconds=LOOK_SECONDS)},
    tags=["decisions"],
    doc_md=__doc__,
)
def decisions() -> None:
    """Declare the DAG."""
    form = {"reason": Param("", type="string", title="理由 reason")}
    ask = QuestionOperator(task_id="ask", task_display_name="请人决定", params=form, look_seconds=LOOK_SECONDS)

    @task(task_display_name="按决定处理", **DEFAULT_ARGS)
    def carry_out(answer: dict[str, str], dag_run: Any = None) -> str:
        """Keep the decision and load by it; a decision taken elsewhere meanwhile stands."""
        from pipeline import deciding, steps

        hub, batch_id = steps.open_hub(), dag_run.conf["batch_id"]
        report = deciding.carry_out(hub, batch_id, answer["choice"], answer["by"], answer["reason"])
        done(f"批次 batch {batch_id} {report.state}")
        return report.state

    carry_out(ask.output)


decisions()
