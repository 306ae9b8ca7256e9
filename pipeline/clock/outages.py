"""Outages of the hub itself, told by its own signs of life, and the deadlines that they move.

    with beating(hub, "portal"):
        ... serve ...

The portal and the intake give a sign; whoever does says by it that the database is up, too. A gap of more than the
configured bound is an outage once it is over; whether it moves deadlines is decided then, by the configuration of its day.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Iterator

import sqlalchemy as sa

from pipeline.hub import Hub
from quality.clock_rules import OutageCredit, clock_rules
from schemas.errors import HubError
from schemas.time_zone import SHANGHAI
from warehouse.database.engine import database_errors
from warehouse.landing import heartbeats
from warehouse.landing.heartbeats import Outage, Service
from warehouse.loading import again
from warehouse.loading.again import Change

logger = logging.getLogger(__name__)

BEAT_SECONDS = 60.0
DATABASE: Service = "database"


def beat(hub: Hub, service: Service) -> None:
    """Give one sign of life of a service, and of the database that takes it. Raises WarehouseUnreachable."""
    now, offset = hub.now(), hub.settings.clock_offset
    credit = clock_rules().credit_on(now.astimezone(SHANGHAI).date())
    with database_errors("giving a sign of life"), hub.engine.begin() as connection:
        for each in dict.fromkeys((service, DATABASE)):
            heartbeats.beat(connection, each, now, offset, credit.longest(each))


def stopped(hub: Hub, service: Service, by: str) -> None:
    """Say that somebody stops a service: the silence after it is planned."""
    with database_errors("keeping a stop"), hub.engine.begin() as connection:
        heartbeats.stopped(connection, service, by)


@contextlib.contextmanager
def beating(hub: Hub, service: Service) -> Iterator[None]:
    """Give a sign of life a minute while the block runs; one that fails is logged, and its silence speaks."""
    is_over = threading.Event()

    def go_on() -> None:
        while True:
            try:
                beat(hub, service)
            except HubError as error:
                logger.warning("no sign of life of %s: %s", service, error)
            if is_over.wait(BEAT_SECONDS):
                return

    thread = threading.Thread(target=go_on, name=f"heartbeat of {service}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def note_outages(hub: Hub) -> list[Change]:
    """Keep outages that are over and were not known, and judge again what they move. Does nothing the second time."""
    with database_errors("looking for outages"), hub.engine.begin() as connection:
        if not _outages(connection):
            return []
        moment = again.hold(connection, hub.now())
        found = _outages(connection)
        numbers = []
        for gap, credit in found:
            outage_no = again.next_no(connection)
            is_credited = credit.is_on and (credit.counts_planned_stops or not gap.is_planned)
            outage = Outage(**vars(gap), outage_no=outage_no, is_credited=is_credited, basis=credit.basis,
                            recorded_at=moment, verdict_count=0)  # fmt: skip
            heartbeats.keep_outage(connection, outage, credit.longest(gap.service))
            numbers += [outage_no] if is_credited else []
        if not numbers:
            return []
        return again.judge_again(connection, again.Cause("outage", numbers[0], "anze"), moment)


def listed(hub: Hub) -> list[Outage]:
    """Outages and their credit, the newest first."""
    with database_errors("reading outages"), hub.engine.connect() as connection:
        return heartbeats.outages(connection)


def _outages(connection: sa.Connection) -> list[tuple[heartbeats.Gap, OutageCredit]]:
    """Gaps that are longer than the bound of their day, with the configuration of that day."""
    told = [
        (gap, clock_rules().credit_on(gap.began_at.astimezone(SHANGHAI).date())) for gap in heartbeats.gaps(connection)
    ]
    return [(gap, credit) for gap, credit in told if gap.ended_at - gap.began_at > credit.longest(gap.service)]
