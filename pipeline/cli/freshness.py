"""``anze freshness``: the legal clock of one record explained, verdicts counted, the hub's own outages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli import freshness_rate
from pipeline.cli.arguments import InsurerId, OnlyInsurer, RecordType
from pipeline.cli.judged import VERDICTS, print_changes
from pipeline.cli.moments import KnownAt, moment
from pipeline.cli.output import AsJson, bold, green, print_json, print_table, red, stdout, yellow
from schemas.time_zone import SHANGHAI

if TYPE_CHECKING:
    from warehouse.history.freshness import Day, Explained, Milestone, Verdict
    from warehouse.landing.heartbeats import Outage

freshness = typer.Typer(help="Freshness 时效: deadlines and verdicts.", no_args_is_help=True)
WEEKDAYS = "一二三四五六日"
CAUSES = {"calendar": "日历更新", "extension": "批准延期", "revocation": "撤销延期", "outage": "平台停机", None: "入库"}
SERVICES = {"portal": "门户", "intake": "收件", "database": "数据库"}
COUNTS = {
    "due_count": "到期 due", "on_time_count": "及时 on time", "late_count": "迟报 late",
    "undetermined_count": "待定 undetermined", "provisional_count": "其中日历待复核 provisional", "all_count": "合计 all",
}  # fmt: skip
TITLES = {"insurer_id": "机构 insurer", "record_type": "数据 type", "city_code": "市 city", "month": "月 month"}


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    freshness_rate.register(freshness)
    app.add_typer(freshness, name="freshness")


@freshness.command()
def explain(
    insurer: InsurerId,
    record_type: RecordType,
    key: Annotated[str, typer.Argument(help="The record's number; several fields joined with |.")],
    known_at: KnownAt = None,
    as_json: AsJson = False,
) -> None:
    """Explain the verdict of a record, as known at a moment: each day counted, what moved the deadline, the receipt."""
    from pipeline.cli.reading import open_to_read
    from warehouse.database.engine import database_errors
    from warehouse.history.freshness import explain

    hub = open_to_read()
    known = moment(known_at, hub.now()) if known_at else hub.now()
    with database_errors("explaining a verdict"), hub.engine.connect() as connection:
        found = explain(connection, insurer, record_type, key, known)
    if as_json:
        print_json(found)
        return
    for line in _page(found):
        stdout.print(line, soft_wrap=True)


@freshness.command("list")
def list_(
    by: Annotated[
        list[str] | None, typer.Option("--by", help="insurer, type, city, month; default: insurer and type.")
    ] = None,
    insurer: OnlyInsurer = None,
    known_at: KnownAt = None,
    as_json: AsJson = False,
) -> None:
    """Count verdicts as known at a moment: on time + late = due, due + undetermined = all."""
    from pipeline.cli.reading import open_to_read
    from warehouse.database.engine import database_errors
    from warehouse.history.freshness import BY, counts

    short = {"insurer": BY[0], "type": BY[1], "city": BY[2], "month": BY[3]}
    wanted = by or ["insurer", "type"]
    if unknown := [each for each in wanted if each not in short]:
        raise typer.BadParameter(f"不能按此统计 cannot count by {unknown[0]!r}: {', '.join(short)}")
    hub = open_to_read()
    known = moment(known_at, hub.now()) if known_at else hub.now()
    chosen = [short[each] for each in wanted]
    with database_errors("counting verdicts"), hub.engine.connect() as connection:
        rows = counts(connection, known, chosen, insurer)
    if as_json:
        print_json(rows)
        return
    columns = [each for each in BY if each in chosen]
    shown = [[row[name] for name in (*columns, *COUNTS)] for row in rows]
    total = ["合计 total", *[""] * (len(columns) - 1), *(sum(row[name] for row in rows) for name in COUNTS)]
    titles = [TITLES[name] for name in columns] + list(COUNTS.values())
    print_table(titles, [*shown, total], right=range(len(columns), len(titles)))


@freshness.command()
def outages(as_json: AsJson = False) -> None:
    """List the hub's own outages and what they moved; those that are over and not known yet are judged first."""
    from pipeline.clock.outages import listed, note_outages
    from pipeline.hub import open_hub

    hub = open_hub()
    changes = note_outages(hub)
    found = listed(hub)
    if as_json:
        print_json(found)
        return
    columns = (
        "编号 no",
        "服务 service",
        "自 from",
        "至 until",
        "计划内 planned",
        "顺延 credit",
        "判定 verdicts",
        "依据 basis",
    )
    print_table(columns, map(_outage_row, found), right=(0, 6))
    if changes:
        print_changes(changes)


def _outage_row(each: Outage) -> tuple[object, ...]:
    planned, credited = ("是 yes" if flag else "否 no" for flag in (each.is_planned, each.is_credited))
    return (
        each.outage_no, SERVICES[each.service], _shown(each.began_at), _shown(each.ended_at), planned, credited,
        each.verdict_count, each.basis,
    )  # fmt: skip


def _page(found: Explained) -> Iterator[object]:
    """The clock of a record, like a page of a file."""
    yield bold(f"{found.insurer_id} {found.record_type} {found.record_key}")
    yield f"所知时刻 known at {_shown(found.known_at)}"
    for each in found.milestones:
        yield ""
        yield from _milestone(each)


def _milestone(each: Milestone) -> Iterator[object]:
    verdict = each.verdict
    yield bold(f"【{each.title_zh}】 {verdict.milestone}")
    yield f"  业务事件 event      {verdict.event_on} {_weekday(verdict.event_on)}"
    yield f"  字段 field          {verdict.event_field},{verdict.event_source or '按数据契约 by the contract'}"
    yield f"  规则 rule           {verdict.basis}"
    if verdict.timeliness is None:
        yield "  判定 verdict        不判定 none: 事件当日规则尚未生效 the rule was not in force"
        return
    yield "  计日 days"
    for day in each.days:
        yield f"    {_day(day, verdict)}"
    if each.extension is not None:
        x = each.extension
        yield f"  延期 extension      {x.extension_no}: {x.reason}({x.granted_by},{_shown(x.granted_at)})"
    if each.outage is not None:
        o = each.outage
        yield f"  停机 outage         {o.outage_no}: {SERVICES[o.service]} {_shown(o.began_at)} 至 {_shown(o.ended_at)},截止日顺延一个工作日"
    yield f"  截止 deadline       {_deadline(verdict)}"
    yield f"  接收 received       {_shown(verdict.first_received_at)} {_receipt(verdict)}"
    yield _verdict(verdict)
    edition = each.edition
    named = f"{verdict.calendar_version},{edition.source}" if edition else verdict.calendar_version
    yield f"  日历 calendar       {named}"
    yield f"  由来 judged         {_why(verdict)}"
    if each.earlier:
        yield "  此前的判定 earlier verdicts"
    for old in each.earlier:
        yield (
            f"    {_shown(old.known_from)} 起 {VERDICTS[old.timeliness]},事件 {old.event_on},截止 {_deadline(old)},"
            f"{old.basis},日历 {old.calendar_version},{_why(old)}"
        )


def _verdict(verdict: Verdict) -> object:
    told = VERDICTS[verdict.timeliness] + (",日历待复核 provisional" if verdict.is_calendar_provisional else "")
    told = f"  判定 verdict        {told}"
    return {"on_time": green, "late": red}.get(verdict.timeliness or "", yellow)(told)


def _day(day: Day, verdict: Verdict) -> str:
    if day.day == verdict.event_on:
        told = "第 0 日,事件当日 day 0"
    elif day.is_working_day:
        told = f"第 {day.counted} 个工作日" + (f",{day.note}" if day.note else "")
    else:
        told = f"不计,{day.note or '周末'}"
    return f"{day.day} {_weekday(day.day)}  {told}"


def _deadline(verdict: Verdict) -> str:
    if verdict.deadline_on is None:
        return "待定:计数超出已公布的日历,不作推测 undetermined" if verdict.timeliness else "无 none"
    return f"{verdict.deadline_on} {_weekday(verdict.deadline_on)} 24:00"


def _receipt(verdict: Verdict) -> str:
    return f"批次 batch {verdict.batch_id},回执 {verdict.receipt_no}({verdict.channel})" if verdict.batch_id else ""


def _why(verdict: Verdict) -> str:
    if verdict.judged_for is None:
        return f"{_shown(verdict.known_from)} 入库时判定 at loading"
    return f"{_shown(verdict.known_from)} 因{CAUSES[verdict.judged_for]}重新判定 judged again by {verdict.judged_by}"


def _weekday(day: dt.date) -> str:
    return f"周{WEEKDAYS[day.weekday()]}"


def _shown(moment: dt.datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
