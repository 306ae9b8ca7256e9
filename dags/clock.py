"""每日 08:30:看什么到期、什么有误,开、更新、关闭预警,提醒、升级,写日报并发送。Each morning at 08:30: alerts, reminders, digest.

**值班手册 Run-book.** 可以重跑:同一时刻再看一次,什么也不改,什么也不再发。Safe to run again: the same moment changes nothing and
sends nothing twice.

- 休息日:只看、不写日报、不发消息(严重的可在 alerts.yml 中放行)。On days off it looks, and writes and sends nothing but what must be.
- 「看」红色:数据库。某种预警的定义有误不会变红:运行记录和发给运维的消息写明是哪种,它已有的预警保持原状。Red `look` means the
  database. A kind that could not be looked for is told to engineers; its alerts stay as they are: `anze alerts list`.
- 「发」红色:有接收方没有收到。消息仍在,按退避再试;`anze alerts receivers` 说明是谁、为什么。Red `deliver`: a receiver failed; its
  messages wait and are tried again. Nothing else waits for it.
"""

from __future__ import annotations

import datetime as dt

from airflow.sdk import CronDataIntervalTimetable, dag, task

from pipeline.scheduling.oncall import DEFAULT_ARGS, done, receiver_secrets
from pipeline.scheduling.priority import NIGHT_WEIGHT
from pipeline.scheduling.retries import retrying


@dag(
    dag_display_name="时钟:预警",
    description="看什么到期、什么有误,提醒、升级、写日报并发送 alerts, reminders, escalation, digest",
    schedule=CronDataIntervalTimetable("30 8 * * *", timezone="Asia/Shanghai"),
    start_date=dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
    catchup=False,
    max_active_runs=1,
    default_args={**retrying(6, dt.timedelta(minutes=15)), "priority_weight": NIGHT_WEIGHT, **DEFAULT_ARGS},
    tags=["alerts"],
    doc_md=__doc__,
)
def clock() -> None:
    """Declare the DAG."""

    @task(task_display_name="看")
    def look(data_interval_end: dt.datetime | None = None) -> int:
        """Look as of the interval's end; returns how many records were found."""
        from pipeline import steps
        from pipeline.alerting import clock as looking

        ran = looking.run(steps.open_hub(), data_interval_end)
        unseen = ", ".join(ran.run.problems) or "无 none"
        done(f"看到 found {ran.run.finding_count}, 消息 messages {ran.message_count}, 没有查 not looked for {unseen}")
        return ran.run.finding_count

    @task(task_display_name="发")
    def deliver() -> int:
        """Send what is due; raises ReceiverUnavailable when a receiver failed, so that Airflow tries again."""
        from pipeline import steps
        from pipeline.alerting.deliver import deliver as send
        from pipeline.alerting.deliver import or_raise

        came = send(steps.open_hub(), receiver_secrets)
        done(f"已发 sent {came.sent_count}, 并入 folded {came.folded_count}, 放弃 given up {came.given_up_count}")
        return or_raise(came).sent_count

    look() >> deliver()


clock()
