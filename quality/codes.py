"""Reading of what stands in a list: codes and their Chinese labels, region codes, credit codes.

Codes and regions are judged on the business date of the record; an unknown code never falls to a default.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from quality.company_codes import plainly_right
from quality.reading import Reading, TextReading, by_distinct
from schemas import credit_code, regions
from schemas.code_lists import CodeList, load_code_list
from schemas.contract import Contract, Field
from schemas.personal import is_identity_number
from schemas.province import province

#: Fields that ask for an area, not for the county of a place: a city's code is right there.
AREA_FIELDS = frozenset({"pool_region_code", "branch_region_code"})

_SEPARATOR = "\x1f"
_CREDIT_CODE_REASONS: dict[str, str] = {
    "empty": "18位统一社会信用代码",
    "length": "18位统一社会信用代码",
    "character": "仅含数字和大写字母(不含 I、O、S、V、Z)",
    "placeholder": "真实的统一社会信用代码",
}


def read_code(field: Field, text: pa.Array, business_date: pa.Array, edition: pa.Array | None) -> Reading:
    """A ``*_code`` field as codes; ``edition`` is the typed edition column of the record, if it has one."""
    code_list = load_code_list(str(field.code_list))
    keyed = edition if code_list.is_keyed_by_edition else None
    if keyed is None and not any(e.valid_from or e.valid_to for e in code_list.entries):
        return by_distinct(field.name, text, pa.string(), lambda t: _judge_code(code_list, t, "", ""))
    return _with_context(field.name, text, business_date, keyed, functools.partial(_judge_code, code_list))


def read_region(field: Field, text: pa.Array, business_date: pa.Array) -> Reading:
    """A region code, kept as sent; what it counts for is worked out by the warehouse."""
    judge = functools.partial(_judge_region, field.name in AREA_FIELDS)
    if not any(_changed(code) for code in pc.unique(text).to_pylist() if code):
        return by_distinct(field.name, text, pa.string(), lambda t: judge(t, "", ""))
    return _with_context(field.name, text, business_date, None, judge)


def _changed(code: str) -> bool:
    """Whether a region code counts for something else on other days."""
    return regions.resolve_region(code, None) != regions.resolve_region(code, regions.FIRST_DAY)


def read_credit_code(field: Field, text: pa.Array) -> Reading:
    """A unified social credit code, normalised."""
    right = plainly_right(text)
    others = by_distinct(field.name, pc.if_else(right, None, text), pa.string(), _judge_credit_code)
    return Reading(pc.if_else(right, text, others.values), others.faults)


def edition_field(contract: Contract) -> str | None:
    """The field that says from which edition the record's keyed codes come."""
    return next((f.name for f in contract.fields if f.name.endswith("_edition_code")), None)


def _with_context(
    field: str,
    text: pa.Array,
    business_date: pa.Array,
    edition: pa.Array | None,
    judge: Callable[[str, str, str], TextReading],
) -> Reading:
    """Judges each distinct (text, business date, edition) once."""
    day = pc.fill_null(business_date.cast(pa.string()), "")
    kind = pc.fill_null(edition, "?") if edition is not None else pa.array([""] * len(text))
    joined = pc.binary_join_element_wise(text, day, kind, _SEPARATOR)
    reading = by_distinct(field, joined, pa.string(), lambda t: judge(*t.split(_SEPARATOR)))
    faults = tuple(
        type(f)(f.rule_id, f.field, f.positions, tuple(str(v).partition(_SEPARATOR)[0] for v in f.values), f.expected)
        for f in reading.faults
    )
    return Reading(reading.values, faults)


def _judge_code(code_list: CodeList, text: str, day: str, edition: str) -> TextReading:
    on = dt.date.fromisoformat(day) if day else None
    if edition == "?":
        return TextReading(None)
    if entry := code_list.resolve(text, on, edition or None):
        return TextReading(entry.code)
    other = code_list.resolve(text, None, edition or None)
    if on is not None and other is not None:
        return TextReading(None, "FLD-012", f"{on} 有效的代码:{code_list.offer(on, edition or None)}")
    return TextReading(None, "FLD-011", code_list.offer(on, edition or None) or code_list.offer(None, edition or None))


def _judge_region(is_area: bool, text: str, day: str, _edition: str) -> TextReading:
    if text == "*" or len(text) < 6 or (is_area and text == province().code):
        return TextReading(text)
    resolution = regions.resolve_region(text, dt.date.fromisoformat(day) if day else None)
    if resolution is None:
        near = "、".join(f"{code} {name}" for code, name in regions.near_regions(text))
        return TextReading(None, "FLD-013", "六位县级行政区划代码" + (f",是否为 {near}" if near else ""))
    if resolution.note_code and not (is_area and resolution.note_code == "city_level"):
        return TextReading(text, "FLD-014", regions.NOTES[resolution.note_code])
    return TextReading(text)


@functools.lru_cache(maxsize=1 << 18)
def _judge_credit_code(text: str) -> TextReading:
    if is_identity_number(text):
        return TextReading(None, "FLD-036", "单位的统一社会信用代码")
    read = credit_code.check(text)
    if read.is_valid:
        if "organisation_check" in read.warnings or "authority" in read.warnings:
            return TextReading(read.code, "FLD-016", "第9至17位符合 GB 11714,首位为已知登记管理部门")
        return TextReading(read.code, "FLD-026" if "normalised" in read.warnings else None, read.code)
    if read.reason == "check_character":
        return TextReading(None, "FLD-015", f"末位校验码应为 {read.expected}")
    return TextReading(None, "FLD-015", _CREDIT_CODE_REASONS[str(read.reason)])
