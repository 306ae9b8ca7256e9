"""What on-call reads last in a failed task's log: what happened, and what to do. Light: DAG files import it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from schemas import errors

logger = logging.getLogger(__name__)

#: By kind, the most special first; ``docs/runbook.md`` says the same at more length.
REMEDIES: Mapping[type[BaseException], str] = {
    errors.WarehouseUnreachable: "检查数据库是否运行 is the database up? `anze status`; the next run does the work",
    errors.WarehouseBusy: "无需处理 nothing: another loader has the feed, the next run does the work",
    errors.FileChanging: "无需处理 nothing: the file is still being written, the next run takes it",
    errors.RetryLater: "无需处理 nothing: the insurer's system is down, busy or answered half; the next good run heals it",
    errors.AuthRefused: "更新凭据 renew the connection insurer_<id>, then clear the task",
    errors.DefinitionError: "修正定义 mend the line that is named, `anze insurer check`, then clear the task",
    errors.SchemaDrift: "接口已变 their interface changed: ask the insurer, adapt its file, then clear the task",
    errors.LandingDamaged: "保留现场 keep the landing folder and the database as they are, and run `anze verify`",
    errors.ProgramFault: "程序错误 a fault of the program: report it with this log; the batch is named, the others go on",
    errors.SetupError: "修复安装 mend what the line names (`anze status`), then clear the task",
    errors.HubError: "见运行手册 see docs/runbook.md",
}
UNEXPECTED = "程序错误 a fault of the program: report it with this log"


def remedy(fault: BaseException | str | None) -> str:
    """What on-call does about a fault."""
    return next((text for kind, text in REMEDIES.items() if isinstance(fault, kind)), UNEXPECTED)


def tell(context: Mapping[str, Any]) -> None:
    """Log a failed task's fault, and its remedy in a line of its own: a log page cuts long ones; ``context`` is Airflow's."""
    fault = context.get("exception")
    logger.error("发生了什么 what happened: %s: %s", type(fault).__name__, fault)
    logger.error("处理 what to do: %s", remedy(fault))


OWNER = "anze"
#: For ``default_args``: told at every failed try.
TOLD: dict[str, Any] = {"owner": OWNER, "on_failure_callback": tell, "on_retry_callback": tell}
