"""Profiles: what a delivery looks like as a whole, kept at its first reading, for comparison with the deliveries before it.

Columns are profiled while the rows pass by, chunk by chunk, over rows that are no withdrawals: those are mostly empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from schemas.contract import WITHDRAWAL, Contract
from schemas.findings import Rule
from warehouse.database.copying import copy_rows
from warehouse.database.statements import statement
from warehouse.loading import rules
from warehouse.loading.scope import Scope

#: Tier of the rules that compare a delivery with those before it; they are run when the outcome of each row is known.
HISTORY = "history"
#: Their ids: a replay does not ask them again, and so does not resolve what they said.
RULES = tuple(f"DLV-{number:03d}" for number in range(1, 11))
#: Findings that speak of totals: they are resolved when the delivery adds up.
TOTALS_RULES = ("BAT-001", "BAT-003", "DLV-001", "DLV-002")
_NUMBERS = ("amount", "count", "decimal", "ratio")
_COLUMNS = (
    "batch_id", "field", "filled_count", "is_constant", "same_count", "amount_sum", "absolute_sum", "amount_min", "amount_max",
)  # fmt: skip


@dataclass
class ColumnProfile:
    """One column so far; ``first`` is its first value, which ``same_count`` rows hold. Amounts in the field's unit."""

    filled_count: int = 0
    is_constant: bool = True
    same_count: int = 0
    first: pa.Scalar[Any] | None = None
    amount_sum: Decimal | int | None = None
    absolute_sum: Decimal | int | None = None
    amount_min: Decimal | int | None = None
    amount_max: Decimal | int | None = None

    def add(self, column: pa.ChunkedArray, *, is_number: bool) -> None:
        """Add a chunk's values; null and the empty text are no values."""
        values = column.drop_null()
        if pa.types.is_string(values.type):
            values = values.filter(pc.not_equal(values, "")) if pc.any(pc.equal(values, "")).as_py() else values
        if not len(values):
            return
        self.filled_count += len(values)
        self.first = self.first if self.first is not None else values[0]
        self.same_count += pc.sum(pc.equal(values, self.first)).as_py()
        self.is_constant = self.same_count == self.filled_count
        if is_number:
            self._add_numbers(values)

    def _add_numbers(self, values: pa.ChunkedArray) -> None:
        low, high = pc.min_max(values).as_py().values()
        self.amount_sum = (self.amount_sum or 0) + pc.sum(values).as_py()
        self.absolute_sum = (self.absolute_sum or 0) + pc.sum(pc.abs(values)).as_py()
        self.amount_min = low if self.amount_min is None else min(self.amount_min, low)
        self.amount_max = high if self.amount_max is None else max(self.amount_max, high)


@dataclass
class Profile:
    """A delivery so far: how many rows are no withdrawals, and their columns by field."""

    content_count: int = 0
    columns: dict[str, ColumnProfile] = field(default_factory=dict)

    def add(self, contract: Contract, table: pa.Table) -> None:
        """Add a chunk of typed rows."""
        is_content = pc.fill_null(pc.not_equal(table["operation_code"], WITHDRAWAL), True)
        content = table if pc.all(is_content).as_py() else table.filter(is_content)
        self.content_count += content.num_rows
        for each in contract.fields:
            column = self.columns.setdefault(each.name, ColumnProfile())
            column.add(content[each.name], is_number=each.kind in _NUMBERS)


def compare(
    connection: sa.Connection,
    scope: Scope,
    profile: Profile,
    sql_rules: Sequence[Rule],
) -> None:
    """Keep the profile of the staged batch and judge it by the rules of tier history; needs table ``outcome``.

    A batch has one profile, of the first time that it could be read; a replay of it is not judged again.
    """
    if connection.execute(statement("loading/profiles/is_kept"), scope.parameters).scalar_one():
        return
    keep(connection, scope, profile)
    connection.execute(statement("loading/profiles/no_absent"))
    rules.run(connection, [rule for rule in sql_rules if rule.tier == HISTORY], scope.parameters, scope.tell)


def keep(connection: sa.Connection, scope: Scope, profile: Profile) -> None:
    """Write a batch's profile; the amount that its sender declared is added up over landed and over loaded rows."""
    declared = scope.declared_amount_field
    amount = f"s.{declared}" if declared in scope.contract.by_name else "cast(null as numeric)"
    values = {**scope.parameters, "content_count": profile.content_count}
    connection.execute(statement("loading/profiles/keep", amount=amount), values)
    rows = (
        [scope.batch_id, name, *(getattr(column, part) for part in _COLUMNS[2:])]
        for name, column in profile.columns.items()
        if column.filled_count
    )
    copy_rows(connection, "quality.column_profile", _COLUMNS, rows)


def resolve_totals(connection: sa.Connection, scope: Scope) -> None:
    """Resolve findings about totals of the feed's earlier deliveries that add up now; after the batch's books."""
    connection.execute(
        statement("loading/profiles/resolve_totals"), {**scope.parameters, "totals_rules": list(TOTALS_RULES)}
    )
