"""What tests of the oracle ask of a small world: one cell, and how it is shown."""

from __future__ import annotations

import datetime as dt
from typing import Any

from oracle.cells import Cell, CellKey
from oracle.indicators import compute

AS_OF = dt.date(2026, 11, 20)


def province(records: dict[str, Any], indicator: str, kind: str, region: str = "370000", insurer: str = "*") -> Cell:
    return compute(records, AS_OF).cells[CellKey(indicator, kind, region, "*", insurer)]  # type: ignore[arg-type]


def shown(cell: Cell) -> tuple[str, str, str]:
    return str(cell.numerator), str(cell.denominator), str(cell.shown)
