"""Alerts as pages and the API ask for them: the inbox, one alert with its records and history, and who may act on it."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from pipeline.alerting import acting
from portal.console.address import day
from portal.console.paging import PAGE_ROWS, Page, page
from portal.door import Door
from portal.person import Person
from portal.problems import Problem
from portal.signing_in.sessions import Identity
from portal.sql_text import statement
from schemas.errors import NotFound, SetupError
from schemas.province import province
from schemas.time_zone import SHANGHAI
from warehouse.alerts import issues
from warehouse.alerts.issues import Alert, Event, Record

ALL = "*"
LEVELS = {
    "critical": ("严重", "critical", "bad"),
    "warning": ("预警", "warning", "warn"),
    "notice": ("提示", "notice", "plain"),
}
OWNERS = {"insurer": ("机构", "insurer"), "city": ("市", "city"), "province": ("省", "province")}
STATES = {
    "open": ("待处理", "open", "warn"), "acknowledged": ("已受理", "acknowledged", "busy"),
    "snoozed": ("已暂缓", "snoozed", "plain"), "closed": ("已关闭", "closed", "good"),
}  # fmt: skip
EVENTS = {
    "opened": ("出现", "opened"), "updated": ("记录有进出", "records came or went"), "closed": ("自动关闭:所列记录都已通过", "closed by itself: every record passes"),
    "reopened": ("再次出现", "reopened"), "acknowledged": ("受理", "acknowledged"), "snoozed": ("暂缓", "snoozed"),
    "woken": ("暂缓到期", "snooze is over"), "reminded": ("到期前提醒", "reminded"), "escalated": ("升级", "escalated"),
}  # fmt: skip
#: Kinds of account that act on what is their area's: the province on everything, a city on what its city owns.
ACTING = ("province", "city")


@dataclass(frozen=True)
class Wanted:
    """What the inbox is narrowed to; None does not restrict. Without a state closed alerts are left out."""

    kind: str | None = None
    level: str | None = None
    owner_kind: str | None = None
    state: str | None = None
    insurer_id: str | None = None
    region_code: str | None = None


@dataclass(frozen=True)
class Shown:
    """One alert with the records that stand in it, at most ``issues.ROW_COUNT``, and its history."""

    alert: Alert
    records: tuple[Record, ...]
    events: tuple[Event, ...]


def inbox(connection: sa.Connection, wanted: Wanted, *, after: str | None = None, limit: int = PAGE_ROWS) -> Page:
    """A page of alerts, the gravest first. Raises BadCursor."""
    # The conditions of a page speak of a row's own insurer and area; an alert of many is of none: its records are asked.
    everything = {"region_code": province().code, "domain_code": ALL, "insurer_id": ALL}
    values = {
        "kind": wanted.kind, "level": wanted.level, "owner_kind": wanted.owner_kind, "state": wanted.state,
        "of_insurer_id": wanted.insurer_id or ALL, "of_region_code": wanted.region_code or province().code,
        "known_at": None, "since": None, "until": None, **everything,
    }  # fmt: skip
    return page(connection, "clock/alerts", values, after=after, limit=limit)


def kinds(connection: sa.Connection) -> list[tuple[str, str, str]]:
    """Every kind of alert: its id, Chinese and English title."""
    return [(row.kind, row.title_zh, row.title_en) for row in connection.execute(statement("clock/alert_kinds"))]


def shown(connection: sa.Connection, alert_no: str) -> Shown:
    """One alert. Raises Problem NOT-FOUND, whether there is none or nothing of it is the caller's."""
    try:
        found = issues.alert(connection, alert_no)
    except NotFound:
        raise Problem("NOT-FOUND") from None
    return Shown(found, tuple(issues.records(connection, alert_no)), tuple(issues.events(connection, alert_no)))


def may_act(who: Identity, alert: Alert) -> bool:
    """Whether an account may acknowledge or snooze an alert that it sees."""
    if who.person.is_of_insurer:
        return who.may("submit") and alert.state != "closed"
    owns = who.person.kind == "province" or (who.person.kind == "city" and alert.scope == "city")
    return owns and alert.state != "closed"


def acknowledge(here: Door, who: Identity, alert_no: str, comment: str) -> None:
    """Take an alert on. Raises Problem NOT-ALLOWED, NOT-FOUND, REQUEST-INVALID."""
    _require(here, who, alert_no)
    with _told():
        acting.acknowledge(here.hub, alert_no, who.person.login, comment, insurer_id=_own(who.person))


def snooze(here: Door, who: Identity, alert_no: str, comment: str, until: str) -> None:
    """Leave an alert alone until the end of a day. Raises as ``acknowledge``."""
    _require(here, who, alert_no)
    last = day(until)
    if last is None:
        raise Problem("REQUEST-INVALID", "暂缓须写明到期日 until: a snooze needs its last day")
    moment = dt.datetime.combine(last, dt.time(23, 59, 59), SHANGHAI)
    with _told():
        acting.snooze(here.hub, alert_no, who.person.login, comment, moment, insurer_id=_own(who.person))


def _require(here: Door, who: Identity, alert_no: str) -> None:
    """Raise Problem where an account may not act: of a kind that never does, or on an alert that is not its own."""
    if not (who.may("submit") if who.person.is_of_insurer else who.person.kind in ACTING):
        raise Problem("NOT-ALLOWED")
    with here.reading_as(who.person) as connection:
        found = shown(connection, alert_no)
    if found.alert.state == "closed":
        raise Problem("REQUEST-INVALID", "预警已关闭 the alert is closed")
    if not may_act(who, found.alert):
        raise Problem("NOT-ALLOWED", "这条预警由上级处理 this alert is another's to act on")


def _own(person: Person) -> str | None:
    return person.insurer_id if person.is_of_insurer else None


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Turn what the verbs refuse into problems of a request."""
    try:
        yield
    except NotFound:
        raise Problem("NOT-FOUND") from None
    except SetupError as error:
        raise Problem("REQUEST-INVALID", str(error)) from None
