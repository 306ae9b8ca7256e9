"""Words of the console's pages: periods, sources, marks of figures."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from portal.console.figures import Definition, Figure
from portal.look.formats import NOTHING
from schemas.yaml_files import Words

Texts = Callable[[str, str], str]
PERIODS = {
    "as_of": Words(zh="时点", en="On the day"),
    "ytd": Words(zh="本年累计", en="Year to date"),
    "month": Words(zh="当月", en="Month"),
    "rolling12": Words(zh="近 12 个月", en="Twelve months"),
}
SOURCES = {
    "frozen": Words(zh="已固定", en="frozen"),
    "published": Words(zh="已发布", en="published"),
    "computed": Words(zh="按月末补算", en="computed for the month's end"),
}
NO_VALUE = {
    "zero_denominator": Words(zh="分母为零", en="the denominator is zero"),
    "negative_denominator": Words(zh="分母为负", en="the denominator is negative"),
}
CHANNELS = {
    "api": Words(zh="平台从机构接口取数", en="fetched from the insurer"),
    "drop": Words(zh="文件投递", en="dropped file"),
    "submit": Words(zh="机构报送", en="submitted"),
    "register": Words(zh="名录导入", en="register"),
}
TIMELY = {
    "on_time": (Words(zh="及时", en="in time"), "good"),
    "late": (Words(zh="迟报", en="late"), "bad"),
    "undetermined": (Words(zh="待定", en="undetermined"), "plain"),
}
#: By which rule of the register of thresholds an indicator has a target.
TARGET_RULES = {"I1": "R36"}


def name_of(definition: Definition, t: Texts) -> str:
    """An indicator's name."""
    return t(definition.name_zh, definition.name_en)


def said(words: Words | None, t: Texts, code: str | None = None) -> str:
    """Words in the language of the page; the code itself where there are none."""
    return t(words.zh, words.en) if words else code or NOTHING


def value_and_unit(shown_text: str) -> tuple[str, str]:
    """A shown value apart from its unit."""
    return (shown_text[:-1], "%") if shown_text.endswith("%") else (shown_text, "")


def share(ratio: Decimal | None) -> str | None:
    """A ratio 0-1 with one decimal, rounded down: only what is complete says 100%."""
    if ratio is None:
        return None
    return f"{(ratio * 100).quantize(Decimal('0.1'), ROUND_FLOOR):f}".removesuffix(".0") + "%"


def bounds_text(figure: Figure, unit: str) -> str | None:
    """The interval of a provisional figure; None where none was published with it."""
    if figure.shown_low is None or figure.shown_high is None:
        return None
    return f"{figure.shown_low:,f}–{figure.shown_high:,f}{'%' if unit == 'percent' else ''}"


def change_text(change: Decimal | None, unit: str, t: Texts) -> str | None:
    """A difference of two values with its sign: in percentage points, or as it is."""
    if change is None:
        return None
    moved = (change * 100 if unit == "percent" else change).quantize(Decimal("0.01"), ROUND_HALF_UP)
    if not moved:
        return t("持平", "the same")
    sign = "+" if moved > 0 else "−"
    return f"{sign}{abs(moved):,}{t(' 百分点', ' points') if unit == 'percent' else ''}"


def signed(value: Decimal) -> str:
    """A number with its sign and grouped thousands, without zeros that say nothing."""
    plain = f"{abs(value):,f}"
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return plain if not value else f"{'+' if value > 0 else '−'}{plain}"


def plain(value: Decimal | None) -> str:
    """A number with grouped thousands, without zeros that say nothing."""
    if value is None:
        return NOTHING
    return signed(value).replace("+", "")


def of_text(figure: Figure) -> str:
    """Numerator / denominator."""
    if figure.numerator_text is None:
        return ""
    return f"{figure.numerator_text} / {figure.denominator_text}" if figure.denominator_text else figure.numerator_text


def percentage(value: Decimal | None, unit: str) -> Decimal | None:
    """A value as a chart places it."""
    return value * 100 if value is not None and unit == "percent" else value
