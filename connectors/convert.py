"""One source column into canonical text of its field: trimmed, looked up, in yuan, in ISO form. Whole columns at a time."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from connectors import notations
from connectors.model import ColumnSource, Unit
from schemas.column_bytes import contents
from schemas.contract import Field
from schemas.folding import SPACES, UNSEEN_PATTERN, as_seen

_NO_TEXT = pa.scalar(None, pa.string())


@dataclass(frozen=True)
class ConversionFault:
    """Rows of a column (``mask``, true = at fault) that broke one rule, the source's text there, and what would do.

    Where the source's text was read in spite of it, ``read`` holds what became of it.
    """

    rule_id: str
    mask: pa.Array
    found: pa.Array
    expected: str = ""
    read: pa.Array | None = None


@dataclass(frozen=True)
class Converted:
    """Canonical text of a field, null where absent or at fault."""

    values: pa.Array
    faults: tuple[ConversionFault, ...] = ()


@dataclass(frozen=True)
class _Factor:
    """A unit of the source: canonical value = source value x ``by``; at most ``decimals`` places arrive."""

    by: pa.Scalar
    decimals: int


def _factor(by: str, decimals: int) -> _Factor:
    return _Factor(pa.scalar(by).cast(pa.decimal128(5, 0) if "." not in by else pa.decimal128(3, 2)), decimals)


_FACTORS: dict[Unit, _Factor] = {"万元": _factor("10000", 10), "分": _factor("0.01", 4), "百分比": _factor("0.01", 4)}


def convert(values: pa.Array, column: ColumnSource, field: Field) -> Converted:
    """The canonical text of a source column (``string`` array).

    Faults: MAP-002 lookup, MAP-003 unit or form, MAP-020 another notation that was read, MAP-021 characters that nobody
    sees and that were left out.
    """
    text = _trimmed(values)
    if text.null_count == len(text):
        return Converted(text)
    if column.lookup is not None:
        return _looked_up(text, column.lookup)
    if column.format is not None and field.kind in {"date", "timestamp"}:
        return _dated(text, column.format, field)
    read = (
        _folded(text, field) if field.kind in {"identifier", "code"} else notations.read(text, field.kind, column.unit)
    )
    told = _told(values, read, field)
    if column.unit in _FACTORS:
        made = _in_canonical_unit(read, column.unit)
        return Converted(made.values, (*told, *made.faults))
    return Converted(read, told)


def _trimmed(values: pa.Array) -> pa.Array:
    text = pc.utf8_trim(values, SPACES)
    return pc.if_else(pc.equal(text, ""), _NO_TEXT, text)


def _folded(text: pa.Array, field: Field) -> pa.Array:
    """Identifiers and codes as a person sees them; columns of plain characters pass unlooked at.

    A credit code is left to the field rules, which know its own form, and a code's label as its list writes it.
    """
    if contents(text).isascii() or field.semantic_type == "credit_code":
        return text
    encoded = text.dictionary_encode()
    seen = [(distinct, as_seen(distinct)) for distinct in encoded.dictionary.to_pylist()]
    kept = [new if field.kind == "identifier" or new.isascii() else old for old, new in seen]
    return pa.array([new or None for new in kept], pa.string()).take(encoded.indices)


def _told(values: pa.Array, read: pa.Array, field: Field) -> tuple[ConversionFault, ...]:
    """What was read otherwise than it was written; blanks around words of a text are no part of it."""
    if len(contents(values)) == len(contents(read)) and read.equals(values):
        return ()
    if field.kind in {"text", "list", "hash"}:
        return ()
    changed = pc.and_(pc.is_valid(values), pc.not_equal(pc.fill_null(read, ""), pc.fill_null(values, "")))
    changed = pc.and_(changed, pc.not_equal(pc.utf8_trim(values, SPACES), ""))
    if not pc.any(changed).as_py():
        return ()
    return _unseen(changed, values, read) or (ConversionFault("MAP-020", changed, values, read=read),)


def _unseen(changed: pa.Array, values: pa.Array, read: pa.Array) -> tuple[ConversionFault, ...]:
    """The change as two faults, where in some rows characters that nobody sees were left out."""
    unseen = pc.and_(changed, pc.match_substring_regex(values, UNSEEN_PATTERN))
    if not pc.any(unseen).as_py():
        return ()
    others = pc.and_not(changed, unseen)
    told = (ConversionFault("MAP-020", others, values, read=read),) if pc.any(others).as_py() else ()
    return (ConversionFault("MAP-021", unseen, values, read=read), *told)


def _looked_up(text: pa.Array, lookup: Mapping[str, str]) -> Converted:
    keys, meanings = pa.array(list(lookup), pa.string()), pa.array(list(lookup.values()), pa.string())
    values = meanings.take(pc.index_in(text, keys))
    return _judged(text, values, "MAP-002", "、".join(lookup))


def _in_canonical_unit(text: pa.Array, unit: Unit) -> Converted:
    factor = _FACTORS[unit]
    plain = pc.replace_substring_regex(text, "%$", "") if unit == "百分比" else text
    is_number = pc.match_substring_regex(plain, rf"^-?\d{{1,14}}(\.\d{{1,{factor.decimals}}})?$")
    numbers = pc.if_else(is_number, plain, _NO_TEXT).cast(pa.decimal128(26, factor.decimals))
    product = pc.multiply(numbers, factor.by).cast(pa.decimal128(36, 6)).cast(pa.string())
    values = pc.replace_substring_regex(product, r"\.?0+$", "")
    return _judged(text, values, "MAP-003", f"以{unit}为单位的数,最多 {factor.decimals} 位小数")


def _dated(text: pa.Array, form: str, field: Field) -> Converted:
    if form in _EPOCHS:
        return _from_epoch(text, form)
    parts = pc.extract_regex(text, date_pattern(form))
    named = {name: pc.struct_field(parts, [name]) for name in (f.name for f in parts.type)}
    day = pc.binary_join_element_wise(named["Y"], _two(named["m"]), _two(named["d"]), "-")
    if "H" not in named:
        return _judged(text, day, "MAP-003", form)
    clock = [_two(named["H"]), *(_two(named[part]) if part in named else pa.scalar("00") for part in "MS")]
    time = pc.binary_join_element_wise(*clock, ":")
    if field.kind == "date":
        midnight = pc.equal(time, "00:00:00")
        return _judged(text, pc.if_else(midnight, day, _NO_TEXT), "MAP-003", f"{form},时间为 00:00:00")
    fraction = [pa.scalar("."), named["f"]] if "f" in named else []
    zone = named.get("z", pa.scalar("+08:00"))
    return _judged(text, pc.binary_join_element_wise(day, pa.scalar("T"), time, *fraction, zone, ""), "MAP-003", form)


_EPOCHS = {"epoch_seconds": "s", "epoch_millis": "ms"}


def _from_epoch(text: pa.Array, form: str) -> Converted:
    is_number = pc.match_substring_regex(text, r"^\d{9,14}$")
    moments = pc.if_else(is_number, text, _NO_TEXT).cast(pa.int64()).cast(pa.timestamp(_EPOCHS[form]))
    return _judged(text, pc.strftime(moments, "%Y-%m-%dT%H:%M:%SZ", locale="C"), "MAP-003", form)


def _two(digits: pa.Array) -> pa.Array:
    return pc.ascii_lpad(digits, 2, "0")


@functools.cache
def date_pattern(form: str) -> str:
    """A strptime form as a pattern with a group for each part. Raises KeyError for a directive that is not known.

    One digit for month, day or hour is read only where a separator stands on both sides, so that nothing is guessed.
    """
    tokens = re.findall(r"%.|[^%]", form)
    patterns = []
    for i, token in enumerate(tokens):
        if not token.startswith("%"):
            patterns.append(re.escape(token))
            continue
        touches = any(t.startswith("%") for t in (tokens[i - 1 : i] if i else []) + tokens[i + 1 : i + 2])
        patterns.append(f"(?P<{token[1]}>{_PARTS[token] if touches else _LOOSE_PARTS.get(token, _PARTS[token])})")
    return f"^{''.join(patterns)}$"


_PARTS = {
    "%Y": r"\d{4}",
    "%m": r"0[1-9]|1[0-2]",
    "%d": r"0[1-9]|[12]\d|3[01]",
    "%H": r"[01]\d|2[0-3]",
    "%M": r"[0-5]\d",
    "%S": r"[0-5]\d",
    "%f": r"\d{1,6}",
    "%z": r"Z|[+-]\d{2}:?\d{2}",
}
_LOOSE_PARTS = {"%m": r"0?[1-9]|1[0-2]", "%d": r"0?[1-9]|[12]\d|3[01]", "%H": r"[01]?\d|2[0-3]"}


def _judged(text: pa.Array, values: pa.Array, rule_id: str, expected: str) -> Converted:
    """Values, and a fault wherever a text was there and no value came of it."""
    failed = pc.and_(pc.is_valid(text), pc.is_null(values))
    if not pc.any(failed).as_py():
        return Converted(values)
    return Converted(values, (ConversionFault(rule_id, failed, text, expected),))
