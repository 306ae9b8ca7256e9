"""The left menu of each kind of account: the one list of the portal's pages that people start from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from portal.look.frame import MenuEntry
from portal.person import Person

Texts = Callable[[str, str], str]


@dataclass(frozen=True)
class Entry:
    """A page that people start from. ``is_for`` insurers, regulators, both, or regulators of the whole (province and sectors)."""

    href: str
    zh: str
    en: str
    icon: str
    is_for: str
    group: tuple[str, str] | None = None
    also: tuple[str, ...] = ()
    """Other addresses whose pages belong here."""


ENTRIES = (
    Entry("/submissions", "数据报送", "Submit", "upload", "insurers", ("报送", "Submissions")),
    Entry("/submissions/history", "报送记录", "History", "list", "insurers"),
    Entry("/evidence", "影像资料", "Evidence", "file", "insurers"),
    Entry("/console", "总览", "Overview", "chart", "regulators", ("监管", "Supervision")),
    Entry("/console/months", "月份与通报", "Months", "clock", "regulators", also=("/console/bulletin",)),
    Entry("/console/lists", "工作清单", "Work lists", "list", "regulators"),
    Entry(
        "/console/search", "查询", "Search", "search", "regulators", also=("/console/enterprises", "/console/agencies")
    ),
    Entry("/console/insurers", "保险机构", "Insurers", "building", "regulators"),
    Entry("/submissions/history", "报送记录", "Deliveries", "upload", "whole", also=("/submissions", "/rules")),
    Entry("/due", "待办", "What is due", "clock", "both", ("时限", "Deadlines"), also=("/expected", "/extensions")),
    Entry("/alerts", "预警", "Alerts", "warning", "both"),
    Entry("/obligations", "应服务义务", "Obligations", "list", "both"),
    Entry("/console/audit", "审计", "Audit", "clock", "regulators", ("平台", "Platform")),
    Entry("/console/accounts", "账号与权限", "Accounts", "people", "regulators"),
)


def menu(person: Person, path: str, t: Texts) -> tuple[MenuEntry, ...]:
    """The entries that a person has; the one with the longest address that begins the path is the present page."""
    whole = ("whole",) if person.sees_all_areas else ()
    sides = ("both", "insurers") if person.is_of_insurer else ("both", "regulators", *whole)
    shown = [entry for entry in ENTRIES if entry.is_for in sides]
    begun = [(at, e.href) for e in shown for at in (e.href, *e.also) if path == at or path.startswith(f"{at}/")]
    current = max(begun, key=lambda each: len(each[0]), default=(None, None))[1]
    return tuple(
        MenuEntry(t(e.zh, e.en), e.href, e.icon, e.href == current, t(*e.group) if e.group else None) for e in shown
    )


def home(person: Person) -> str:
    """Where a person begins."""
    return "/submissions" if person.is_of_insurer else "/console"
