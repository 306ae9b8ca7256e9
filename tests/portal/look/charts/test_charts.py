"""Charts: the same bytes for the same input, links, a table of the same data, no rank below the floor."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from markupsafe import Markup

from portal.look.charts.bars import Bar, RankedBars, bars_table, draw_bars, ranked
from portal.look.charts.drawing import Pen, runs
from portal.look.charts.lanes import Happening, Lane, Lanes, draw_lanes, lanes_table
from portal.look.charts.scale import ticks
from portal.look.charts.sparkline import Sparkline, draw_sparkline
from portal.look.charts.tiles import TileGrid, draw_tiles, tiles_table
from portal.look.charts.trend import Point, Trend, draw_trend, trend_table
from portal.look.gallery import charts

SVG = "{http://www.w3.org/2000/svg}"
NAMES = ["tiles", "bars", "trend", "lanes", "multiples"]
HOSTILE = """"><script>alert(1)</script>' </svg> & onload=x"""


def parsed(svg: object) -> ET.Element:
    text = str(svg)
    return ET.fromstring(text if "xmlns=" in text else text.replace("<svg ", f'<svg xmlns="{SVG[1:-1]}" ', 1))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("standalone", [False, True])
def test_same_input_same_bytes(name: str, standalone: bool) -> None:
    assert str(charts(standalone=standalone)[name][0]) == str(charts(standalone=standalone)[name][0])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("standalone", [False, True])
def test_hostile_texts_stay_texts(name: str, standalone: bool) -> None:
    drawn = charts(hostile=HOSTILE, standalone=standalone)[name][0]
    assert not list(parsed(drawn).iter(f"{SVG}script"))
    assert "<script" not in str(drawn)


@pytest.mark.parametrize("name", NAMES)
def test_a_chart_is_named_and_its_marks_lead_somewhere(name: str) -> None:
    root = parsed(charts()[name][0])
    ids = {element.get("id") for element in root.iter()}
    assert set((root.get("aria-labelledby") or "").split()) <= ids
    links = list(root.iter(f"{SVG}a"))
    assert links
    assert root.get("role") == "group"
    assert all(
        (link.get("href") or "").startswith("/console") or "/records" in (link.get("href") or "") for link in links
    )
    assert all(link.get("aria-label") for link in links)


@pytest.mark.parametrize("name", NAMES)
def test_a_chart_alone_brings_its_looks_and_no_links(name: str) -> None:
    root = parsed(charts(standalone=True)[name][0])
    assert root.get("role") == "img"
    assert not list(root.iter(f"{SVG}a"))
    assert not [e for e in root.iter() if e.get("class") or e.get("style")]
    assert all(text.get("fill") and text.get("font-size") for text in root.iter(f"{SVG}text"))


def test_no_style_attribute_on_a_page() -> None:
    assert not any(re.search(r"\sstyle=|<style", str(drawn)) for drawn, _ in charts().values())


BARS = RankedBars(
    "b", "结案率",
    (
        Bar("甲", Decimal("70.4"), "70.4%", "/a", "7 / 10"),
        Bar("乙", Decimal(90), "90.0%", None, "9 / 10"),
        Bar("丙", Decimal(100), "100.0%", "/c", "2 / 2", is_below_floor=True),
        Bar("丁", Decimal("70.4"), "70.4%", "/d", "14 / 20", is_provisional=True),
        Bar("戊", None, "", "/e"),
    ),
)  # fmt: skip


def test_ranks_follow_the_direction_and_equal_values_share_one() -> None:
    assert [(rank, bar.label) for rank, bar in ranked(BARS)] == [
        (1, "乙"),
        (2, "甲"),
        (2, "丁"),
        (None, "丙"),
        (None, "戊"),
    ]
    lower = replace(BARS, direction="lower_is_better")
    assert [(rank, bar.label) for rank, bar in ranked(lower)][:3] == [(1, "甲"), (1, "丁"), (3, "乙")]
    assert {rank for rank, _ in ranked(replace(BARS, direction="neutral"))} == {None}


def test_a_cell_below_the_floor_shows_no_figure_anywhere() -> None:
    tiles = TileGrid("t", "结案率", {"370100": BARS.bars[2]}, {"370100": (0, 0)})
    for drawn in (draw_bars(BARS), draw_tiles(tiles), draw_bars(BARS, standalone=True)):
        assert "100.0%" not in str(drawn)
        assert "样本不足" in str(drawn)
    rows = {row[0]: row for row in bars_table(BARS).rows}
    assert rows["丙"] == ("丙", "—", "样本不足", "2 / 2", "样本不足，不参与排名")
    assert tiles_table(tiles).rows[0][2] == "样本不足"
    point = Point("1月", Decimal(100), "100.0%", is_below_floor=True)
    assert "100.0%" not in str(draw_trend(Trend("x", "y", (point,))))


def test_table_and_chart_say_the_same() -> None:
    drawn = str(draw_bars(BARS))
    for name, _rank, value, of_text, _remark in bars_table(BARS).rows:
        assert f">{name}<" in drawn
        assert f">{value}<" in drawn
        assert of_text == "—" or f">{of_text}<" in drawn
    trend = Trend(
        "x",
        "y",
        (Point("1月", Decimal("3.1"), "3.1%", "2026年1月", "/m", "31 / 1,000"), Point("2月", None, "", "2026年2月")),
    )
    assert [row[:3] for row in trend_table(trend).rows] == [
        ("2026年1月", "3.1%", "31 / 1,000"),
        ("2026年2月", "暂无数据", "—"),
    ]
    assert "2026年1月 3.1% 31 / 1,000" in str(draw_trend(trend))


def test_bars_are_as_long_as_their_values() -> None:
    widths = {}
    for link in [*parsed(draw_bars(BARS)).iter(f"{SVG}a"), *parsed(draw_bars(BARS)).iter(f"{SVG}g")]:
        for rect in link.iter(f"{SVG}rect"):
            if "c-bar" in (rect.get("class") or ""):
                widths[link.findtext(f"{SVG}title", "").split()[0]] = float(rect.get("width") or 0)
    assert widths["甲"] / widths["乙"] == pytest.approx(70.4 / 90, rel=1e-3)
    assert "丙" not in widths


def test_a_gap_stays_a_gap() -> None:
    values = [Decimal(1), Decimal(2), None, Decimal(3), None, Decimal(4), Decimal(5)]
    assert runs(values) == [[0, 1], [3], [5, 6]]
    trend = Trend("x", "y", tuple(Point(str(i), v, str(v)) for i, v in enumerate(values)))
    lines = [e for e in parsed(draw_trend(trend)).iter(f"{SVG}path") if e.get("class") == "c-line"]
    assert len(lines) == 2
    spark = parsed(draw_sparkline(Sparkline("s", "y", "z", tuple(values))))
    assert len([e for e in spark.iter(f"{SVG}path") if e.get("class") == "c-line"]) == 2


def test_provisional_months_are_dashed_and_said() -> None:
    points = tuple(Point(str(i), Decimal(i), str(i), is_provisional=i == 3) for i in range(4))
    drawn = draw_trend(Trend("x", "y", points))
    dashed = [e for e in parsed(drawn).iter(f"{SVG}path") if e.get("class") == "c-line c-line-provisional"]
    assert [(e.get("d") or "").count("L") for e in dashed] == [1]
    assert ">暂定<" in str(drawn)
    assert trend_table(Trend("x", "y", points)).rows[3][3] == "暂定"


def test_without_places_the_cities_are_bars() -> None:
    cells = {"370100": BARS.bars[0], "379900": BARS.bars[1]}
    without = TileGrid("t", "结案率", cells, {"370100": (0, 0)})
    assert str(draw_tiles(without)) == str(draw_bars(RankedBars("t", "结案率", tuple(cells.values()))))


def test_what_overlaps_in_a_lane_stands_beside_each_other() -> None:
    day = dt.date
    covers = (
        Happening("A", day(2026, 1, 1), day(2026, 12, 31), "/records/a"),
        Happening("B", day(2026, 6, 1), day(2027, 5, 31), "/records/b"),
    )
    chart = Lanes("l", "线", (Lane("保单", covers),), day(2026, 1, 1), day(2026, 12, 31))
    spans = [e for e in parsed(draw_lanes(chart)).iter(f"{SVG}rect") if "c-span" in (e.get("class") or "")]
    assert len({e.get("y") for e in spans}) == 2
    assert [row[1:4] for row in lanes_table(chart).rows] == [
        ("A", "2026-01-01", "2026-12-31"),
        ("B", "2026-06-01", "2027-05-31"),
    ]


@pytest.mark.parametrize("href", ["javascript:alert(1)", "https://example.com/", "//example.com"])
def test_a_mark_leads_nowhere_else(href: str) -> None:
    with pytest.raises(ValueError, match="pages of ours"):
        Pen().link(href, "x", Markup(""))


@pytest.mark.parametrize(
    "values",
    [[], [None], [Decimal(0)], [Decimal("-3.5"), Decimal(12)], [Decimal("99.97"), Decimal("99.98")], [Decimal(10**9)]],
)
def test_ticks_hold_all_values(values: list[Decimal | None]) -> None:
    found = ticks(values)
    known = [value for value in values if value is not None]
    assert 2 <= len(found) <= 8
    assert all(found[0].value <= value <= found[-1].value for value in known)
    assert [tick.value for tick in found] == sorted({tick.value for tick in found})
    assert all(Decimal(tick.text.replace(",", "")) == tick.value for tick in found)


def test_empty_charts_can_be_drawn() -> None:
    day = dt.date(2026, 1, 1)
    for drawn in (
        draw_bars(RankedBars("a", "x", ())), draw_trend(Trend("b", "x", ())), draw_tiles(TileGrid("c", "x", {}, {})),
        draw_lanes(Lanes("d", "x", (), day, day)), draw_sparkline(Sparkline("e", "x", "y", (None,))),
    ):  # fmt: skip
        assert parsed(drawn).tag == f"{SVG}svg"
