"""Freezing a month's figures, and revising what is frozen, with the feeds and rules of one installation."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from pipeline.expecting import expected_feeds
from pipeline.hub import Hub
from schemas.time_zone import SHANGHAI
from warehouse.database.engine import database_errors
from warehouse.landing.load_report import Versions
from warehouse.publishing import frozen
from warehouse.publishing.frozen import Frozen

#: Deliveries of an as-of day count from its evening on.
EVENING = dt.time(18)


def versions_in_force(hub: Hub) -> Versions:
    """Rule set and calendar that a publication of now names."""
    return Versions(hub.rules.version, hub.calendar_version)


def delivered_since(as_of: dt.date) -> dt.datetime:
    """From when on a delivery counts for the figures of a day."""
    return dt.datetime.combine(as_of, EVENING, tzinfo=SHANGHAI)


def freeze(hub: Hub, month: dt.date, by: str) -> Frozen:
    """Freeze a month, or revise it where it is frozen already. Raises MonthOpen while it is not over."""
    with database_errors("freezing figures"), hub.engine.begin() as connection:
        return _freeze(hub, connection, month, by)


def revise(hub: Hub, by: str) -> list[Frozen]:
    """Bring every frozen month up to what is known now, oldest first; months in which nothing moved stay as they are."""
    with database_errors("reading frozen months"), hub.engine.connect() as connection:
        months = frozen.frozen_months(connection)
    return [freeze(hub, month, by) for month in months]


def _freeze(hub: Hub, connection: sa.Connection, month: dt.date, by: str) -> Frozen:
    return frozen.freeze(
        connection,
        month,
        hub.sure_now(),
        by,
        expected=expected_feeds(hub, frozen.last_day(month)),
        delivered_since=delivered_since(frozen.last_day(month)),
        versions=versions_in_force(hub),
    )
