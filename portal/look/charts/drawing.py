"""Shapes of a chart: classes on a page, the same looks as attributes where a chart stands alone (a bulletin)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup, escape

Number = int | float | Decimal

_BLUE, _RED, _AMBER, _INK, _GREY, _LINE, _PALE = (
    "#1a56b8",
    "#b3261e",
    "#855100",
    "#1b2431",
    "#56627a",
    "#d5dae3",
    "#f0f2f6",
)
_DASHED = {"fill": "none", "stroke-width": "1"}
#: What the classes of charts.css look like on paper.
_PAPER: dict[str, dict[str, str]] = {
    "c-text": {"fill": _INK, "font-size": "12"},
    "c-muted": {"fill": _GREY},
    "c-small": {"font-size": "11"},
    "c-strong": {"font-weight": "600"},
    "c-bar": {"fill": _BLUE},
    "c-point": {"fill": _BLUE},
    "c-bar-behind": {"fill": _RED},
    "c-behind": {"fill": _RED},
    "c-track": {"fill": _PALE},
    "c-none": {**_DASHED, "stroke": _GREY, "stroke-dasharray": "3 3"},
    "c-axis": {**_DASHED, "stroke": _GREY},
    "c-grid": {**_DASHED, "stroke": _LINE},
    "c-target": {"fill": "none", "stroke": _INK, "stroke-width": "1.5", "stroke-dasharray": "5 3"},
    "c-line": {"fill": "none", "stroke": _BLUE, "stroke-width": "2", "stroke-linejoin": "round"},
    "c-line-provisional": {"stroke-dasharray": "2 4"},
    "c-point-provisional": {"fill": "#fff", "stroke": _BLUE, "stroke-width": "2"},
    "c-hatch": {"fill": "none", "stroke": "#fff", "stroke-width": "1.6"},
    "c-hatch-soft": {"fill": "none", "stroke": _LINE, "stroke-width": "2"},
    "c-lane": {"fill": _PALE},
    "c-span": {"fill": "#e8effb", "stroke": _BLUE, "stroke-width": "1"},
    "c-span-warn": {"fill": "#fdf3e0", "stroke": _AMBER},
    "c-span-bad": {"fill": "#fdecea", "stroke": _RED},
    "c-event": {"fill": _BLUE, "stroke": "#fff", "stroke-width": "1.5"},
    "c-event-warn": {"fill": _AMBER},
    "c-event-bad": {"fill": _RED},
    "c-tile": {"stroke": "#fff", "stroke-width": "2"},
    "c-tile-0": {"fill": "#eef3fb"},
    "c-tile-1": {"fill": "#d3e1f7"},
    "c-tile-2": {"fill": "#a9c6f0"},
    "c-tile-3": {"fill": "#2c66c0"},
    "c-tile-4": {"fill": "#173f86"},
    "c-on-tile": {"fill": "#14213a"},
    "c-on-dark-tile": {"fill": "#fff"},
    "c-hit": {"fill": "none"},
}
_FONTS = "Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, sans-serif"


@dataclass(frozen=True)
class Pen:
    """How shapes are written: with classes for a page, or ``standalone`` with attributes and without links."""

    standalone: bool = False

    def shape(self, name: str, classes: str = "", *inside: Markup, **attributes: Number | str) -> Markup:
        """One element. Of an attribute's name ``_`` is written ``-``."""
        written: dict[str, Number | str] = {key.replace("_", "-"): value for key, value in attributes.items()}
        if self.standalone:
            return _element(name, written | self._looks(classes.split()), inside)
        named: dict[str, Number | str] = {"class": classes} if classes else {}
        return _element(name, written | named, inside)

    def text(self, words: str, classes: str = "", **attributes: Number | str) -> Markup:
        """A text at ``x``, ``y`` (its baseline)."""
        classes = f"c-text {classes}".strip() if self.standalone else classes
        return self.shape("text", classes, escape(words), **attributes)

    def link(self, href: str | None, label: str, *inside: Markup) -> Markup:
        """A mark that leads somewhere, with its words for keyboard and mouse. Raises ValueError for a foreign address."""
        title = _element("title", {}, [escape(label)])
        if href is None or self.standalone:
            return _element("g", {}, [title, *inside])
        if not href.startswith(("/", "#", "?")) or href.startswith("//"):
            raise ValueError(f"a chart leads to pages of ours only, not to {href!r}")
        return _element("a", {"href": href, "aria-label": label}, [title, *inside])

    def hatch(self, pattern_id: str, classes: str) -> Markup:
        """A pattern of slanting lines, to fill with ``url(#<pattern_id>)``."""
        lines = self.shape("path", classes, d="M-1 7 7 -1M3 11 11 3M-5 3 3 -5")
        pattern: dict[str, Number | str] = {"id": pattern_id, "width": 8, "height": 8, "patternUnits": "userSpaceOnUse"}
        return _element("defs", {}, [_element("pattern", pattern, [lines])])

    def _looks(self, classes: Iterable[str]) -> dict[str, Number | str]:
        looks = dict[str, Number | str]()
        for name in classes:
            looks |= _PAPER.get(name, {})
        return looks


@dataclass(frozen=True)
class Sheet:
    """What a chart is drawn on: ``chart_id`` is unique on its page; sizes in px; ``classes`` besides ``chart-svg``."""

    chart_id: str
    title: str
    description: str
    width: Number
    height: Number
    has_links: bool = False
    classes: str = ""


def svg(pen: Pen, sheet: Sheet, marks: Sequence[Markup]) -> Markup:
    """The whole drawing, named by title and description; a group where its marks are links, else an image."""
    names = {"aria-labelledby": f"{sheet.chart_id}-title {sheet.chart_id}-desc"}
    role = "group" if sheet.has_links and not pen.standalone else "img"
    size = {
        "width": sheet.width,
        "height": sheet.height,
        "viewBox": f"0 0 {number(sheet.width)} {number(sheet.height)}",
    }
    own = {"xmlns": "http://www.w3.org/2000/svg", "font-family": _FONTS} if pen.standalone else {
        "class": f"chart-svg {sheet.classes}".strip()
    }  # fmt: skip
    head = [
        _element("title", {"id": f"{sheet.chart_id}-title"}, [escape(sheet.title)]),
        _element("desc", {"id": f"{sheet.chart_id}-desc"}, [escape(sheet.description)]),
    ]
    return _element("svg", {"id": sheet.chart_id, "role": role, **names, **size, **own}, [*head, *marks])


def number(value: Number) -> str:
    """A coordinate with at most two decimals, always written the same way."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def text_width(words: str, size: float = 12) -> float:
    """About how wide a text is, in px: a Chinese character is as wide as high."""
    return sum(size if unicodedata.east_asian_width(sign) in "WFA" else 0.6 * size for sign in words)


def runs(values: Sequence[Decimal | None]) -> list[list[int]]:
    """Indexes of the stretches without a gap."""
    found: list[list[int]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            found.append([])
        else:
            found[-1].append(index)
    return [run for run in found if run]


def path(points: Iterable[tuple[float, float]]) -> str:
    """A line through points, as the ``d`` of a path."""
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points)


def _element(name: str, attributes: Mapping[str, Number | str], inside: Iterable[Markup]) -> Markup:
    written = "".join(
        f' {key}="{escape(value) if isinstance(value, str) else number(value)}"' for key, value in attributes.items()
    )
    return Markup(f"<{name}{written}>{''.join(map(escape, inside))}</{name}>")  # noqa: S704 - all that came is escaped
