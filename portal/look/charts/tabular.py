"""The table beneath a chart: the same data, for those who read rather than look."""

from __future__ import annotations

from dataclasses import dataclass

from portal.look.frame import Column
from portal.look.texts import texts


@dataclass(frozen=True)
class ChartTable:
    """Caption, columns and rows of texts, in the order of the chart."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


def remark(
    language: str, *, is_below_floor: bool = False, is_provisional: bool = False, is_missing: bool = False
) -> str:
    """What a reader must know of one value, in words; empty for a plain one."""
    t = texts(language)
    said = (
        (is_below_floor, t("样本不足，不参与排名", "too few to rank")),
        (is_missing and not is_below_floor, t("暂无数据", "no data")),
        (is_provisional, t("暂定", "provisional")),
    )
    return t("；", "; ").join(words for holds, words in said if holds)
