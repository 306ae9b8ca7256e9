"""The areas below a bulletin's place: their figures side by side, and who is highest and lowest of those that can be compared."""

from __future__ import annotations

from decimal import Decimal

from portal.bulletin import annexes, drawing, words
from portal.bulletin.blocks import Block, Charts, Column, Heading, Paragraph, Table
from portal.bulletin.facts import CODES, Bulletin, Figure
from portal.look.texts import texts


def areas(bulletin: Bulletin, language: str) -> list[Block]:
    """A section of the areas; none where the place has none, or the account sees no figure of one."""
    told = annexes.told_codes(bulletin)
    if not told:
        return []
    t, is_province = texts(language), bulletin.area.region_level == "province"
    bars = drawing.coverage_bars(bulletin, language) if len(comparable(bulletin)) > 1 else None
    columns = [Column(t("地区", "Area"), 1.2)]
    columns += [Column(words.short_name(code, language), is_number=True) for code in told]
    rows = [(part.region_name, *(_marked(part.figure(code)) for code in told)) for part in bulletin.parts]
    title = t("各市情况", "Cities") if is_province else t("各县（市、区）情况", "Counties")
    table = Table(title, tuple(columns), tuple(rows), _areas_note(bulletin, language))
    charts: list[Charts] = [bars] if bars else []
    return [Heading(title), *(Paragraph(text) for text in _coverage_told(bulletin, language)), table, *charts]


def _marked(figure: Figure | None) -> str:
    if figure is None:
        return "—"
    return figure.shown_text + (words.SMALL if figure.is_small_sample else "")


def _areas_note(bulletin: Bulletin, language: str) -> str:
    t = texts(language)
    figures = [figure for part in bulletin.parts for figure in part.figures]
    said = [t("除投保覆盖率为月末时点外，都是本年累计；分子、分母见附表。", "This year; coverage at the month's end.")]
    if any(figure.is_small_sample for figure in figures):
        said.append(t(f"{words.SMALL} 样本过小，不参与比较。", f"{words.SMALL} small sample, not compared."))
    missing = [words.short_name(code, language) for code in CODES if code not in annexes.told_codes(bulletin)]
    if missing:
        said.append(
            t(
                f"{'、'.join(missing)}不统计到这一级，或不在当前账号的权限内。",
                f"Not of these areas: {', '.join(missing)}.",
            )
        )
    return t("", " ").join(said)


def comparable(bulletin: Bulletin) -> list[Figure]:
    """Coverage of the areas that can be compared: it has a value, and the sample is not small."""
    found = (part.figure("I1") for part in bulletin.parts)
    return [figure for figure in found if figure and figure.shown_pct is not None and not figure.is_small_sample]


def _coverage_told(bulletin: Bulletin, language: str) -> list[str]:
    """How many areas can be compared by coverage, and which are highest and lowest; nothing where none is told."""
    if not any(part.figure("I1") for part in bulletin.parts):
        return []
    t, all_count, found = texts(language), len(bulletin.parts), comparable(bulletin)
    kind = t("市" if bulletin.area.region_level == "province" else "县（市、区）", "areas")
    if len(found) < 2:
        return [t(f"{all_count}个{kind}的投保覆盖率样本过小或没有数据，不作比较。",
                  f"Coverage of the {all_count} {kind} is not compared: too small, or no figure.")]  # fmt: skip
    rest = all_count - len(found)
    left = t(f"，其余{rest}个样本过小或没有数据，不作比较", f", {rest} are too small or have no figure") if rest else ""
    begin = t(f"{all_count}个{kind}中，{len(found)}个可以比较投保覆盖率{left}。",
              f"{len(found)} of {all_count} {kind} can be compared by coverage{left}. ")  # fmt: skip
    return [begin + _ends(found, kind, language)]


def _ends(figures: list[Figure], kind: str, language: str) -> str:
    t, shown = texts(language), [figure.shown_pct or Decimal(0) for figure in figures]
    if min(shown) == max(shown):
        return t(f"均为 {figures[0].shown_text}。", f"All have {figures[0].shown_text}.")
    highest, lowest = (_those(figures, value, (kind, language)) for value in (max(shown), min(shown)))
    return t(f"{highest}，为最高；{lowest}，为最低。", f"Highest: {highest}. Lowest: {lowest}.")


def _those(figures: list[Figure], shown: Decimal, said: tuple[str, str]) -> str:
    """The areas of one value by name; of more than three the first, and how many."""
    (kind, language), found = said, [figure for figure in figures if figure.shown_pct == shown]
    t, names = texts(language), [figure.region_name for figure in found]
    if len(names) > 3:
        return (
            t(f"{names[0]}等{len(names)}个{kind} ", f"{names[0]} and {len(names) - 1} other {kind} ")
            + found[0].shown_text
        )
    return t("、", ", ").join(names) + f" {found[0].shown_text}"
