"""Signs of life of the hub's services, a row an interval of being up, and the outages between them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from warehouse.database.statements import statement

Service = Literal["portal", "intake", "database"]
SERVICES: tuple[Service, ...] = ("portal", "intake", "database")


@dataclass(frozen=True)
class Gap:
    """From the last sign of a service to its next; ``is_planned`` when somebody had stopped it."""

    service: Service
    began_at: dt.datetime
    ended_at: dt.datetime
    is_planned: bool


@dataclass(frozen=True)
class Outage(Gap):
    """A gap that was found to be an outage; ``verdict_count`` verdicts stand by its credit."""

    outage_no: int
    is_credited: bool
    basis: str
    recorded_at: dt.datetime
    verdict_count: int


@dataclass(frozen=True)
class Sign:
    """A service's last sign of life; ``stopped_by``: who stopped it on purpose."""

    service: Service
    up_to: dt.datetime
    stopped_by: str | None


def beat(
    connection: sa.Connection, service: Service, now: dt.datetime, offset: dt.timedelta, longest: dt.timedelta
) -> None:
    """Keep that a service is up; after a silence of more than ``longest`` a new interval begins."""
    bound = {"service": service, "now": now, "clock_offset": offset, "longest_silence": longest}
    if not connection.execute(statement("landing/heartbeat/prolong"), bound).rowcount:
        connection.execute(statement("landing/heartbeat/begin"), bound)


def stopped(connection: sa.Connection, service: Service, by: str) -> None:
    """Keep that somebody stopped a service."""
    connection.execute(statement("landing/heartbeat/stop"), {"service": service, "stopped_by": by})


def last(connection: sa.Connection) -> list[Sign]:
    """The last sign of each service that ever gave one."""
    return [Sign(**row._asdict()) for row in connection.execute(statement("landing/heartbeat/last"))]


def gaps(connection: sa.Connection) -> list[Gap]:
    """Gaps that are no outage yet, of whatever length, the oldest first."""
    return [Gap(**row._asdict()) for row in connection.execute(statement("landing/heartbeat/gaps"))]


def keep_outage(connection: sa.Connection, outage: Outage, longest: dt.timedelta) -> None:
    """Keep an outage, known from ``recorded_at`` on."""
    connection.execute(statement("landing/heartbeat/keep_outage"), {**vars(outage), "longest_silence": longest})


def outages(connection: sa.Connection) -> list[Outage]:
    """Outages, the newest first."""
    return [Outage(**row._asdict()) for row in connection.execute(statement("landing/heartbeat/outages"))]
