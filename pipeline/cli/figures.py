"""How the command line shows figures: by unit, with names and the period in words, small samples marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING

from pipeline.cli.output import fields_of, print_table

if TYPE_CHECKING:
    from warehouse.indicators.at import ComputedCell
    from warehouse.indicators.bounds import Bound, CellPlace
    from warehouse.indicators.catalogue import Definition
    from warehouse.indicators.explain import Place, PublishedCell

    AnyCell = PublishedCell | ComputedCell
    Bounds = Mapping[CellPlace, Bound]

COLUMNS = (
    "代码",
    "指标 indicator",
    "地区 region",
    "行业 domain",
    "机构 insurer",
    "期间 period",
    "分子 numerator",
    "分母 denominator",
    "值 value",
    "",
)


def show_cells(cells: Sequence[AnyCell], bounds: Bounds = MappingProxyType({})) -> None:
    """Print figures, one a line, in the order given; too small a sample and bounds stand behind the figure."""
    print_table(COLUMNS, (_row(cell, bounds.get(place_of(cell))) for cell in cells), right=(6, 7, 8))


def place_of(cell: AnyCell) -> CellPlace:
    """What names a cell within a publication."""
    return cell.indicator, cell.period_kind, cell.region_code, cell.domain_code, cell.insurer_id


def for_scripts(cell: AnyCell, bound: Bound | None = None) -> dict[str, object]:
    """A figure's exact numbers as they are stored, and beside them the texts that people read, and its bound."""
    from warehouse.indicators.measures import period_text

    d = _definition(cell)
    floor = d.floor(cell.period_end)
    return {
        **fields_of(cell),
        "numerator_text": d.numerator_text(cell.numerator),
        "denominator_text": d.denominator_text(cell.denominator) or None,
        "period_text": period_text(cell.period_kind, cell.period_start, cell.period_end),
        "is_small_sample": d.is_small(cell.denominator, cell.period_end),
        "min_denominator": floor.value if floor else None,
        "bound": fields_of(bound) if bound else None,
    }


def place_words(place: Place, insurer_name: str | None) -> str:
    """A cell's place in words, each with its code: region × domain × insurer."""
    from schemas.code_lists import load_code_list
    from schemas.regions import full_region_name

    domains = {entry.code: entry.zh for entry in load_code_list("CL-DOMAIN").entries}
    domain = "全部行业领域" if place.domain_code == "*" else domains.get(place.domain_code)
    insurer = "全部机构" if place.insurer_id == "*" else insurer_name
    region = named(full_region_name(place.region_code), place.region_code)
    return f"{region} × {named(domain, place.domain_code)} × {named(insurer, place.insurer_id)}"


def named(name: str | None, code: str) -> str:
    """A name with its code behind it; the code alone where there is no name, the name alone for all (``*``)."""
    return name if name and code == "*" else f"{name} {code}" if name else code


def sums_text(d: Definition, numerator: Decimal, denominator: Decimal | None) -> str:
    """Numerator and denominator as people read them, ``55 家 / 57 家``."""
    return " / ".join(filter(None, (d.numerator_text(numerator), d.denominator_text(denominator))))


def _row(cell: AnyCell, bound: Bound | None) -> tuple[object, ...]:
    from warehouse.indicators.measures import period_text

    d = _definition(cell)
    return (
        cell.indicator_code,
        cell.indicator_name,
        named(cell.region_name, cell.region_code),
        named(cell.domain_name, cell.domain_code),
        named(cell.insurer_name, cell.insurer_id),
        period_text(cell.period_kind, cell.period_start, cell.period_end),
        d.numerator_text(cell.numerator),
        d.denominator_text(cell.denominator),
        cell.shown_text,
        _marks(cell, d, bound),
    )


def _marks(cell: AnyCell, d: Definition, bound: Bound | None) -> str:
    """What stands behind a figure: too small a sample, why it has no value, that it is provisional, and its bounds."""
    from warehouse.indicators.reasons import NULLS

    is_small = d.is_small(cell.denominator, cell.period_end)
    marks = [f"样本过小 small < {d.denominator_text(d.least(cell.period_end))}"] if is_small else []
    marks += ["暂定 provisional"] if cell.is_provisional else []
    marks += [bound.text] if bound else []
    return ", ".join(marks + ([f"{NULLS[cell.null_reason].zh} {cell.null_reason}"] if cell.null_reason else []))


def _definition(cell: AnyCell) -> Definition:
    from warehouse.indicators.catalogue import load_definition

    return load_definition(cell.indicator)
