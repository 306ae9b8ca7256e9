"""What one demo night shows: insurers, figures, timeliness, and whether everything balances."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from rich.text import Text

from pipeline import steps
from pipeline.alerting import clock
from pipeline.cli.arguments import FIVE, SHOWN
from pipeline.cli.figures import sums_text
from pipeline.cli.flow import show_verification
from pipeline.cli.output import green, print_table, red, stderr, stdout, yellow
from pipeline.hub import Hub
from pipeline.judging.verifying import verify
from pipeline.services.demonstration import Night
from pipeline.services.installation import Installation
from pipeline.settings import load_settings
from schemas.province import province as own_province
from warehouse.alerts import issues
from warehouse.alerts.catalogue import LEVELS
from warehouse.indicators.catalogue import load_definition
from warehouse.indicators.explain import PublishedCell, show
from warehouse.indicators.publication import Publication
from warehouse.landing import nights
from warehouse.publishing.publish import latest_publication


def report(here: Installation, night: Night) -> bool:
    """Print the night; True when the books balance and no cell differs."""
    hub = steps.open_hub(load_settings(here.environ()))
    _insurers(hub, night)
    with hub.engine.connect() as connection:
        publication = latest_publication(connection)
        if publication is None:
            stdout.print(red("没有发布 nothing was published"), "anze publish", sep=": ")
            return False
        _figures(connection, publication)
        _timeliness(connection, publication)
    stderr.print("verify: books, replay and oracle ...")
    verified = verify(hub)
    stdout.print()
    show_verification(verified)
    _conclusion(night, publication, verified.is_good)
    _alerts(hub)
    return verified.is_good


def _alerts(hub: Hub) -> None:
    """What the clock finds after the night, and where to look, in two lines."""
    clock.run(hub)
    with hub.engine.connect() as connection:
        standing = issues.alerts(connection, limit=10_000)
    counts = ", ".join(
        f"{zh} {level} {sum(alert.level == level for alert in standing)}" for level, zh in LEVELS.items()
    )
    records = sum(alert.record_count for alert in standing)
    stdout.print(f"预警 alerts: {len(standing)} ({counts}), 涉及记录 records {records}")
    stdout.print("  anze alerts list; anze alerts show <编号 number>", soft_wrap=True)


def _insurers(hub: Hub, night: Night) -> None:
    since = night.begun_at + hub.settings.clock_offset
    brought = nights.summary(hub.engine, since)
    rows = []
    for insurer_id, definition in hub.insurers.items():
        run = night.runs.get(f"sync__{insurer_id}", {})
        told = brought.get(insurer_id)
        counts = (
            (told.received_count, told.accepted_count, told.quarantined_count, told.duplicate_count, told.late_count)
            if told
            else ("—",) * 5
        )
        rows.append((insurer_id, definition.name, definition.vendor, _outcome(run, told), *counts))
    columns = (
        "机构 insurer",
        "名称 name",
        "方言 dialect",
        "结果 outcome",
        "接收 received",
        "入库 accepted",
        "隔离 held",
        "重复 duplicate",
        "迟报 late",
    )
    print_table(columns, rows, "\n一夜 one night, insurer by insurer", right=(4, 5, 6, 7, 8))


def _outcome(run: Mapping[str, object], told: nights.SenderNight | None) -> Text:
    if run.get("state") != "success":
        return red("未完成 failed")
    if told is None:
        return yellow("无数据 silent")
    if told.rejected_batch_count:
        return yellow("有批次退回 batch refused")
    if told.quarantined_count:
        return yellow("部分入库 rows held")
    if told.duplicate_batch_count:
        return yellow("重复文件 duplicate file")
    return green("完成 done")


def _figures(connection: sa.Connection, publication: Publication) -> None:
    cells: dict[tuple[str, str], PublishedCell] = {}
    names: dict[str, str] = {}
    for name in SHOWN:
        definition = load_definition(name)
        for level in ("province", "city"):
            for cell in show(
                connection,
                indicators=[name],
                period_kind=definition.periods[-1],
                region_level=level,
                publication_id=publication.publication_id,
            ):
                cells[name, cell.region_code] = cell
                names[cell.region_code] = cell.region_name or cell.region_code
    columns = ["地区 region", *(f"{load_definition(n).code} {load_definition(n).name.zh}" for n in FIVE)]
    rows = [(names[code], *(_shown(cells.get((n, code))) for n in FIVE)) for code in sorted(names)]
    marks = "* 暂定 provisional, △ 样本过小 small sample"
    print_table(columns, rows, f"\n五项指标 five indicators, as of {publication.as_of} ({marks})", right=range(1, 6))
    whole = own_province().code
    province = [cells[n, whole] for n in SHOWN if (n, whole) in cells]
    stdout.print(
        "全省 province: "
        + "; ".join(
            f"{c.indicator_code} {sums_text(load_definition(c.indicator), c.numerator, c.denominator)}"
            for c in province
        )
    )


def _shown(cell: PublishedCell | None) -> str:
    if cell is None:
        return "—"
    is_small = load_definition(cell.indicator).is_small(cell.denominator, cell.period_end)
    return cell.shown_text + ("*" if cell.is_provisional else " ") + ("△" if is_small else "  ")


def _timeliness(connection: sa.Connection, publication: Publication) -> None:
    rows = [
        (t.record_type, t.due_count, t.on_time_count, t.late_count, t.undetermined_count, t.shown)
        for t in nights.timeliness(connection, publication.publication_id)
    ]
    columns = ("数据 record type", "到期 due", "及时 on time", "迟报 late", "待定 undetermined", "及时率")
    print_table(columns, rows, "\n及时性 timeliness (5个工作日)", right=(1, 2, 3, 4, 5))


def _conclusion(night: Night, publication: Publication, is_balanced: bool) -> None:
    failed = [dag_id for dag_id, run in night.runs.items() if run["state"] != "success"]
    seconds = (night.ended_at - night.begun_at).total_seconds()
    stdout.print(
        f"\n这一夜 the night: {len(night.runs) - len(failed)} 个任务完成, {len(failed)} 个未完成, {seconds:.0f} s"
    )
    if publication.imbalanced_feeds:
        feeds = ", ".join(publication.imbalanced_feeds)
        stdout.print(yellow("暂定 provisional"), f"申报与入库不平 unbalanced: {feeds}", sep=": ", soft_wrap=True)
    if publication.missing_insurers:
        missing = ", ".join(publication.missing_insurers)
        stdout.print(
            yellow("全省数据为暂定 the province's figures are provisional"),
            f"未交齐 not delivered in full: {missing}",
            sep=": ",
            soft_wrap=True,
        )
    if not is_balanced:
        stdout.print(red("账不平 the books do not balance"))
