"""Rows of lists as people read them: codes, areas, insurers and record types in words; numbers stay numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from portal.console import names
from portal.console.lists import Column
from portal.console.names import Region
from portal.console.paging import Row
from portal.look import formats
from portal.look.texts import texts
from portal.submissions.words import record_name

#: Kinds of column whose values stand at the right.
NUMBERS = ("count", "amount", "ratio")
STATES = {
    "loaded": ("已入库", "loaded"), "held": ("被隔离", "held"), "silent": ("静默", "silent"), "paused": ("已暂停", "paused"),
    "heard": ("正常", "heard of"), "due": ("应开展", "due"), "overdue": ("逾期", "overdue"), "done": ("已完成", "done"),
    "open": ("未到期", "not due yet"), "granted": ("有效", "granted"), "revoked": ("已撤销", "revoked"),
    "api": ("接口", "interface"), "drop": ("手工", "by hand"),
}  # fmt: skip


@dataclass(frozen=True)
class InWords:
    """All that says codes in words, in one language."""

    language: str
    regions: Mapping[str, Region]
    insurers: Mapping[str, str]
    codes: Mapping[str, Mapping[str, tuple[str, str]]]

    def value(self, column: Column, row: Row) -> object:
        """What a file holds of a column: words, a number, a day; None where there is nothing."""
        found = row.values[column.name] if column.name in row.values else getattr(row, column.name)
        return found if found is None else self.said(column, found)

    def text(self, column: Column, row: Row) -> str:
        """What a page shows of a column."""
        value = self.value(column, row)
        if isinstance(value, dt.datetime):
            return formats.moment(value)
        if isinstance(value, dt.date):
            return formats.date(value)
        if column.kind == "ratio" and isinstance(value, Decimal):
            return f"{formats.amount((value * 100).normalize() + 0)}%"
        if column.kind in NUMBERS and isinstance(value, int | Decimal):
            return formats.amount(value)
        if value is None or value == "":
            return formats.NOTHING
        return str(value).replace("|", " / ") if column.name == "record_key" else str(value)

    def said(self, column: Column, found: object) -> object:
        """A value in words; a code that no list knows stays as it is."""
        if column.kind == "region":
            return self.region(str(found))
        if column.kind == "insurer":
            return self.insurers.get(str(found), found)
        if column.kind == "record_type":
            return record_name(str(found), self.language)
        if column.kind == "state":
            return texts(self.language)(*STATES[str(found)])
        return self.code(column.code_list, str(found)) if column.code_list else found

    def region(self, code: str) -> str:
        """An area's name, a county's with its city's."""
        region = self.regions.get(code)
        if region is None:
            return code
        parent = self.regions.get(region.parent_code or "")
        within = parent.region_name if parent and region.region_level == "county" else ""
        return f"{within}{region.region_name}"

    def code(self, list_code: str, code: str) -> str:
        """A code of a list."""
        words = self.codes.get(list_code, {}).get(code)
        return texts(self.language)(*words) if words else code


def in_words(connection: sa.Connection, lists: Iterable[str | None], day: dt.date, language: str) -> InWords:
    """The words of code lists, and of areas as they are called on a day."""
    codes = {name: names.codes(connection, name) for name in {*lists} if name}
    return InWords(language, names.regions(connection, day), names.insurers(connection), codes)
