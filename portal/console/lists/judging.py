"""Lists of what came late, is held back, or names what has not come."""

from __future__ import annotations

from portal.console.lists.insuring import DOMAIN, INSURER, POLICY_NO, REGION
from portal.console.lists.work_list import Column, WorkList
from schemas.yaml_files import Words

RECORD_TYPE = Column("record_type", "record_type", "数据", "Record type")
RECORD = Column("record_key", "text", "业务编号", "Record")
BATCH = Column("batch_id", "count", "批次", "Delivery")
ROW = Column("row_no", "count", "行号", "Row")
RULE = Column("rule_title", "text", "规则", "Rule")
MESSAGE = Column("message", "text", "问题与处理", "What is wrong")

JUDGING = (
    WorkList(
        "late", "迟报记录", "Late records",
        Words(
            zh="首次接收晚于截止日的记录(5个工作日规则,按主要业务事件)",
            en="Records first received after their deadline: the rule of five working days, by their main business event",
        ),
        Words(
            zh="不含工作日历未公布而待定的;逾期天数为自然日;与保单联系不上的记录没有地区,只在全省列出",
            en="Those whose calendar is not published; days are calendar days; records linked to no policy are listed for the "
            "whole province only",
        ),
        (
            RECORD_TYPE, RECORD, INSURER, POLICY_NO, REGION, DOMAIN, Column("deadline_on", "date", "截止日", "Deadline"),
            Column("first_received_at", "moment", "首次接收", "First received"),
            Column("days_late", "count", "迟报天数", "Days late"), BATCH, ROW,
        ),
    ),
    WorkList(
        "held", "被隔离的行", "Held rows",
        Words(
            zh="报送后被隔离、尚未更正的行,每行一条,列出第一个原因;被隔离的行不计入任何指标",
            en="Rows held back and not corrected yet, once each with the first reason; they count in no figure",
        ),
        Words(
            zh="不含已解决的;被隔离的行不属于任何地区,市县账号看不到",
            en="Resolved ones; a held row belongs to no area: accounts of an area are not shown it",
        ),
        (
            INSURER, RECORD_TYPE, RECORD, BATCH, ROW, RULE, Column("field_name", "text", "字段", "Field"),
            Column("value", "text", "报送的值", "Value"), Column("expected", "text", "应为", "Expected"), MESSAGE,
            Column("reason_count", "count", "原因数", "Reasons"), Column("held_at", "moment", "隔离时间", "Held"),
        ),
        is_of_areas=False,
    ),
    WorkList(
        "orphans", "缺上级的记录", "Orphans",
        Words(
            zh="已入库、但所指的保单、赔案、服务等尚未报送的记录",
            en="Loaded records that name a policy, claim or service that has not come",
        ),
        Words(
            zh="上级记录报送后自动消除;不属于任何地区,市县账号看不到",
            en="They close themselves when the parent comes; they belong to no area",
        ),
        (
            INSURER, RECORD_TYPE, RECORD, Column("parent_record_type", "record_type", "缺少的数据", "Missing type"),
            Column("parent_key", "text", "缺少的编号", "Missing record"), RULE, MESSAGE,
            Column("opened_at", "moment", "发现时间", "Found"), BATCH, ROW,
        ),
        is_of_areas=False,
    ),
)  # fmt: skip
