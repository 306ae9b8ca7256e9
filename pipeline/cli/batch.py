"""``anze batch list | show | row | accept | refuse``: receipts, what became of each delivery, what to do, and decisions."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.markup import escape

from pipeline.cli.arguments import BatchId, Limit, OnlyInsurer, OnlyRecordType
from pipeline.cli.comparing import compare, show_change
from pipeline.cli.output import AsJson, print_json, print_table, stdout
from pipeline.cli.row import row

batch = typer.Typer(help="Batches 批次 and their receipts.", no_args_is_help=True)
STATES = {
    "received": "已接收 received",
    "awaiting": "[yellow]待决定 awaiting a decision[/yellow]",
    "loaded": "[green]已入库 loaded[/green]",
    "partly_loaded": "[yellow]部分入库 partly loaded[/yellow]",
    "rejected": "[red]已退回 rejected[/red]",
    "duplicate": "[yellow]重复 duplicate[/yellow]",
}
SHOWN_ROWS = 20


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    batch.command("compare")(compare)
    batch.command("row")(row)
    app.add_typer(batch, name="batch")


@batch.command("list")
def list_all(
    insurer: OnlyInsurer = None,
    record_type: OnlyRecordType = None,
    state: Annotated[
        str | None, typer.Option(help="received, awaiting, loaded, partly_loaded, rejected or duplicate.")
    ] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List receipts, newest first."""
    from pipeline import steps
    from warehouse.batches import list_batches

    if state not in (None, *STATES):
        raise typer.BadParameter(f"{state} is no state: one of {', '.join(STATES)}")
    found = list_batches(steps.open_hub().engine, insurer_id=insurer, record_type=record_type, state=state, limit=limit)
    if as_json:
        print_json(found)
        return
    rows = [
        (r.batch_id, r.insurer_id, r.record_type, r.channel, _moment(r), STATES[r.state], *_counts(r)) for r in found
    ]
    columns = (
        "批次 batch",
        "机构 insurer",
        "数据 type",
        "渠道",
        "接收 received at",
        "状态 state",
        "行 rows",
        "入库",
        "隔离",
        "重复",
        "旧版",
    )
    print_table(columns, rows, right=(0, 6, 7, 8, 9, 10))


@batch.command("show")
def show(
    batch_id: BatchId,
    as_json: AsJson = False,
    limit: Annotated[int, typer.Option(min=0, help="Held rows shown.")] = SHOWN_ROWS,
) -> None:
    """Show one batch: its receipt, counts, findings, held rows with every reason, and what to do next."""
    from pipeline import steps

    show_batch(steps.open_hub().engine, batch_id, as_json, limit)


By = Annotated[str, typer.Option("--by", help="Who decides.")]
Why = Annotated[str, typer.Option("--reason", help="Why; it is kept with the decision.")]


@batch.command("accept")
def accept(batch_id: BatchId, by: By, reason: Why, as_json: AsJson = False) -> None:
    """Take a delivery that awaits a decision: it is loaded, and the records that it does not hold are withdrawn."""
    _decide(batch_id, "accept", by, reason, as_json)


@batch.command("refuse")
def refuse(batch_id: BatchId, by: By, reason: Why, as_json: AsJson = False) -> None:
    """Reject a delivery that awaits a decision: nothing of it is loaded, and what stands keeps standing."""
    _decide(batch_id, "refuse", by, reason, as_json)


def _decide(batch_id: int, choice: Any, by: str, reason: str, as_json: bool) -> None:
    from pipeline import deciding, steps

    hub = steps.open_hub()
    deciding.decide(hub, batch_id, choice, by, reason)
    state = show_batch(hub.engine, batch_id, as_json)
    if choice == "accept" and state != "loaded":
        raise typer.Exit(1)


def show_batch(engine: Any, batch_id: int, as_json: bool, limit: int = SHOWN_ROWS) -> str:
    """Print one batch and give its state."""
    from warehouse import batches

    view = batches.show_batch(engine, batch_id)
    held = batches.quarantined_rows(engine, batch_id, limit=limit)
    if as_json:
        print_json({**_plain(view), "held_rows": held})
        return view.receipt.state
    receipt = view.receipt
    stdout.print(
        f"批次 batch {receipt.batch_id}: {receipt.insurer_id} {receipt.record_type} ({receipt.channel}), 接收于 received {_moment(receipt)}"
    )
    stdout.print(
        f"状态 state: {STATES[receipt.state]}" + (f" → {receipt.duplicate_of}" if receipt.duplicate_of else "")
    )
    _show_replacing(receipt)
    if receipt.received_count is not None:
        names = ("接收 received", "入库 accepted", "隔离 held", "重复 duplicate", "旧版 superseded")
        stdout.print(
            "行数 rows: " + ", ".join(f"{name} {count}" for name, count in zip(names, _counts(receipt), strict=True))
        )
    if receipt.reason_code:
        stdout.print(f"原因 reason: {receipt.reason_code} {receipt.reason_text}", markup=False, soft_wrap=True)
    _show_findings(view.findings)
    _show_held(held, receipt.quarantined_count or 0)
    show_change(engine, batch_id)
    stdout.print(f"下一步 next: {receipt.next_action}", markup=False, soft_wrap=True)
    return receipt.state


def _show_replacing(receipt: Any) -> None:
    if receipt.replaces is None:
        return
    span = "全部 all" if receipt.replaces == "all" else f"{receipt.replaces_from} .. {receipt.replaces_to}"
    told = f"替换 replaces: {span}"
    if receipt.missing_count is not None:
        told += f", 在册 live {receipt.live_count}, 缺少 missing {receipt.missing_count}"
    if receipt.withdrawn_count is not None:
        told += f", 撤销 withdrawn {receipt.withdrawn_count}"
    stdout.print(told)


def _show_findings(findings: Any) -> None:
    if findings:
        rows = [
            (f.rule_id, f.severity, f.finding_count, f.open_count, f.first_row_no, escape(f.first_message))
            for f in findings
        ]
        columns = ("规则 rule", "程度 severity", "数 count", "未解决 open", "首行 row", "示例 example")
        print_table(columns, rows, "发现 findings", right=(2, 3, 4))


def _show_held(held: Any, total: int) -> None:
    if not held:
        return
    title = f"隔离的行 held rows: {len(held)} of {total} shown"
    rows = [
        (
            row.row_no,
            row.place,
            row.record_key,
            "\n".join(escape(f"{r['rule_id']} {r['message']}") for r in row.reasons),
        )
        for row in held
    ]
    print_table(("行 row", "位置 place", "主键 key", "全部原因 every reason"), rows, title, right=(0,))


def _counts(receipt: Any) -> tuple[int | None, ...]:
    names = ("received_count", "accepted_count", "quarantined_count", "duplicate_count", "superseded_count")
    return tuple(getattr(receipt, name) for name in names)


def _plain(view: Any) -> dict[str, Any]:
    import dataclasses

    receipt = {f.name: getattr(view.receipt, f.name) for f in dataclasses.fields(view.receipt)}
    return {**receipt, "next_action": view.receipt.next_action, "findings": list(view.findings)}


def _moment(receipt: Any) -> str:
    from schemas.time_zone import SHANGHAI

    return f"{receipt.received_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
