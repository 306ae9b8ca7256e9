"""The drop insurers' files: what each one's dialect would leave in its drop folder, with a control file beside it."""

from __future__ import annotations

import csv
import datetime as dt
import json
import pathlib
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import xlsxwriter

from sandbox.cast import Insurer, cast
from sandbox.faults import shown
from sandbox.spelling import Write, cell, chinese, number_cell, plain
from sandbox.truth.clock import NIGHT_BEGINS
from sandbox.truth.province import Province, Record
from schemas.contract import INSURER_RECORD_TYPES, Contract, Field, load_contract

#: The amount field that a control file declares, by record type.
AMOUNT_FIELDS = {
    "policy": "written_premium_amount",
    "endorsement": "premium_change_amount",
    "premium_receipt": "received_amount",
    "claim": "claimed_amount",
    "claim_payment": "paid_amount",
    "service_plan": "budget_amount",
    "fee_expense": "expense_amount",
}
_EPOCH = dt.datetime(2026, 1, 1)  # noqa: DTZ001  # a fixed mark inside workbooks, so that equal rows give equal bytes


@dataclass(frozen=True)
class Dialect:
    """How one kind of file looks. ``extra`` columns are in the file, and mean nothing to the hub."""

    suffix: str
    write_value: Write
    extra: tuple[str, ...]
    is_chinese: bool = False
    encoding: str = "utf-8"
    delimiter: str = ","
    newline: str = "\r\n"
    title_rows: int = 0

    def header(self, contract: Contract) -> list[str]:
        """Column names in the order of the contract, then the extra ones."""
        return [*(f.business_name if self.is_chinese else f.name for f in contract.fields), *self.extra]

    def row(self, fields: tuple[Field, ...], record: Record, number: int) -> list[Any]:
        """The cells of one record."""
        extra = [str(number) if name == "序号" else f"经办{number % 7}" for name in self.extra]
        return [*(self.write_value(f, record[f.name]) for f in fields), *extra]


_SNAKE_EXTRA, _CHINESE_EXTRA = ("remark", "exported_by"), ("备注", "导出人")
DIALECTS: dict[str, Dialect] = {
    "csv_utf8": Dialect("csv", plain, _SNAKE_EXTRA, newline="\n"),
    "csv_utf8_bom_tab": Dialect("csv", plain, _SNAKE_EXTRA, encoding="utf-8-sig", delimiter="\t"),
    "csv_gb18030": Dialect("csv", chinese, _CHINESE_EXTRA, is_chinese=True, encoding="gb18030"),
    "csv_gb18030_semicolon": Dialect(
        "csv", chinese, _CHINESE_EXTRA, is_chinese=True, encoding="gb18030", delimiter=";"
    ),
    "xlsx_ledger": Dialect("xlsx", cell, ("备注", "序号"), is_chinese=True, title_rows=2),
    "xlsx_plain": Dialect("xlsx", number_cell, _SNAKE_EXTRA),
}


def write(
    province: Province,
    folder: pathlib.Path,
    since: dt.datetime | None,
    until: dt.datetime,
    stamp: dt.date | None = None,
) -> list[pathlib.Path]:
    """Write every drop insurer's files of (since, until] below ``folder``/<insurer_id>/; returns them without the control files.

    A type without rows gets a file with a header alone, its nil return. In the demo night the silent insurer leaves
    nothing and the duplicate one leaves every file with rows twice.
    """
    written: list[pathlib.Path] = []
    for insurer in cast():
        if insurer.is_drop and not (insurer.fault == "silent" and until > NIGHT_BEGINS):
            written += _deliver(province, insurer, folder / insurer.insurer_id, (since, until, stamp or until.date()))
    return written


def _deliver(
    province: Province, insurer: Insurer, folder: pathlib.Path, window: tuple[dt.datetime | None, dt.datetime, dt.date]
) -> list[pathlib.Path]:
    since, until, stamp = window
    feeds = {t: shown(province, insurer.insurer_id, t, since, until) for t in INSURER_RECORD_TYPES}
    folder.mkdir(parents=True, exist_ok=True)
    written = {t: write_file(insurer.dialect, folder, t, rows, stamp) for t, rows in feeds.items()}
    repeats = insurer.fault == "duplicate" and until > NIGHT_BEGINS
    return [*written.values(), *(_again(path) for t, path in written.items() if repeats and feeds[t])]


def write_file(
    dialect_name: str, folder: pathlib.Path, record_type: str, records: list[Record], stamp: dt.date
) -> pathlib.Path:
    """Write one file and its control file."""
    dialect, contract = DIALECTS[dialect_name], load_contract(record_type)
    path = folder / f"{record_type}_{stamp:%Y%m%d}.{dialect.suffix}"
    rows = [dialect.row(contract.fields, record, n) for n, record in enumerate(records, 1)]
    _WRITERS[dialect.suffix](path, dialect, contract, rows)
    _control(path, record_type, records)
    return path


def _again(path: pathlib.Path) -> pathlib.Path:
    """The same bytes under another name."""
    twin = path.with_name(f"{path.stem}(1){path.suffix}")
    twin.write_bytes(path.read_bytes())
    _sidecar(twin).write_bytes(_sidecar(path).read_bytes())
    return twin


def _sidecar(path: pathlib.Path) -> pathlib.Path:
    return path.with_name(f"{path.name}.control.json")


def _control(path: pathlib.Path, record_type: str, records: list[Record]) -> None:
    declared: dict[str, Any] = {"row_count": len(records)}
    if amount_field := AMOUNT_FIELDS.get(record_type):
        total = sum((r[amount_field] for r in records if r[amount_field] is not None), Decimal("0.00"))
        declared |= {"amount_field": amount_field, "amount": f"{total:f}"}
    _sidecar(path).write_text(json.dumps(declared), encoding="utf-8")


def _write_csv(path: pathlib.Path, dialect: Dialect, contract: Contract, rows: list[list[Any]]) -> None:
    with path.open("w", encoding=dialect.encoding, newline="") as file:
        writer = csv.writer(file, delimiter=dialect.delimiter, lineterminator=dialect.newline)
        writer.writerow(dialect.header(contract))
        writer.writerows(rows)


def _write_xlsx(path: pathlib.Path, dialect: Dialect, contract: Contract, rows: list[list[Any]]) -> None:
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_numbers": False}) as book:
        book.set_properties({"created": _EPOCH})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        if dialect.title_rows:
            _write_notes(book)
        sheet = book.add_worksheet("台账")
        sheet.activate()
        sheet.set_first_sheet()
        titles = [f"安全生产责任保险{contract.business_name}台账", "单位:元"][: dialect.title_rows]
        for number, title in enumerate(titles):
            sheet.write_string(number, 0, title)
        for number, values in enumerate([dialect.header(contract), *rows], len(titles)):
            _write_cells(sheet, number, values, day)


def _write_notes(book: Any) -> None:
    """A hidden sheet before the visible one, with cells that are no records."""
    notes = book.add_worksheet("填报说明")
    notes.write_string(0, 0, "本页为填报说明,不是业务记录")
    notes.write_string(3, 2, "AZ00000000")
    notes.hide()


def _write_cells(sheet: Any, number: int, values: list[Any], day: Any) -> None:
    for column, value in enumerate(values):
        if isinstance(value, dt.date):
            sheet.write_datetime(number, column, dt.datetime.combine(value, dt.time()), day)
        elif isinstance(value, float):
            sheet.write_number(number, column, value)
        elif value not in ("", None):
            sheet.write_string(number, column, value)


_WRITERS: dict[str, Callable[[pathlib.Path, Dialect, Contract, list[list[Any]]], None]] = {
    "csv": _write_csv,
    "xlsx": _write_xlsx,
}
