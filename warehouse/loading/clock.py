"""The clock of records: from events to deadlines and verdicts, in a load and when verdicts are judged again.

Both put events into the temporary table ``event`` and let the same statements judge them, by the calendar, the
extensions and the outages that were known at one moment: what judged is a function of facts and of that moment.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from schemas.contract import Contract, Milestone
from warehouse.database.expressions import region_of, shanghai_date
from warehouse.database.statements import statement
from warehouse.loading.scope import Scope

_TICK = dt.timedelta(microseconds=1)


@dataclass(frozen=True)
class Clocked:
    """Where events under judgement come from: their rows, as ``s``, where their region stands, and what is bound."""

    source: str
    region_code: str
    parameters: Mapping[str, Any]


def in_force(connection: sa.Connection, scope: Scope) -> Scope:
    """The scope by the calendar in force, and after the last time that verdicts were judged again.

    Asked for under the load's locks: nothing is judged again until its end. What the log of loads says stands.
    """
    if scope.is_logged_moment:
        return scope
    row = connection.execute(statement("loading/merge/in_force")).one()
    recorded_at = max(scope.recorded_at, row.judged_at + _TICK) if row.judged_at else scope.recorded_at
    return replace(scope, calendar_version=row.calendar_version or scope.calendar_version, recorded_at=recorded_at)


def events(connection: sa.Connection, scope: Scope) -> str:
    """SQL of a staged row's events as ``clock/event.sql`` wants them, by the fields that were known to hold them."""
    known = connection.execute(statement("loading/clock/event_fields"), scope.parameters).all()
    told = (
        _event(scope.contract, milestone, [row for row in known if row.milestone == milestone.name])
        for milestone in scope.contract.milestones
    )
    return "), (".join(told)


def _event(contract: Contract, milestone: Milestone, known: Sequence[sa.Row[Any]]) -> str:
    def day(field: str) -> str:
        return shanghai_date(contract.by_name[field], "s")

    event_on, number = day(milestone.field), "null"
    for row in reversed(known):
        until = row.valid_to or "infinity"
        valid = f"coalesce({day(milestone.field)}, {day(row.field)}) between date '{row.valid_from}' and date '{until}'"
        event_on = f"case when {valid} then {day(row.field)} else {event_on} end"
        number = f"case when {valid} then {row.event_field_no} else {number} end"
    return f"cast('{milestone.name}' as text), {event_on}, cast({number} as bigint)"


def staged(scope: Scope) -> Clocked:
    """The events of a load."""
    return Clocked(
        "staged", region_of(scope.contract, "s"), {**scope.parameters, "judging_no": None, "confirms": False}
    )


def judge(connection: sa.Connection, clocked: Clocked) -> None:
    """Give the events of ``event`` their verdicts in ``verdict``, and keep them; what they replace is kept beside."""
    bound = clocked.parameters
    connection.execute(statement("loading/clock/credited"), bound)
    connection.execute(statement("loading/clock/deadline"), bound)
    is_extended = connection.execute(statement("loading/clock/is_extended"), bound).scalar_one()
    slots = {"source": clocked.source, "region_code": clocked.region_code}
    extended = statement("loading/clock/extended", **slots) if is_extended else statement("loading/clock/no_extension")
    connection.execute(extended, bound)
    connection.execute(statement("loading/clock/verdict"), bound)
    connection.exec_driver_sql("analyze verdict")
    for name in ("keep_past", "change_milestone", "milestone"):
        connection.execute(statement(f"loading/clock/{name}"), bound)
