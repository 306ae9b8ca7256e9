"""Judging again: verdicts that a new fact may change (a notice, an extension, an outage), by what is known then.

    with engine.begin() as connection:
        moment = again.hold(connection, now)
        ... write the fact, known from that moment ...
        changes = again.judge_again(connection, again.Cause("calendar", edition_no, by), moment)

A judging has a number of the log of loads and no load beside it: replaying both in the order of their numbers gives the
same verdicts. What a verdict was before stays in ``quality.milestone_past``; a version's in core is never rewritten.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from schemas.contract import Contract, load_contract
from warehouse.database import locks, release
from warehouse.database.expressions import key_text, region_of
from warehouse.database.statements import statement
from warehouse.loading import clock

Kind = Literal["calendar", "extension", "revocation", "outage"]
_TICK = dt.timedelta(microseconds=1)
_TABLES = ("event", "credited", "deadline", "extended", "verdict")


@dataclass(frozen=True)
class Cause:
    """Why verdicts are judged again: the number of the edition, extension or (first) outage, and whose doing it is."""

    kind: Kind
    fact_no: int
    judged_by: str


@dataclass(frozen=True)
class LoggedJudging(Cause):
    """One judging, as the log has it: enough to do it again."""

    judging_no: int
    judged_at: dt.datetime


@dataclass(frozen=True)
class Change:
    """Verdicts of one insurer and record type that went one way; ``moved_count`` of them have another deadline.

    Equal verdicts with no deadline moved were confirmed by another calendar.
    """

    insurer_id: str
    record_type: str
    old_timeliness: str | None
    new_timeliness: str | None
    verdict_count: int
    moved_count: int
    examples: tuple[str, ...]
    """Keys of the first records."""


def hold(connection: sa.Connection, now: dt.datetime) -> dt.datetime:
    """Keep loads and publications out until the transaction ends; the moment of what comes to be known in it."""
    release.hold(connection, shared=True)
    locks.registers(connection, shared=False)
    connection.exec_driver_sql("set local timezone = 'Asia/Shanghai'")
    connection.exec_driver_sql("set local work_mem = '128MB'")
    connection.exec_driver_sql("set local jit = off")
    last = connection.execute(statement("loading/again/last_known")).scalar_one()
    return max(now, last + _TICK) if last else now


def next_no(connection: sa.Connection) -> int:
    """A number of the log, under its locks."""
    return int(connection.exec_driver_sql("select nextval('landing.load_no')").scalar_one())


def judge_again(connection: sa.Connection, cause: Cause, judged_at: dt.datetime) -> list[Change]:
    """Judge what a fact may change, which is known from ``judged_at`` on. Returns what changed or was confirmed."""
    judging_no = next_no(connection)
    logged = LoggedJudging(cause.kind, cause.fact_no, cause.judged_by, judging_no, judged_at)
    connection.execute(statement("loading/again/keep"), vars(logged))
    return repeat(connection, logged)


def repeat(connection: sa.Connection, judging: LoggedJudging) -> list[Change]:
    """Do a logged judging, the first time or again in a twin."""
    bound = vars(judging) | {
        "recorded_at": judging.judged_at,
        "confirms": judging.kind == "calendar",
        "calendar_version": connection.execute(statement("loading/again/in_force"), vars(judging)).scalar(),
    }
    connection.exec_driver_sql("drop table if exists pg_temp.due, pg_temp.judged")
    connection.execute(statement("loading/again/create_due"))
    connection.execute(statement(f"loading/again/due_{judging.kind}"), bound)
    for record_type in connection.exec_driver_sql("select distinct record_type from due order by 1").scalars().all():
        _judge(connection, load_contract(record_type), bound)
    rows = connection.execute(statement("loading/again/changes"))
    return [Change(**{**row._asdict(), "examples": tuple(row.examples)}) for row in rows]


def log(connection: sa.Connection) -> list[LoggedJudging]:
    """Everything that was ever judged again, in the order of its number."""
    return [LoggedJudging(**row._asdict()) for row in connection.execute(statement("loading/again/log"))]


def _judge(connection: sa.Connection, contract: Contract, given: dict[str, Any]) -> None:
    """Judge what is due of one record type."""
    connection.exec_driver_sql(f"drop table if exists {', '.join(f'pg_temp.{name}' for name in _TABLES)}")
    slots = {"core": f"core.{contract.record_type}", "key_text": key_text(contract, "c")}
    bound = given | {"record_type": contract.record_type, "main_milestone": contract.milestones[0].name}
    connection.execute(statement("loading/again/event"), bound)
    connection.exec_driver_sql("analyze event")
    current = (
        f"(select e.row_no, {region_of(contract, 'c')} as region_code from event as e inner join {slots['core']} as c on e.insurer_id = c.insurer_id"  # noqa: S608
        f" and c.superseded_at is null and e.record_key = {slots['key_text']})"
    )
    clock.judge(connection, clock.Clocked(current, "s.region_code", bound))
    connection.execute(statement("loading/again/versions", **slots), bound)
    connection.execute(statement("loading/again/note"), bound)
