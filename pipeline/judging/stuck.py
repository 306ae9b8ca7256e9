"""Batches that cannot be judged: each says why and what to do, and stands in nobody's way.

A stuck batch is tried again at every look. It ends by being judged once the cause is mended, or by a person who
discards it.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from schemas import errors
from schemas.errors import HubError
from warehouse.landing import receipts


@dataclass(frozen=True)
class Cause:
    """One reason why a batch cannot be judged: its code, and what is wrong and what to do, in Chinese."""

    code: str
    title: str
    remedy: str


#: By kind, the most special first.
CAUSES: dict[type[HubError], Cause] = {
    errors.SchemaDrift: Cause(
        "HUB-001", "数据的结构与该机构的定义不符", "请向报送机构核实接口或文件的改动,修改其定义文件"
    ),
    errors.DefinitionError: Cause("HUB-002", "该机构的定义或规则有误,或定义已不存在", "请按所指的文件和行修正或恢复"),
    errors.LandingDamaged: Cause("HUB-003", "接收的文件已损坏", "请从备份恢复该文件,或请报送方再次报送同一文件"),
    errors.LandingMissing: Cause(
        "HUB-006", "找不到接收的文件", "请管理员核对接收存储的位置(文件夹挂载、存储桶前缀),确实不在时再从备份恢复"
    ),
    errors.ProgramFault: Cause("HUB-005", "程序错误", "请连同日志报告此批次"),
    errors.HubError: Cause("HUB-004", "入库时被数据库拒绝", "请运行 anze status,按提示修复安装"),
}


def reason_of(fault: HubError) -> tuple[str, str]:
    """Code and Chinese text of why a batch cannot be judged."""
    cause = next(cause for kind, cause in CAUSES.items() if isinstance(fault, kind))
    return cause.code, f"{cause.title}:{fault};处理:{cause.remedy}"


def mark(engine: sa.Engine, batch_id: int, fault: HubError) -> None:
    """Say of a batch that it cannot be judged, and why. Raises as the warehouse does."""
    receipts.mark_stuck(engine, batch_id, *reason_of(fault))


def told(engine: sa.Engine) -> dict[int, tuple[str, str]]:
    """What is said already of the batches that are stuck: batch id -> (code, text)."""
    return {each.batch_id: (each.reason_code, each.reason_text) for each in receipts.stuck(engine)}
