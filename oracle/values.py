"""Text of a delivery to exact Python values, written a second time so that a fault of the loader is not repeated here."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from oracle.writing import fold, says_nothing
from schemas.contract import Field

T = TypeVar("T")
Value = str | int | bool | Decimal | dt.date | dt.datetime | None
Reader = Callable[[str], Value]

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
_SCALES = {"amount": 2, "ratio": 6, "decimal": 6}
_FACTORS = {"元": Decimal(1), "万元": Decimal(10_000), "分": Decimal("0.01"), "百分比": Decimal("0.01")}
_TRUE = frozenset({"是", "1", "true"})
_FALSE = frozenset({"否", "0", "false"})
_NUMBER = re.compile(r"[+-]?([1-9]\d{0,2}(,\d{3})+|\d+)(\.\d+)?")
_YUAN = re.compile(r"([+-]?)[¥￥]?([+-]?[\d,.]+)元?")
_DAY_FORMS = ("{}-{}-{}", "{}/{}/{}", "{}.{}.{}", "{}年{}月{}日")
_COMPACT_DAY = re.compile(r"\d{8}")
_COMPACT_MOMENT = re.compile(r"(\d{8})T?(\d{2})(\d{2})(\d{2})(Z|[+-]\d{4})?")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})([.,]\d{1,9})?)?([Zz]|[+-]\d{2}(?::?\d{2})?)?")
_NEVER = re.compile(r"(2099|9999)-12-31[Tt ]23:59:59([.,]\d{1,9})?([Zz]|[+-]\d{2}(:?\d{2})?)?")
_CLOCK_IN_WORDS = re.compile(r"(\d{1,2})时(\d{1,2})分(?:(\d{1,2})秒)?")
_MIDNIGHT = re.compile(r"[T ]0?0:00(:00(\.0+)?)?")
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
        return lambda text: number(_in_yuan(text, field, unit), unit, _SCALES[field.kind])
    if field.kind == "count":
        return count
    if field.kind == "boolean":
        return boolean
    if field.kind == "date":
        return lambda text: date(text, form)
    if field.kind == "timestamp":
        return lambda text: timestamp(text, form)
    read, nothing = _text_reader(field), says_nothing(field)
    return lambda text: None if fold(text).lower() in nothing else read(text) or None


def _in_yuan(text: str, field: Field, unit: str | None) -> str:
    """An amount without the sign of its currency; elsewhere such a sign is none of a number."""
    found = (
        _YUAN.fullmatch(fold(text).replace("\u2212", "-")) if field.kind == "amount" and unit in {None, "元"} else None
    )
    return found[1] + found[2] if found else text


def _text_reader(field: Field) -> Reader:
    if field.semantic_type == "credit_code":
        return lambda text: _SPACES.sub("", fold(text)).replace("-", "").upper()
    if field.kind == "list":
        return list_text
    if field.kind == "hash":
        return lambda text: fold(text).lower()
    return fold if field.kind in {"identifier", "code"} else str.strip


def list_text(text: str) -> str | None:
    """A ``;``-separated list without blanks around its parts and without empty parts."""
    parts = [part.strip() for part in text.replace("；", ";").split(";")]
    return ";".join(filter(None, parts)) or None


def number(text: str, unit: str | None, scale: int) -> Decimal:
    """A decimal with at most ``scale`` places after its unit is applied; ``%`` is the unit 百分比 written out."""
    folded = fold(text).replace("\u2212", "-")
    unit = "百分比" if folded.endswith("%") else unit
    folded = folded.removesuffix("%").strip()
    if not _NUMBER.fullmatch(folded):
        raise Unreadable("no number")
    try:
        value = Decimal(folded.replace(",", "")) * _FACTORS[unit or "元"]
        fixed = value.quantize(Decimal(1).scaleb(-scale))
    except ArithmeticError as error:
        raise Unreadable("no number that can be held") from error
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
    if form is not None:
        return _made(lambda: dt.datetime.strptime(folded, form).date())  # noqa: DTZ007  # a date has no zone
    if _NEVER.fullmatch(folded):
        return _day(folded[:10])
    end = next((m.start() for m in _MIDNIGHT.finditer(folded) if m.end() == len(folded)), len(folded))
    return _day(folded[:end])


def _day(text: str) -> dt.date:
    """Year, month and day in this order, in one of the forms of the page."""
    parts = re.findall(r"\d+", text)
    if _COMPACT_DAY.fullmatch(text):
        parts = [text[:4], text[4:6], text[6:]]
    elif len(parts) != 3 or not any(form.format(*parts) == text for form in _DAY_FORMS):
        raise Unreadable("no date")
    year, month, day = parts
    if len(year) != 4 or max(len(month), len(day)) > 2:
        raise Unreadable("no date")
    return _made(lambda: dt.date(int(year), int(month), int(day)))


def timestamp(text: str, form: str | None = None) -> dt.datetime:
    """An instant; without offset it is Shanghai time, a date alone is its first moment."""
    folded = fold(text)
    if form in {"epoch_seconds", "epoch_millis"}:
        places = Decimal(1) if form == "epoch_seconds" else Decimal(1000)
        seconds = number(folded, None, 6) / places
        return _made(lambda: dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=int(seconds * 10**6)))
    if form is None:
        moment = _instant(folded)
    else:
        found = _made(lambda: dt.datetime.strptime(folded, form))  # noqa: DTZ007  # the zone is added below
        moment = found if found.tzinfo else found.replace(tzinfo=SHANGHAI)
    _made(lambda: on_day(moment))  # an instant at the end of time has no day in Shanghai
    return moment


def _instant(text: str) -> dt.datetime:
    """A day, or a day and a time of it, in one of the forms of the page."""
    if found := _COMPACT_MOMENT.fullmatch(text):
        day, hour, minute, second, zone = found.groups()
        return _at(_day(day), (hour, minute, second, None, zone))
    for at in range(1, len(text)):
        if text[at] not in "Tt 日":
            continue
        day, clock = (
            (text[: at + 1], text[at + 1 :].removeprefix(" ")) if text[at] == "日" else (text[:at], text[at + 1 :])
        )
        if found := _CLOCK.fullmatch(clock):
            return _at(_day(day), found.groups())
        if found := _CLOCK_IN_WORDS.fullmatch(clock):
            return _at(_day(day), (*found.groups(), None, None))
    return _at(_day(text), ("0", "0", "0", None, None))


def _at(day: dt.date, clock: Sequence[str | None]) -> dt.datetime:
    hour, minute, second, fraction, zone = clock
    parts = (
        f"{(fraction or '')[:7].replace(',', '.')}{(zone or '+08:00').upper()}"  # a part of a microsecond is not kept
    )
    text = f"{day}T{int(hour or 0):02}:{int(minute or 0):02}:{int(second or 0):02}{parts}"
    return _made(lambda: dt.datetime.fromisoformat(text))


def _made(make: Callable[[], T]) -> T:
    try:
        return make()
    except (ValueError, ArithmeticError) as error:
        raise Unreadable("no such date or time") from error


def on_day(instant: dt.datetime) -> dt.date:
    """The Shanghai date of an instant."""
    return instant.astimezone(SHANGHAI).date()
