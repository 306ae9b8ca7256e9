"""``anze batch list | show | report | row | accept | refuse | discard``: receipts, what became of each delivery, and decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.arguments import BatchId, Limit, OnlyInsurer, OnlyRecordType
from pipeline.cli.comparing import compare
from pipeline.cli.output import AsJson, print_json, print_table
from pipeline.cli.receipt import SHOWN_ROWS, STATES, counts, moment, show_batch
from pipeline.cli.report import report
from pipeline.cli.row import row

if TYPE_CHECKING:
    from warehouse.landing.decisions import Choice

batch = typer.Typer(help="Batches 批次 and their receipts.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    batch.command("compare")(compare)
    batch.command("row")(row)
    batch.command("report")(report)
    app.add_typer(batch, name="batch")


@batch.command("list")
def list_all(
    insurer: OnlyInsurer = None,
    record_type: OnlyRecordType = None,
    state: Annotated[
        str | None, typer.Option(help="received, stuck, awaiting, loaded, partly_loaded, rejected or duplicate.")
    ] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List receipts, newest first."""
    from pipeline.hub import open_hub
    from warehouse.landing.batches import list_batches

    if state not in (None, *STATES):
        raise typer.BadParameter(f"{state} is no state: one of {', '.join(STATES)}")
    found = list_batches(open_hub().engine, insurer_id=insurer, record_type=record_type, state=state, limit=limit)
    if as_json:
        print_json(found)
        return
    rows = [
        (r.batch_id, r.insurer_id, r.record_type, r.channel, moment(r.received_at), STATES[r.state], *counts(r))
        for r in found
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
    from pipeline.hub import open_hub

    show_batch(open_hub().engine, batch_id, as_json, limit)


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


@batch.command("discard")
def discard(batch_id: BatchId, by: By, reason: Why, as_json: AsJson = False) -> None:
    """Give up a batch that cannot be judged: it is rejected with no rows, and the decision is kept."""
    from pipeline import deciding
    from pipeline.hub import open_hub

    hub = open_hub()
    deciding.discard(hub, batch_id, by, reason)
    show_batch(hub.engine, batch_id, as_json)


def _decide(batch_id: int, choice: Choice, by: str, reason: str, as_json: bool) -> None:
    from pipeline import deciding
    from pipeline.hub import open_hub

    hub = open_hub()
    deciding.decide(hub, batch_id, choice, by, reason)
    receipt = show_batch(hub.engine, batch_id, as_json)
    if choice == "accept" and not receipt.is_loaded:
        raise typer.Exit(1)
