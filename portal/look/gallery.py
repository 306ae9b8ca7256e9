"""Every part and chart on one page, with invented figures: ``python -m portal.look.gallery <folder>`` writes it.

For those who make pages, and for the tests that look at it in a browser.
"""

from __future__ import annotations

import datetime as dt
import pathlib
import sys
from decimal import Decimal

from portal.look.charts.bars import Bar, RankedBars, bars_table, draw_bars
from portal.look.charts.lanes import Happening, Lane, Lanes, draw_lanes, lanes_table
from portal.look.charts.multiples import Multiples, Small, draw_multiples, multiples_table
from portal.look.charts.places import tile_places
from portal.look.charts.scale import Tick
from portal.look.charts.sparkline import Sparkline, draw_sparkline
from portal.look.charts.tiles import TileGrid, draw_tiles, tiles_table
from portal.look.charts.trend import Point, Trend, draw_trend, trend_table
from portal.look.frame import Column, Crumb, Figure, Frame, MenuEntry, Viewer
from portal.look.pages import render
from portal.look.static_files import PREFIX, names, static_file, static_url

_CITIES = (
    "济南", "青岛", "淄博", "枣庄", "东营", "烟台", "潍坊", "济宁",
    "泰安", "威海", "日照", "临沂", "德州", "聊城", "滨州", "菏泽",
)  # fmt: skip
_SHOWN = (
    "86.2", "91.4", "78.9", "74.0", "88.3", "83.7", "80.1", "77.5",
    "79.2", "90.6", "82.0", "75.8", "71.3", "69.4", "84.4", "66.7",
)  # fmt: skip
_MONTHS = (
    "78.1", "78.4", "79.0", "79.6", "80.3", "80.9",
    "-", "81.8", "82.2", "82.9", "83.1", "83.6",
)  # fmt: skip


def gallery(language: str = "zh", *, theme: str = "auto", hostile: str = "", has_errors: bool = False) -> str:
    """The page. ``hostile`` stands wherever a text of a sender would stand."""
    errors = [("请填写填报人", "attested_by"), hostile or "文件中没有数据"] if has_errors else []
    return render(
        "gallery.html", language, frame=frame(theme=theme, has_errors=has_errors, name=hostile or "李晓青"),
        hostile=hostile, errors=errors, figures=_figures(language), events=_EVENTS, columns=_COLUMNS,
        rows=_rows(hostile), due_columns=_DUE_COLUMNS, due=_DUE, **charts(language, hostile=hostile),
    )  # fmt: skip


def frame(*, theme: str = "auto", has_errors: bool = False, name: str = "李晓青") -> Frame:
    """The frame of a regulator of a city."""
    menu = (
        MenuEntry("指标总览", "/console", "home", is_current=True, group="监管"),
        MenuEntry("趋势与下钻", "/console/trend", "chart"),
        MenuEntry("企业查询", "/console/enterprises", "search"),
        MenuEntry("工作清单", "/console/lists", "list", count_text="12"),
        MenuEntry("数据报送", "/submissions", "upload", group="报送"),
        MenuEntry("报送记录", "/submissions/history", "clock"),
    )
    return Frame(
        "安全生产责任保险数据平台", "/gallery", menu, (Crumb("首页", "/"), Crumb("监管", "/console"), Crumb("指标总览")),
        Viewer("qingdao-li", name, "市级监管人员", "青岛市"), "token-of-the-session", "2026-11-20 24:00", "2026-11-21",
        has_errors, theme,
    )  # fmt: skip


def charts(language: str = "zh", *, hostile: str = "", standalone: bool = False) -> dict[str, tuple[object, object]]:
    """Each chart with its table, by name."""
    tiles, bars, trend, lanes, multiples = (
        _tiles(hostile),
        _bars(hostile),
        _trend(hostile),
        _lanes(hostile),
        _multiples(),
    )
    as_ = {"language": language}
    return {
        "tiles": (draw_tiles(tiles, standalone=standalone, **as_), tiles_table(tiles, **as_)),
        "bars": (draw_bars(bars, standalone=standalone, **as_), bars_table(bars, **as_)),
        "trend": (draw_trend(trend, standalone=standalone, **as_), trend_table(trend, **as_)),
        "lanes": (draw_lanes(lanes, standalone=standalone, **as_), lanes_table(lanes, **as_)),
        "multiples": (draw_multiples(multiples, standalone=standalone, **as_), multiples_table(multiples, **as_)),
    }


def _tiles(hostile: str) -> TileGrid:
    cells = {
        code: Bar(
            hostile or city, Decimal(shown), f"{shown}%", f"/console/regions/{code}", "1,203 / 1,396",
            meets_target=Decimal(shown) >= 75, is_below_floor=city == "日照",
        )
        for code, city, shown in zip(sorted(tile_places()), _CITIES, _SHOWN, strict=True)
    }  # fmt: skip
    bounds = tuple(Tick(Decimal(each), f"{each}%") for each in (70, 75, 80, 85))
    return TileGrid(
        "coverage-tiles", "各市投保率", cells, tile_places(), bounds=bounds, target=Decimal(75), target_text="75%"
    )


def _bars(hostile: str) -> RankedBars:
    names_ = (
        "立春保险",
        "雨水财险",
        "惊蛰保险股份",
        "天枢财险",
        "玉衡保险",
        "摇光财险",
        hostile or "青松保险",
        "幽兰互助",
    )
    values = ("96.1", "94.8", "94.8", "91.0", "88.2", "79.5", "70.3", None)
    lines = tuple(
        Bar(name, Decimal(v) if v else None, f"{v}%", f"/console/insurers/{i}", f"{900 - 90 * i} / {940 - 80 * i}",
            meets_target=Decimal(v) >= 80 if v else None, is_below_floor=i == 6, is_provisional=i in {1, 4})
        for i, (name, v) in enumerate(zip(names_, values, strict=True))
    )  # fmt: skip
    return RankedBars(
        "closing-bars", "各机构结案率", lines, target=Decimal(80), target_text="80%", longest=Decimal(100)
    )


def _points(hostile: str = "", shift: int = 0) -> tuple[Point, ...]:
    return tuple(
        Point(f"{(i + 11) % 12 + 1}月", None if v == "-" else Decimal(v) + shift, f"{v}%", hostile or f"第 {i + 1} 个月",
              f"/console/months/{i}", is_provisional=i > 9, is_below_floor=i == 2)
        for i, v in enumerate(_MONTHS)
    )  # fmt: skip


def _trend(hostile: str) -> Trend:
    return Trend("coverage-trend", "投保率近 12 个月", _points(hostile), target=Decimal(80), target_text="80%")


def _multiples() -> Multiples:
    smalls = tuple(Small(city, _points(shift=i), f"/console/regions/{i}") for i, city in enumerate(_CITIES[:8]))
    return Multiples("coverage-multiples", "各市投保率近 12 个月", smalls, columns=8, width=1060)


def _lanes(hostile: str) -> Lanes:
    day, last = dt.date, dt.date(2026, 12, 31)
    covers = (
        Happening(hostile or "保单 PA-2024-0012", day(2024, 11, 1), day(2025, 10, 31), "/records/1"),
        Happening("保单 PA-2025-0044", day(2025, 11, 15), day(2026, 11, 14), "/records/2", "warn", "中断 14 天"),
    )
    services = tuple(Happening(f"服务 {n}", day(2025, n, 12), None, f"/records/s{n}") for n in (1, 3, 5, 6, 8, 11))
    late = (Happening("服务逾期", day(2026, 3, 2), None, "/records/9", "warn"),)
    hazards = (
        Happening("重大隐患 未整改", day(2026, 6, 3), None, "/records/7", "bad", "超过整改期限"),
        Happening("一般隐患", day(2026, 6, 4), None, "/records/8"),
    )
    lanes = (Lane("保单", covers), Lane("事故预防服务", services + late), Lane("隐患", hazards), Lane("理赔", ()))
    return Lanes("enterprise-lanes", "一企一档时间线", lanes, day(2024, 10, 1), last, day(2026, 11, 20))


def _figures(language: str) -> list[tuple[Figure, object]]:
    values = tuple(None if v == "-" else Decimal(v) for v in _MONTHS)
    shown = (
        Figure("投保率", "83.6", "%", "higher_is_better", "12,035", "14,396", "≥ 75%", True, "98.2%", "+0.5 个百分点",
               is_better=True, href="/console/i1", why_href="/console/i1/why"),
        Figure("赔付率", "41.27", "%", "neutral", "8,254.10 万元", "20,000.24 万元", completeness="96.4%", change="+1.3 个百分点",
               is_provisional=True, href="/console/i2", why_href="/console/i2/why"),
        Figure("服务完成率", "68.9", "%", "higher_is_better", "4,021", "5,836", "≥ 80%", False, "91.0%", "−2.1 个百分点",
               is_better=False, href="/console/i3", why_href="/console/i3/why"),
        Figure("隐患整改率", None, "%", "higher_is_better", "3", "4", is_below_floor=True, href="/console/i4"),
        Figure("计提未支付率", "12.0", "%", "lower_is_better", "310.22 万元", "2,585.17 万元", completeness="88.5%", change="持平"),
    )  # fmt: skip
    line = "从 78.1% 到 83.6%" if language == "zh" else "from 78.1% to 83.6%"
    return [
        (figure, draw_sparkline(Sparkline(f"spark-{number}", figure.label, line, values)))
        for number, figure in enumerate(shown)
    ]


def _rows(hostile: str) -> list[tuple[str, ...]]:
    made = [("青岛海晏化工有限公司", "91370200MA3C0AAA1X", "危险化学品", "黄岛区", "186", "2026-10-31")] * 5
    return [(hostile, *made[0][1:]), *made] if hostile else list(made)


_COLUMNS = (
    Column("企业名称", sort_href="?sort=name"), Column("统一社会信用代码"), Column("行业"), Column("县（市、区）"),
    Column("从业人数", is_number=True, sort_href="?sort=staff", sorted="descending"), Column("保障到期", sort_href="?sort=ends"),
)  # fmt: skip
_DUE_COLUMNS = (
    Column("数据类型"),
    Column("截止时间"),
    Column("已收（条）", is_number=True),
    Column("状态"),
    Column("操作"),
)
_DUE = (
    ("保单", "2026-11-21 02:00", "10,482", "已入库", "good"), ("批单", "2026-11-21 02:00", "318", "检查中", "busy"),
    ("赔案", "2026-11-21 02:00", "0", "未报送", "plain"), ("服务记录", "2026-11-20 02:00", "96", "有待确认", "warn"),
    ("隐患", "2026-11-20 02:00", "0", "已退回", "bad"),
)  # fmt: skip
_EVENTS = (
    ("2026-11-20 09:30", "收到 3 个文件", "李晓青上传", "plain"), ("2026-11-20 09:31", "检查通过", None, "good"),
    ("2026-11-20 09:31", "12 条待确认", "保费高于常见范围", "warn"), ("2026-11-20 09:32", "1 个文件未入库", None, "bad"),
)  # fmt: skip


def write(folder: pathlib.Path) -> None:
    """Write the page in both languages and both schemes, with its files beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names():
        address = static_url(name).removeprefix(PREFIX)
        (folder / address).write_bytes(static_file(address).content)
    for language in ("zh", "en"):
        for theme in ("light", "dark"):
            page = gallery(language, theme=theme).replace(f'"{PREFIX}', '"')
            (folder / f"gallery.{language}.{theme}.html").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    write(pathlib.Path(sys.argv[1]))
