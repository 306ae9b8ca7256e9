"""How the command line freezes months and shows them: first figures, revisions, and what moved."""

from __future__ import annotations

import datetime as dt
import getpass
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, TypedDict

import typer

from pipeline.cli.figures import named, sums_text
from pipeline.cli.output import fields_of, print_json, print_table, stdout, yellow

if TYPE_CHECKING:
    import sqlalchemy as sa

    from pipeline.hub import Hub
    from warehouse.indicators.catalogue import Definition
    from warehouse.publishing.frozen import Frozen, FrozenCell


class Wanted(TypedDict):
    """Which cells of a frozen month, as ``figures`` takes them; None = all."""

    indicators: list[str] | None
    period_kind: str | None
    region_code: str | None
    domain_code: str
    insurer_id: str


def freeze_months(hub: Hub, month: str | None, by: str, as_json: bool) -> None:
    """Freeze one month, or revise all that are frozen when ``month`` is None."""
    from pipeline import freezing
    from warehouse.publishing.frozen import MonthOpen, parse_month

    name = by or getpass.getuser()
    try:
        found = freezing.revise(hub, name) if month is None else [freezing.freeze(hub, parse_month(month), name)]
    except (LookupError, MonthOpen) as error:
        raise typer.BadParameter(str(error)) from error
    if as_json:
        print_json(found)
        return
    for each in found:
        _show_frozen(each, "" if each.is_new else "(原有,无变动 stands, nothing moved)")
    if not found:
        stdout.print("没有已固定的月份 no month is frozen")


def show_frozen(connection: sa.Connection, month: str, show_all: bool, wanted: Wanted, as_json: bool) -> None:
    """Show a frozen month's cells: first figure, latest revision, difference; those that moved, or all."""
    from warehouse.publishing import frozen

    try:
        first_day = frozen.parse_month(month)
    except LookupError as error:
        raise typer.BadParameter(str(error)) from error
    newest = frozen.find_frozen(connection, first_day)
    if newest is None:
        raise typer.BadParameter(frozen.not_frozen(month))
    cells = frozen.figures(connection, first_day, **wanted, only_revised=not show_all)
    if as_json:
        print_json([{**fields_of(cell), "difference": cell.difference} for cell in cells])
        return
    _show_frozen(newest)
    if cells:
        _show_cells(cells)
    else:
        stdout.print("没有变动的指标格 no figure moved" if not show_all else "没有指标格 no figure")


def show_month_ends(months: Sequence[dt.date], as_json: bool) -> None:
    """Say which month ends were computed; none when nothing could have moved."""
    if as_json:
        print_json({"months": months})
        return
    named = ", ".join(f"{month:%Y-%m}" for month in sorted(months)) or "无需补算 nothing could have moved"
    stdout.print(f"月末数 month ends: {named}", soft_wrap=True)


def _show_frozen(frozen: Frozen, state: str = "") -> None:
    publication = frozen.publication
    what = "首次 first figures" if frozen.revision_no == 0 else f"修订 revision {frozen.revision_no}"
    stdout.print(
        f"{frozen.month:%Y-%m} {what}{state}: 发布 publication {publication.publication_id}, "
        f"统计截止 as of {publication.as_of}, 由 by {frozen.frozen_by}",
        soft_wrap=True,
    )
    if publication.missing_insurers:
        stdout.print(yellow("暂定 provisional"), f"未交 missing {', '.join(publication.missing_insurers)}", sep=": ")
    if publication.imbalanced_feeds:
        stdout.print(yellow("暂定 provisional"), f"不平 unbalanced {', '.join(publication.imbalanced_feeds)}", sep=": ")


def _show_cells(cells: Sequence[FrozenCell]) -> None:
    from pipeline.cli.asking import find

    rows = [
        (
            c.indicator_code, c.indicator_name, c.period_text, named(c.region_name, c.region_code),
            named(c.domain_name, c.domain_code), named(c.insurer_name, c.insurer_id),
            _sums(find(c.indicator), c.first_numerator, c.first_denominator), c.first_text,
            _sums(find(c.indicator), c.latest_numerator, c.latest_denominator), c.latest_text, _moved(c),
            "样本过小 small" if c.first_is_small_sample or c.latest_is_small_sample else "",
        )
        for c in cells
    ]  # fmt: skip
    columns = (
        "代码",
        "指标 indicator",
        "期间",
        "地区 region",
        "行业",
        "机构",
        "首次 first",
        "值 value",
        "最新 latest",
        "值 value",
        "变动 moved",
        "",
    )
    print_table(columns, rows, right=(6, 7, 8, 9, 10))


def _sums(d: Definition, numerator: Decimal | None, denominator: Decimal | None) -> str:
    return "" if numerator is None else sums_text(d, numerator, denominator)


def _moved(cell: FrozenCell) -> str:
    """The difference as people read it: percentage points for a ratio, the unit itself for anything else."""
    if cell.difference is None:
        return "—" if cell.is_revised else ""
    from pipeline.cli.difference import change_of_value

    return change_of_value(Fraction(cell.difference), cell.unit) if cell.difference else "0"
