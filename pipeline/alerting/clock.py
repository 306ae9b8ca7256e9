"""The clock: looks at what is due, raises, reminds, escalates, and writes what each receiver is told; one transaction.

Run again for the same moment it changes nothing and writes nothing. What is written is sent by ``deliver``, so that no
receiver delays the look, and no load.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from pipeline.alerting import digest
from pipeline.alerting.configuration import Configuration, Receiver, configuration, receivers
from pipeline.alerting.content import Content
from pipeline.hub import Hub
from quality.working_days import load_calendar
from schemas.regions import region_name
from schemas.time_zone import SHANGHAI
from warehouse.alerts import outbox, raising
from warehouse.alerts.outbox import Addressee
from warehouse.alerts.raising import Look, Run
from warehouse.database import locks
from warehouse.database.engine import database_errors
from warehouse.landing import ledger

#: Before every message: what a receiver that was never written to has missed.
EVER = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Ran:
    """A run of the clock, and how many messages it wrote."""

    run: Run
    message_count: int


def run(hub: Hub, until: dt.datetime | None = None) -> Ran:
    """Look as of the Shanghai day of ``until`` (default: now), from what is known at that moment. Raises SetupError."""
    decided, told = configuration(), receivers()
    now = hub.sure_now()
    moment = min(until or now, now)
    with database_errors("waiting for loads"), hub.engine.begin() as connection:
        locks.cut(connection)  # what runs now has begun before the moment, and is known by it
    with database_errors("running the clock"), hub.engine.begin() as connection:
        found = raising.look(connection, look_at(moment), decided.policy, len(hub.insurers))
        if not found.is_new:
            return Ran(found, 0)
        written = sum(_write(hub, connection, decided, receiver, found) for receiver in told.values())
    return Ran(found, written)


def look_at(moment: dt.datetime) -> Look:
    """A look at the Shanghai day of a moment, by the calendar in force."""
    calendar, as_of = load_calendar(), moment.astimezone(SHANGHAI).date()
    return Look(as_of, moment, calendar.version, calendar.deadline(as_of, 1))


def is_working_day(moment: dt.datetime) -> bool:
    """Whether people work on the Shanghai day of a moment; a day of an unpublished year may be one."""
    try:
        return load_calendar().is_working_day(moment.astimezone(SHANGHAI).date())
    except LookupError:
        return True


def name_of(hub: Hub, code: str) -> str:
    """How an insurer or a region is called."""
    definition = hub.insurers.get(code)
    return definition.name if definition else region_name(code) or code


def _write(hub: Hub, connection: sa.Connection, decided: Configuration, receiver: Receiver, found: Run) -> int:
    """Write what one receiver is told of a run; how many messages."""
    day = found.known_at.astimezone(SHANGHAI).date()
    messages: list[tuple[str, str, Content | None]] = []
    if receiver.role == "engineer":
        messages.append((f"problems/{receiver.name}/{day}", "warning", digest.problems(found.problems, found.known_at)))
    else:
        messages.append(_of_alerts(hub, connection, decided, receiver, found))
    head = ledger.head(hub.engine) if receiver.ledger else None
    if head and head.position:
        told = digest.ledger_head(head.position, head.hash, found.known_at)
        messages.append((f"ledger/{receiver.name}/{day}", "notice", told))
    return sum(
        outbox.write(connection, key, receiver.name, level, content.kept(), found.known_at) is not None
        for key, level, content in messages
        if content is not None
    )


def _of_alerts(
    hub: Hub, connection: sa.Connection, decided: Configuration, receiver: Receiver, found: Run
) -> tuple[str, str, Content | None]:
    """The digest, once a working day; later in the day what is critical and new."""
    day = found.known_at.astimezone(SHANGHAI).date()
    last_digest = outbox.last_written(connection, receiver.name, ["digest"])
    is_told = last_digest is not None and last_digest.astimezone(SHANGHAI).date() == day
    if is_told or not is_working_day(found.known_at):
        since = outbox.last_written(connection, receiver.name, ["digest", "urgent"]) or EVER
        key, compose = f"urgent/{receiver.name}/{found.run_no}", digest.urgent
    else:
        since = last_digest or EVER
        key, compose = f"digest/{receiver.name}/{day}", digest.digest
    to = Addressee(receiver.role, receiver.insurer_id, receiver.region_code)
    told = [each for each in outbox.told(connection, to, since) if each.level in receiver.levels]
    content = compose(told, found.known_at, decided.digest_lines, decided.portal_url, lambda code: name_of(hub, code))
    level = "critical" if content and any(item.level == "critical" for item in content.items) else "notice"
    return key, level, content
