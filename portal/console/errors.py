"""What a page of the console cannot show, and why.

ConsoleError
├── NotPublished      no publication is the one that was asked for
├── NotShown          what was asked for does not exist, or is not the caller's: nobody is told which
└── BadCursor         a list's cursor is none of this list
"""

from __future__ import annotations


class ConsoleError(Exception):
    """Base of what a page of the console cannot show; ``zh`` and ``en`` say it to a person."""

    zh = ""
    en = ""


class NotPublished(ConsoleError):
    """Raised when no publication is the one that was asked for, from portal.console.publications."""

    zh = "没有这次发布,请另选统计截止日或数据截止时刻"
    en = "There is no such publication: choose another as-of day or moment"


class NotShown(ConsoleError):
    """Raised when a record or page does not exist or is not the caller's, from portal.console."""

    zh = "没有可以查看的内容:它不存在,或不在您的权限范围内"
    en = "Nothing to show: it does not exist, or it is outside what you may see"


class BadCursor(ConsoleError):
    """Raised when a cursor is none of this list, from portal.console.paging."""

    zh = "翻页位置无效,请从第一页重新查看"
    en = "This is no page of the list: begin with the first one"
