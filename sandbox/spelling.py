"""How the drop insurers write values: canonical text, or what an older system prints."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sandbox.truth.clock import SHANGHAI
from schemas.code_lists import load_code_lists
from schemas.contract import Field

#: Code lists of which older systems print the Chinese label instead of the code.
LABELLED = frozenset({"CL-POLICY-STATUS", "CL-HAZARD-LEVEL", "CL-HAZARD-STATUS", "CL-RECEIPT", "CL-EXPENSE-STATUS"})

Write = Callable[[Field, Any], Any]


def canonical_text(value: Any) -> str:
    """The text of a canonical value: ISO dates and times, true/false, plain decimals, empty for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def plain(_field: Field, value: Any) -> str:
    """Canonical text whatever the field."""
    return canonical_text(value)


def chinese(field: Field, value: Any) -> str:
    """As an older core system prints: 是/否, labels for some lists, local times without a zone."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dt.datetime):
        return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
    if field.code_list is not None and field.code_list in LABELLED and value is not None:
        return _labels(field.code_list).get(str(value), str(value))
    return canonical_text(value)


def cell(field: Field, value: Any) -> Any:
    """As a ledger in a workbook: real dates, everything else as text."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    return chinese(field, value) if field.code_list is None else canonical_text(value)


def number_cell(_field: Field, value: Any) -> Any:
    """As the hub's template: amounts and counts as numbers, real dates, text for the rest."""
    if isinstance(value, bool) or value is None or isinstance(value, dt.datetime):
        return canonical_text(value)
    return float(value) if isinstance(value, Decimal | int) else value


@functools.cache
def _labels(list_code: str) -> dict[str, str]:
    return {entry.code: entry.zh for entry in load_code_lists()[list_code].entries}
