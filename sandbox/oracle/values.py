"""Text of a delivery to exact Python values, written a second time so that a fault of the loader is not repeated here."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from schemas.contract import Field

T = TypeVar("T")
Value = str | int | bool | Decimal | dt.date | dt.datetime | None
Reader = Callable[[str], Value]

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
_SCALES = {"amount": 2, "ratio": 6, "decimal": 6}
_FACTORS = {"元": Decimal(1), "万元": Decimal(10_000), "分": Decimal("0.01"), "百分比": Decimal("0.01")}
_TRUE = frozenset({"是", "1", "true"})
_FALSE = frozenset({"否", "0", "false"})
_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?([eE][+-]?\d+)?")
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_SPACES = re.compile(r"\s+")


class Unreadable(ValueError):
    """Raised when a text is no value of its kind, from the readers of this package; holds no value."""

    def __init__(self, problem: str, field: str = "") -> None:
        super().__init__(problem)
        self.field = field


def reader(field: Field, column: Mapping[str, Any]) -> Reader:
    """How a source text of one column becomes the value of ``field``; ``column`` has unit, format and lookup or None."""
    after_lookup = _by_kind(field, column.get("unit"), column.get("format"))
    lookup = column.get("lookup")
    return _remembering(_looking_up(lookup, after_lookup) if lookup else after_lookup)


def _remembering(read: Reader) -> Reader:
    known: dict[str, Value] = {}

    def remembered(text: str) -> Value:
        if text not in known:
            known[text] = read(text)
        return known[text]

    return remembered


def _looking_up(lookup: Mapping[str, str], read: Reader) -> Reader:
    folded = {fold(source): target for source, target in lookup.items()}

    def looked_up(text: str) -> Value:
        target = folded.get(fold(text))
        if target is None:
            raise Unreadable("value stands in no lookup")
        return read(target)

    return looked_up


def _by_kind(field: Field, unit: str | None, form: str | None) -> Reader:
    if field.kind in _SCALES:
        return lambda text: number(text, unit, _SCALES[field.kind])
    if field.kind == "count":
        return count
    if field.kind == "boolean":
        return boolean
    if field.kind == "date":
        return lambda text: date(text, form)
    if field.kind == "timestamp":
        return lambda text: timestamp(text, form)
    return _text_reader(field)


def _text_reader(field: Field) -> Reader:
    if field.semantic_type == "credit_code":
        return lambda text: _SPACES.sub("", fold(text)).replace("-", "").upper()
    if field.kind == "list":
        return list_text
    if field.kind == "hash":
        return lambda text: fold(text).lower()
    return fold if field.kind in {"identifier", "code"} else str.strip


def fold(text: str) -> str:
    """Full width to half width, blanks at the ends gone."""
    return unicodedata.normalize("NFKC", text).strip()


def list_text(text: str) -> str | None:
    """A ``;``-separated list without blanks around its parts and without empty parts."""
    parts = [part.strip() for part in text.replace("；", ";").split(";")]
    return ";".join(filter(None, parts)) or None


def number(text: str, unit: str | None, scale: int) -> Decimal:
    """A decimal with at most ``scale`` places after its unit is applied; ``%`` is the unit 百分比 written out."""
    folded = fold(text)
    unit = "百分比" if folded.endswith("%") else unit
    folded = folded.removesuffix("%").strip()
    if not _NUMBER.fullmatch(folded):
        raise Unreadable("no number")
    try:
        value = Decimal(folded.replace(",", "")) * _FACTORS[unit or "元"]
    except InvalidOperation as error:
        raise Unreadable("no number") from error
    fixed = value.quantize(Decimal(1).scaleb(-scale))
    if fixed != value:
        raise Unreadable("too many decimal places")
    return fixed


def count(text: str) -> int:
    """A whole number; ``12.0`` is 12, ``12.5`` is refused."""
    value = number(text, None, 6)
    if value != value.to_integral_value():
        raise Unreadable("no whole number")
    return int(value)


def boolean(text: str) -> bool:
    folded = fold(text).lower()
    if folded in _TRUE:
        return True
    if folded in _FALSE:
        return False
    raise Unreadable("no yes or no")


def date(text: str, form: str | None = None) -> dt.date:
    """A calendar date in Shanghai; a midnight behind the date is dropped."""
    folded = fold(text)
    found = _DATE.fullmatch(folded[:10]) if form is None else None
    if found and folded[10:] in {"", " 00:00:00", "T00:00:00"}:
        return _made(lambda: dt.date(int(found[1]), int(found[2]), int(found[3])))
    if form is None:
        raise Unreadable("no date")
    return _made(lambda: dt.datetime.strptime(folded, form).date())  # noqa: DTZ007  # a date has no zone


def timestamp(text: str, form: str | None = None) -> dt.datetime:
    """An instant; without offset it is Shanghai time, a date alone is its first moment."""
    folded = fold(text)
    if form in {"epoch_seconds", "epoch_millis"}:
        places = Decimal(1) if form == "epoch_seconds" else Decimal(1000)
        return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(
            microseconds=int(number(folded, None, 6) / places * 10**6)
        )
    if form is None:
        found = _made(lambda: dt.datetime.fromisoformat(folded))
    else:
        found = _made(lambda: dt.datetime.strptime(folded, form))  # noqa: DTZ007  # the zone is added below
    return found if found.tzinfo else found.replace(tzinfo=SHANGHAI)


def _made(make: Callable[[], T]) -> T:
    try:
        return make()
    except ValueError as error:
        raise Unreadable("no such date or time") from error


def on_day(instant: dt.datetime) -> dt.date:
    """The Shanghai date of an instant."""
    return instant.astimezone(SHANGHAI).date()
