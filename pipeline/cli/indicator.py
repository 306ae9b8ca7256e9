"""``anze indicator list | show | at | frozen | explain | diff``: figures, and what stands behind them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, cast

import typer

from pipeline.cli.arguments import (
    SHOWN,
    Domain,
    Insurer,
    Level,
    Name,
    Names,
    Period,
    Places,
    Publication,
    Region,
    one_region,
)
from pipeline.cli.asking import Question, check_level, find, objection, refuse, why_none, why_provisional
from pipeline.cli.figures import for_scripts, place_of, show_cells, sums_text
from pipeline.cli.moments import AsOf, KnownAt
from pipeline.cli.output import AsJson, bold, fields_of, print_json, print_table, red, stderr, stdout

if TYPE_CHECKING:
    import sqlalchemy as sa

    from warehouse.indicators.catalogue import Definition, PeriodKind
    from warehouse.indicators.explain import Explanation, PublishedCell, Record

indicator = typer.Typer(help="Indicators 指标.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    from pipeline.cli.difference import diff

    indicator.command()(diff)
    app.add_typer(indicator, name="indicator")


@indicator.command("list")
def list_indicators(as_json: AsJson = False) -> None:
    """List the indicators and their definitions in one line each."""
    from warehouse.indicators.catalogue import find_definitions

    found = find_definitions().usable.values()
    if as_json:
        print_json([{"indicator": d.indicator, "code": d.code, "name": d.name.zh, "unit": d.unit} for d in found])
        return
    rows = [(d.code, d.indicator, d.name.zh, d.unit, "/".join(d.periods), f"v{d.version}") for d in found]
    print_table(("代码 code", "指标 indicator", "名称 name", "单位 unit", "期间 periods", "版本 version"), rows)


@indicator.command()
def show(
    names: Names = None,
    region: Region = "",
    level: Level = None,
    domain: Domain = "*",
    insurer: Insurer = "*",
    period: Period = "",
    publication: Publication = None,
    as_json: AsJson = False,
) -> None:
    """Show published figures, of the latest publication or the one named."""
    from pipeline.cli.reading import open_to_read
    from warehouse.database.engine import database_errors
    from warehouse.indicators.bounds import read_bounds
    from warehouse.indicators.explain import show as published

    chosen = [find(name) for name in names or SHOWN]
    check_level(level)
    with database_errors("reading figures"), open_to_read().engine.connect() as connection:
        cells = [
            cell
            for d in chosen
            for cell in published(
                connection,
                indicators=[d.indicator],
                period_kind=period or d.periods[-1],
                region_code=one_region(region, level),
                region_level=level,
                domain_code=domain,
                insurer_id=insurer,
                publication_id=publication,
            )
        ]
        found = read_bounds(connection, cells[0].publication_id, [d.indicator for d in chosen]) if cells else {}
        told = _told(connection, cells, chosen, Question(period, region, level, domain, insurer), publication)
    if as_json:
        print_json([for_scripts(cell, found.get(place_of(cell))) for cell in cells])
    elif cells:
        show_cells(cells, found)
    for line in told:
        stderr.print(line, soft_wrap=True)
    if not cells:
        raise typer.Exit(1)


@indicator.command()
def at(
    names: Names = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    region: Region = "",
    level: Level = None,
    domain: Domain = "*",
    insurer: Insurer = "*",
    period: Period = "",
    as_json: AsJson = False,
) -> None:
    """Show figures as of any day, as known at any moment: the published ones of that pair, else computed and not kept."""
    from pipeline.cli.computed import Asked, show_at

    check_level(level)
    chosen = [find(name) for name in names or SHOWN]
    show_at(Asked(chosen, period, region, level, domain, insurer), as_of, known_at, as_json)


@indicator.command()
def frozen(
    month: Annotated[str, typer.Argument(help="A frozen month, for example 2026-10.")],
    names: Names = None,
    region: Region = "",
    level: Level = None,
    domain: Domain = "*",
    insurer: Insurer = "*",
    period: Period = "",
    show_all: Annotated[bool, typer.Option("--all", help="Also the cells that did not move.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show a frozen month: first figures, the latest revision, and what moved between them."""
    from pipeline.cli.frozen import Wanted, show_frozen
    from pipeline.cli.reading import open_to_read
    from warehouse.database.engine import database_errors

    chosen = [find(name).indicator for name in names or SHOWN]
    check_level(level)
    place = Wanted(
        indicators=chosen if names or show_all else None,
        period_kind=period or None,
        region_code=one_region(region, level),
        domain_code=domain,
        insurer_id=insurer,
    )
    with database_errors("reading frozen figures"), open_to_read().engine.connect() as connection:
        show_frozen(connection, month, show_all, place, as_json)


def _told(
    connection: sa.Connection,
    cells: list[PublishedCell],
    chosen: list[Definition],
    asked: Question,
    publication: int | None,
) -> list[str]:
    """What stands below figures: why some are not there, and why those that are there are provisional."""
    found = {cell.indicator for cell in cells}
    missing = [d for d in chosen if d.indicator not in found]
    if not cells:
        refuse(missing, asked)
        return [why_none(connection, publication)]
    lines = [f"{d.code} {objection(d, asked) or '没有计入的记录 no record counts there'}" for d in missing]
    provisional = {cell.indicator for cell in cells if cell.is_provisional}
    feeds = {feed for d in chosen if d.indicator in provisional for feed in d.feeds}
    return lines + why_provisional(connection, cells[0].publication_id, feeds, asked.insurer)


@indicator.command()
def explain(
    name: Name,
    region: Region = "",
    domain: Domain = "*",
    insurer: Insurer = "*",
    period: Period = "",
    publication: Publication = None,
    limit: Annotated[int, typer.Option(min=0, help="Records shown of each type.")] = 10,
    left_out: Annotated[
        bool, typer.Option("--left-out", help="Also the records left out, of the whole province, and why.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Explain one figure: definition, numerator and denominator, and the records behind it with their files and rows."""
    from pipeline.hub import open_hub
    from pipeline.judging.places import places_of
    from warehouse.database.engine import database_errors
    from warehouse.indicators.explain import Place, excluded_records
    from warehouse.indicators.explain import explain as trace

    d = find(name)
    place = Place(d.indicator, cast("PeriodKind", period or d.periods[-1]), region, domain, insurer)
    hub = open_hub()
    try:
        with database_errors("explaining a figure"), hub.engine.begin() as connection:
            found = trace(connection, place, publication_id=publication, limit=limit)
            provisional = _provisional(connection, found)
            excluded = excluded_records(connection, place, publication_id=publication, limit=limit) if left_out else ()
    except LookupError as error:
        with hub.engine.connect() as connection:
            _refuse_cell(connection, d, Question(period, region, None, domain, insurer), publication)
        raise typer.Exit(1) from error
    rows = [(r.batch_id, r.row_no) for r in (*found.records, *excluded)]
    places = {at: found_at.shown for at, found_at in places_of(hub, rows).items()}
    if as_json:
        answer = {
            **fields_of(found),
            "cell": for_scripts(found.cell),
            "records": _with_places(found.records, places),
            "provisional": provisional,
        }
        print_json({**answer, "left_out": _with_places(excluded, places)} if left_out else answer)
    else:
        _show_explanation(found, excluded, places, provisional)


def _refuse_cell(connection: sa.Connection, d: Definition, asked: Question, publication: int | None) -> None:
    """Say why there is no such cell. Raises BadParameter when there can be none."""
    refuse([d], asked)
    stderr.print(f"{d.code} {why_none(connection, publication)}", soft_wrap=True)


def _provisional(connection: sa.Connection, found: Explanation) -> list[str]:
    if not found.cell.is_provisional:
        return []
    return why_provisional(connection, found.cell.publication_id, found.definition.feeds, found.cell.insurer_id)


def _with_places(records: Sequence[Record], places: Places) -> list[dict[str, object]]:
    """Records that say where they stand in their files."""
    return [
        {**fields_of(r), **dict(zip(("file", "place"), places[r.batch_id, r.row_no], strict=True))} for r in records
    ]


def _show_explanation(found: Explanation, excluded: Sequence[Record], places: Places, provisional: list[str]) -> None:
    d = found.definition
    show_cells([found.cell])
    for line in provisional:
        stdout.print(f"暂定 provisional: {line}", soft_wrap=True)
    stdout.print(bold(f"\n{d.code} {d.name.zh}"), f"{d.name.en}, v{d.version} ({d.confidence})")
    stdout.print(f"分子 {d.numerator.zh}\n     {d.numerator.en}")
    if d.denominator:
        stdout.print(f"分母 {d.denominator.zh}\n     {d.denominator.en}")
    stdout.print(f"范围 {d.population.zh}\n     {d.population.en}\n来源 {d.source}")
    verdict = "与发布一致 agrees" if found.agrees else red("与发布不一致 DIFFERS")
    sums = sums_text(d, found.numerator, found.denominator)
    stdout.print(f"\n由 {found.record_count} 条记录重算 recomputed: {sums}", verdict)
    if 0 < len(found.records) < found.record_count:
        shown = f"列出其中最大的 {len(found.records)} 条 the largest {len(found.records)} of them are listed"
        stdout.print(f"{shown}: --limit", soft_wrap=True)
    if d.is_distinct:
        stdout.print("括号内的企业只计一次 an enterprise in brackets counts once", soft_wrap=True)
    rows = [
        (
            r.record_type,
            r.insurer_id,
            f"{r.record_key} ({r.unit})" if d.is_distinct else r.record_key,
            d.numerator_text(r.numerator),
            d.denominator_text(r.denominator),
            r.batch_id,
            r.row_no,
            *places[r.batch_id, r.row_no],
        )
        for r in found.records
    ]
    columns = ("数据 type", "机构", "记录 record", "分子", "分母", "批次 batch", "行 row", "文件 file", "位置 place")
    print_table(columns, rows, right=(3, 4, 5, 6))
    if found.exclusions:
        from pipeline.cli.left_out import show_left_out

        show_left_out(d, found.exclusions, excluded, places)
