"""Whether the hub may work by a session: its time zone, the server behind it, and that server's clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from schemas.errors import SetupError
from warehouse.database.clock import require_together
from warehouse.database.engine import TIME_ZONE, database_errors
from warehouse.database.statements import statement


@dataclass(frozen=True)
class Lag:
    """How far a standby is behind, at most: the last transaction that it has replayed, and its age; None = not known."""

    replayed_at: dt.datetime | None
    seconds: float | None


def lag(engine: sa.Engine) -> Lag | None:
    """How far the standby that an engine reads is behind; None where it reads a primary."""
    with database_errors("reading a standby's lag"), engine.connect() as connection:
        row = connection.execute(statement("database/clock/lag")).one_or_none()
    return Lag(**row._asdict()) if row else None


def require_fit(engine: sa.Engine, machine_clock: Callable[[], dt.datetime], *, is_standby_fit: bool = False) -> None:
    """Raise SetupError for a session of another time zone, a standby, and a clock more than a second off.

    ``machine_clock`` tells this machine's time; ``is_standby_fit``: who only reads may read from one. Days are cut by the
    session's zone: another one moves figures.
    """
    with database_errors("looking at the session"), engine.connect() as connection:
        machine_at = machine_clock()
        there = connection.execute(statement("database/clock/session")).one()
        waited = machine_clock() - machine_at
    if there.time_zone != TIME_ZONE:
        raise SetupError(
            f"会话时区不是 the session's time zone is not {TIME_ZONE} but {there.time_zone}: "
            "连接池丢弃了启动参数,请直连数据库 a pooler dropped the options, connect straight to PostgreSQL"
        )
    if there.is_standby and not is_standby_fit:
        raise SetupError(
            "所连数据库是备库 this server is a standby: name the primary in ANZE_DATABASE_URL, "
            "or both and target_session_attrs=read-write; to read from a standby: ANZE_READ_DATABASE_URL"
        )
    require_together(machine_at, there.database_at, waited)


def drift(engine: sa.Engine, machine_clock: Callable[[], dt.datetime]) -> float:
    """By how many seconds the database's clock is ahead of this machine's, half of the answer's time taken off."""
    with database_errors("comparing clocks"), engine.connect() as connection:
        connection.exec_driver_sql("select 1")  # the connection's own making is no part of the answer's time
        before = machine_clock()
        there = connection.execute(statement("database/clock/session")).one()
        after = machine_clock()
    return float((there.database_at - before - (after - before) / 2).total_seconds())
