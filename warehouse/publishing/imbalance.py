"""Deliveries that do not add up: what was declared against what is loaded, as a publication knew it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from schemas.contract import load_contract
from warehouse.database.statements import statement

_WHAT = {
    "held": "整批{received}行被隔离,仍有{open}行未解决",
    "declared": "{declared}仍有{open}行被隔离",
    "rejected": "整批无法读取或未采用{declared}",
}


@dataclass(frozen=True)
class Imbalance:
    """One delivery that did not add up when a publication was made; amounts in yuan, of ``amount_field``."""

    insurer_id: str
    record_type: str
    batch_id: int
    kind: str
    """held: every row; declared: some rows of declared totals; rejected: nothing of it was read or taken."""
    declared_row_count: int | None
    received_count: int
    open_row_count: int
    amount_field: str | None
    declared_amount: Decimal | None
    loaded_amount: Decimal | None

    @property
    def text(self) -> str:
        """Feed, batch and difference in Chinese."""
        declared = f"申报{self.declared_row_count}行," if self.declared_row_count is not None else ""
        if self.kind == "rejected":
            declared = f"({declared.rstrip(',')})" if declared else ""
        what = _WHAT[self.kind].format(received=self.received_count, open=self.open_row_count, declared=declared)
        return f"{self.insurer_id}/{self.record_type} 批次 {self.batch_id}: {what}{self._amounts}"

    @property
    def _amounts(self) -> str:
        if self.declared_amount is None or self.amount_field is None:
            return ""
        name = load_contract(self.record_type).by_name[self.amount_field].business_name
        loaded = self.loaded_amount or Decimal(0)
        difference = self.declared_amount - loaded
        return f";{name}申报{self.declared_amount}元,首次入库{loaded}元,相差{difference}元" if difference else ""


def imbalances(connection: sa.Connection, publication_id: int) -> list[Imbalance]:
    """Why a publication is provisional besides missing deliveries, in the order of feeds and batches."""
    rows = connection.execute(statement("loading/profiles/imbalances"), {"publication_id": publication_id})
    return [Imbalance(**row._asdict()) for row in rows]
