"""The lists of the clock: what each says, its columns, and how a page of one is read now, as the account that asks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from portal.console.lists import Column
from portal.console.lists.late import late_records
from portal.console.paging import PAGE_ROWS, Page, page
from portal.sql_text import statement
from schemas.province import province
from schemas.time_zone import SHANGHAI
from schemas.yaml_files import Words

ALL = "*"


@dataclass(frozen=True)
class OwedList:
    """One list: where it stands, its statement, what it says, and by what it can be narrowed."""

    name: str
    path: str
    zh: str
    en: str
    said: Words
    none: Words
    columns: tuple[Column, ...]
    states: tuple[str, ...] = ()
    has_types: bool = False
    has_areas: bool = True
    statement: str = ""


@dataclass(frozen=True)
class Narrowed:
    """What a list is narrowed to; empty does not restrict. ``within``: working days ahead, of what is due."""

    insurer: str = ""
    region: str = ""
    record_type: str = ""
    state: str = ""
    within: int = 1


@dataclass(frozen=True)
class Moment:
    """The day and the moment that a list speaks of: today, as known now."""

    as_of: dt.date
    known_at: dt.datetime


@dataclass(frozen=True)
class Counts:
    """How much of each there is; ``silent_count`` None: the account is shown no feeds."""

    due_count: int
    silent_count: int | None
    owed_count: int
    overdue_count: int
    alert_count: int
    critical_count: int


_INSURER = Column("insurer_id", "insurer", "保险机构", "Insurer")
_REGION = Column("region_code", "region", "地区", "Area")
_STATE = Column("state", "state", "状态", "State")
DUE = OwedList(
    "due", "/due", "即将到期", "Due soon",
    Words(
        zh="由其他记录的事件推知、尚未报送、期限将到的记录;是预测,不是迟报判定(默认口径,可配置)。",
        en="Records that events of other records let be expected, not here yet and due soon; a forecast, no verdict.",
    ),
    Words(zh="没有即将到期的记录", en="Nothing is due soon"),
    (
        Column("deadline_on", "date", "截止日", "Deadline"), _INSURER,
        Column("expected_record_type", "record_type", "应报送", "Expected"), Column("reason", "text", "缘由", "Why"),
        Column("record_type", "record_type", "事件所在", "Event of"), Column("record_key", "text", "编号", "Key"),
        Column("policy_no", "text", "保单", "Policy"), _REGION, Column("event_on", "date", "事件日", "Event on"),
    ),
    has_types=True,
)  # fmt: skip
LATE = OwedList(
    "late", "/due/late", "迟报", "Late",
    Words(zh="首次接收晚于截止日的记录。", en="Records that first came after their deadline."),
    Words(zh="没有迟报的记录", en="No record was late"),
    (
        Column("deadline_on", "date", "截止日", "Deadline"), _INSURER,
        Column("record_type", "record_type", "数据类型", "Record type"), Column("record_key", "text", "编号", "Key"),
        Column("policy_no", "text", "保单", "Policy"), _REGION,
        Column("first_received_at", "moment", "首次接收", "First received"),
        Column("days_late", "count", "晚几日(自然日)", "Days late"),
    ),
    statement="console/lists/late",
)  # fmt: skip
OBLIGATIONS = OwedList(
    "obligations", "/obligations", "应服务义务", "Obligations",
    Words(
        zh="按保单、地区、行业的规则或约定方案应开展的服务;不选状态时列出应开展的和逾期的。",
        en="Services owed by rule or by the agreed plan; without a state those that are due or overdue.",
    ),
    Words(zh="没有符合条件的义务", en="No such obligation"),
    (
        _STATE, Column("title_zh", "text", "义务", "Obligation"), _INSURER, Column("policy_no", "text", "保单", "Policy"),
        _REGION, Column("window_start_date", "date", "窗口首日", "From"),
        Column("window_end_date", "date", "窗口末日", "To"), Column("required_count", "count", "应服务", "Owed"),
        Column("done_count", "count", "已完成", "Done"), Column("rule_no", "text", "依据", "Rule"),
    ),
    states=("overdue", "due", "open", "done"),
)  # fmt: skip
EXPECTED = OwedList(
    "silence", "/expected", "应报与静默", "Expected and silent",
    Words(
        zh="机构定义登记的应报数据;超过容许的工作日没有数据也没有零报告的为静默。",
        en="What insurers' definitions say is delivered; silent: neither data nor a nil return for longer than allowed.",
    ),
    Words(
        zh="没有可显示的应报数据;报送不分地区和行业,只看部分地区或行业的账号看不到",
        en="Nothing to show; a feed is of no area or sector, so accounts of some see none",
    ),
    (
        _STATE, _INSURER, Column("record_type", "record_type", "数据类型", "Record type"),
        Column("channel", "state", "渠道", "Channel"), Column("last_success_at", "moment", "最近有数据", "Last data"),
        Column("last_nil_return_at", "moment", "最近零报告", "Last nil return"),
        Column("working_days_without", "count", "无报送工作日", "Working days without"),
        Column("allowed_working_days", "count", "容许", "Allowed"), Column("paused_until", "date", "暂停至", "Paused until"),
        Column("schedule", "text", "频次", "Schedule"), Column("expected_since", "date", "应报起始", "Since"),
        Column("valid_to", "date", "截止", "Until"), Column("source", "text", "依据", "Source"),
    ),
    states=("silent", "paused", "heard"), has_types=True, has_areas=False,
)  # fmt: skip
EXTENSIONS = OwedList(
    "extensions", "/extensions", "延期", "Extensions",
    Words(zh="经办人批准的延期,限定范围,到期即止;批准和撤销由平台管理员办理。", en="Granted by a named person, with scope and end."),
    Words(zh="没有延期", en="No extension"),
    (
        _STATE, Column("record_key", "text", "编号", "No"), _INSURER,
        Column("record_type", "record_type", "数据类型", "Record type"), _REGION,
        Column("events_from", "date", "事件日期自", "Events from"), Column("events_to", "date", "至", "to"),
        Column("record_key_count", "count", "限定条数", "Records"), Column("extra_days", "count", "增加工作日", "Extra days"),
        Column("until_on", "date", "延至", "Until"), Column("reason", "text", "理由", "Reason"),
        Column("granted_by", "text", "批准人", "Granted by"), Column("granted_at", "moment", "批准时间", "Granted at"),
        Column("revoked_by", "text", "撤销人", "Revoked by"),
    ),
    states=("granted", "revoked"), has_areas=False,
)  # fmt: skip
#: What stands in the slots of a statement.
_SLOTS = {"late": {"records": late_records()}}
LISTS = (DUE, LATE, OBLIGATIONS, EXPECTED, EXTENSIONS)


def now_of(now: dt.datetime) -> Moment:
    """Today in Shanghai, as known now."""
    return Moment(now.astimezone(SHANGHAI).date(), now)


def rows(
    connection: sa.Connection, owed: OwedList, at: Moment, asked: Narrowed, *, after: str | None = None,
    limit: int = PAGE_ROWS,
) -> Page:  # fmt: skip
    """A page of a list. Raises BadCursor."""
    wanted = {
        "as_of": at.as_of, "known_at": at.known_at, "region_code": asked.region or province().code, "domain_code": ALL,
        "insurer_id": asked.insurer or ALL, "since": None, "until": None, "record_type": asked.record_type or None,
        "state": asked.state or None, "within": asked.within,
    }  # fmt: skip
    return page(
        connection,
        owed.statement or f"clock/{owed.name}",
        wanted,
        after=after,
        limit=limit,
        **_SLOTS.get(owed.name, {}),
    )


def counts(connection: sa.Connection, at: Moment, insurer_id: str | None = None) -> Counts:
    """How much of each there is for the account, or of one insurer."""
    wanted = {"as_of": at.as_of, "known_at": at.known_at, "insurer_id": insurer_id}
    return Counts(**connection.execute(statement("clock/counts"), wanted).mappings().one())
