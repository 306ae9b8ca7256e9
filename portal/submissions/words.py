"""What the state of a delivery means for the person who handed it in: a fact, and the next action."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.reporting.problems import SEVERITIES as ZH
from portal.submissions.reading import Batch
from schemas.contract import load_contracts


@dataclass(frozen=True)
class State:
    """A state in two languages, the kind of its tag, and what to do."""

    zh: str
    en: str
    kind: str
    todo_zh: str
    todo_en: str


STATES = {
    "received": State(
        "已接收,正在校验", "Received, being checked", "busy",
        "回执已经生效,可以关闭页面;校验完成后在报送记录里看结果。",
        "Your receipt counts from now; you may close this page and look at the result later.",
    ),
    "stuck": State(
        "已接收,暂时无法校验", "Received, cannot be checked yet", "warn",
        "数据已安全保存,平台正在处理,不需要重新报送。",
        "Your data are safe, the platform is at work on it: nothing to send again.",
    ),
    "awaiting": State(
        "等待确认", "Awaiting a decision", "warn",
        "这次全量报送缺少较多在册记录,平台管理员会与贵公司核对后决定是否采用。",
        "This full delivery lacks many known records: the platform asks your company before it is used.",
    ),
    "loaded": State("全部入库", "Loaded in full", "good", "无需处理。", "Nothing to do."),
    "partly_loaded": State(
        "部分入库", "Loaded in part", "warn",
        "下面列出的行没有入库。请更正后重新报送这些行,已入库的行不受影响。",
        "The rows below were held. Mend and send them again; what was loaded stays.",
    ),
    "rejected": State(
        "全部退回", "Rejected", "bad", "没有任何一行入库。请按下面的原因更正后重新报送整个文件。",
        "No row was loaded. Mend what is listed below and send the whole file again.",
    ),
    "duplicate": State(
        "重复报送", "Sent before", "plain", "内容与之前的报送完全相同,没有改变任何数据。",
        "The content was sent before; nothing changed.",
    ),
}  # fmt: skip
SEVERITIES = {"error": (ZH["error"], "Error", "bad"), "warning": (ZH["warning"], "Warning", "warn")}
COUNTS = (
    ("received_count", "接收", "Received"),
    ("accepted_count", "入库", "Loaded"),
    ("quarantined_count", "未入库", "Held"),
    ("duplicate_count", "与在册相同", "Known already"),
    ("superseded_count", "已有更新", "Outdated"),
)


def record_name(record_type: str, language: str) -> str:
    """The name of a record type for people."""
    contract = load_contracts().get(record_type)
    if contract is None or language == "en":
        return record_type.replace("_", " ").capitalize()
    return contract.business_name


def todo(batch: Batch, language: str, warning_count: int = 0) -> str:
    """What the sender should do next."""
    if batch.state == "loaded" and warning_count:
        return (
            f"Loaded; please look at {warning_count} warnings below." if language == "en"
            else f"已全部入库;有 {warning_count} 条提示,请核对下面的内容,确有错误时更正后重新报送。"
        )  # fmt: skip
    if batch.is_discarded:
        return (
            "This delivery was given up; send it again if it is needed."
            if language == "en"
            else "这次报送已由平台放弃,没有改变任何数据;仍需要时请重新报送。"
        )
    state = STATES[batch.state]
    return state.todo_en if language == "en" else state.todo_zh
