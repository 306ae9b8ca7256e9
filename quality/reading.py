"""Strict reading of one column of canonical text into the type of its kind.

Nothing is guessed: a value that cannot be read becomes null and a fault. Formats are those of domain section 3.1.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from schemas.column_bytes import contents
from schemas.contract import Field, Kind
from schemas.folding import SPACES, as_seen

TYPES: dict[Kind, pa.DataType] = {
    "text": pa.string(),
    "identifier": pa.string(),
    "code": pa.string(),
    "list": pa.string(),
    "hash": pa.string(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", tz="UTC"),
    "amount": pa.decimal128(18, 2),
    "decimal": pa.decimal128(18, 6),
    "ratio": pa.decimal128(9, 6),
    "count": pa.int64(),
    "boolean": pa.bool_(),
}

_DATE = r"^((19|20)\d{2}|9999)-\d{2}-\d{2}$"
_CLOCK = r"^(19|20)\d{2}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?"
_AMOUNT = r"^-?\d{1,16}(\.\d{1,2})?$"
_NUMBER = r"^-?\d{1,16}(\.\d+)?$"
_COUNT = r"^-?\d{1,9}$"
_RATIO = re.compile(r"^-?\d{1,3}(\.\d+)?$")
_PERCENT = re.compile(r"^(-?\d{1,5}(\.\d+)?)%$")
_BOOLEANS = {"是": True, "1": True, "true": True, "否": False, "0": False, "false": False}


@dataclass(frozen=True)
class FieldFault:
    """One rule broken by one field at ``positions`` (row positions of the table), with what was found and expected."""

    rule_id: str
    field: str
    positions: npt.NDArray[np.int64]
    values: tuple[str | None, ...]
    expected: tuple[str | None, ...]


@dataclass(frozen=True)
class Reading:
    """A typed column of the same length, null where it could not be read, and why."""

    values: pa.Array
    faults: tuple[FieldFault, ...] = ()


class TextReading(NamedTuple):
    """What one distinct text means; ``rule_id`` with a value is a caution, without one a refusal."""

    value: Any
    rule_id: str | None = None
    expected: str | None = None


def fault(rule_id: str, field: str, mask: pa.Array, text: pa.Array, expected: str) -> tuple[FieldFault, ...]:
    """The fault of all rows where ``mask`` is true (null counts as false), or nothing."""
    positions = np.flatnonzero(pc.fill_null(mask, False).to_numpy(zero_copy_only=False))
    if not len(positions):
        return ()
    found = tuple(text.take(pa.array(positions)).to_pylist())
    return (FieldFault(rule_id, field, positions, found, (expected,) * len(positions)),)


def by_distinct(field: str, text: pa.Array, to: pa.DataType, judge: Callable[[str], TextReading]) -> Reading:
    """Judges each distinct text once and spreads the meanings over the rows."""
    encoded = text.dictionary_encode()
    meanings = [judge(distinct) for distinct in encoded.dictionary.to_pylist()]
    if not meanings:
        return Reading(pa.nulls(len(text), to))
    values = pa.array([v.value for v in meanings], to).take(encoded.indices)
    faults: list[FieldFault] = []
    indices = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    for rule_id in sorted({v.rule_id for v in meanings if v.rule_id}):
        guilty = np.array([v.rule_id == rule_id for v in meanings] + [False])
        positions = np.flatnonzero(guilty[indices])
        found = tuple(text.take(pa.array(positions)).to_pylist())
        expected = tuple(meanings[i].expected for i in indices[positions])
        faults.append(FieldFault(rule_id, field, positions, found, expected))
    return Reading(values, tuple(faults))


def trim(text: pa.Array, kind: Kind) -> pa.Array:
    """Text without blanks at its ends, empty as null; identifiers and codes as a person sees them."""
    if kind in ("identifier", "code", "hash") and not contents(text).isascii():
        encoded = text.dictionary_encode()
        text = pa.array(map(as_seen, encoded.dictionary.to_pylist()), pa.string()).take(encoded.indices)
    text = pc.utf8_trim(text, SPACES)
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def read(field: Field, text: pa.Array, suspected_percent: Decimal | None = None) -> Reading:
    """The column of a field, typed. Codes, regions and credit codes are read by ``quality.codes``.

    ``suspected_percent``: a bare ratio from here on is taken for a percentage that lost its sign; none is by itself.
    """
    if text.null_count == len(text):
        return Reading(pa.nulls(len(text), TYPES[field.kind]))
    if field.kind == "ratio":
        return by_distinct(field.name, text, TYPES["ratio"], lambda each: _judge_ratio(each, suspected_percent))
    reader = _READERS.get(field.kind)
    return reader(field.name, text) if reader else Reading(text)


def _date(field: str, text: pa.Array) -> Reading:
    plausible = pc.if_else(pc.match_substring_regex(text, _DATE), text, None)
    return _cast(field, text, plausible, pa.date32(), ("FLD-003", "YYYY-MM-DD"), dt.date.fromisoformat)


def _timestamp(field: str, text: pa.Array) -> Reading:
    is_date = pc.match_substring_regex(text, _DATE)
    has_zone = pc.match_substring_regex(text, _CLOCK + r"(Z|[+-](0\d|1[0-4]):?[0-5]\d)$")
    is_local = pc.match_substring_regex(text, _CLOCK + "$")
    dated = pc.if_else(is_date, pc.binary_join_element_wise(text, "00:00:00+08:00", " "), None)
    local = pc.if_else(is_local, pc.binary_join_element_wise(text, "+08:00", ""), None)
    plausible = pc.coalesce(dated, local, pc.if_else(has_zone, text, None))
    expected = "YYYY-MM-DDThh:mm:ss+08:00"
    reading = _cast(field, text, plausible, TYPES["timestamp"], ("FLD-004", expected), dt.datetime.fromisoformat)
    note = fault("FLD-005", field, pc.and_(is_date, pc.is_valid(reading.values)), text, expected)
    return Reading(reading.values, reading.faults + note)


def _cast(
    field: str,
    text: pa.Array,
    plausible: pa.Array,
    to: pa.DataType,
    refusal: tuple[str, str],
    parse: Callable[[str], Any],
) -> Reading:
    try:
        values = plausible.cast(to)
    except pa.ArrowInvalid:
        values = by_distinct(field, plausible, to, lambda t: TextReading(_parsed(parse, t))).values
    unread = pc.and_(pc.is_valid(text), pc.is_null(values))
    return Reading(values, fault(refusal[0], field, unread, text, refusal[1]))


def _parsed(parse: Callable[[str], Any], text: str) -> Any:
    try:
        return parse(text)
    except ValueError:
        return None


def _amount(field: str, text: pa.Array) -> Reading:
    exact = pc.match_substring_regex(text, _AMOUNT)
    if pc.all(exact, min_count=0).as_py():
        return Reading(text.cast(TYPES["amount"]))
    is_number = pc.match_substring_regex(text, _NUMBER)
    short = pc.replace_substring_regex(text, r"(\.\d{2})0+$", r"\1")
    fits = pc.match_substring_regex(short, _AMOUNT)
    faults = fault("FLD-006", field, pc.invert(is_number), text, "以元为单位的十进制数,如 1200.50")
    faults += fault("FLD-007", field, pc.and_(is_number, pc.invert(fits)), text, "最多两位小数")
    return Reading(pc.if_else(fits, short, None).cast(TYPES["amount"]), faults)


def _judge_ratio(text: str, suspected_percent: Decimal | None) -> TextReading:
    """A fraction such as 0.21 or a percentage such as 21%, with at most 6 decimals as a fraction."""
    if percent := _PERCENT.match(text):
        value = Decimal(percent[1]) / 100
    elif _RATIO.match(text):
        value = Decimal(text)
        if suspected_percent is not None and value >= suspected_percent:
            return TextReading(None, "FLD-025", f"{(value / 100).normalize():f} 或 {text}%")
    else:
        return TextReading(None, "FLD-008", "小数(如 0.21)或百分数(如 21%)")
    rounded = value.quantize(Decimal("0.000001"), ROUND_HALF_UP)
    if rounded != value or abs(value) >= 1000:
        return TextReading(None, "FLD-008", "最多六位小数")
    return TextReading(rounded)


def _decimal(field: str, text: pa.Array) -> Reading:
    return by_distinct(field, text, TYPES["decimal"], _judge_decimal)


def _judge_decimal(text: str) -> TextReading:
    if re.fullmatch(r"-?\d{1,12}(\.\d{1,6}0*)?", text):
        return TextReading(Decimal(text).quantize(Decimal("0.000001")))
    return TextReading(None, "FLD-024", "十进制数,最多六位小数")


def _count(field: str, text: pa.Array) -> Reading:
    fits = pc.match_substring_regex(text, _COUNT)
    values = pc.if_else(fits, text, None).cast(pa.int64())
    return Reading(values, fault("FLD-009", field, pc.invert(fits), text, "整数"))


def _boolean(field: str, text: pa.Array) -> Reading:
    return by_distinct(field, text, pa.bool_(), _judge_boolean)


def _judge_boolean(text: str) -> TextReading:
    value = _BOOLEANS.get(text.casefold())
    return TextReading(value) if value is not None else TextReading(None, "FLD-010", "是/否、1/0 或 true/false")


def _list(field: str, text: pa.Array) -> Reading:
    return by_distinct(field, text, pa.string(), _judge_list)


def _judge_list(text: str) -> TextReading:
    parts = [part.strip() for part in text.replace("；", ";").split(";")]
    return TextReading(";".join(part for part in parts if part) or None)


def _hash(field: str, text: pa.Array) -> Reading:
    lower = pc.utf8_lower(text)
    fits = pc.match_substring_regex(lower, "^[0-9a-f]{64}$")
    faults = fault("FLD-017", field, pc.invert(fits), text, "64位十六进制 SHA-256")
    return Reading(pc.if_else(fits, lower, None), faults)


_READERS: dict[Kind, Callable[[str, pa.Array], Reading]] = {
    "date": _date,
    "timestamp": _timestamp,
    "amount": _amount,
    "decimal": _decimal,
    "count": _count,
    "boolean": _boolean,
    "list": _list,
    "hash": _hash,
}
