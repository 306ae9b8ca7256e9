"""``anze backfill plan | run | list | show``: past days collected again or replayed, as planned and no further."""

from __future__ import annotations

import datetime as dt
import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.arguments import Limit, OnlyInsurers
from pipeline.cli.output import AsJson, green, print_json, print_table, progress, stderr, stdout, yellow

if TYPE_CHECKING:
    from warehouse.history.plans import Plan

backfill = typer.Typer(help="Backfills and replays 补采与重放.", no_args_is_help=True)
MODES = {"recollect": "重新采集 recollect", "replay": "重放 replay"}
STATES = {
    "planned": "已计划 planned",
    "started": yellow("进行中 started"),
    "done": green("已完成 done"),
}
PlanId = Annotated[int, typer.Argument(help="The plan's number.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(backfill, name="backfill")


@backfill.command("plan")
def plan(
    since: Annotated[dt.datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day, Asia/Shanghai.")],
    until: Annotated[dt.datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day, included.")],
    insurer: OnlyInsurers = None,
    family: Annotated[list[str] | None, typer.Option(help="Record families or types; default: all.")] = None,
    window: Annotated[int, typer.Option(min=1, help="Days that one part holds.")] = 7,
    mode: Annotated[str, typer.Option(help="recollect: ask the insurers again; replay: load from landing again.")] = "",
    rehearse: Annotated[bool, typer.Option(help="Try a replay on a copy of the database first.")] = True,
    reason: Annotated[str, typer.Option(help="Why; kept with the plan.")] = "",
    by: Annotated[str, typer.Option(help="Who asks; default: this login.")] = "",
    as_json: AsJson = False,
) -> None:
    """Plan a backfill: days, batches and rows; of a replay also what it would change. Nothing else happens."""
    from pipeline.backfill.plan import make, record_types
    from pipeline.hub import open_hub
    from warehouse.history.plans import Request

    if mode not in MODES:
        raise typer.BadParameter("--mode is recollect or replay")
    hub = open_hub()
    request = Request(
        "replay" if mode == "replay" else "recollect",
        tuple(insurer or hub.insurers), record_types(family or ()), since.date(), until.date(), window,
        by or getpass.getuser(), reason,
    )  # fmt: skip
    show_plan(make(hub, request, rehearse=rehearse and mode == "replay"), as_json)


@backfill.command("run")
def run(plan_id: PlanId, as_json: AsJson = False) -> None:
    """Run a plan, or go on with it. Refuses when its inputs moved. Exit code 3 or 4 if a part could not be done."""
    from pipeline.backfill.run import run as run_plan
    from pipeline.cli.usage import exit_code
    from pipeline.hub import open_hub
    from warehouse.history import plans

    hub = open_hub()
    with progress("backfill", len(plans.read(hub.engine, plan_id).parts)) as advance:
        failed = run_plan(hub, plan_id, hub.settings.credentials, lambda part: advance(part.insurer_id))
    show_plan(plans.read(hub.engine, plan_id), as_json)
    for each in failed:
        told = f"{each.part.insurer_id} {each.part.from_date}: {type(each.error).__name__}: {each.error}"
        stderr.print(told, soft_wrap=True)
    if failed:
        raise typer.Exit(max(exit_code(each.error) for each in failed))


@backfill.command("list")
def list_all(limit: Limit = 20, as_json: AsJson = False) -> None:
    """List plans, newest first."""
    from pipeline.hub import open_hub
    from warehouse.history import plans

    found = plans.newest(open_hub().engine, limit)
    if as_json:
        print_json([_plain(each) for each in found])
        return
    rows = [
        (p.plan_id, MODES[p.request.mode], ", ".join(p.request.insurer_ids[:3]), f"{p.request.from_date}..{p.request.to_date}",
         f"{sum(part.done_at is not None for part in p.parts)}/{len(p.parts)}", STATES[p.state], p.request.created_by)
        for p in found
    ]  # fmt: skip
    print_table(("计划 plan", "方式 mode", "机构", "日期 days", "完成 done", "状态 state", "人 by"), rows, right=(0,))


@backfill.command("show")
def show(plan_id: PlanId, as_json: AsJson = False) -> None:
    """Show one plan: its parts, how far it got, and what a rehearsal said."""
    from pipeline.hub import open_hub
    from warehouse.history import plans

    show_plan(plans.read(open_hub().engine, plan_id), as_json)


def show_plan(found: Plan, as_json: bool) -> None:
    """Print one plan."""
    if as_json:
        print_json(_plain(found))
        return
    request = found.request
    days = f"{request.from_date}..{request.to_date}"
    stdout.print(f"计划 plan {found.plan_id}: {MODES[request.mode]} {days}", STATES[found.state])
    stdout.print(f"人 by {request.created_by}" + (f", {request.reason}" if request.reason else ""))
    stdout.print(f"数据 types: {', '.join(request.record_types)}", soft_wrap=True)
    rows = [
        (p.part_no, p.insurer_id, f"{p.from_date}..{p.to_date}", p.day_count, p.delivered_day_count, p.batch_count,
         p.row_count, "" if p.done_at is None else f"✓ {len(p.done_batch_ids or ())}")
        for p in found.parts
    ]  # fmt: skip
    columns = ("部分 part", "机构", "日期 days", "天 days", "已交 delivered", "批次 batches", "行 rows", "完成 done")
    print_table(columns, rows, right=(0, 3, 4, 5, 6))
    _show_effects(found)
    if found.state != "done":
        stdout.print(f"下一步 next: anze backfill run {found.plan_id}")


def _show_effects(found: Plan) -> None:
    if found.effects is None:
        unknown = (
            "需向机构采集后才知道 known only after asking the insurers"
            if found.request.mode == "recollect"
            else "未演练 not rehearsed"
        )
        stdout.print(f"将改变的内容 what would change: {unknown}")
        return
    for kind, count in found.effects["counts"].items():
        stdout.print(f"  {EFFECTS[kind]}: {count}")
    for kind in ("verdicts", "cells", "frozen_cells"):
        for line in found.effects.get(kind, ()):
            stdout.print(f"    {line}", soft_wrap=True)


EFFECTS = {
    "accepted": "将入库的行 rows accepted",
    "quarantined": "仍被隔离的行 rows still held",
    "duplicate": "已有的行 rows already there",
    "superseded": "旧版本的行 older versions",
    "cleared": "将解除隔离的行 held rows cleared",
    "verdicts": "将改变的时效判定 verdicts changed",
    "cells": "将改变的已发布指标格 published cells changed",
    "frozen_cells": "其中已冻结月份 cells of frozen months",
}


def _plain(found: Plan) -> dict[str, object]:
    return {"state": found.state, **vars(found)}
