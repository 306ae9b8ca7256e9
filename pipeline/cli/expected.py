"""``anze expected list | silence | due | pause | resume | pauses``: who must deliver what, who is silent, what is due soon."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.arguments import InsurerId, OnlyInsurer
from pipeline.cli.moments import AsOf, KnownAt, day, moment
from pipeline.cli.output import AsJson, print_json, print_table, red, stdout

if TYPE_CHECKING:
    from pipeline.hub import Hub
    from warehouse.landing.expected import Pause, Registered, Silence

expected = typer.Typer(help="Expected deliveries 应报: who must send what, who is silent 静默, what is due soon.", no_args_is_help=True)  # fmt: skip
CHANNELS = {"api": "接口 interface", "drop": "手工 by hand", None: "定义有误 definition broken"}
REGISTER = ("机构 insurer", "数据 record type", "渠道 channel", "频次 schedule", "容许工作日 allowed", "起 since", "止 until", "依据 source")  # fmt: skip
SILENCE = ("机构 insurer", "数据 record type", "最近有数据 last success", "最近零报告 last nil return", "无报送工作日 without", "容许 allowed", "暂停至 paused until", "静默 silent")  # fmt: skip
DUE = ("机构 insurer", "应有 expected", "事件 event of", "编号 key", "保单 policy", "地区 region", "事件日 event on", "截止 deadline", "规则 rule")  # fmt: skip
PAUSES = ("编号 no", "机构 insurer", "数据 record type", "至 until", "原因 reason", "暂停人 paused by", "时间 at", "恢复 resumed by")  # fmt: skip
By = Annotated[str, typer.Option("--by", help="Who decides; it is kept, and told to the audit.")]
Kind = Annotated[str, typer.Argument(help="Record type; default: everything that the insurer delivers.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(expected, name="expected")


@expected.command("list")
def list_all(
    insurer: OnlyInsurer = None, as_of: AsOf = None, known_at: KnownAt = None, as_json: AsJson = False
) -> None:
    """List the register: which feed is expected on a day, by which channel, how often, since when, by what."""
    from warehouse.landing import expected as register_of

    hub, on, known = _asked(as_of, known_at)
    found = register_of.registered(hub.engine, on, known, insurer)
    if as_json:
        print_json(found)
        return
    print_table(REGISTER, map(_registered, found), f"{on}")


@expected.command()
def silence(
    insurer: OnlyInsurer = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Show every expected feed, not the silent ones only.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List who is silent: working days without a delivery or nil return, and the last success. Exit 1 when somebody is."""
    from warehouse.landing import expected as register_of

    hub, on, known = _asked(as_of, known_at)
    feeds = register_of.silence(hub.engine, on, known, insurer)
    found = [each for each in feeds if everything or each.is_silent]
    if as_json:
        print_json(found)
    else:
        print_table(SILENCE, map(_silence, found), f"{on}: {len(feeds)} 应报 expected", right=(4, 5))
    if any(each.is_silent for each in found):
        raise typer.Exit(1)


@expected.command()
def due(
    insurer: OnlyInsurer = None,
    within: Annotated[int, typer.Option(min=0, help="Working days.")] = 1,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: AsJson = False,
) -> None:
    """List what is due soon: records that events of other records let be expected, and that did not come yet."""
    from warehouse.landing import expected as register_of

    hub, on, known = _asked(as_of, known_at)
    found = register_of.due_soon(hub.engine, on, known, within, insurer)
    if as_json:
        print_json(found)
        return
    rows = [
        (
            each.insurer_id, each.record_type, each.expected_from_record_type, each.record_key, each.policy_no,
            each.region_code, each.event_on, each.deadline_on, each.rule_no,
        )
        for each in found
    ]  # fmt: skip
    print_table(DUE, rows, f"{on}: {len(rows)}")


@expected.command()
def pause(
    insurer_id: InsurerId,
    record_type: Kind = "*",
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why.")],
    until: Annotated[str, typer.Option("--until", help="Last day, 2026-12-31.")],
    by: By,
    as_json: AsJson = False,
) -> None:
    """Pause an insurer or feed until the end of a day: it is not told of as silent. It lacks in figures as before."""
    from warehouse.landing import expected as register_of

    hub, _, known = _asked(None, None)
    _require_delivered(hub, insurer_id, record_type)
    kept = register_of.pause(hub.engine, insurer_id, record_type, day(until), reason, by, known)
    _show_pauses([kept], as_json)


@expected.command()
def resume(insurer_id: InsurerId, record_type: Kind = "*", *, by: By, as_json: AsJson = False) -> None:
    """End a pause before its day."""
    from warehouse.landing import expected as register_of

    hub, _, known = _asked(None, None)
    _show_pauses(register_of.resume(hub.engine, insurer_id, record_type, by, known), as_json)


@expected.command()
def pauses(insurer: OnlyInsurer = None, as_json: AsJson = False) -> None:
    """List pauses, the newest first, those that are over included."""
    from warehouse.landing import expected as register_of

    hub, _, _ = _asked(None, None)
    _show_pauses(register_of.pauses(hub.engine, insurer), as_json)


def _asked(as_of: str | None, known_at: str | None) -> tuple[Hub, dt.date, dt.datetime]:
    """The hub with its register up to date, the day and the moment that are asked about."""
    from pipeline.expecting import keep_register
    from pipeline.hub import open_hub
    from schemas.time_zone import SHANGHAI

    hub = open_hub()
    keep_register(hub)
    now = hub.now()
    known = moment(known_at, now) if known_at else now
    return hub, day(as_of) if as_of else known.astimezone(SHANGHAI).date(), known


def _require_delivered(hub: Hub, insurer_id: str, record_type: str) -> None:
    from schemas.mistakes import nearest

    if record_type != "*" and insurer_id not in hub.broken and record_type not in hub.definition(insurer_id).records:
        known = hub.definition(insurer_id).records
        raise typer.BadParameter(f"{insurer_id} 不报送 does not deliver {record_type!r}: {nearest(record_type, known)}")


def _registered(each: Registered) -> tuple[object, ...]:
    return (
        each.insurer_id, each.record_type, CHANNELS[each.channel], each.schedule, each.working_days or "按渠道 its channel's",
        each.valid_from or f"{each.recorded_at:%Y-%m-%d} 登记 registered", each.valid_to, each.source,
    )  # fmt: skip


def _silence(each: Silence) -> tuple[object, ...]:
    without = "—" if each.working_days_without is None else each.working_days_without
    return (
        each.insurer_id, each.record_type, _shown(each.last_success_at), _shown(each.last_nil_return_at), without,
        each.allowed_working_days, each.paused_until, red("静默 silent") if each.is_silent else "",
    )  # fmt: skip


def _show_pauses(found: list[Pause], as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    rows = [
        (
            each.pause_id, each.insurer_id, each.record_type, each.paused_until, each.reason, each.paused_by,
            _shown(each.paused_at), each.resumed_by,
        )
        for each in found
    ]  # fmt: skip
    print_table(PAUSES, rows)
    if not rows:
        stdout.print("没有暂停 nothing is paused")


def _shown(at: dt.datetime | None) -> str:
    from schemas.time_zone import SHANGHAI

    return "从未 never" if at is None else f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
