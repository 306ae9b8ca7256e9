"""Whether the hub's clock can be believed, before anything is landed, loaded or published by it.

Moments of receipt and knowledge are evidence, and knowledge time only moves forward: one night by a clock that is a year
ahead would stand over every later one.
"""

from __future__ import annotations

import datetime as dt
import time

import sqlalchemy as sa

from schemas.errors import SetupError
from schemas.time_zone import SHANGHAI
from warehouse.database.engine import database_errors
from warehouse.database.statements import statement

#: How far the machine's clock may be from the database's: hosts that keep time by NTP are a hundred times nearer.
TOLERANCE = dt.timedelta(seconds=1)
#: How long after the last receipt or publication the clock may stand (a hub that was off), and how long before it.
LONGEST_PAUSE, LONGEST_STEP_BACK = dt.timedelta(days=92), dt.timedelta(days=1)


def require_believable(
    engine: sa.Engine, now: dt.datetime, offset: dt.timedelta, confirmed_on: dt.date | None = None
) -> None:
    """Raise SetupError, naming both times, when the hub's clock disagrees with the database's or with what was received.

    ``offset`` is the sandbox's, taken off before the clocks are compared; receipts were stamped with it. A person who
    knows that the hub stood still, or was stamped wrongly before, confirms the day on which it goes on.
    """
    begun = time.monotonic()
    with database_errors("comparing clocks"), engine.connect() as connection:
        there = connection.execute(statement("database/clock/compare")).one()
    require_together(now - offset, there.database_at, dt.timedelta(seconds=time.monotonic() - begun))
    if there.last_at is None or confirmed_on == now.astimezone(SHANGHAI).date():
        return
    if not -LONGEST_STEP_BACK <= now - there.last_at <= LONGEST_PAUSE:
        today = now.astimezone(SHANGHAI).date()
        what_to_do = f"校准时钟 set the clock; 若确实如此 if it is true: ANZE_CLOCK_CONFIRMED={today}"
        raise _refusal(now, "最近一次接收或发布 the last receipt or publication", there.last_at, what_to_do)


def require_together(machine_at: dt.datetime, database_at: dt.datetime, waited: dt.timedelta) -> None:
    """Raise SetupError, naming both times, when two clocks differ by more than a second.

    ``waited``: how long the database's answer took, at most, after the machine's clock was read.
    """
    if not -TOLERANCE <= database_at - machine_at <= TOLERANCE + waited:
        raise _refusal(machine_at, "数据库时钟 the database's clock", database_at, "校准时钟 set both by NTP")


def _refusal(here: dt.datetime, other: str, there: dt.datetime, what_to_do: str) -> SetupError:
    return SetupError(
        f"平台时钟不可信,未做任何事 the hub's clock cannot be believed, nothing was done: "
        f"平台时钟 the hub's clock {_shown(here)}, {other} {_shown(there)}: {what_to_do}"
    )


def _shown(moment: dt.datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S.%f}"[:-3]
