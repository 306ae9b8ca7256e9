"""``anze obligations list | explain``: which services are owed by when, by what rule, and which service did it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.arguments import OnlyInsurer
from pipeline.cli.moments import AsOf, KnownAt, day, moment
from pipeline.cli.output import AsJson, green, print_json, print_table, red, stderr, stdout, yellow

if TYPE_CHECKING:
    from pipeline.hub import Hub
    from warehouse.indicators.obligations import Obligation

obligations = typer.Typer(help="Services owed 服务义务.", no_args_is_help=True)
#: Words of a state, and how it is coloured.
STATES: Mapping[str, tuple[str, Callable[[object], object]]] = {
    "overdue": ("逾期", red),
    "due": ("应开展", yellow),
    "open": ("未到期", lambda said: said),
    "done": ("已完成", green),
}
ROUNDINGS = {"down": "不足一次的舍去", "half_up": "四舍五入", "up": "不足一次的进一"}


class State(StrEnum):
    """The states of an obligation, as the command line takes them."""

    DUE, OVERDUE, DONE, OPEN = "due", "overdue", "done", "open"


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(obligations, name="obligations")


@obligations.command("list")
def list_obligations(
    state: Annotated[State | None, typer.Option(help="Only those in this state.")] = None,
    insurer: OnlyInsurer = None,
    region: Annotated[str | None, typer.Option(help="Only those of a city or county, GB/T 2260.")] = None,
    policy: Annotated[str | None, typer.Option(help="Only those of this policy.")] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    limit: Annotated[int, typer.Option(min=1, help="How many rows at most, the earliest ends first.")] = 200,
    as_json: AsJson = False,
) -> None:
    """List obligations: what is overdue, due, done or not yet begun. Exit code 1 if there is none."""
    from warehouse.database.engine import database_errors
    from warehouse.indicators.obligations import Wanted, read_obligations

    hub, on, known = _asked(as_of, known_at)
    wanted = Wanted(insurer, region, policy, state.value if state else None)
    with database_errors("reading obligations"), hub.engine.begin() as connection:
        found = read_obligations(connection, on, known, wanted, limit=limit)
    if as_json:
        print_json([vars(each) for each in found.rows])
    else:
        _print(found.rows)
    stderr.print(f"{len(found.rows)} of {found.total_count} obligations, as of {on}", soft_wrap=True)
    if not found.rows:
        raise typer.Exit(1)


@obligations.command()
def explain(
    policy: Annotated[str, typer.Argument(help="A policy's number.")],
    insurer: OnlyInsurer = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: AsJson = False,
) -> None:
    """Explain what a policy is owed: which rule asks it, why part of it only, and which services did it."""
    from warehouse.database.engine import database_errors
    from warehouse.indicators.obligations import explain_policy

    hub, on, known = _asked(as_of, known_at)
    with database_errors("reading obligations"), hub.engine.begin() as connection:
        found = explain_policy(connection, on, known, policy, insurer)
    if as_json:
        print_json([vars(each) for each in found])
        return
    for each in found:
        _tell(each)
    if not found:
        stderr.print(
            f"保单 {policy} 没有服务义务:未知的保单、从未有效,或既无规则也无方案 no obligation of this policy",
            soft_wrap=True,
        )
        raise typer.Exit(1)


def _asked(as_of: str | None, known_at: str | None) -> tuple[Hub, dt.date, dt.datetime]:
    from pipeline.cli.reading import open_to_read
    from schemas.time_zone import SHANGHAI

    hub = open_to_read()
    now = hub.now()
    return hub, day(as_of) if as_of else now.astimezone(SHANGHAI).date(), moment(known_at, now) if known_at else now


def _print(rows: list[Obligation]) -> None:
    columns = (
        "状态 state",
        "截止 until",
        "机构 insurer",
        "地区",
        "保单 policy",
        "义务 obligation",
        "应 owed",
        "已 done",
        "依据 rule",
    )
    shown = [
        (
            _state(o),
            o.window_end_date,
            o.insurer_id,
            o.region_code,
            o.policy_no,
            o.title_zh,
            o.required_count,
            o.done_count,
            o.rule_no,
        )
        for o in rows
    ]
    print_table(columns, shown, right=(6, 7))


def _state(o: Obligation) -> object:
    if o.exclusion or not o.required_count:
        return "不计"
    words, colour = STATES[o.state]
    return colour(words)


def _tell(o: Obligation) -> None:
    """One obligation in a few lines."""
    from warehouse.indicators.reasons import EXCLUSIONS

    stdout.print(f"{o.obligation_no}  {o.title_zh}  {o.window_start_date} 至 {o.window_end_date}", soft_wrap=True)
    stdout.print(
        "  ", _state(o), f"应 {o.required_count} 次,已 {o.done_count} 次;依据 {o.rule_no}: {o.source}", soft_wrap=True
    )
    if o.covered_days != o.window_days:
        stdout.print(
            f"   窗口 {o.window_days} 天中保险责任 {o.covered_days} 天:{o.whole_count} × {o.covered_days} ÷ {o.window_days},"
            f"{ROUNDINGS.get(o.rounding or '', '')} = {o.required_count} 次 pro rata",
            soft_wrap=True,
        )
    if o.exclusion:
        stdout.print(f"   不计入:{EXCLUSIONS[o.exclusion].zh} {o.exclusion}", soft_wrap=True)
    for service_no in o.service_nos:
        stdout.print(f"   服务 {service_no}", soft_wrap=True)
