"""Declared totals: what a clerk says of a delivery beside it, on the command line or on the template's control sheet.

The sheet 「控制总数」 has a label and a value a row: 「数据行数」, and 「<field>合计(元)」 for one amount field of the contract. A
value that is left empty declares nothing. The sheet is read in the parsing child, inside its limits.
"""

from __future__ import annotations

import pathlib
import re
from collections.abc import Iterator
from decimal import Decimal

from connectors.model import SourceFormat
from connectors.parse.archive import ARCHIVE_MARK
from connectors.parse.limits import Limits
from connectors.parse.reasons import refuse
from connectors.parse.runner import parse_in_child
from schemas.contract import Contract, Field
from schemas.delivery import Control
from schemas.errors import TellInsurer
from schemas.folding import half_width
from schemas.template import CONTROL_HEADS, CONTROL_ROWS, CONTROL_SHEET, control_amounts, control_label

#: A sheet of a few lines.
LIMITS = Limits(wall_seconds=60.0, cpu_seconds=60, chunk_rows=1_000)
_NUMBER = re.compile(r"(?P<sign>-?)(?P<whole>\d{1,15}|\d{1,3}(?:,\d{3}){1,4})(?P<fraction>\.\d{1,2}0*)?")


def read_control_sheet(path: pathlib.Path, contract: Contract) -> Control | None:
    """What the control sheet of a workbook declares; None without such a sheet, or when nothing is filled in.

    A workbook that cannot be read declares nothing either: its load says why. Raises UnreadableFile (FILE-091) for a
    control sheet whose values cannot be understood.
    """
    with path.open("rb") as file:
        if file.read(len(ARCHIVE_MARK)) != ARCHIVE_MARK:
            return None
    source = SourceFormat(kind="xlsx", sheet=CONTROL_SHEET)
    try:
        filled = {label: value for label, value in _rows(path, source) if value}
    except TellInsurer as refusal:
        if not refusal.where.startswith(CONTROL_SHEET) or refusal.code in ("FILE-003", "FILE-028"):
            return None
        raise refuse("FILE-091", refusal.where) from refusal
    if not filled:
        return None
    labels = {control_label(field): field for field in control_amounts(contract)}
    amounts = [(labels[label], value) for label, value in filled.items() if label in labels]
    unknown = [label for label in filled if label not in labels and label != CONTROL_ROWS]
    if unknown or len(amounts) > 1:
        named = unknown or [field.business_name for field, _ in amounts]
        raise refuse("FILE-091", CONTROL_SHEET, f"只能填写“{CONTROL_ROWS}”和一项金额合计,现有{'、'.join(named)}")
    return declared(
        contract, filled.get(CONTROL_ROWS), amounts[0][1] if amounts else None, amounts[0][0] if amounts else None
    )


def declared(contract: Contract, rows: str | None, amount: str | None, field: Field | None = None) -> Control | None:
    """Declared totals from texts; the amount is that of ``field``, else of the contract's main amount field.

    Raises UnreadableFile (FILE-091) for a text that is no such number, and for an amount where no field has one.
    """
    if rows is None and amount is None:
        return None
    count = None if rows is None else _number(rows, CONTROL_ROWS)
    if count is not None and (count != int(count) or count < 0):
        raise refuse("FILE-091", CONTROL_ROWS, f"“{rows}”不是非负整数")
    if amount is None:
        return Control(None if count is None else int(count))
    target = field or next(iter(control_amounts(contract)), None)
    if target is None:
        raise refuse("FILE-091", "", f"{contract.business_name}没有金额字段")
    return Control(None if count is None else int(count), target.name, _number(amount, target.business_name))


def agreed(told: Control | None, sheet: Control | None) -> Control | None:
    """What was declared in two places, as one. Raises UnreadableFile (FILE-091) where they contradict each other."""
    if told is None or sheet is None:
        return told or sheet
    for name in ("row_count", "amount_field", "amount"):
        one, other = getattr(told, name), getattr(sheet, name)
        if one is not None and other is not None and one != other:
            raise refuse("FILE-091", CONTROL_SHEET, f"另行申报{one},控制总数表填写{other}")
    amount = told if told.amount is not None else sheet
    rows = told.row_count if told.row_count is not None else sheet.row_count
    return Control(rows, amount.amount_field, amount.amount)


def _rows(path: pathlib.Path, source: SourceFormat) -> Iterator[tuple[str, str]]:
    """(label, value) of every row of the sheet."""
    for header, batch in parse_in_child(path, source, LIMITS, dict.fromkeys(CONTROL_HEADS, "text")):
        found = dict(zip(header.names, batch.columns, strict=False))
        labels, values = (found[head].to_pylist() if head in found else [] for head in CONTROL_HEADS)
        for label, value in zip(labels, values, strict=False):
            yield (label or "").strip(), (value or "").strip()


def _number(text: str, what: str) -> Decimal:
    """A number with at most two decimals; groups of three digits may be set apart."""
    plain = half_width(text).strip()
    if not _NUMBER.fullmatch(plain):
        raise refuse("FILE-091", what, f"“{text[:30]}”不是数,应如 120 或 98000.00")
    return Decimal(plain.replace(",", ""))
