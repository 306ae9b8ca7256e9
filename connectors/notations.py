"""Ways of writing dates, times and numbers that can be read in one way only; ``docs/notations.md`` lists them.

Canonical text stays as it is, what is listed here becomes canonical text, everything else stays as it was written and is
held by the field rules. Whole columns at a time: one that is canonical throughout costs a look at its bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from schemas.column_bytes import contents
from schemas.contract import Kind
from schemas.folding import half_width

_YEAR = r"(?P<Y>(?:19|20)\d{2}|9999)"
_DATES = tuple(
    re.compile(pattern.replace("YEAR", _YEAR))
    for pattern in (
        r"YEAR([-/.])(?P<m>\d{1,2})\2(?P<d>\d{1,2})",
        r"YEAR年(?P<m>\d{1,2})月(?P<d>\d{1,2})日",
        r"YEAR(?P<m>\d{2})(?P<d>\d{2})",
    )
)
_CLOCKS = (
    re.compile(r"(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?P<f>[.,]\d{1,9})?)?(?P<z>[Zz]|[+-]\d{2}(?::?\d{2})?)?"),
    re.compile(r"(?P<H>\d{1,2})时(?P<M>\d{1,2})分(?:(?P<S>\d{1,2})秒)?(?P<f>)(?P<z>)"),
)
_COMPACT = re.compile(
    _YEAR + r"(?P<m>\d{2})(?P<d>\d{2})T?(?P<H>\d{2})(?P<M>\d{2})(?P<S>\d{2})(?P<f>)(?P<z>Z|[+-]\d{4})?"
)
_MIDNIGHT = re.compile(r"[T ]0{1,2}:00(:00(\.0+)?)?$")
#: The last second of a day that stands for never: nobody means the second.
_NEVER = re.compile(r"((?:2099|9999)-12-31)[Tt ]23:59:59(?:[.,]\d{1,9})?(?:[Zz]|[+-]\d{2}(?::?\d{2})?)?")
_PARTED = re.compile(r"([^Tt ]+?日) ?(.+)|([^Tt ]+)[Tt ](.+)")
_HOURS_ALONE = 3
_MONTHS, _DAYS, _HOURS, _MINUTES = 12, 31, 23, 59

_NUMBER = re.compile(r"([+-]?)[¥￥]?([+-]?)((?:[1-9]\d{0,2}(?:,\d{3})+|\d+)(?:\.\d+)?)元?")
_PLAIN_SIGNS = re.compile(r"[+-]?((?:[1-9]\d{0,2}(?:,\d{3})+|\d+)(?:\.\d+)?)%?")


@dataclass(frozen=True)
class Notation:
    """How texts of a kind are read: ``canonical`` matches what needs no reading, ``shape`` is its usual form in bytes."""

    canonical: str
    read: Callable[[str], str | None]
    plain_bytes: bytes
    """Columns of these bytes alone are canonical, or held; empty: their shape decides."""


def date(text: str) -> str | None:
    """A date in any listed form as YYYY-MM-DD; a midnight behind it counts as no time. None: not listed."""
    if never := _NEVER.fullmatch(half_width(text)):
        return never[1]
    return _day(_MIDNIGHT.sub("", half_width(text)))


def timestamp(text: str) -> str | None:
    """A moment in any listed form in ISO 8601, its zone as written; a date alone stays a date. None: not listed.

    The hub keeps microseconds: digits behind the sixth are left out.
    """
    written = half_width(text)
    if found := _COMPACT.fullmatch(written):
        return _moment(_day(found["Y"] + found["m"] + found["d"]), found)
    if alone := _day(written):
        return alone
    parted = _PARTED.fullmatch(written)
    if parted is None:
        return None
    day, clock = parted[1] or parted[3], parted[2] or parted[4]
    found = next((m for m in (pattern.fullmatch(clock) for pattern in _CLOCKS) if m), None)
    return _moment(_day(day), found) if found else None


def amount(text: str) -> str | None:
    """An amount in yuan as a plain decimal number: signs, ¥ or 元, thousands in threes. None: not listed."""
    found = _NUMBER.fullmatch(half_width(text).replace("\u2212", "-"))
    if found is None or (found[1] and found[2]):
        return None
    return (found[1] or found[2]).replace("+", "") + found[3].replace(",", "")


def number(text: str) -> str | None:
    """A number without unit as a plain decimal number, a percent sign kept. None: not listed."""
    written = half_width(text).replace("\u2212", "-").replace(" %", "%")
    found = _PLAIN_SIGNS.fullmatch(written)
    return written.removeprefix("+").replace(",", "") if found else None


def _day(text: str) -> str | None:
    for pattern in _DATES:
        if found := pattern.fullmatch(text):
            month, day = int(found["m"]), int(found["d"])
            return f"{found['Y']}-{month:02}-{day:02}" if 1 <= month <= _MONTHS and 1 <= day <= _DAYS else None
    return None


def _moment(day: str | None, clock: re.Match[str]) -> str | None:
    hour, minute, second = (int(clock[part] or 0) for part in "HMS")
    if day is None or hour > _HOURS or max(minute, second) > _MINUTES:
        return None
    fraction, zone = (clock["f"] or "")[:7].replace(",", "."), (clock["z"] or "+08:00").upper()
    return f"{day}T{hour:02}:{minute:02}:{second:02}{fraction}{zone}" + (":00" if len(zone) == _HOURS_ALONE else "")


def _yes_or_no(text: str) -> str | None:
    folded = half_width(text).strip().lower()
    return folded if folded in {"1", "0", "true", "false", "是", "否"} else None


_ISO_DAY = r"\d{4}-\d{2}-\d{2}"
_DIGITS = b"0123456789"
#: Every digit as 0, every other byte as it is, so that columns of one form are one text again and again.
_SHAPES = bytes(ord("0") if byte in _DIGITS else byte for byte in range(256))
NOTATIONS: dict[Kind, Notation] = {
    "date": Notation(f"^{_ISO_DAY}$", date, b""),
    "timestamp": Notation(
        rf"^{_ISO_DAY}([T ]\d{{2}}:\d{{2}}(:\d{{2}}(\.\d{{1,6}})?)?(Z|[+-]\d{{2}}:?\d{{2}})?)?$", timestamp, b""
    ),
    "amount": Notation(r"^-?\d+(\.\d+)?$", amount, _DIGITS + b".-"),
    "decimal": Notation(r"^-?\d+(\.\d+)?$", number, _DIGITS + b".-"),
    "ratio": Notation(r"^-?\d+(\.\d+)?%?$", number, _DIGITS + b".-%"),
    "count": Notation(r"^-?\d+(\.\d+)?$", number, _DIGITS + b".-"),
    "boolean": Notation(
        "^([01是否]|[A-Za-z]+)$", _yes_or_no, _DIGITS + b"abcdefghijklmnopqrstuvwxyzTRUEFALS\xe6\x98\xaf\xe5\x90\xa6"
    ),
}


def read(values: pa.Array, kind: Kind, unit: str | None) -> pa.Array:
    """The column with every listed form in canonical text; what is not listed, and what is canonical, as it was."""
    notation = NOTATIONS.get(kind)
    if notation is None or _is_plain(values, notation):
        return values
    odd = pc.fill_null(pc.invert(pc.match_substring_regex(values, notation.canonical)), False)
    if not pc.any(odd).as_py():
        return values
    reader = number if kind == "amount" and unit not in (None, "元") else notation.read
    encoded = values.filter(odd).dictionary_encode()
    distinct = encoded.dictionary.to_pylist()
    readings = pa.array([reader(text) or text for text in distinct], pa.string())
    return pc.replace_with_mask(values, odd, readings.take(encoded.indices))


def _is_plain(values: pa.Array, notation: Notation) -> bool:
    content = contents(values)
    if notation.plain_bytes:
        return not content.translate(None, notation.plain_bytes)
    count = len(values) - values.null_count
    length, rest = divmod(len(content), count) if count else (0, 0)
    shape = content.translate(_SHAPES)
    return (
        not rest
        and shape == shape[:length] * count
        and re.match(notation.canonical, shape[:length].decode()) is not None
    )
