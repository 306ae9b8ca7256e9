"""How complete the figures of a bulletin are: deliveries, timeliness, what is provisional, what was revised."""

from __future__ import annotations

from portal.bulletin import words
from portal.bulletin.blocks import Block, Column, Heading, Paragraph, Table
from portal.bulletin.facts import Bulletin, Timeliness
from portal.look.formats import count, moment, percent
from portal.look.texts import texts


def opening(bulletin: Bulletin, language: str) -> list[str]:
    """From which figures the bulletin is made, and what to keep in mind."""
    t, edition = texts(language), bulletin.edition
    day = t(f"{edition.as_of.year}年{edition.as_of.month}月{edition.as_of.day}日", f"{edition.as_of}")
    said = t(
        f"本通报依据平台固定的{words.month_name(edition.month, language)}数据编制。统计截止{day}，"
        f"计入 {moment(edition.known_at)} 之前入库的数据。",
        f"Made from the frozen figures of {edition.month:%Y-%m}: as of {day}, known at {moment(edition.known_at)}. ",
    )
    if edition.revision_no:
        said += t(f"这是第{edition.revision_no}次修订，", f"This is revision {edition.revision_no}; ")
        said += t(
            "与首次发布不同的数据列在“暂定事项与修订”中。", "what moved since the first figures is listed below. "
        )
    if edition.is_provisional:
        said += t(
            "数据为暂定，原因列在“暂定事项与修订”中。", "The figures are provisional, for the reasons listed below."
        )
    return [said]


def deliveries(bulletin: Bulletin, language: str) -> list[Block]:
    """Which insurers delivered, and who was in time."""
    t, edition = texts(language), bulletin.edition
    said = t(
        f"应报保险机构 {edition.expected_count} 家，数据全部送达的 {edition.delivered_count} 家。",
        f"{edition.delivered_count} of {edition.expected_count} insurers delivered everything.",
    )
    blocks: list[Block] = [Heading(t("数据报送情况", "Deliveries")), Paragraph(said)]
    if bulletin.timeliness:
        return [*blocks, _timeliness(bulletin.timeliness, language)]
    is_whole = bulletin.area.region_level == "province" and bulletin.place.domain_code == "*"
    none = t("本年没有到期的数据，报送及时率没有数值。", "Nothing was due this year, so there is no timeliness.")
    part = t(
        "报送及时率按机构统计，不分地区和行业，本通报不列。", "Timeliness is of insurers, not of areas or sectors."
    )
    return [*blocks, Paragraph(none if is_whole else part)]


def provisional(bulletin: Bulletin, language: str) -> list[Block]:
    """What made the figures provisional, and what moved since they were published first."""
    t = texts(language)
    items = [*_missing(bulletin, language), *_imbalanced(bulletin, language), *_gaps(bulletin, language)]
    blocks: list[Block] = [Heading(t("暂定事项与修订", "Provisional, and revised"))]
    if items:
        numbered = [t(f"（{n}）", f"({n}) ") if len(items) > 1 else "" for n in range(1, len(items) + 1)]
        blocks += [Paragraph(number + text) for number, text in zip(numbered, items, strict=True)]
    elif bulletin.edition.is_provisional:
        blocks.append(Paragraph(t("暂定的原因不在当前账号的权限内。", "The reasons are not this account's to see.")))
    else:
        blocks.append(Paragraph(t("本月数据没有暂定事项。", "Nothing is provisional.")))
    return [*blocks, *_revised(bulletin, language)]


def _timeliness(rows: tuple[Timeliness, ...], language: str) -> Table:
    t = texts(language)
    columns = (
        Column(t("保险机构", "Insurer"), 2.2), Column(t("到期", "Due"), 0.8, True), Column(t("按时", "In time"), 0.8, True),
        Column(t("逾期", "Late"), 0.8, True), Column(t("无法判定", "Undetermined"), 0.9, True),
        Column(t("及时率", "Timeliness"), 0.9, True),
    )  # fmt: skip
    told = tuple(
        (
            row.insurer_name, count(row.due_count), count(row.on_time_count), count(row.late_count),
            count(row.undetermined_count), percent(None if row.shown_pct is None else str(row.shown_pct)),
        )
        for row in rows
    )  # fmt: skip
    note = t("本年累计，单位为条，按机构代号排列，不作排名。", "Records, year to date, by insurer's id: no ranking.")
    return Table(t("数据报送及时率", "Timeliness of deliveries"), columns, told, note)


def _missing(bulletin: Bulletin, language: str) -> list[str]:
    feeds = bulletin.edition.missing_feeds
    t, names = texts(language), _by_insurer(bulletin, feeds, language)
    said = t(f"截至固定时，有 {len(feeds)} 项数据未送达：", f"{len(feeds)} feeds were missing: ")
    return [said + t("；", "; ").join(names) + t("。", ".")] if feeds else []


def _imbalanced(bulletin: Bulletin, language: str) -> list[str]:
    feeds = bulletin.edition.imbalanced_feeds
    if not feeds:
        return []
    t = texts(language)
    said = t(f"有 {len(feeds)} 项数据申报与入库不平：", f"{len(feeds)} feeds did not balance: ")
    said += t("；", "; ").join(_by_insurer(bulletin, feeds, language)) + t("。", ".")
    kinds = sorted({each.kind for each in bulletin.imbalances})
    told = [_kind(bulletin, kind, language) for kind in kinds]
    rows = sum(each.open_row_count for each in bulletin.imbalances)
    told += [t(f"仍被隔离 {rows:,} 行", f"{rows:,} rows still held")] if rows else []
    return [said + (t("其中", " ") + t("，", ", ").join(told) + t("。", ".") if told else "")]


def _kind(bulletin: Bulletin, kind: str, language: str) -> str:
    number = sum(each.delivery_count for each in bulletin.imbalances if each.kind == kind)
    name = words.imbalance_name(kind, language)
    return texts(language)(f"{name} {number} 批", f"{name}: {number}")


def _gaps(bulletin: Bulletin, language: str) -> list[str]:
    t = texts(language)
    return [
        t(f"{gap.name_zh}未能计算：{gap.reason}。", f"{gap.code} was not computed: {gap.reason}.")
        for gap in bulletin.gaps
    ]


def _by_insurer(bulletin: Bulletin, feeds: tuple[str, ...], language: str) -> list[str]:
    """Feeds in words, of one insurer together."""
    t, grouped = texts(language), dict[str, list[str]]()
    for feed in feeds:
        insurer_id = feed.partition("/")[0]
        grouped.setdefault(insurer_id, []).append(words.feed_name(feed, language))
    return [
        words.insurer_name(bulletin, insurer_id) + t("（", " (") + t("、", ", ").join(names) + t("）", ")")
        for insurer_id, names in grouped.items()
    ]


def _revised(bulletin: Bulletin, language: str) -> list[Block]:
    t = texts(language)
    if not bulletin.edition.revision_no:
        return []
    if not bulletin.revisions:
        return [
            Paragraph(t("本通报所列数据自首次发布以来没有变化。", "Nothing told here moved since the first figures."))
        ]
    columns = (
        Column(t("地区", "Area"), 1.1), Column(t("指标", "Indicator"), 1.1), Column(t("统计期", "Period"), 1),
        Column(t("首次发布", "First"), 2, True), Column(t("本次", "Now"), 2, True),
    )  # fmt: skip
    rows = tuple(
        (
            each.region_name, words.short_name(each.code, language), words.period_name(each.period_kind, language),
            f"{each.first_text}\n{each.first_of}", f"{each.latest_text}\n{each.latest_of}",
        )
        for each in bulletin.revisions
    )  # fmt: skip
    said = t(
        f"自首次发布以来，本通报范围内有 {len(rows)} 个数据变化，全部列在下表。",
        f"{len(rows)} figures moved; all are listed.",
    )
    return [Paragraph(said), Table(t("首次发布以来的变化", "What moved"), columns, rows)]
