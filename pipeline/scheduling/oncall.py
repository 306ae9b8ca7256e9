"""What on-call reads in a task's log: one line of what was done, or what happened and what to do. Light: DAG files import it."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from schemas import errors
from schemas.delivery import Credentials

if TYPE_CHECKING:
    from pipeline.hub import Hub

logger = logging.getLogger(__name__)

#: What an insurer's DAG is called before its id.
SYNC = "sync__"
#: By kind, the most special first; ``docs/runbook.md`` says the same at more length.
REMEDIES: Mapping[type[BaseException], str] = {
    errors.WarehouseUnreachable: "检查数据库是否运行 is the database up? `anze status`; the next run does the work",
    errors.WarehouseBusy: "无需处理 nothing: another loader has the feed, the next run does the work",
    errors.FileChanging: "无需处理 nothing: the file is still being written, the next run takes it",
    errors.LandingUnreachable: "检查存储桶 is the landing bucket up, and has it room? the next run does the work",
    errors.OtherRelease: "升级中 an upgrade: a worker of the release in force does the work; one that stays behind: start it anew from that release",
    errors.InstallationBusy: "无需处理 nothing: another command is at work here, run it again when that is over",
    errors.ReceiverUnavailable: "查看接收方 a receiver of messages failed, they wait: `anze alerts receivers`",
    errors.RetryLater: "无需处理 nothing: the insurer's system is down, busy or answered half; the next good run heals it",
    errors.ConnectionMissing: "新建连接 make the connection insurer_<id> by the command above, then clear the task",
    errors.AuthRefused: "更新凭据 renew the connection insurer_<id>, then clear the task",
    errors.DefinitionError: "修正定义 mend the line that is named, `anze insurer check`, then clear the task",
    errors.SchemaDrift: "接口已变 their interface changed: ask the insurer, adapt its file, then clear the task",
    errors.LandingDamaged: "保留现场 keep the landing folder and the database as they are, and run `anze verify`",
    errors.ProgramFault: "程序错误 a fault of the program: report it with this log; the batch is named, the others go on",
    errors.LandingMissing: "核对 ANZE_LANDING is it the folder or bucket that holds this file (mount, prefix)? else restore it",
    errors.ReceiptsUnknown: "对账 the database was restored or is another's: `anze landing reconcile`, then clear the task",
    errors.SetupError: "修复安装 mend what the line names (`anze status`), then clear the task",
    errors.HubError: "见运行手册 see docs/runbook.md",
}
UNEXPECTED = "程序错误 a fault of the program: report it with this log"
#: Airflow's own, by name: this module is read where Airflow is not.
TIMEOUT = "AirflowTaskTimeout"
TOO_LONG = "超时 it took longer than the DAG allows: `anze status`, is their system slow or the database busy? then clear the task"


def remedy(fault: BaseException | str | None) -> str:
    """What on-call does about a fault."""
    unknown = TOO_LONG if type(fault).__name__ == TIMEOUT else UNEXPECTED
    return next((text for kind, text in REMEDIES.items() if isinstance(fault, kind)), unknown)


def tell(context: Mapping[str, Any]) -> None:
    """Log a failed task's fault, and its remedy in a line of its own: a log page cuts long ones; ``context`` is Airflow's."""
    fault = context.get("exception")
    logger.error("发生了什么 what happened: %s: %s", type(fault).__name__, fault)
    logger.error("处理 what to do: %s", _named(remedy(fault), context))


def _named(text: str, context: Mapping[str, Any]) -> str:
    """A remedy with the insurer's own id, where the DAG is an insurer's."""
    dag_id = str(getattr(context.get("dag"), "dag_id", ""))
    return text.replace("<id>", dag_id.removeprefix(SYNC)) if dag_id.startswith(SYNC) else text


def credentials(insurer_id: str) -> Credentials:
    """An insurer's secrets from Airflow's connection ``insurer_<id>``. Raises ConnectionMissing, which says how to make it."""
    from airflow.sdk import Connection
    from airflow.sdk.exceptions import AirflowNotFoundException

    name = f"insurer_{insurer_id}"
    try:
        secret = Connection.get(name)
    except AirflowNotFoundException:
        command = f"anze airflow connections add {name} --conn-type generic --conn-login LOGIN --conn-password SECRET"
        raise errors.ConnectionMissing(
            f"Airflow 中没有连接 {name} there is no connection of this name; 新建 make it: {command}"
        ) from None
    return Credentials(secret.login or "", secret.password or "", secret.extra_dejson)


def receiver_secrets(name: str) -> Credentials:
    """A receiver's secrets from Airflow's connection ``receiver_<name>``, else from the environment. Raises SetupError."""
    import os

    from airflow.sdk import Connection
    from airflow.sdk.exceptions import AirflowNotFoundException

    from pipeline.alerting.secrets import of_environment
    from pipeline.settings import environment

    try:
        secret = Connection.get(f"receiver_{name}")
    except AirflowNotFoundException:
        return of_environment(name, environment(os.environ))
    return Credentials(secret.login or "", secret.password or "", secret.extra_dejson)


def counted(hub: Hub, act: Callable[[], list[int]]) -> list[int]:
    """Do what gives batches, and log in one line what came of it; returns their ids."""
    from warehouse.landing.batches import totals

    began = time.monotonic()
    batch_ids = act()
    told = totals(hub.engine, batch_ids)
    logger.info(
        "完成 done: 批次 batches %s, 行 rows %s, 入库 accepted %s, 隔离 held %s, 发现 findings %s, %.1f s",
        told.batch_count, told.row_count, told.accepted_count, told.held_count, told.finding_count,
        time.monotonic() - began,
    )  # fmt: skip
    return batch_ids


def done(what: str) -> None:
    """Log in one line what a task did that brings no batches."""
    logger.info("完成 done: %s", what)


OWNER = "anze"
#: For ``default_args``: told at every failed try, and ended when it hangs.
DEFAULT_ARGS: dict[str, Any] = {
    "owner": OWNER,
    "on_failure_callback": tell,
    "on_retry_callback": tell,
    "execution_timeout": dt.timedelta(hours=2),
}
