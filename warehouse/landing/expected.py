"""Expected deliveries: the register of who must send what, kept from the definitions, and pauses of insurers and feeds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from schemas.errors import SetupError
from schemas.time_zone import SHANGHAI
from warehouse.database import locks
from warehouse.database.credentials import told
from warehouse.database.engine import database_errors
from warehouse.database.statements import statement

ALL = "*"
SHORTEST_REASON, LONGEST_REASON = 2, 500


@dataclass(frozen=True)
class Delivery:
    """One feed as a definition says it; ``channel`` None = the definition cannot be read. Days include both ends."""

    insurer_id: str
    record_type: str
    channel: str | None
    schedule: str
    working_days: int | None
    valid_from: dt.date | None
    valid_to: dt.date | None
    source: str

    def is_valid_on(self, day: dt.date) -> bool:
        """Whether it is expected on a day."""
        return (self.valid_from or dt.date.min) <= day <= (self.valid_to or dt.date.max)


@dataclass(frozen=True)
class Registered(Delivery):
    """One row of the register."""

    recorded_at: dt.datetime


@dataclass(frozen=True)
class Silence:
    """Where an expected feed stands on a day; working days None past the published calendar."""

    insurer_id: str
    record_type: str
    channel: str | None
    last_success_at: dt.datetime | None
    last_nil_return_at: dt.datetime | None
    working_days_without: int | None
    allowed_working_days: int | None
    is_paused: bool
    paused_until: dt.date | None
    is_silent: bool
    expected_since: dt.date


@dataclass(frozen=True)
class DueSoon:
    """A record that an event of another one lets be expected, and that is due soon; ``record_key`` is the other's."""

    insurer_id: str
    record_type: str
    expected_from_record_type: str
    record_key: str
    policy_no: str | None
    region_code: str | None
    event_on: dt.date
    deadline_on: dt.date
    rule_no: str
    high_risk_domain_code: str | None
    version_id: int


@dataclass(frozen=True)
class Pause:
    """An insurer (``record_type`` ``*``) or feed that is not told of as silent, until the end of a day or until resumed."""

    pause_id: int
    insurer_id: str
    record_type: str
    paused_until: dt.date
    reason: str
    paused_by: str
    paused_at: dt.datetime
    resumed_by: str | None
    resumed_at: dt.datetime | None


def keep(engine: sa.Engine, expected: Iterable[Delivery], recorded_at: dt.datetime) -> None:
    """Bring the register up to what is expected; costs one statement, and writes nothing when nothing changed."""
    rows = list(expected)
    values = {
        "insurer_ids": [each.insurer_id for each in rows],
        "record_types": [each.record_type for each in rows],
        "channels": [each.channel for each in rows],
        "schedules": [each.schedule for each in rows],
        "working_days": [each.working_days for each in rows],
        "valid_from": [each.valid_from for each in rows],
        "valid_to": [each.valid_to for each in rows],
        "sources": [each.source for each in rows],
        "recorded_at": recorded_at,
    }
    with database_errors("keeping the register of expected deliveries"), engine.begin() as connection:
        locks.expected(connection)
        connection.execute(statement("landing/expected/keep"), values)


def registered(
    engine: sa.Engine, as_of: dt.date, known_at: dt.datetime, insurer_id: str | None = None
) -> list[Registered]:
    """The register in force on a day, as known at a moment."""
    values = {"as_of": as_of, "known_at": known_at, "insurer_id": insurer_id}
    with database_errors("reading the register of expected deliveries"), engine.connect() as connection:
        return [Registered(**r._asdict()) for r in connection.execute(statement("landing/expected/list"), values)]


def silence(engine: sa.Engine, as_of: dt.date, known_at: dt.datetime, insurer_id: str | None = None) -> list[Silence]:
    """Every feed that is expected on a day, the silent ones first."""
    values = {"as_of": as_of, "known_at": known_at, "insurer_id": insurer_id}
    with database_errors("reading who is silent"), engine.connect() as connection:
        return [Silence(**r._asdict()) for r in connection.execute(statement("landing/expected/silence"), values)]


def due_soon(
    engine: sa.Engine, as_of: dt.date, known_at: dt.datetime, within_working_days: int, insurer_id: str | None = None
) -> list[DueSoon]:
    """What is due within some working days, by deadline."""
    values = {
        "as_of": as_of, "known_at": known_at, "insurer_id": insurer_id, "within_working_days": within_working_days,
    }  # fmt: skip
    with database_errors("reading what is due soon"), engine.connect() as connection:
        return [DueSoon(**r._asdict()) for r in connection.execute(statement("landing/expected/due"), values)]


def pauses(engine: sa.Engine, insurer_id: str | None = None) -> list[Pause]:
    """Every pause, the newest first."""
    with database_errors("listing pauses"), engine.connect() as connection:
        rows = connection.execute(statement("landing/expected/pauses"), {"insurer_id": insurer_id})
        return [Pause(**row._asdict()) for row in rows]


def pause(
    engine: sa.Engine, insurer_id: str, record_type: str, until: dt.date, reason: str, by: str, at: dt.datetime
) -> Pause:
    """Keep a pause until the end of a day, and tell the audit. Raises SetupError without a name, reason or day to come."""
    if not by.strip():
        raise SetupError("暂停须写明何人 a pause needs the name of who decides: --by")
    if not SHORTEST_REASON <= len(reason.strip()) <= LONGEST_REASON:
        raise SetupError(
            f"暂停须有原因 a pause needs a reason of {SHORTEST_REASON} to {LONGEST_REASON} characters: --reason"
        )
    if until < at.astimezone(SHANGHAI).date():
        raise SetupError(f"暂停须在今天或以后到期 a pause ends today or later, not {until}: --until")
    values = {
        "insurer_id": insurer_id, "record_type": record_type, "paused_until": until, "reason": reason.strip(),
        "paused_by": by.strip(), "paused_at": at,
    }  # fmt: skip
    with database_errors("keeping a pause"), engine.begin() as connection:
        kept = Pause(**connection.execute(statement("landing/expected/pause"), values).one()._asdict())
        told(connection, by.strip(), f"pause {kept.pause_id}", {"insurer": insurer_id, "record_type": record_type})
    return kept


def resume(engine: sa.Engine, insurer_id: str, record_type: str, by: str, at: dt.datetime) -> list[Pause]:
    """End the pauses that hold still, and tell the audit. Raises SetupError without a name, or where nothing is paused."""
    if not by.strip():
        raise SetupError("恢复须写明何人 resuming needs the name of who decides: --by")
    values = {
        "insurer_id": insurer_id, "record_type": record_type, "resumed_by": by.strip(), "resumed_at": at,
        "today": at.astimezone(SHANGHAI).date(),
    }  # fmt: skip
    with database_errors("ending a pause"), engine.begin() as connection:
        ended = [Pause(**row._asdict()) for row in connection.execute(statement("landing/expected/resume"), values)]
        if not ended:
            raise SetupError(f"没有生效中的暂停 nothing is paused of {insurer_id} {record_type}: anze expected pauses")
        for each in ended:
            told(connection, by.strip(), f"resume {each.pause_id}", {"insurer": insurer_id, "record_type": record_type})
    return ended
