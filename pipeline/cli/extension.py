"""``anze extension``: deadlines extended by a named person, and taken back."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.arguments import ForInsurer, OnlyInsurer
from pipeline.cli.judged import print_changes
from pipeline.cli.moments import day
from pipeline.cli.output import AsJson, dim, print_json, print_table, stdout, yellow
from schemas.time_zone import SHANGHAI

if TYPE_CHECKING:
    from pipeline.clock.extensions import Moved
    from warehouse.landing.extensions import Extension

extension = typer.Typer(help="Extensions of deadlines 延期.", no_args_is_help=True)
Reason = Annotated[str, typer.Option("--reason", help="Why; it is kept and shown.")]
By = Annotated[str, typer.Option("--by", help="Who decides, by name.")]
COLUMNS = (
    "编号 no", "机构 insurer", "数据 type", "范围 scope", "延至 extends", "理由 reason", "批准 granted", "状态 state",
    "判定 verdicts",
)  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(extension, name="extension")


@extension.command()
def grant(
    insurer: ForInsurer,
    reason: Reason,
    by: By,
    record_type: Annotated[str, typer.Option("--record-type", help="Of which type; * = all of the insurer's.")] = "*",
    city: Annotated[str | None, typer.Option(help="Only records of this city, six digits.")] = None,
    keys: Annotated[list[str] | None, typer.Option("--keys", help="Only these records; may be given several times.")] = None,
    events_from: Annotated[str | None, typer.Option(help="Only events from this day on.")] = None,
    events_to: Annotated[str | None, typer.Option(help="Only events until this day: with --days, when it expires.")] = None,
    days: Annotated[int | None, typer.Option(min=1, help="So many working days more.")] = None,
    until: Annotated[str | None, typer.Option(help="No deadline in its scope before this day.")] = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Grant an extension and judge again what is in its scope; what was late before is told."""
    from pipeline.clock import extensions
    from pipeline.hub import open_hub
    from schemas.contract import SENDABLE_RECORD_TYPES
    from warehouse.landing.extensions import Grant

    if record_type not in ("*", *SENDABLE_RECORD_TYPES):
        raise typer.BadParameter(f"没有数据类型 no record type {record_type!r}: {', '.join(SENDABLE_RECORD_TYPES)}")
    wanted = Grant(
        insurer, record_type, reason, by, days, _day(until), city, tuple(keys) if keys else None,
        _day(events_from), _day(events_to),
    )  # fmt: skip
    hub = open_hub()
    _tell(extensions.grant(hub, wanted, hub.sure_now()), "已批准 granted", as_json=as_json)


@extension.command()
def revoke(
    number: Annotated[int, typer.Argument(min=1, help="The extension's number.")],
    reason: Reason,
    by: By,
    as_json: AsJson = False,
) -> None:
    """Revoke an extension and judge again what it moved."""
    from pipeline.clock import extensions
    from pipeline.hub import open_hub

    hub = open_hub()
    found = extensions.revoke(hub, number, reason, by, hub.sure_now())
    _tell(found, "已撤销 revoked", as_json=as_json)


@extension.command("list")
def list_(insurer: OnlyInsurer = None, as_json: AsJson = False) -> None:
    """List extensions, the newest first, with the verdicts that stand by each."""
    from pipeline.clock import extensions
    from pipeline.hub import open_hub

    found = extensions.listed(open_hub(), insurer)
    if as_json:
        print_json(found)
        return
    print_table(COLUMNS, map(_row, found), right=(0, 8))


def _tell(found: Moved, done: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"extension": found.extension, "changes": found.changes, "late_before": found.late_before})
        return
    each = found.extension
    stdout.print(f"{done}: {each.extension_no} {each.insurer_id} {each.record_type} {_scope(each)} {_extends(each)}")
    if found.late_before and each.revoked_at is None:
        stdout.print(yellow(f"追溯 retroactive: {found.late_before} 条此前已迟报 were late when it was granted"))
    print_changes(found.changes)
    stdout.print(dim("原判定已留痕 old verdicts are kept: anze freshness explain"))


def _row(each: Extension) -> tuple[object, ...]:
    granted = f"{each.granted_by} {each.granted_at.astimezone(SHANGHAI):%Y-%m-%d}"
    state = "有效 in force" if each.revoked_at is None else (
        f"{each.revoked_by} 撤销 revoked {each.revoked_at.astimezone(SHANGHAI):%Y-%m-%d}: {each.revoke_reason}"
    )  # fmt: skip
    return (
        each.extension_no, each.insurer_id, each.record_type, _scope(each), _extends(each), each.reason, granted, state,
        each.verdict_count,
    )  # fmt: skip


def _scope(each: Extension) -> str:
    keys = None if each.record_keys is None else f"{len(each.record_keys)} 条: {', '.join(each.record_keys[:3])}"
    events = (
        f"事件 {each.events_from or '…'} 至 {each.events_to or '…'}" if each.events_from or each.events_to else None
    )
    return "; ".join(filter(None, (each.city_code, keys, events)))


def _extends(each: Extension) -> str:
    return f"+{each.extra_days} 个工作日" if each.extra_days else f"不早于 {each.until_on}"


def _day(text: str | None) -> dt.date | None:
    return None if text is None else day(text)
