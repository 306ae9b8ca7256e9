"""Issues as people work on them: read, acknowledged, snoozed. What a reader sees of one, the database decides."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from schemas.errors import NotFound, SetupError
from warehouse.database import locks
from warehouse.database.statements import statement

Asked = Literal["standing", "open", "acknowledged", "snoozed", "closed", "all"]
ROW_COUNT = 200
_WORDS = (2, 500)
_NAME = (2, 60)


@dataclass(frozen=True)
class Alert:
    """An alert as the connection's account sees it; ``report.alert`` says what each field is."""

    alert_no: str
    kind: str
    title_zh: str
    level: str
    level_zh: str
    owner_kind: str
    owner: str | None
    scope: str
    insurer_id: str | None
    region_code: str | None
    state: str
    opened_at: dt.datetime
    updated_at: dt.datetime
    closed_at: dt.datetime | None
    snoozed_until: dt.datetime | None
    record_count: int
    insurer_count: int | None
    reason: str
    remedy: str
    basis: str
    label: str
    link: str


@dataclass(frozen=True)
class Record:
    """A record that stands in an alert, with its sentence."""

    insurer_id: str | None
    region_code: str | None
    record_type: str
    record_key: str
    deadline_on: dt.date | None
    message: str
    entered_at: dt.datetime


@dataclass(frozen=True)
class Event:
    """A step of an alert's life."""

    event: str
    at: dt.datetime
    insurer_id: str | None
    person: str | None
    comment: str | None
    until_at: dt.datetime | None
    on_date: dt.date | None
    to_role: str | None
    entered_count: int | None
    left_count: int | None


def alerts(
    connection: sa.Connection, *, kind: str | None = None, insurer_id: str | None = None, state: Asked = "standing",
    limit: int = ROW_COUNT,
) -> list[Alert]:  # fmt: skip
    """Alerts, the gravest first."""
    wanted = {"kind": kind, "insurer_id": insurer_id, "state": state, "alert_no": None, "row_count": limit}
    return [Alert(**row) for row in connection.execute(statement("alerts/issues/list"), wanted).mappings()]


def alert(connection: sa.Connection, alert_no: str) -> Alert:
    """One alert by its number. Raises NotFound."""
    wanted = {"kind": None, "insurer_id": None, "state": "all", "alert_no": alert_no, "row_count": 1}
    row = connection.execute(statement("alerts/issues/list"), wanted).mappings().one_or_none()
    if row is None:
        raise _unknown(alert_no)
    return Alert(**row)


def records(connection: sa.Connection, alert_no: str, limit: int = ROW_COUNT) -> list[Record]:
    """Records that stand in an alert, the newest first."""
    wanted = {"alert_no": alert_no, "row_count": limit}
    return [Record(**row) for row in connection.execute(statement("alerts/issues/records"), wanted).mappings()]


def events(connection: sa.Connection, alert_no: str) -> list[Event]:
    """The history of an alert, from its opening on."""
    rows = connection.execute(statement("alerts/issues/events"), {"alert_no": alert_no})
    return [Event(**row) for row in rows.mappings()]


def acknowledge(
    connection: sa.Connection, alert_no: str, person: str, comment: str, at: dt.datetime, *,
    insurer_id: str | None = None,
) -> None:  # fmt: skip
    """Keep that a person has taken an alert on; ``insurer_id``: the part of that insurer, for which its person speaks.

    Raises NotFound, SetupError for a closed alert or an empty name or comment.
    """
    _act(connection, alert_no, "acknowledged", person, comment, at, None, insurer_id)


def snooze(
    connection: sa.Connection, alert_no: str, person: str, comment: str, at: dt.datetime, until: dt.datetime, *,
    insurer_id: str | None = None,
) -> None:  # fmt: skip
    """Keep that an alert is left alone until a moment; as ``acknowledge``. Raises SetupError for a moment that is over, too."""
    if until <= at:
        raise SetupError(f"暂缓到期时间已过 {until:%Y-%m-%d %H:%M} is over: name a later day")
    _act(connection, alert_no, "snoozed", person, comment, at, until, insurer_id)


def _act(
    connection: sa.Connection, alert_no: str, event: str, person: str, comment: str, at: dt.datetime,
    until: dt.datetime | None, insurer_id: str | None,
) -> None:  # fmt: skip
    for words, (least, most), what in ((person, _NAME, "姓名 name"), (comment, _WORDS, "说明 comment")):
        if not least <= len(words.strip()) <= most:
            raise SetupError(f"{what}: 请填写 {least} 至 {most} 个字 write {least} to {most} characters")
    locks.clock(connection)
    wanted = {"alert_no": alert_no, "insurer_id": insurer_id}
    found = connection.execute(statement("alerts/issues/part_of"), wanted).one_or_none()
    if found is None or (insurer_id and found.standing_count and not found.own_count):
        raise _unknown(alert_no)
    if not found.standing_count:
        raise SetupError(f"预警 {alert_no} 已关闭 is closed: there is nothing to act on")
    part = insurer_id if found.owner_insurer_id != insurer_id else None
    row = {
        **wanted, "insurer_id": part, "event": event, "at": at, "person": person.strip(), "comment": comment.strip(),
        "until_at": until,
    }  # fmt: skip
    connection.execute(statement("alerts/issues/act"), row)


def _unknown(alert_no: str) -> NotFound:
    return NotFound(f"没有预警 {alert_no} there is no such alert: `anze alerts list`")
