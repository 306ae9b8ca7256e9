"""A work list as a file: all of its rows, or how many of how many; with what it means, narrowed to what, by whom.

A workbook holds that on a sheet of its own, and its reader's name on screen and on paper. A CSV file holds rows and
nothing else: a comment above them is taken for the header by every program that reads it, lines beneath them are taken
for rows. What it means stands in a text beside it, named by the header Link (rel="describedby", as W3C's CSV on the Web
has it) and by a link on the page; the file's name says the day and how many rows of how many it holds.
"""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass

from pipeline.reporting.tables import Stamp, Table, write_csv_file, write_xlsx_sheets
from portal.console.address import View
from portal.console.in_words import InWords
from portal.console.list_asking import Narrowed
from portal.console.lists import Column, ListPage, WorkList
from portal.console.scope import ALL
from portal.look import formats
from portal.look.texts import texts

#: Rows of one file. A list that is longer is cut, and says so.
MOST_ROWS = 100_000
#: Where a row came from, for who looks it up in the API.
RECORD_COLUMNS = (
    Column("record_type", "record_type", "数据类型", "Record type"),
    Column("version_id", "text", "版本号", "Version"),
)


@dataclass(frozen=True)
class Export:
    """Rows of a list with all that is told of them; ``login`` saved it ``at``."""

    found: ListPage
    view: View
    narrowing: Narrowed
    words: InWords
    login: str
    at: dt.datetime

    @property
    def work_list(self) -> WorkList:
        return self.found.work_list

    @property
    def shown(self) -> int:
        return len(self.found.page.rows)

    @property
    def name(self) -> str:
        """Name of the file, without its ending."""
        t = texts(self.words.language)
        total = self.found.page.total
        rows = (
            t(f"{total}条", f"{total}-rows")
            if total == self.shown
            else t(f"前{self.shown}条共{total}条", f"{self.shown}-of-{total}")
        )
        return f"{t(self.work_list.zh, self.work_list.en)}_{self.view.publication.as_of}_{rows}"


def as_csv(export: Export) -> bytes:
    """The rows under their titles, UTF-8 with BOM; nothing in them runs as a formula."""
    written = io.BytesIO()
    write_csv_file(written, _titles(export), _rows(export))
    return written.getvalue()


def as_xlsx(export: Export) -> bytes:
    """A workbook: the rows, and a sheet that says what they are."""
    t = texts(export.words.language)
    written = io.BytesIO()
    sheets: dict[str, Table] = {
        t("清单", "List"): (_titles(export), _rows(export)),
        t("说明", "About"): ([t("项目", "Item"), t("内容", "Content")], about(export)),
    }
    write_xlsx_sheets(written, sheets, stamp=Stamp(export.login, formats.second(export.at)))
    return written.getvalue()


def as_text(export: Export) -> bytes:
    """What a CSV file holds, in words."""
    return "\r\n".join(f"{item}: {content}" for item, content in about(export)).encode("utf-8-sig")


def about(export: Export) -> list[tuple[str, str]]:
    """What the rows are: definition, narrowed to what, how old, how many, who saved them when."""
    t, publication = texts(export.words.language), export.view.publication
    included, excluded = export.work_list.included, export.work_list.excluded
    total, shown = export.found.page.total, export.shown
    complete = (
        t("全部导出", "complete")
        if shown == total
        else t("未全部导出,请缩小查询范围后分次导出", "cut: narrow the list down")
    )
    return [
        (t("清单", "List"), t(export.work_list.zh, export.work_list.en)),
        (t("包含", "Holds"), t(included.zh, included.en)),
        (t("不包含", "Leaves out"), t(excluded.zh, excluded.en)),
        *filters_of(export.view, export.narrowing, export.words, has_days=export.work_list.name == "ending"),
        (t("统计截止日", "As of"), formats.date(publication.as_of)),
        (t("数据截至", "Known at"), formats.second(publication.known_at)),
        (t("发布编号", "Publication"), str(publication.publication_id)),
        (t("总数 / 本文件", "Total / in this file"), f"{total} / {shown} ({complete})"),
        (t("导出账号", "Saved by"), export.login),
        (t("导出时间", "Saved at"), formats.second(export.at)),
    ]


def filters_of(view: View, narrowing: Narrowed, words: InWords, *, has_days: bool) -> list[tuple[str, str]]:
    """What a list is narrowed to, in words."""
    t, place, everything = texts(words.language), view.place, texts(words.language)("全部", "all")
    told = [
        (t("地区", "Area"), words.region(place.region_code)),
        (
            t("行业领域", "Sector"),
            everything if place.domain_code == ALL else words.code("CL-DOMAIN", place.domain_code),
        ),
        (
            t("保险机构", "Insurer"),
            everything if place.insurer_id == ALL else words.insurers.get(place.insurer_id, place.insurer_id),
        ),
    ]
    told += [(t("日期起", "From"), narrowing.since)] if narrowing.since else []
    told += [(t("日期止", "To"), narrowing.until)] if narrowing.until else []
    return told + ([(t("到期天数", "Days ahead"), str(narrowing.days))] if has_days else [])


def _columns(export: Export) -> list[Column]:
    own = [*export.work_list.columns]
    return own + [column for column in RECORD_COLUMNS if column.name not in {c.name for c in own}]


def _titles(export: Export) -> list[str]:
    t = texts(export.words.language)
    return [t(column.zh, column.en) for column in _columns(export)]


def _rows(export: Export) -> list[list[object]]:
    columns = _columns(export)
    return [[export.words.value(column, row) for column in columns] for row in export.found.page.rows]
