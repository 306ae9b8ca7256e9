"""Cells become text: a key as the sheet shows it, an amount by its meaning, a date in ISO form, text as it is."""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import Decimal
from typing import NamedTuple

from connectors.model import Use
from connectors.parse.number_format import NumberFormat
from connectors.parse.reasons import refuse
from connectors.parse.sheet import SheetCell
from connectors.parse.workbook import Workbook, unescaped

_DIGITS = 15
"""What a spreadsheet keeps and shows of a number."""
_EXACT_BELOW = 10**_DIGITS
_CENTS_BELOW = 10**13
"""From here on fifteen digits do not reach to the cent."""
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_REMEMBERED = 50_000
_LAST_DAY = 2_958_466  # the day after 9999-12-31
_LEAP_BUG = 60  # 1900-02-29, which there never was
_TRUE = frozenset({"1", "true"})


class Doubt(NamedTuple):
    """The text of a cell that cannot be trusted, the rule that says why, and what stands there."""

    text: str
    rule_id: str
    found: str


class CellReader:
    """Reads the cells of one workbook."""

    def __init__(self, book: Workbook) -> None:
        self._book, self._texts = book, book.texts
        self._base = dt.datetime(1904, 1, 1) if book.is_1904 else dt.datetime(1899, 12, 30)  # noqa: DTZ001 - a local time
        self._known: dict[tuple[str, int, Use], str | Doubt] = {}
        self._decorated = frozenset(i for i, form in enumerate(book.formats) if form.decorates_text)

    def read(self, cell: SheetCell, use: Use) -> str | Doubt:
        """The text of a cell for a column of that use. Raises UnreadableFile (FILE-020)."""
        kind, style, text = cell
        if text is None:
            return Doubt("", "MAP-012", "")
        if kind == "s":
            text = self._shared(text)
        elif kind == "n":
            key = (text, style, use)
            known = self._known.get(key)
            if known is None:
                known = self._remembered(key)
            return known
        elif kind in {"str", "inlineStr"}:
            text = unescaped(text)
        else:
            return self._other(kind, text)
        if style in self._decorated and use in {"key", "text"}:
            return _decorated(text, self._book.format_of(style), use)
        return text

    def _remembered(self, key: tuple[str, int, Use]) -> str | Doubt:
        """The text of a number, kept for its next cell: dates, counts and limits come again and again."""
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[key] = known = self._number(*key)
        return known

    def _shared(self, text: str) -> str:
        try:
            number = int(text)
            return self._texts[number] if number >= 0 else self._texts[len(self._texts)]
        except (ValueError, IndexError) as error:
            raise refuse("FILE-020", "", f"没有共享文本 {text[:20]}") from error

    def _other(self, kind: str, text: str) -> str | Doubt:
        if kind == "b":
            return "true" if text.strip() in _TRUE else "false"
        if kind == "e":
            return text if text.startswith("#") else "#VALUE!"
        if kind == "d":
            return _iso(text)
        raise refuse("FILE-020", "", f"单元格类型 {kind[:10]}")

    def _number(self, text: str, style: int, use: Use) -> str | Doubt:
        form = self._book.format_of(style)
        plain = _plain(text)
        if isinstance(plain, Doubt):
            return plain
        if form.is_plain:
            return plain
        if form.is_date:
            return self._date(plain, form, use)
        if use in {"number", "ratio"}:
            meant = form.meant(plain)
            if meant is None or (use == "number" and meant != plain):
                return Doubt(plain, "MAP-014", form.code)
            return meant
        shown = form.shown(plain)
        if shown is None:
            return plain if use == "text" else Doubt(plain, "MAP-013", form.code)
        return shown

    def _date(self, plain: str, form: NumberFormat, use: Use) -> str | Doubt:
        days = Decimal(plain)
        if not 0 <= days < _LAST_DAY or (int(days) == _LEAP_BUG and not self._book.is_1904):
            return Doubt(plain, "MAP-015", plain)
        text = self._moment(days)
        return Doubt(text, "MAP-013", form.code) if use == "key" else text

    def _moment(self, days: Decimal) -> str:
        """A date, or a local time to the millisecond that a spreadsheet can hold, in ISO form; below a day a time."""
        if 0 < days < _LEAP_BUG and not self._book.is_1904:
            span = dt.timedelta(days=float(days + 1) if days >= 1 else float(days))
        else:
            span = dt.timedelta(days=float(days))
        moment = self._base + span
        second = (moment + dt.timedelta(microseconds=500_000)).replace(microsecond=0)
        near = second if abs(second - moment) <= dt.timedelta(milliseconds=1) else moment
        if days < 1:
            return near.time().isoformat()
        return near.date().isoformat() if near.time() == dt.time(0) else near.isoformat()


def _decorated(text: str, form: NumberFormat, use: Use) -> str | Doubt:
    shown = form.shown_text(text)
    if shown is not None:
        return shown
    return text if use == "text" else Doubt(text, "MAP-013", form.code)


def _plain(text: str) -> str | Doubt:
    """A number as plain decimal text of at most fifteen digits, as a spreadsheet shows it."""
    if len(text) <= _DIGITS and text.isascii() and text.isdigit():
        return text.lstrip("0") or "0"
    if not _NUMBER.fullmatch(text.strip()):
        raise refuse("FILE-020", "", f"{text[:20]!r} 不是数")
    value = float(text)
    if not math.isfinite(value) or abs(value) >= _EXACT_BELOW:
        return Doubt(text.strip(), "MAP-011", text.strip()[:40])
    kept = Decimal(format(value, f".{_DIGITS}g"))
    if abs(value) >= _CENTS_BELOW and kept != Decimal(text.strip()):
        return Doubt(text.strip(), "MAP-011", text.strip()[:40])
    plain = format(kept, "f")
    return "0" if not kept else plain


def _iso(text: str) -> str | Doubt:
    try:
        moment = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        return Doubt(text, "MAP-015", text[:40])
    return moment.date().isoformat() if moment.time() == dt.time(0) and not moment.tzinfo else moment.isoformat()
