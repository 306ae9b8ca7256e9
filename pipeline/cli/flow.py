"""``anze collect | submit | load | intake | publish | verify``: the steps, by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from pipeline.cli.arguments import File, InsurerId, InsurerIds, RecordType
from pipeline.cli.checking import check
from pipeline.cli.output import AsJson, Meter, print_json, print_table, progress, red, stderr, stdout, yellow

if TYPE_CHECKING:
    from oracle.verify import VerifyReport
    from pipeline.hub import Hub
    from schemas.delivery import Control
    from warehouse.landing.load_report import LoadReport
    from warehouse.publishing.imbalance import Imbalance
    from warehouse.publishing.publish import Gap

Thing = TypeVar("Thing", int, str)


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for command in (collect, submit, load, intake, publish, verify):
        app.command()(command)


Until = Annotated[dt.datetime | None, typer.Option(help="End of the interval, Asia/Shanghai; default: now.")]
SHOWN_DETAILS = 20
COLUMNS = ("批次 batch", "机构 insurer", "数据 record type", "状态 state", "接收 rows", "入库 accepted", "隔离 held", "重复 duplicate", "旧版 superseded")  # fmt: skip


def collect(
    insurer_ids: InsurerIds = None,
    until: Until = None,
    as_json: AsJson = False,
) -> None:
    """Collect and load everything new of the given insurers; one insurer's fault does not stop the others.

    Exit code 1 if rows were held, 3 or 4 if an insurer could not be collected.
    """
    from pipeline import steps

    hub = steps.open_hub()
    chosen = insurer_ids or sorted({*hub.insurers, *hub.broken})
    _each_of("collect", chosen, lambda i: steps.sync_insurer(hub, i, _in_shanghai(until)), as_json)


def submit(
    insurer_id: InsurerId,
    record_type: RecordType,
    file: File,
    replaces: Annotated[
        str | None, typer.Option(help="all or 2026-10-01..2026-10-31: what the file does not hold is withdrawn.")
    ] = None,
    rows: Annotated[
        str | None, typer.Option(help="Declared number of rows: another number refuses the file whole.")
    ] = None,
    amount: Annotated[
        str | None, typer.Option(help="Declared sum in yuan of the main amount, such as 签单保费 of a policy.")
    ] = None,
    amount_field: Annotated[
        str | None, typer.Option(help="Of which field --amount is the sum, by its Chinese or canonical name.")
    ] = None,
    only_check: Annotated[bool, typer.Option("--check", help="Judge the file and keep nothing of it.")] = False,
    as_json: AsJson = False,
) -> None:
    """Land and load one file, as a drop would; prints batch, state, counts and reasons.

    Totals may be declared here or on the template's control sheet. Waits while another loader has the feed.
    Exit code 1 if rows are held or a person must decide, 3 if the feed stays taken.
    """
    from pipeline import steps
    from pipeline.cli.receipt import show_batch

    totals = _declared(record_type, rows, amount, amount_field)
    hub = steps.open_hub()
    beside = steps.Beside(replaces, totals)
    if only_check:
        check(hub, insurer_id, record_type, file, beside, as_json)
        return
    landed = steps.submit(hub, insurer_id, record_type, file, beside)
    if landed.state == "received":
        stderr.print(f"回执 receipt: 批次 batch {landed.batch_id} 已接收 received, 正在检查并入库 loading …")
        _load_when_free(hub, landed.batch_id)
    if not show_batch(hub.engine, landed.batch_id, as_json).is_loaded:
        raise typer.Exit(1)


def _declared(record_type: str, rows: str | None, amount: str | None, field_name: str | None) -> Control | None:
    """The totals that options declare. Raises BadParameter for a field that is no amount, or stands without one."""
    from connectors.control_sheet import declared
    from schemas.contract import load_contract
    from schemas.template import control_amounts

    contract = load_contract(record_type)
    named = {name: field for field in control_amounts(contract) for name in (field.name, field.business_name)}
    if field_name is not None and (amount is None or field_name not in named):
        offered = "、".join(field.business_name for field in control_amounts(contract)) or "无"
        raise typer.BadParameter(f"--amount-field 与 --amount 同用,可选 goes with --amount, one of: {offered}")
    return declared(contract, rows, amount, named.get(field_name or ""))


def _load_when_free(hub: Hub, batch_id: int) -> None:
    """Load, waiting for another loader of the feed as the DAGs do; one that stays is told, exit code 3."""
    from pipeline import steps
    from pipeline.judging import judge
    from schemas.errors import WarehouseBusy

    try:
        steps.load_when_free(hub, batch_id, judge.PATIENCE_SECONDS)
    except WarehouseBusy as busy:
        stderr.print(
            f"批次 {batch_id} 已接收,尚未入库:另一个任务正在处理该机构的同类数据。无需重新提交,"
            f"十分钟内会自动入库,也可稍后运行 anze load {batch_id} (busy: {busy})",
            soft_wrap=True,
        )
        raise typer.Exit(3) from None


def load(
    batch_ids: Annotated[list[int] | None, typer.Argument(help="Batches; default: all that wait.")] = None,
    as_json: AsJson = False,
) -> None:
    """Load landed batches; one that is loaded already answers with its report. Exit code 1 if rows were held."""
    from pipeline import steps
    from warehouse.landing import receipts

    hub = steps.open_hub()
    _each_of("load", batch_ids or receipts.pending(hub.engine), lambda b: [steps.load(hub, b)], as_json)


def intake(as_json: AsJson = False) -> None:
    """Land what was dropped and load every batch that waits. Exit code 1 if rows were held or a batch cannot be judged."""
    from pipeline import steps
    from warehouse.landing import batches

    hub = steps.open_hub()
    _each_of("intake", steps.intake(hub), lambda b: [batches.report(hub.engine, b)], as_json)


def publish(
    until: Until = None,
    freeze: Annotated[
        str | None, typer.Option(help="A month that is over, 2026-10: keep its figures for ever.")
    ] = None,
    revise: Annotated[
        bool, typer.Option("--revise", help="Revise every frozen month in which a figure moved.")
    ] = False,
    months: Annotated[
        bool, typer.Option("--months", help="Only the month ends of the last two years, for report.indicator_month.")
    ] = False,
    by: Annotated[str, typer.Option(help="Who freezes or revises; default: the account.")] = "",
    as_json: AsJson = False,
) -> None:
    """Compute all indicators from what is loaded, as of the day before the interval's end.

    With --freeze the figures of a month as of its last day; freezing it again stores a revision beside them if any
    figure moved since.
    """
    from pipeline import steps
    from pipeline.cli.frozen import freeze_months, show_month_ends

    if sum((until is not None, freeze is not None, revise, months)) > 1:
        raise typer.BadParameter("--until, --freeze, --revise and --months exclude each other")
    if months:
        show_month_ends(steps.month_ends(steps.open_hub(), seconds=float("inf")), as_json)
        return
    if freeze is not None or revise:
        freeze_months(steps.open_hub(), freeze, by, as_json)
        return
    hub = steps.open_hub()
    publication = steps.publish(hub, _in_shanghai(until))
    reasons, gaps = _imbalances(hub, publication.publication_id), _gaps(hub, publication.publication_id)
    if as_json:
        print_json({**vars(publication), "imbalances": reasons, "gaps": gaps})
        return
    stdout.print(f"发布 publication {publication.publication_id}: 统计截止 as of {publication.as_of}")
    if publication.missing_insurers:
        stdout.print(yellow("暂定 provisional"), f"未交 missing {', '.join(publication.missing_insurers)}", sep=": ")
    for reason in reasons:
        stdout.print(yellow("暂定 provisional"), f"不平 unbalanced {reason.text}", sep=": ", soft_wrap=True)
    for gap in gaps:
        stdout.print(red("缺少指标 indicator missing"), f"{gap.indicator}: {gap.reason}", sep=": ", soft_wrap=True)


def _gaps(hub: Hub, publication_id: int) -> list[Gap]:
    from warehouse.database.engine import database_errors
    from warehouse.publishing.publish import gaps

    with database_errors("reading a publication"), hub.engine.connect() as connection:
        return gaps(connection, publication_id)


def _imbalances(hub: Hub, publication_id: int) -> list[Imbalance]:
    from warehouse.database.engine import database_errors
    from warehouse.publishing.imbalance import imbalances

    with database_errors("reading a publication"), hub.engine.connect() as connection:
        return imbalances(connection, publication_id)


def verify(
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Do every load again in a second database, and compare digests.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check the books, replay everything that landed, and recompute every published cell. Exit code 1 if anything differs."""
    from pipeline import steps
    from pipeline.judging.verifying import verify as run

    if rebuild:
        from pipeline.cli.replay import verify_by_rebuilding

        verify_by_rebuilding(steps.open_hub(), as_json)
        return
    with progress("verify", 100) as advance:
        report = run(steps.open_hub(), Meter(advance))
    if as_json:
        print_json({**vars(report), "is_good": report.is_good})
    else:
        show_verification(report)
    if not report.is_good:
        raise typer.Exit(1)


def show_verification(report: VerifyReport) -> None:
    """Print what the oracle found."""
    rows = [
        ("未说明的行 rows unaccounted", report.unaccounted_rows),
        ("卡住的批次 batches stuck", report.stuck_batches),
        ("重放的行 rows replayed", report.rows_replayed),
        ("重放差异 replay differences", report.replay_differences),
        ("核对指标格 cells compared", report.cells_compared),
        ("不同指标格 cells differing", report.cells_differing),
        ("未独立核对的格 cells not independently checked", report.cells_unchecked),
        ("存证断开 links broken", report.links_broken),
        ("退回的批次 batches refused, each with its reason", report.batches_refused),
    ]
    print_table(("核对 verify", "数 count"), rows, right=(1,))
    for detail in (*report.not_run, *report.details[:SHOWN_DETAILS], *report.told):
        stdout.print(f"  {detail}", soft_wrap=True)
    if len(report.details) > SHOWN_DETAILS:
        stdout.print(f"  … 共 {len(report.details)} 条 in all: anze verify --json")


def _each_of(label: str, things: Sequence[Thing], act: Callable[[Thing], list[LoadReport]], as_json: bool) -> None:
    """Act on each thing, show all reports and faults, and end with the exit code that fits the worst of them."""
    from pipeline.cli.usage import exit_code
    from schemas.errors import HubError

    reports: list[LoadReport] = []
    faults: list[tuple[Thing, HubError]] = []
    with progress(label, len(things)) as advance:
        for thing in things:
            try:
                reports += act(thing)
            except HubError as fault:
                faults.append((thing, fault))
            advance(str(thing))
    told = [{"of": thing, "kind": type(fault).__name__, "message": str(fault)} for thing, fault in faults]
    if as_json:
        print_json({"reports": reports, "faults": told})
    else:
        _show(reports)
        for each in told:
            stderr.print(f"{each['of']}: {each['kind']}: {each['message']}", soft_wrap=True)
    is_refused = any(report.quarantined or report.state in ("rejected", "awaiting", "stuck") for report in reports)
    worst = max([int(is_refused), *(exit_code(fault) for _, fault in faults)])
    if worst:
        raise typer.Exit(worst)


def _show(reports: list[LoadReport]) -> None:
    rows = [
        (
            r.batch_id,
            r.insurer_id,
            r.record_type,
            r.state,
            r.received,
            r.accepted,
            r.quarantined,
            r.duplicate,
            r.superseded,
        )
        for r in reports
    ]
    print_table(COLUMNS, rows, right=(0, 4, 5, 6, 7, 8))


def _in_shanghai(moment: dt.datetime | None) -> dt.datetime | None:
    from schemas.time_zone import SHANGHAI

    return moment.replace(tzinfo=SHANGHAI) if moment and moment.tzinfo is None else moment
