"""Source columns become canonical columns: lookups, units, date forms; everything that does not fit is a finding."""

from __future__ import annotations

import itertools
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from connectors import noted
from connectors.alike import meant_by, written_for
from connectors.convert import ConversionFault, Converted, convert
from connectors.model import ColumnSource, RecordMapping
from connectors.parse.batch import COLUMNS
from connectors.parse.reasons import refuse
from connectors.parse.rows import column_letter
from schemas.column_bytes import contents
from schemas.contract import WITHDRAWAL, Contract, Field
from schemas.errors import SchemaDrift, TellInsurer
from schemas.findings import Observation, SourceColumn
from schemas.folding import visible
from schemas.personal import HIDDEN, shown

_ERROR_VALUES = pa.array([
    "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA", "#SPILL!", "#CALC!",
    "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#BUSY!", "#EXTERNAL!", "#PYTHON!",
])  # fmt: skip
_PRIVATE_USE = "[\ue000-\uf8ff]"
_PRIVATE_LEADS = (b"\xee", b"\xef")  # first bytes in UTF-8 of private use, and of little else
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\x00": "\\\\u0000"} | {
    chr(code): json.dumps(chr(code))[1:-1] for code in range(1, 0x20)
}
_ESCAPED_BYTES = "".join(_ESCAPES).encode()


@dataclass(frozen=True)
class Mapped:
    """Canonical text (row_no, place, raw, then every field of the contract), and what the mapping found.

    What is observed without a row number is of the batch; the chunks of one batch repeat it, equal. ``columns``: where
    each field, and each source column that is no field, stands in the delivery. ``notes`` say what was read otherwise
    than it was written: one a column, with the number of cells. ``not_records``: rows that are no records: without values,
    held by one observation each, and nothing else is to be said of them. ``is_file``: not the answers of an interface.
    """

    table: pa.Table
    observed: tuple[Observation, ...]
    columns: Mapping[str, SourceColumn]
    notes: tuple[tuple[Observation, int], ...] = ()
    not_records: frozenset[int] = frozenset()
    is_file: bool = True


def source_names(spec: RecordMapping) -> frozenset[str]:
    """Source columns that a mapping reads: what a header is found by."""
    return frozenset(column.source for column in spec.columns.values() if column.source)


def apply(table: pa.Table, spec: RecordMapping, contract: Contract) -> Mapped:
    """Map one chunk from ``connectors.parse``, whose last two columns are row_no and place.

    Raises UnreadableFile (FILE-004) for a file, SchemaDrift for JSON, when the column of a required field is absent.
    """
    sources = {name: _array(table, i) for i, name in enumerate(table.column_names[:-2])}
    row_no, place = _array(table, table.num_columns - 2), _array(table, table.num_columns - 1)
    fields = {f.name: _canonical(sources, spec, f, len(row_no)) for f in contract.fields}
    marks = table.schema.metadata or {}
    if lack := lacking(table, spec, contract):
        raise lack
    observed = [
        *_unended(marks),
        *noted.observed(marks, table.column_names, spec, contract),
        *_unknown(sources, spec, contract),
        *(() if is_json(table) else _absent(sources, spec)),
    ]
    notes: list[tuple[Observation, int]] = []
    for field in contract.fields:
        source = spec.columns[field.name].source if fields[field.name].faults else None
        for fault in fields[field.name].faults:
            told = _told(fault, field, source, row_no)
            if fault.read is None:
                observed += told
            else:
                notes.append((next(told), pc.sum(fault.mask).as_py()))
    not_records = {} if is_json(table) else noted.not_records(sources, spec, contract, row_no)
    observed = [*(each for each in observed if each.row_no not in not_records), *not_records.values()]
    columns = {"row_no": row_no, "place": place, "raw": raw_json(sources, len(row_no))}
    values = {name: converted.values for name, converted in fields.items()}
    if not_records:
        is_record = pc.invert(pc.is_in(row_no, pa.array(not_records, row_no.type)))
        values = {name: pc.if_else(is_record, column, pa.scalar(None, column.type)) for name, column in values.items()}
    rows = pa.table(columns | values)
    places = _places(sources, spec, marks)
    return Mapped(rows, tuple(observed), places, tuple(notes), frozenset(not_records), not is_json(table))


def _places(sources: Iterable[str], spec: RecordMapping, marks: Mapping[bytes, bytes]) -> dict[str, SourceColumn]:
    letters = [column_letter(index) for index in json.loads(marks.get(COLUMNS, b"[]"))]
    found = {name: SourceColumn(name, letter) for name, letter in itertools.zip_longest(sources, letters)}
    return found | {name: found[c.source] for name, c in spec.columns.items() if c.source in found}


def is_json(table: pa.Table) -> bool:
    """Whether a chunk comes from the answers of an interface, not from a file."""
    return (table.schema.metadata or {}).get(b"kind") == b"json"


def raw_json(sources: dict[str, pa.Array], row_count: int) -> pa.Array:
    """One JSON object a row, of the source columns that have content, text as it arrived."""
    parts: list[Any] = ["{"]
    for name, values in sources.items():
        if values.null_count == row_count:
            continue
        label = f', {json.dumps(name, ensure_ascii=False)}: "'
        if values.null_count:
            parts.append(pc.binary_join_element_wise(label, _escaped(values), '"', ""))
        else:
            parts += [label, _escaped(values), '"']
    if len(parts) == 1:
        return pa.array(["{}"] * row_count, pa.string())
    # "replace", for pyarrow 26 drops rows that are null throughout when told to "skip"
    joined = pc.binary_join_element_wise(*_merged([*parts, "}"]), "", null_handling="replace", null_replacement="")
    return pc.replace_substring(joined, "{, ", "{", max_replacements=1)


def _merged(parts: list[Any]) -> list[Any]:
    """Parts with neighbouring literals joined."""
    merged: list[Any] = []
    for part in parts:
        if merged and isinstance(part, str) and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part)
    return merged


def _escaped(values: pa.Array) -> pa.Array:
    content = contents(values)
    if len(content.translate(None, _ESCAPED_BYTES)) == len(content):
        return values
    for character, escape in _ESCAPES.items():
        if character.encode() in content:
            values = pc.replace_substring(values, character, escape)
    return values


def _array(table: pa.Table, position: int) -> pa.Array:
    column = table.column(position)
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays([pa.array([], column.type), *column.chunks])


def _canonical(sources: dict[str, pa.Array], spec: RecordMapping, field: Field, row_count: int) -> Converted:
    column = spec.columns.get(field.name, ColumnSource(None))
    if column.constant is not None:
        return Converted(pa.repeat(pa.scalar(column.constant, pa.string()), row_count))
    if column.source is None or column.source not in sources:
        return Converted(pa.nulls(row_count, pa.string()))
    return _without_oddities(convert(sources[column.source], column, field))


def _without_oddities(made: Converted) -> Converted:
    """Find characters of private use; take out the errors of formulas."""
    content = contents(made.values)
    faults, values = list(made.faults), made.values
    if b"#" in content:
        is_error = pc.is_in(values, _ERROR_VALUES)
        if pc.any(is_error).as_py():
            faults.append(ConversionFault("MAP-005", is_error, values))
            values = pc.if_else(is_error, pa.scalar(None, pa.string()), values)
    if not content.isascii() and any(lead in content for lead in _PRIVATE_LEADS):
        is_private = pc.fill_null(pc.match_substring_regex(values, _PRIVATE_USE), False)
        if pc.any(is_private).as_py():
            faults.append(ConversionFault("MAP-004", is_private, values))
    return Converted(values, tuple(faults))


def _told(fault: ConversionFault, field: Field, source: str | None, row_no: pa.Array) -> Iterator[Observation]:
    """What is observed of each row at fault; of what was read in spite of it, of the first."""
    rows, found = row_no.filter(fault.mask), fault.found.filter(fault.mask)
    expected, named = fault.expected or None, {"column": str(source)}
    if fault.read is not None:
        rows, found, expected = rows[:1], found[:1], fault.read.filter(fault.mask)[0].as_py()
        named["read"] = "(空)" if expected is None else visible(shown(expected, field) or HIDDEN)
    for row, value in zip(rows.to_pylist(), found.to_pylist(), strict=True):
        yield Observation(fault.rule_id, row, field.name, shown(value, field), shown(expected, field), named)


def _unended(marks: Mapping[bytes, bytes]) -> Iterator[Observation]:
    if b"unended" in marks:
        yield Observation("MAP-007")


def _unknown(sources: dict[str, pa.Array], spec: RecordMapping, contract: Contract) -> Iterator[Observation]:
    known = source_names(spec)
    absent = {n: c.source for n, c in spec.columns.items() if c.source and c.source not in sources}
    for name in sources:
        if name not in known and not _is_ignored(name, spec):
            near = meant_by(name, absent or {n: c.source for n, c in spec.columns.items() if c.source}, contract)
            yield Observation("MAP-001", field=name, expected=near)


def _is_ignored(name: str, spec: RecordMapping) -> bool:
    """Whether a column, or the nested object that it stands in, is listed as ignored."""
    parts = name.split(".")
    return any(".".join(parts[:i]) in spec.ignored for i in range(1, len(parts) + 1))


def lacking(table: pa.Table, spec: RecordMapping, contract: Contract) -> TellInsurer | SchemaDrift | None:
    """Why a chunk cannot be mapped: columns of required fields that it lacks, all of them; None where it has them.

    UnreadableFile (FILE-004) for a file, SchemaDrift for JSON.
    """
    given = table.column_names[:-2]
    absent = _absent_sources(given, spec)
    if not any(field.is_required and field.name in absent for field in contract.fields):
        return None
    sources = {name: _array(table, i) for i, name in enumerate(given)}
    operations = _canonical(sources, spec, contract.by_name["operation_code"], table.num_rows).values
    required = [f for f in _asked(contract, operations) if f.name in absent]
    if not required:
        return None
    if is_json(table):
        told = "、".join(f"{absent[f.name]}({f.business_name})" for f in required)
        return SchemaDrift(f"{contract.record_type}: the answer lacks required fields: {told}")
    return missing_columns(given, spec, required)


def missing_columns(given: Collection[str], spec: RecordMapping, required: Iterable[Field]) -> TellInsurer | None:
    """FILE-004 for all columns of required fields that a header lacks, each with the name that it may be meant by."""
    absent = _absent_sources(given, spec)
    strange = [name for name in given if name not in source_names(spec) and not _is_ignored(name, spec)]
    told = [_missing(f, absent[f.name], strange) for f in required if f.name in absent]
    if not told:
        return None
    return refuse("FILE-004", "表头", "、".join(told))


def _missing(field: Field, source: str, strange: Sequence[str]) -> str:
    """A missing column by its business name, what it was agreed to be called, and what it may be called here."""
    near = written_for(field, source, strange)
    notes = [f"列名 {source}"] if source != field.business_name else []
    notes += [f"是不是“{near}”?"] if near else []
    return f"{field.business_name}({','.join(notes)})" if notes else field.business_name


def _absent_sources(given: Collection[str], spec: RecordMapping) -> dict[str, str]:
    """Field -> its agreed column, of the columns that are not given."""
    return {n: c.source for n, c in spec.columns.items() if c.constant is None and c.source and c.source not in given}


def _absent(sources: Collection[str], spec: RecordMapping) -> Iterator[Observation]:
    """What is observed of optional columns that a file lacks."""
    for name, source in _absent_sources(sources, spec).items() if not spec.may_lack_optional else ():
        yield Observation("MAP-006", field=name, expected=source)


def _asked(contract: Contract, operations: pa.Array) -> list[Field]:
    """Fields that this chunk must have a column for; withdrawals need no more than key and envelope."""
    only_withdrawals = len(operations) > 0 and pc.all(pc.equal(operations, WITHDRAWAL), min_count=0).as_py()
    asked = [f for f in contract.fields if f.is_required]
    return [f for f in asked if f.name in contract.withdrawal_fields] if only_withdrawals else asked
