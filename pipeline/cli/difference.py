"""``anze indicator diff``: why a figure moved between two publications, cause by cause."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, cast

import typer

from pipeline.cli.arguments import FIVE, Domain, Insurer, Period, Region
from pipeline.cli.asking import find
from pipeline.cli.figures import place_words
from pipeline.cli.output import AsJson, bold, print_json, print_table, stdout

if TYPE_CHECKING:
    from pipeline.hub import Hub
    from warehouse.indicators.catalogue import Definition, PeriodKind
    from warehouse.indicators.parts import Difference, Figure, Part
    from warehouse.indicators.publication import Publication

CAUSES = {
    "reference": "地区表等 regions, release",
    "period": "统计日期 as-of day",
    "delivery": "新报送 deliveries",
    "correction": "更正与撤回 corrections",
    "register": "名册 registers",
    "rule": "规则或映射重放 rules, replayed",
    "calendar": "工作日历 calendar",
    "judging": "重新判定 judged again",
    "definition": "指标口径 definition",
}
UNITS = {"percent": "百分点 pp", "count": "个 count", "days": "天 days", "yuan": "元 yuan"}
SHOWN_LOADS = 6
#: A ratio moves by less than a hundredth of a point: parts of a percentage have two decimals more than the figure.
DIGITS = {"percent": 4, "count": 0, "days": 2, "yuan": 2}
PERIODS = {"as_of": "截至统计截止日", "month": "当月", "ytd": "本年累计", "rolling12": "近12个月"}


def diff(
    before: Annotated[str, typer.Argument(help="A publication: its id, latest, 2026-10 (first figures) or 2026-10@1.")],
    after: Annotated[str, typer.Argument(help="The other one, likewise.")],
    names: Annotated[
        list[str] | None, typer.Option("--indicator", "-i", help="Indicator ids or codes; default: the five.")
    ] = None,
    region: Region = "",
    domain: Domain = "*",
    insurer: Insurer = "*",
    period: Period = "",
    records: Annotated[int, typer.Option(help="Records listed of each cause.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Say why a figure moved: parts by cause that add up to the difference exactly."""
    from pipeline.hub import open_hub
    from warehouse.database.engine import database_errors
    from warehouse.indicators.difference import difference
    from warehouse.indicators.explain import Place
    from warehouse.publishing.frozen import resolve_publication

    chosen = [find(name) for name in names or FIVE]
    places = [Place(d.indicator, cast("PeriodKind", period or d.periods[-1]), region, domain, insurer) for d in chosen]
    hub = open_hub()
    try:
        with database_errors("explaining a difference"), hub.engine.begin() as connection:
            ends = resolve_publication(connection, before), resolve_publication(connection, after)
            found = difference(connection, *ends, places, limit=records)
    except LookupError as error:
        raise typer.BadParameter(str(error)) from error
    if as_json:
        print_json([_for_scripts(each) for each in found])
        return
    for each in found:
        _show(hub, each)


def _show(hub: Hub, found: Difference) -> None:
    d, place = find(found.place.indicator), found.place
    sender = hub.insurers.get(place.insurer_id)
    stdout.print(
        bold(f"\n{d.code} {d.name.zh}"),
        f"{d.name.en}: {place_words(place, sender.name if sender else None)}, {PERIODS[place.period_kind]}",
        soft_wrap=True,
    )
    columns = (
        "原因 cause",
        "分子 numerator",
        "分母 denominator",
        f"值 value ({UNITS[found.unit]})",
        "记录",
        "批次 batches",
    )
    print_table(columns, _rows(found), right=(1, 2, 3, 4))
    for part in found.parts:
        _show_told(found, part)
        if part.records:
            _show_records(hub, part)


def _rows(found: Difference) -> list[tuple[object, ...]]:
    """One line a figure and part; values are rounded as they run, so that what is shown adds up, too."""
    d, unit = find(found.place.indicator), found.unit
    running = found.first.counted
    rows: list[tuple[object, ...]] = [_figure_row(found, found.before, found.first)]
    for part in found.parts:
        shown = _rounded(running + part.value, unit) - _rounded(running, unit)
        running += part.value
        if part.cause != "reference" or part.numerator or part.denominator or part.value:
            sums = _changes(d, part)
            rows.append((CAUSES[part.cause], *sums, _signed(shown), part.record_count or "", _batches(part)))
    return [*rows, _figure_row(found, found.after, found.last)]


def _figure_row(found: Difference, publication: Publication, figure: Figure) -> tuple[object, ...]:
    from warehouse.indicators.measures import period_text
    from warehouse.indicators.rollup import period

    d, span = find(found.place.indicator), period(found.place.period_kind, publication.as_of)
    value = "—" if figure.value is None else f"{_rounded(figure.value, found.unit):,f}"
    sums = d.numerator_text(figure.numerator), d.denominator_text(figure.denominator)
    words = period_text(span.kind, span.start, span.end)
    return f"发布 {publication.publication_id}: {words}", *sums, value, "", ""


def _changes(d: Definition, part: Part) -> tuple[str, str]:
    from warehouse.indicators.measures import change_text

    numerator = change_text(part.numerator, d.numerator.unit, d.shown_per)
    if part.denominator is None or d.denominator is None:
        return numerator, ""
    return numerator, change_text(part.denominator, d.denominator.unit, d.shown_per)


def _signed(number: Decimal) -> str:
    return f"{number:+,f}" if number else "0"


def change_of_value(change: Fraction, unit: str) -> str:
    """A change of a figure as people read it: percentage points for a ratio, the unit itself for anything else."""
    return _signed(_rounded(change, unit))


def _rounded(value: Fraction, unit: str) -> Decimal:
    scaled = value * (100 if unit == "percent" else 1)
    digits = Decimal(1).scaleb(-DIGITS[unit])
    return (Decimal(scaled.numerator) / Decimal(scaled.denominator)).quantize(digits, ROUND_HALF_UP)


def _batches(part: Part) -> str:
    ids = sorted({load.batch_id for load in part.loads})
    more = f" … ({len(ids)})" if len(ids) > SHOWN_LOADS else ""
    return ", ".join(map(str, ids[:SHOWN_LOADS])) + more


def _show_told(found: Difference, part: Part) -> None:
    """What a table cannot hold: rule sets of a replay, versions of a definition, a day that changed."""
    if not part.moved_count:
        return
    if part.cause in ("rule", "calendar"):
        for edition in sorted({(load.ruleset_version or "", load.calendar_version or "") for load in part.loads}):
            stdout.print(
                f"  {CAUSES[part.cause]}: 规则集 rule set {edition[0]}, 日历 calendar {edition[1]}", soft_wrap=True
            )
    elif part.cause == "definition":
        (old, old_digest), (new, new_digest) = found.definitions
        stdout.print(f"  口径 definition: v{old} {old_digest[:12]} → v{new} {new_digest[:12]}")
    elif part.cause == "period":
        stdout.print(f"  统计日期 as of: {found.before.as_of} → {found.after.as_of}")


def _show_records(hub: Hub, part: Part) -> None:
    from pipeline.judging.places import places_of

    found = places_of(hub, [(r.batch_id, r.row_no) for r in part.records])
    rows = [
        (
            r.record_type, r.insurer_id, r.record_key, r.batch_id, r.row_no, *found[r.batch_id, r.row_no].shown,
            "" if r.is_linked else "可能相关 maybe",
        )
        for r in part.records
    ]  # fmt: skip
    columns = ("数据 type", "机构", "记录 record", "批次 batch", "行 row", "文件 file", "位置 place", "")
    print_table(columns, rows, f"{CAUSES[part.cause]}: {len(rows)} / {part.record_count}", right=(3, 4))


def _for_scripts(found: Difference) -> dict[str, object]:
    """Exact numbers as text: decimals for sums, fractions for values."""
    return {
        "indicator": found.place.indicator,
        "place": found.place,
        "unit": found.unit,
        "before": found.before,
        "after": found.after,
        "first": found.first,
        "last": found.last,
        "definitions": found.definitions,
        "adds_up": found.adds_up,
        "parts": found.parts,
    }
