"""The sentences of a bulletin: each states what a figure says, and nothing besides."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal

from portal.bulletin.facts import Bulletin, Figure, MonthFigure
from portal.look.texts import texts
from schemas.contract import load_contracts

#: What a figure says, by indicator: {when}, {whole}, {n} and {d} of it.
_SAID = {
    "I1": (
        "{when}，{whole}应投保企业 {d}，其中 {n}有有效保单，投保覆盖率",
        "At the end of {when}, {n} of {d} enterprises that must insure had a policy in force: coverage",
    ),
    "I2": (
        "{when}，{whole}支付赔款 {n}，签单保费（含批改变化）{d}，事故赔付率",
        "From {when}, {n} yuan were paid on claims, {d} yuan of premium were written: loss ratio",
    ),
    "I3": (
        "{when}，{whole}计划完成事故预防服务 {d}，双方确认完成 {n}，服务完成率",
        "From {when}, {n} of {d} planned services were done and confirmed: completion",
    ),
    "I4": (
        "{when}，{whole}发现问题隐患 {d}，已验证闭环 {n}，整改率",
        "From {when}, {n} of {d} hazards found were verified as closed: rectification",
    ),
    "I5": (
        "{when}，{whole}按约定或要求的比例应有事故预防服务费用 {d}，已支付 {n}，支付率",
        "From {when}, {n} of {d} yuan of prevention fees were paid: payment",
    ),
}
_SHORT = {
    "I1": ("投保覆盖率", "Coverage"), "I2": ("事故赔付率", "Loss ratio"), "I3": ("服务完成率", "Services done"),
    "I4": ("隐患整改率", "Hazards closed"), "I5": ("费用支付率", "Fees paid"),
}  # fmt: skip
_PERIODS = {
    "as_of": ("月末时点", "month end"), "month": ("当月", "this month"), "ytd": ("本年累计", "this year"),
    "rolling12": ("近12个月", "12 months"),
}  # fmt: skip
_NO_VALUE = {
    "zero_denominator": ("分母为零", "denominator is zero"), "negative_denominator": ("分母为负", "denominator is negative")
}  # fmt: skip
_KINDS = {
    "held": ("整批被隔离", "held as a whole"), "declared": ("部分行被隔离", "held in part"),
    "rejected": ("未采用或申报的行未收到", "not used, or rows that were declared did not come"),
}  # fmt: skip
#: What marks a figure of a small sample.
SMALL = "＊"


def short_name(code: str, language: str) -> str:
    """An indicator in a few words, for the head of a column."""
    return texts(language)(*_SHORT[code])


def period_name(kind: str, language: str) -> str:
    """A kind of period."""
    return texts(language)(*_PERIODS[kind])


def month_name(month: dt.date, language: str) -> str:
    """2026年10月, 2026-10."""
    return texts(language)(f"{month.year}年{month.month}月", f"{month:%Y-%m}")


def whole(bulletin: Bulletin, language: str) -> str:
    """The place of the sentences: 全省, 全市, a county by name; with sector or insurer."""
    zh = {"province": "全省", "city": "全市"}.get(bulletin.area.region_level, bulletin.area.region_name)
    first, place = bulletin.figures[0], bulletin.place
    zh += (first.domain_name or "") if place.domain_code != "*" else ""
    zh = (first.insurer_name or place.insurer_id) + f"在{zh}" if place.insurer_id != "*" else zh
    return texts(language)(zh, bulletin.area.region_name)


def subject(bulletin: Bulletin) -> str:
    """The place by its names: area, sector, insurer."""
    first, place = bulletin.figures[0], bulletin.place
    named = [bulletin.area.region_name]
    named += [first.domain_name or place.domain_code] if place.domain_code != "*" else []
    named += [first.insurer_name or place.insurer_id] if place.insurer_id != "*" else []
    return " ".join(named)


def sentence(bulletin: Bulletin, figure: Figure, language: str) -> str:
    """One figure of the place: what was counted, the value, and by how much it moved in a month."""
    t = texts(language)
    said = t(*_SAID[figure.code]).format(
        when=_when(figure.period_kind, bulletin.edition.month, language), whole=whole(bulletin, language),
        n=counted(figure.numerator_text, language), d=counted(figure.denominator_text, language),
    )  # fmt: skip
    if figure.value is None:
        why = t(*_NO_VALUE.get(figure.null_reason or "", ("暂无数据", "no data")))
        return said + t(f"没有数值（{why}）。", f": no value ({why}).")
    extras = [_moved(bulletin, figure, language), _targeted(bulletin, figure, language)]
    small = t("（样本过小，仅供参考）", " (small sample)") if figure.is_small_sample else ""
    return t("", "").join((said, " ", figure.shown_text, small, *extras)) + t("。", ".")


def change(figure: Figure, before: MonthFigure | None) -> Decimal | None:
    """Percentage points between the two values as they are shown; None where one is missing."""
    if before is None or before.value is None or figure.shown_pct is None:
        return None
    return Decimal(figure.shown_text.rstrip("%")) - Decimal(before.shown_text.rstrip("%"))


def signed(points: Decimal | None) -> str:
    """A change with its sign; a dash for none."""
    return "—" if points is None else f"{points:+}" if points else f"{abs(points)}"


def counted(text: str, language: str) -> str:
    """A number with its unit; in English the unit stands in the sentence."""
    return texts(language)(text, text.partition(" ")[0])


def wide(text: str) -> str:
    """Chinese punctuation as print has it."""
    return text.translate(str.maketrans(",;():", "，；（）："))


def added(value: Decimal, shown: str, language: str) -> str:
    """What is added to a number, written as ``shown`` is, its sign before it: +354 家, -1,200.50 元. Rounded half up."""
    number, _, unit = shown.partition(" ")
    places = Decimal(1).scaleb(-len(number.partition(".")[2]))
    rounded = value.quantize(places, ROUND_HALF_UP)
    text = f"{rounded:+,f}" if rounded else f"{abs(rounded):f}"
    return counted(f"{text} {unit}", language)


def marks(figure: Figure, language: str) -> str:
    """What a reader must know beside a figure: no value, a small sample."""
    t = texts(language)
    if figure.value is None:
        return t(*_NO_VALUE.get(figure.null_reason or "", ("暂无数据", "no data")))
    return t("样本过小", "small sample") if figure.is_small_sample else ""


def feed_name(feed: str, language: str) -> str:
    """The record type of a feed ``insurer/record type``."""
    record_type, contracts = feed.partition("/")[2], load_contracts()
    return (
        texts(language)(contracts[record_type].business_name, record_type) if record_type in contracts else record_type
    )


def insurer_name(bulletin: Bulletin, insurer_id: str) -> str:
    """An insurer's name in the register, else its id."""
    return dict(bulletin.insurer_names).get(insurer_id, insurer_id)


def imbalance_name(kind: str, language: str) -> str:
    """Why a delivery does not add up."""
    return texts(language)(*_KINDS.get(kind, (kind, kind)))


def _when(period_kind: str, month: dt.date, language: str) -> str:
    if period_kind == "as_of":
        return texts(language)(f"{month.month}月末", f"{month:%Y-%m}")
    first = "" if month.month == 1 else "1—"
    return texts(language)(f"{first}{month.month}月", f"{month:%Y}-01 to {month:%Y-%m}" if first else f"{month:%Y-%m}")


def _moved(bulletin: Bulletin, figure: Figure, language: str) -> str:
    t, before = texts(language), bulletin.before(figure)
    points = change(figure, before)
    if before is None or points is None:
        return ""
    then = _when(figure.period_kind, before.month, language)
    if not points:
        return t(f"，与{then}持平", f", as in {then}")
    is_neutral = bulletin.definition(figure.code).direction == "neutral"
    up = t("上升" if is_neutral else "提高", "up")
    verb = up if points > 0 else t("下降", "down")
    return t(f"，比{then}{verb} {abs(points)} 个百分点", f", {verb} {abs(points)} points from {then}")


def _targeted(bulletin: Bulletin, figure: Figure, language: str) -> str:
    target = bulletin.definition(figure.code).target
    if target is None or figure.value is None:
        return ""
    met = figure.value >= target
    t, shown = texts(language), f"{(target * 100).normalize():f}%"
    return t(f"，目标 {shown}，{'已达到' if met else '未达到'}", f"; target {shown}, {'met' if met else 'not met'}")
