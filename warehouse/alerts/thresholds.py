"""The numbers that alerts decide by: the register's entry where there is one in force, else the definition's default."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

import sqlalchemy as sa

from warehouse.alerts.catalogue import Definition, Threshold
from warehouse.database.statements import statement

Known = Mapping[str, Decimal]


def register(connection: sa.Connection, rule_nos: list[str], as_of: dt.date, known_at: dt.datetime) -> Known:
    """Values of the register by rule number, as known at a moment and in force on a day."""
    wanted = {"rule_nos": rule_nos, "as_of": as_of, "known_at": known_at}
    rows = connection.execute(statement("alerts/findings/thresholds"), wanted)
    return {row.rule_no: row.threshold_value for row in rows}


def values(definition: Definition, known: Known, as_of: dt.date) -> dict[str, Decimal | None]:
    """Each threshold of a definition by name; None where neither register nor definition has a number for the day."""
    return {t.name: known.get(t.rule_no, t.default if t.valid_from <= as_of else None) for t in definition.thresholds}


def shown(threshold: Threshold, value: Decimal) -> str:
    """A threshold as people read it: ``5%``, ``30天``, ``1个工作日``."""
    if threshold.unit == "ratio":
        return f"{_plain(value * 100)}%"
    return {
        "day": f"{_plain(value)}天",
        "working_day": f"{_plain(value)}个工作日",
        "yuan": f"{_plain(value)}元",
        "count": _plain(value),
    }[threshold.unit]


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
