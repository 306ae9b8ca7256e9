"""``anze replay`` and ``anze verify --rebuild``: batches judged again from landing, by today's definitions and rules."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from pipeline.cli.arguments import OnlyInsurers, OnlyRecordTypes
from pipeline.cli.output import AsJson, Meter, print_json, print_table, progress, stdout, yellow

if TYPE_CHECKING:
    from pipeline.hub import Hub
    from warehouse.landing.load_report import LoadReport

Value = TypeVar("Value")
COLUMNS = (
    "批次 batch", "机构 insurer", "数据 type", "行 rows", "解除隔离 cleared", "变更 changed", "撤销 withdrawn",
    "仍隔离 still held", "不变 unchanged",
)  # fmt: skip
RIGHT = (0, 3, 4, 5, 6, 7, 8)


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(replay)


def replay(
    insurer: OnlyInsurers = None,
    record_type: OnlyRecordTypes = None,
    since: Annotated[
        dt.datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Received from this day, Asia/Shanghai.")
    ] = None,
    until: Annotated[
        dt.datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Received up to this day, included.")
    ] = None,
    batch: Annotated[list[int] | None, typer.Option(help="Only these batches.")] = None,
    held_by: Annotated[
        str | None, typer.Option(help="Only batches with rows that this rule holds, as POL-014.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every batch that was ever loaded.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what each batch would bring; change nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Judge landed batches again, in the order of their first loads, by today's definitions, rules and calendar.

    What now passes leaves quarantine; what was accepted stays; receipts and moments of receipt never move. Run again
    after an interruption, it goes on. A dry run looks at each batch by itself.
    """
    from pipeline.hub import open_hub
    from pipeline.judging import replay as replaying

    wanted = replaying.Wanted(
        _several(insurer), _several(record_type), _several(batch), since and since.date(), until and until.date(),
        held_by and held_by.upper(),
    )  # fmt: skip
    if everything == (wanted != replaying.Wanted()):
        raise typer.BadParameter("name what to replay (--insurer, --from, --batch, --held-by ...), or --all")
    hub = open_hub()
    chosen = replaying.choose(hub, wanted)
    with progress("replay", len(chosen)) as advance:
        reports = replaying.replay(
            hub, chosen, lambda report: advance(f"{report.insurer_id} {report.batch_id}"), is_rehearsal=dry_run
        )
    if as_json:
        print_json({"is_rehearsal": dry_run, "batches": [_line(report) for report in reports]})
    else:
        _show(reports, dry_run)


def verify_by_rebuilding(hub: Hub, as_json: bool) -> None:
    """Rebuild core from landing beside the live one, print both digests and where they differ; exit code 1 if so."""
    from pipeline.judging.rebuild import rebuild

    with progress("rebuild", 100) as advance:
        meter = Meter(advance)
        found = rebuild(hub, lambda done, total: meter("", done / total))
    if as_json:
        print_json({**vars(found), "is_equal": found.is_equal})
    else:
        stdout.print(f"现库 live    {found.digest_live}")
        stdout.print(f"重建 rebuilt {found.digest_rebuilt}")
        stdout.print(f"入库 loads {found.loads}, 行 rows {found.rows}, {found.seconds:.1f} s")
        for place in (*found.differing_tables, *found.differing_rows):
            stdout.print(f"  {place}", soft_wrap=True)
    if not found.is_equal:
        raise typer.Exit(1)


def _line(report: LoadReport) -> dict[str, str | int]:
    """One batch's line: rows = changed + still held + unchanged, where withdrawn are no rows."""
    return {
        "batch_id": report.batch_id,
        "insurer_id": report.insurer_id,
        "record_type": report.record_type,
        "rows": report.received,
        "cleared": report.cleared,
        "changed": report.accepted + report.superseded,
        "withdrawn": report.withdrawn,
        "still_held": report.quarantined,
        "unchanged": report.duplicate,
    }


def _show(reports: list[LoadReport], is_rehearsal: bool) -> None:
    lines = [list(_line(report).values()) for report in reports]
    total = ["合计 total", "", "", *(sum(int(line[n]) for line in lines) for n in range(3, len(COLUMNS)))]
    print_table(COLUMNS, [*lines, total], right=RIGHT)
    if is_rehearsal:
        stdout.print(yellow("试算,未改动任何数据 dry run, nothing was changed"))


def _several(values: list[Value] | None) -> tuple[Value, ...] | None:
    return tuple(values) if values else None
