"""The words of a message: of the morning's digest, of what is critical in the day, of what engineers must know."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from pipeline.alerting.content import Content, Item
from schemas.time_zone import SHANGHAI
from warehouse.alerts.catalogue import LEVELS
from warehouse.alerts.outbox import Told

#: How an insurer and a region are called.
Named = Callable[[str], str]


def digest(told: Sequence[Told], at: dt.datetime, limit: int, portal_url: str, name: Named) -> Content | None:
    """What stands, and what came and went since the last digest; None where there is nothing to tell."""
    if not told:
        return None
    day = at.astimezone(SHANGHAI)
    standing = [each for each in told if each.record_count]
    listed = [each for each in standing if each.is_mine and not each.is_snoozed]
    closed = sum(not each.record_count for each in told)
    counts = "、".join(f"{zh} {n}" for level, zh in LEVELS.items() if (n := _count(standing, level)))
    news = sum(bool(each.entered_count) for each in standing)
    intro = f"未关闭 {len(standing)} 条({counts})" if standing else "没有未关闭的预警"
    intro += f";有新增记录的 {news} 条,已关闭 {closed} 条,暂缓 {sum(each.is_snoozed for each in standing)} 条。"
    items = [_item(each, portal_url, name) for each in listed]
    return Content(
        f"安责险预警日报 {day:%Y-%m-%d}", intro, items[:limit], len(items),
        f"截至 {day:%Y-%m-%d %H:%M}。只列本接收方负责处理的预警,其余见平台。口径:默认口径,可配置。",
    )  # fmt: skip


def urgent(told: Sequence[Told], at: dt.datetime, limit: int, portal_url: str, name: Named) -> Content | None:
    """What is critical and new since the last message; None where nothing is."""
    fresh = [each for each in told if each.level == "critical" and each.entered_count and each.is_mine]
    if not fresh:
        return None
    items = [_item(each, portal_url, name) for each in fresh]
    return Content(
        f"安责险严重预警 {len(fresh)} 条",
        f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M} 新出现。",
        items[:limit],
        len(items),
    )


def problems(found: Mapping[str, str], at: dt.datetime) -> Content | None:
    """What engineers must know of a look of the clock: kinds that it could not look for."""
    if not found:
        return None
    items = [Item("warning", f"{kind} 没有查", problem) for kind, problem in sorted(found.items())]
    intro = "这些预警本次没有查,其已有的预警保持原状。"
    return Content(f"时钟:{len(items)} 种预警没有查 {at.astimezone(SHANGHAI):%Y-%m-%d}", intro, items, len(items))


def ledger_head(position: int, hash_: str, at: dt.datetime) -> Content:
    """The head of the ledger, to be kept where the database's administrators cannot change it."""
    day = at.astimezone(SHANGHAI)
    line = f"{position} {hash_} {day.isoformat(timespec='seconds')}"
    intro = "请在平台之外留存此邮件:今后任何人改动此前的回执、结论或发布,都会与它不符(docs/ledger.md)。"
    return Content(f"存证链头 {day:%Y-%m-%d} 第 {position} 条", intro, [Item("notice", "链头", line)], 1)


def together(contents: Sequence[Content], limit: int) -> Content:
    """Several messages as one, because there were too many for their receiver; each alert once, as told last."""
    latest = {item.heading: item for content in contents for item in content.items}
    order = tuple(LEVELS)
    items = sorted(latest.values(), key=lambda item: order.index(item.level))
    total = max(len(items), *(content.total for content in contents))
    titles = ";".join(dict.fromkeys(content.title for content in contents))
    return Content(f"安责险预警汇总({len(contents)} 条消息)", f"消息过多,合并为一条:{titles}。", items[:limit], total)


def _item(told: Told, portal_url: str, name: Named) -> Item:
    who = told.insurer_id or told.region_code
    heading = f"【{told.level_zh}】{told.title_zh}"
    if who and told.scope != "province":
        heading += f" · {name(who)}"
    elif told.scope == "province" and told.insurer_count > 1:
        heading += f" · {told.insurer_count} 家机构"
    notes = [told.alert_no]
    if told.entered_count:
        notes.append(f"新增 {told.entered_count}")
    if told.left_count:
        notes.append(f"已消除 {told.left_count}")
    if told.is_escalated:
        notes.append("已升级")
    if told.is_acknowledged:
        notes.append("已受理")
    if told.deadline_on:
        notes.append(f"最早期限 {told.deadline_on}")
    more = told.record_count - len(told.lines)
    lines = [*told.lines, *([f"…共 {told.record_count} 条,见平台"] if more > 0 else [])]
    return Item(
        told.level, heading, f"{told.reason}。", lines, told.remedy_zh, ",".join(notes),
        f"{portal_url}/alerts/{told.alert_no}" if portal_url else "",
    )  # fmt: skip


def _count(told: Sequence[Told], level: str) -> int:
    return sum(each.level == level for each in told)
