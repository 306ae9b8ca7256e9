"""``anze alerts``: what the clock found, who acts, and who is told."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.arguments import OnlyInsurer
from pipeline.cli.moments import day
from pipeline.cli.output import AsJson, bold, dim, green, print_json, print_table, red, stdout, yellow

if TYPE_CHECKING:
    from rich.text import Text

    from warehouse.alerts.issues import Alert

alerts = typer.Typer(help="Alerts 预警: what is wrong, who acts, and who is told.", no_args_is_help=True)
SHOWN_RECORDS = 20
SCRIPTED = ("alert_no", "kind", "level", "owner_kind", "owner", "insurer_id", "region_code", "state", "opened_at",
            "updated_at", "closed_at", "snoozed_until", "reason", "remedy", "record_count")  # fmt: skip
COLOURS = {"critical": red, "warning": yellow, "notice": dim}
STATES = {
    "open": "待处理 open",
    "acknowledged": "已受理 acknowledged",
    "snoozed": "已暂缓 snoozed",
    "closed": "已关闭 closed",
}
EVENTS = {
    "opened": "出现 opened", "updated": "更新 updated", "closed": "关闭 closed", "reopened": "再次出现 reopened",
    "acknowledged": "受理 acknowledged", "snoozed": "暂缓 snoozed", "woken": "暂缓到期 woken",
    "reminded": "到期前提醒 reminded", "escalated": "升级 escalated",
}  # fmt: skip

AlertNo = Annotated[str, typer.Argument(help="The alert's number, as `anze alerts list` shows it.")]
Comment = Annotated[str, typer.Option(help="What is being done, in a sentence.")]
Person = Annotated[str, typer.Option("--by", help="Who does it; default: the name of your login on this machine.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(alerts, name="alerts")


@alerts.command("list")
def list_(
    kind: Annotated[str | None, typer.Option(help="Only this kind, for example A10.")] = None,
    insurer_id: OnlyInsurer = None,
    every: Annotated[bool, typer.Option("--all", help="Closed ones, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """List alerts that stand, the gravest first."""
    from pipeline.hub import open_hub
    from warehouse.alerts import issues

    with open_hub().engine.connect() as connection:
        found = issues.alerts(
            connection, kind=kind, insurer_id=insurer_id, state="all" if every else "standing", limit=100_000
        )
    if as_json:
        print_json([_scripted(alert) for alert in found])
        return
    columns = ("编号 alert", "级别 level", "名称 title", "责任 owner", "状态 state", "记录 records", "原因 reason")
    rows = [
        (a.alert_no, _level(a), a.title_zh, _owner(a), STATES[a.state], a.record_count, a.reason) for a in found
    ]  # fmt: skip
    print_table(columns, rows, right=(5,))


@alerts.command()
def show(alert_no: AlertNo, as_json: AsJson = False) -> None:
    """Show one alert: why, what to do, its newest records, and its history."""
    from pipeline.hub import open_hub
    from warehouse.alerts import issues

    with open_hub().engine.connect() as connection:
        alert = issues.alert(connection, alert_no)
        records = issues.records(connection, alert_no, 100_000 if as_json else SHOWN_RECORDS)
        events = issues.events(connection, alert_no)
    if as_json:
        print_json({**_scripted(alert), "records": records, "events": events})
        return
    stdout.print(_level(alert), bold(f"{alert.title_zh} {alert.alert_no}"), STATES[alert.state], soft_wrap=True)
    for title, words in (
        ("原因 reason", alert.reason), ("处理 what to do", alert.remedy), ("责任 owner", _owner(alert)),
        ("依据 basis", f"{alert.basis}({alert.label})"), ("查看 where", alert.link),
    ):  # fmt: skip
        stdout.print(f"{title}: {words}", soft_wrap=True)
    rows = [(r.insurer_id, r.region_code, r.record_type, r.record_key, r.message) for r in records]
    print_table(("机构 insurer", "地区 region", "数据 type", "编号 record", "情况 what"), rows)
    if alert.record_count > len(records):
        stdout.print(f"…共 {alert.record_count} 条: anze alerts show {alert_no} --json")
    told = [(f"{e.at:%Y-%m-%d %H:%M}", EVENTS[e.event], e.person or e.to_role, e.comment, e.entered_count, e.left_count) for e in events]  # fmt: skip
    columns = ("时间 at", "经过 what", "谁 who", "说明 comment", "进入 entered", "离开 left")
    print_table(columns, told, right=(4, 5))


@alerts.command()
def ack(alert_no: AlertNo, comment: Comment, by: Person = "", as_json: AsJson = False) -> None:
    """Take an alert on: the ladder stops, and everybody sees by whom and with which words."""
    from pipeline.alerting import acting
    from pipeline.hub import open_hub

    _told(acting.acknowledge(open_hub(), alert_no, by or getpass.getuser(), comment), as_json)


@alerts.command()
def snooze(
    alert_no: AlertNo,
    until: Annotated[str, typer.Option(help="The day from which on it counts again, 2026-12-01.")],
    comment: Comment,
    by: Person = "",
    as_json: AsJson = False,
) -> None:
    """Leave an alert alone until a day: no digest names it, and it does not go up the ladder."""
    import datetime as dt

    from pipeline.alerting import acting
    from pipeline.hub import open_hub
    from schemas.time_zone import SHANGHAI

    end = dt.datetime.combine(day(until), dt.time.min, SHANGHAI)
    _told(acting.snooze(open_hub(), alert_no, by or getpass.getuser(), comment, end), as_json)


@alerts.command()
def look(as_json: AsJson = False) -> None:
    """Look now, as the DAG `clock` does each working morning: raise, update, close, remind, escalate, write messages."""
    from pipeline.alerting import clock
    from pipeline.hub import open_hub

    ran = clock.run(open_hub())
    if as_json:
        print_json({**vars(ran.run), "message_count": ran.message_count})
        return
    if not ran.run.is_new:
        stdout.print(f"这一刻或之后已看过,未做改动 nothing was changed: looked at {ran.run.known_at:%Y-%m-%d %H:%M}")
        return
    stdout.print(f"看到 {ran.run.finding_count} 条记录 found, 写了 {ran.message_count} 条消息 messages written")
    for kind, problem in ran.run.problems.items():
        stdout.print(yellow(f"没有查 not looked for {kind}"), problem, sep=": ", soft_wrap=True)


@alerts.command()
def deliver(as_json: AsJson = False) -> None:
    """Send the messages that are due; what fails waits for its next time. Exit code 1 when a receiver failed."""
    from pipeline.alerting import deliver as sender
    from pipeline.alerting.secrets import of_environment
    from pipeline.hub import open_hub

    hub = open_hub()
    came = sender.deliver(hub, lambda name: of_environment(name, hub.settings.environ))
    if as_json:
        print_json(came)
    else:
        stdout.print(
            f"已发 sent {came.sent_count}, 并入 folded {came.folded_count}, 放弃 given up {came.given_up_count}"
        )
        for name, problem in came.failing:
            stdout.print(red(f"未送达 not delivered {name}"), problem, sep=": ", soft_wrap=True)
    if came.failing:
        raise typer.Exit(1)


@alerts.command()
def receivers(as_json: AsJson = False) -> None:
    """Show who is told (receivers.yml of the province), and what was sent, waits, or was given up."""
    from pipeline.alerting.configuration import receivers as configured
    from pipeline.hub import open_hub
    from warehouse.alerts import outbox

    known = configured()
    with open_hub().engine.connect() as connection:
        standing = {each.receiver: each for each in outbox.standing(connection)}
    names = [*known, *(name for name in standing if name not in known)]
    if as_json:
        nothing = outbox.Standing("", 0, 0, 0, None, None)
        print_json([{**vars(standing.get(n, nothing)), "receiver": n, "is_known": n in known} for n in names])
        return
    rows = []
    for name in names:
        told, receiver = standing.get(name), known.get(name)
        counts = (told.sent_count, told.waiting_count, told.given_up_count) if told else (0, 0, 0)
        rows.append((
            name, receiver.channel if receiver else red("不在 not in receivers.yml"), receiver.role if receiver else "",
            (receiver.insurer_id or receiver.region_code) if receiver else "", *counts, told.last_problem if told else "",
        ))  # fmt: skip
    columns = ("接收方 receiver", "渠道 channel", "身份 role", "范围 scope", "已发 sent", "待发 waiting", "放弃 given up", "最近的问题 last problem")  # fmt: skip
    print_table(columns, rows, right=(4, 5, 6))


def _told(alert: Alert, as_json: bool) -> None:
    if as_json:
        print_json(_scripted(alert))
    else:
        stdout.print(green(STATES[alert.state]), alert.alert_no, alert.title_zh, soft_wrap=True)


def _scripted(alert: Alert) -> dict[str, object]:
    return {name: getattr(alert, name) for name in SCRIPTED}


def _level(alert: Alert) -> Text:
    return COLOURS[alert.level](alert.level_zh)


def _owner(alert: Alert) -> str:
    if alert.scope == "province":
        return f"省 province ({alert.insurer_count or 0} 家机构 insurers)"
    return f"{ {'insurer': '机构', 'city': '市', 'province': '省'}[alert.owner_kind] } {alert.owner or ''}".strip()
