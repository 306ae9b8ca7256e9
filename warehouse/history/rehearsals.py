"""What a rehearsal changed in a database of its own: cells of figures, verdicts, rows that were quarantined."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from warehouse.database.statements import statement

SHOWN = 20


@dataclass(frozen=True)
class Standing:
    """The last moment of knowledge (None: nothing was loaded), and how many held rows were cleared so far."""

    last_known_at: dt.datetime | None
    resolved_count: int


@dataclass(frozen=True)
class Changes:
    """How many things changed, and the first of them, one line each."""

    count: int
    lines: tuple[str, ...]


def standing(connection: sa.Connection) -> Standing:
    """Read where a database stands."""
    return Standing(**connection.execute(statement("history/plans/standing")).one()._asdict())


def keep_verdicts(connection: sa.Connection) -> None:
    """Keep the verdicts as they are beside the table, for ``changed_verdicts``."""
    connection.execute(statement("history/plans/keep_verdicts"))


def changed_verdicts(connection: sa.Connection) -> Changes:
    """List verdicts that changed since they were kept."""
    rows = connection.execute(statement("history/plans/changed_verdicts"), {"max_count": SHOWN}).all()
    lines = [
        f"{r.insurer_id} {r.record_type} {r.record_key} {r.milestone}: {r.old_timeliness or '—'} -> {r.new_timeliness or '—'}"
        for r in rows
    ]
    return _changes(rows, lines)


def changed_cells(connection: sa.Connection, old_id: int, new_id: int) -> Changes:
    """List cells that differ between two publications of one day."""
    values = {"old_id": old_id, "new_id": new_id, "max_count": SHOWN}
    rows = connection.execute(statement("history/plans/changed_cells"), values).all()
    lines = [
        f"{r.indicator} {r.period_kind} {r.region_code} {r.domain_code} {r.insurer_id}: "
        f"{_ratio(r.old_numerator, r.old_denominator)} -> {_ratio(r.new_numerator, r.new_denominator)}"
        for r in rows
    ]
    return _changes(rows, lines)


def _changes(rows: Sequence[sa.Row[Any]], lines: Sequence[str]) -> Changes:
    return Changes(rows[0].changed_count if rows else 0, tuple(lines))


def _ratio(numerator: Decimal | None, denominator: Decimal | None) -> str:
    if numerator is None:
        return "—"
    return f"{numerator:f}" + ("" if denominator is None else f" / {denominator:f}")
