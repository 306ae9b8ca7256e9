"""Two deliveries side by side: their profiles, and in words what differs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from schemas.contract import load_contract
from schemas.errors import NotFound
from warehouse.database.engine import database_errors
from warehouse.database.statements import statement

#: A column's fill rate is worth a word when it moved by so much.
TOLD_POINTS = Decimal(10)


@dataclass(frozen=True)
class Column:
    """One column of a delivery; amounts in the field's unit, null for fields that are no numbers."""

    field: str
    filled_count: int
    is_constant: bool
    amount_sum: Decimal | None
    amount_min: Decimal | None
    amount_max: Decimal | None


@dataclass(frozen=True)
class Side:
    """What is kept of one delivery as a whole; ``content_count`` rows are no withdrawals, columns speak of those."""

    batch_id: int
    insurer_id: str
    record_type: str
    channel: str
    received_at: dt.datetime
    state: str
    row_count: int
    content_count: int
    loaded_count: int
    held_count: int
    declared_row_count: int | None
    amount_field: str | None
    declared_amount: Decimal | None
    landed_amount: Decimal | None
    loaded_amount: Decimal | None
    columns: dict[str, Column]

    def filled_pct(self, field: str) -> Decimal | None:
        """Percent of the rows in which a field is filled, with one decimal; None without rows."""
        if not self.content_count:
            return None
        filled = self.columns[field].filled_count if field in self.columns else 0
        return (Decimal(100) * filled / self.content_count).quantize(Decimal("0.1"))


def side(engine: sa.Engine, batch_id: int) -> Side:
    """The profile of a batch. Raises NotFound when none is kept: it was not loaded, or could not be read."""
    with database_errors("reading a profile"), engine.connect() as connection:
        row = connection.execute(statement("loading/profiles/side"), {"batch_id": batch_id}).one_or_none()
        columns = connection.execute(statement("loading/profiles/side_columns"), {"batch_id": batch_id}).all()
    if row is None:
        raise NotFound(f"batch {batch_id} has no profile: it is not loaded, or nothing of it could be read")
    return Side(**row._asdict(), columns={each.field: Column(**each._asdict()) for each in columns})


def before(engine: sa.Engine, batch_id: int) -> int | None:
    """The last comparable delivery with rows before a batch: same feed, channel and kind; None when there is none."""
    with database_errors("reading a profile"), engine.connect() as connection:
        found: int | None = connection.execute(
            statement("loading/profiles/before"), {"batch_id": batch_id}
        ).scalar_one_or_none()
    return found


def fields(a: Side, b: Side) -> list[str]:
    """Fields that are filled in either delivery, in the contract's order."""
    return [name for name in load_contract(b.record_type).by_name if name in a.columns or name in b.columns]


def differences(a: Side, b: Side) -> list[str]:
    """What differs from delivery ``a`` to delivery ``b``, each in one Chinese sentence."""
    return [*_of_books(a, b), *(text for name in fields(a, b) for text in _of_column(a, b, name))]


def _of_books(a: Side, b: Side) -> Iterator[str]:
    if a.row_count != b.row_count:
        yield f"行数{a.row_count}→{b.row_count}({b.row_count - a.row_count:+d})"
    if a.held_count != b.held_count:
        yield f"被隔离{a.held_count}→{b.held_count}行"


def _of_column(a: Side, b: Side, name: str) -> Iterator[str]:
    label = load_contract(b.record_type).by_name[name].business_name
    was, now = a.filled_pct(name), b.filled_pct(name)
    if was is not None and now is not None and abs(now - was) >= TOLD_POINTS:
        yield f"{label}填写率{was}%→{now}%"
    one, other = a.columns.get(name), b.columns.get(name)
    if one is None or other is None:
        return
    if other.is_constant and not one.is_constant and other.filled_count > 1:
        yield f"{label}各行相同,此前不同"
    if one.amount_sum is not None and other.amount_sum is not None and one.amount_sum != other.amount_sum:
        yield f"{label}合计{_plain(one.amount_sum)}→{_plain(other.amount_sum)}"


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}" if amount else "0"
