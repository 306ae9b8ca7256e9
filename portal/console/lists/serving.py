"""Lists of services and hazards that are overdue."""

from __future__ import annotations

from portal.console.lists.insuring import DOMAIN, INSURED, INSURED_CODE, INSURER, POLICY_NO, REGION
from portal.console.lists.work_list import Column, WorkList
from schemas.yaml_files import Words

SERVING = (
    WorkList(
        "services_overdue", "逾期未完成的计划服务", "Planned services overdue",
        Words(
            zh="本年内计划截止、双方确认完成次数少于计划次数的方案明细,与事故预防服务完成率同口径",
            en="Lines of plans whose window ended this year with fewer services confirmed by both sides than planned, as the "
            "completion ratio counts them",
        ),
        Words(
            zh="不含草案和已终止的方案、截止日保单无效的、共保非首席的,不含以前年度截止的",
            en="Drafts and ended plans, policies not in force on the window's last day, followers, windows of earlier years",
        ),
        (
            Column("plan_no", "text", "方案编号", "Plan"), Column("plan_line_no", "text", "明细", "Line"), POLICY_NO, INSURED,
            REGION, DOMAIN, INSURER, Column("service_item_code", "code", "服务项目", "Item", "CL-SERVICE-ITEM"),
            Column("window_end_date", "date", "计划截止", "Due"), Column("days_overdue", "count", "逾期天数", "Days overdue"),
            Column("planned_count", "count", "计划次数", "Planned"), Column("done_count", "count", "完成次数", "Done"),
            Column("missing_count", "count", "未完成", "Missing"),
        ),
        cell=("I3", "ytd"),
    ),
    WorkList(
        "hazards_overdue", "逾期未整改的重大隐患", "Major hazards past deadline",
        Words(
            zh="整改期限早于统计截止日、截至当日尚未整改的重大事故隐患,地区和行业取保单的",
            en="Major hazards whose deadline is before the as-of day and that are not rectified by it; area and sector are the "
            "policy's",
        ),
        Words(
            zh="不含已整改待验证的;服务或保单尚未报送的隐患没有地区,只在全省列出",
            en="Rectified ones that await verification; a hazard whose service or policy has not come is listed for the whole "
            "province only",
        ),
        (
            Column("hazard_no", "text", "隐患编号", "Hazard"), INSURED, INSURED_CODE, REGION, DOMAIN, INSURER,
            Column("description_text", "text", "隐患描述", "Description"),
            Column("found_at", "moment", "发现时间", "Found"),
            Column("rectify_deadline_date", "date", "整改期限", "Deadline"),
            Column("days_overdue", "count", "逾期天数", "Days overdue"),
            Column("hazard_status_code", "code", "状态", "Status", "CL-HAZARD-STATUS"),
            Column("notified_at", "moment", "书面告知", "Notified"), Column("escalated_at", "moment", "上报时间", "Reported"),
        ),
    ),
)  # fmt: skip
