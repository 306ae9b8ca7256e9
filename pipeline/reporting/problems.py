"""What was found in a delivery, as rows that no reader of the database need know the origin of."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Self

from schemas.contract import load_contracts
from schemas.findings import PlaceParts, SourceColumn, place_chinese, place_parts

SEVERITIES = {"error": "错误", "warning": "提示"}
_MEASURED = frozenset({"amount", "decimal", "ratio", "count"})


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason at one place: a row of ``report.finding`` or of ``report.held_row`` with what its batch says.

    ``value`` and ``message`` hold nothing personal, because findings do not. ``place`` None speaks of the whole batch.
    """

    rule_id: str
    message: str
    severity: str = "error"
    row_no: int | None = None
    place: str | None = None
    record_type: str = ""
    field: str | None = None
    field_name: str | None = None
    source_column: str | None = None
    column_letter: str | None = None
    record_key: str | None = None
    value: str | None = None
    expected: str | None = None
    rule_title: str | None = None
    found_at: dt.datetime | None = None
    resolved_at: dt.datetime | None = None
    resolved_by_batch_id: int | None = None
    extra: Mapping[str, str] | None = None
    """Columns of the sender's own that nothing asks for, when the caller may show them: name -> value."""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """A problem from a row of a view; other columns are left aside, the field's Chinese name is looked up."""
        known = {name: row[name] for name in _NAMES & row.keys() if row[name] is not None}
        found_at = row.get("opened_at") or row.get("held_at") or row.get("quarantined_at")
        name = known.get("field_name") or _business_name(known.get("record_type", ""), known.get("field"))
        return cls(**{**known, "field_name": name, "found_at": known.get("found_at", found_at)})

    @property
    def parts(self) -> PlaceParts:
        """File, sheet and row; of the whole batch: the first file and no row."""
        return place_parts(self.place) or PlaceParts()

    @property
    def sheet_row(self) -> int | None:
        """The row as a spreadsheet numbers it; of a second text file of a batch its line."""
        parts = self.parts
        return parts.row or (self.row_no if parts.file_no == 1 else parts.line)

    @property
    def where(self) -> str:
        """The place in Chinese: ``工作表“保单”第5行 C列(保单号)``."""
        column = SourceColumn(self.source_column, self.column_letter) if self.source_column else None
        return place_chinese(self.place, column, self.field_name)

    @property
    def difference(self) -> Decimal | None:
        """What was found less what was expected, of a number in a row; None for all else."""
        contract = load_contracts().get(self.record_type)
        field = contract.by_name.get(self.field or "") if contract else None
        if self.place is None or field is None or field.kind not in _MEASURED:
            return None
        found, expected = _number(self.value), _number(self.expected)
        return None if found is None or expected is None else found - expected


_NAMES = frozenset(field.name for field in dataclasses.fields(Problem))


@dataclass(frozen=True)
class Report:
    """All problems of one batch, and what the batch is; ``files`` are the names of its parts in their order."""

    batch_id: int
    insurer_id: str
    record_type: str
    files: tuple[str, ...]
    problems: Sequence[Problem]

    def file_of(self, problem: Problem) -> str:
        """The name of the file that a problem stands in; of the whole batch: its first names."""
        parts = place_parts(problem.place)
        if parts is not None and parts.line is None and parts.row is None:
            parts = None
        if parts is not None and parts.file_no <= len(self.files):
            return self.files[parts.file_no - 1]
        return "; ".join(self.files[:3]) + ("; …" if len(self.files) > 3 else "")

    def of_file(self, file_no: int) -> list[Problem]:
        """What stands in one file (from 1), with what speaks of the whole batch."""
        return [each for each in self.problems if each.place is None or each.parts.file_no == file_no]


def problems_of(rows: Iterable[Mapping[str, Any]]) -> list[Problem]:
    """Problems from rows of a view, in their order."""
    return [Problem.of(row) for row in rows]


def _business_name(record_type: str, field: str | None) -> str | None:
    contract = load_contracts().get(record_type)
    known = contract.by_name.get(field or "") if contract else None
    return known.business_name if known else field


def _number(text: str | None) -> Decimal | None:
    try:
        number = Decimal(text or "")
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
