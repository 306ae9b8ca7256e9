"""How the rows of one batch become records: its format, its columns, and the contract's kinds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from oracle import bounded
from oracle.codes import CodeReader
from oracle.values import Reader, Unreadable, Value, reader
from schemas.contract import Contract, Field

Columns = Mapping[str, Mapping[str, Any]]
"""Canonical field -> {source, unit, format, lookup, constant}."""
Plain = Mapping[str, Any]
"""One record type of one insurer: {"format": {...}, "columns": Columns}."""
Definition = Mapping[str, Any]
"""A definition as plain values: {"source_format": ..., "records": {type: {"columns": ...}}}, or type -> Plain."""
Definitions = Mapping[str, Definition]
"""Digest of a definition, or the insurer_id of one that has none -> the definition."""

REGULATOR = "regulator"
_SHEET_MARK = b"PK\x03\x04"


class NoLayout(LookupError):
    """Raised when no definition says how to read a batch, from ``plain``: the check could not run."""


def plain(definition: Definition, insurer_id: str, contract: Contract, channel: str, head: bytes) -> list[Plain]:
    """The layouts that may apply to a batch, in the order of preference. ``head`` is the beginning of its first payload."""
    own = _own(definition, contract.record_type)
    if channel != "submit":
        if own is None and not contract.is_register:
            raise NoLayout(f"no definition of {insurer_id} for {contract.record_type}")
        return [own or {"format": _CSV, "columns": named(contract, by_business_name=False)}]
    form = _read_off(own["format"] if own else {}, head)
    templates: list[Plain] = [{"format": form, "columns": named(contract, by_business_name=b)} for b in (False, True)]
    is_same_kind = own is not None and own["format"]["kind"] == form["kind"]
    return [{"format": form, "columns": own["columns"]}, *templates] if own and is_same_kind else templates


_CSV = {"kind": "csv", "encoding": "utf-8", "delimiter": ",", "header_row": 1}


def named(contract: Contract, *, by_business_name: bool) -> Columns:
    """The hub's template: every field under its canonical or its Chinese name."""
    return {f.name: {"source": f.business_name if by_business_name else f.name} for f in contract.fields}


def _own(definition: Mapping[str, Any], record_type: str) -> Plain | None:
    if "records" in definition:
        record = definition["records"].get(record_type)
        if not record:
            return None
        return {
            "format": {**definition["source_format"], "inside": record.get("within")},
            "columns": record["columns"],
        }
    found: Plain | None = definition.get(record_type)
    return found


def _read_off(own: Mapping[str, Any], head: bytes) -> Mapping[str, Any]:
    """Format of a file that was handed in: encoding and delimiter are those that it shows."""
    if head.startswith(_SHEET_MARK):
        return own if own.get("kind") == "xlsx" else {"kind": "xlsx", "header_row": 1}
    base = own if own.get("kind") == "csv" else _CSV
    return {**base, "encoding": "utf-8" if _is_utf8(head) else "gb18030", "delimiter": _delimiter(head)}


def _delimiter(head: bytes) -> str:
    """The mark that divides one of the first lines into most parts; those of the first line that is not blank come first."""
    lines = head.split(b"\n")[:30]
    first = next((line for line in lines if line.strip()), b"")
    marks = [mark for mark in "\t;|," if mark.encode() in first] or list("\t;|,")
    return max(marks, key=lambda mark: max(line.count(mark.encode()) for line in lines))


def _is_utf8(head: bytes) -> bool:
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return len(head) - error.start < len("\U00010000".encode()) and error.reason == "unexpected end of data"
    return True


@dataclass(frozen=True)
class UnreadableRow:
    """A row that the replay cannot read, by the field at fault; it holds no value."""

    field: str
    problem: str


Content = tuple[Value, ...]
RecordRow = tuple[int, Content | UnreadableRow]


def records(payloads: Sequence[bytes], layouts: Sequence[Plain], contract: Contract) -> Iterator[RecordRow]:
    """(row_no, values of all contract fields in their order, or the fault) of every row of a batch."""
    form = {**layouts[0]["format"], "kinds": _kinds(layouts, contract)}
    layouts = [{**layouts[0], "format": form}, *layouts[1:]]
    read: Callable[[Mapping[str, str | None]], Content | UnreadableRow] | None = None
    known = {column["source"] for layout in layouts for column in layout["columns"].values() if column.get("source")}
    for row_no, cells in bounded.rows(payloads, layouts[0]["format"], known):
        if read is None:
            read = _record_reader(max(layouts, key=lambda layout: _known(layout, cells))["columns"], contract)
        yield row_no, read(cells)


_KINDS = {"text": "text", "date": "date", "timestamp": "date", "amount": "number", "decimal": "number"}
_KINDS |= {"count": "number", "ratio": "ratio"}


def _kinds(layouts: Sequence[Plain], contract: Contract) -> dict[str, str]:
    """Source column -> what it is read for in a sheet: a key as it is seen, a number by its value, a date, or text."""
    kinds: dict[str, str] = {}
    for layout in reversed(layouts):
        for name, column in layout["columns"].items():
            if column.get("source"):
                kind = "ratio" if column.get("unit") == "百分比" else _KINDS.get(contract.by_name[name].kind, "key")
                kinds[column["source"]] = "key" if column.get("lookup") else kind
    return kinds


def _known(layout: Plain, cells: Mapping[str, str | None]) -> int:
    return sum(column.get("source") in cells for column in layout["columns"].values())


def _record_reader(
    columns: Columns, contract: Contract
) -> Callable[[Mapping[str, str | None]], Content | UnreadableRow]:
    plan = [_column_plan(field, columns.get(field.name, {})) for field in contract.fields]
    codes = CodeReader(contract)

    def read(cells: Mapping[str, str | None]) -> Content | UnreadableRow:
        name = ""
        values: list[Value] = []
        try:
            for name, source, constant, parse in plan:  # noqa: B007  # name is the culprit's when parse raises
                text = constant if constant is not None else cells.get(source) if source else None
                values.append(parse(text) if text is not None and text.strip() else None)
            return codes.resolved(values)
        except Unreadable as error:
            return UnreadableRow(error.field or name, str(error))

    return read


def _column_plan(field: Field, column: Mapping[str, Any]) -> tuple[str, str | None, str | None, Reader]:
    constant = column.get("constant")
    spoken = {} if constant is not None else column
    return field.name, column.get("source"), constant, reader(field, spoken)
