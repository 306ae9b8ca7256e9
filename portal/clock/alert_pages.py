"""The inbox of alerts, one alert with its records and history, and the forms by which a person takes it on."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import AfterValidator

from portal.asking import Here, Reader, Typed, language, page, plain, record
from portal.clock import alerts, lists
from portal.clock.alerts import Wanted
from portal.clock.list_pages import Cursor, tabs
from portal.console import names
from portal.console.address import Short, reading
from portal.console.choices import insurer_choices, regions_of
from portal.console.in_words import InWords, in_words
from portal.console.scope import scope
from portal.look.formats import url
from portal.look.frame import Crumb
from portal.look.texts import texts
from portal.signing_in.sessions import Identity
from portal.submissions.words import record_name
from warehouse.alerts.issues import ROW_COUNT, Alert, Record

router = APIRouter(include_in_schema=False)
AlertNo = Annotated[str, Path(max_length=60), AfterValidator(plain)]
Comment = Annotated[str, Form(max_length=1000), AfterValidator(plain)]


@router.get("/alerts")
def inbox(
    request: Request, here: Here, who: Reader, kind: Short = "", level: Short = "", owner: Short = "",
    state: Short = "", insurer: Short = "", region: Short = "", after: Cursor = "",
) -> HTMLResponse:  # fmt: skip
    """Alerts, the gravest first; those that are closed when asked for."""
    at, tongue, t = lists.now_of(here.hub.now()), language(request), texts(language(request))
    wanted = Wanted(*(each or None for each in (kind, level, owner, state, insurer, region)))
    with reading(here, who.person) as connection:
        found = alerts.inbox(connection, wanted, after=after or None)
        words = in_words(connection, [], at.as_of, tongue)
        titles = {each: t(zh, en) for each, zh, en in alerts.kinds(connection)}
        asking = scope(connection)
        of_insurer = who.person.is_of_insurer
        own = {*asking.region_codes} if asking else set()
        regions = [] if of_insurer else regions_of(names.regions(connection, at.as_of), at.as_of, own)
        insurers = [] if of_insurer else insurer_choices(connection)
    told = {name: value for name, value in vars(wanted).items() if value}
    record(request, who, "read", "alerts", filter=told, row_count=len(found.rows))
    return page(
        request, "clock/alerts.html", rows=found.rows, total=found.total, titles=titles, levels=alerts.LEVELS,
        states=alerts.STATES, owners=alerts.OWNERS, wanted=wanted, regions=regions, insurers=insurers,
        owner_name=lambda row: _owner(words, row.values["owner_kind"], row.values["owner"], t(*alerts.OWNERS["province"])),
        tabs=tabs(tongue, "/alerts"), first_href="/alerts" if after else None,
        next_href=url("/alerts", {**request.query_params, "after": found.next_cursor}) if found.next_cursor else None,
    )  # fmt: skip


@router.get("/alerts/{alert_no}")
def show(request: Request, here: Here, who: Reader, alert_no: AlertNo) -> HTMLResponse:
    """One alert: why, which records, what to do, what became of it."""
    return _show(request, here, who, alert_no)


@router.post("/alerts/{alert_no}/acknowledge")
def acknowledge(request: Request, here: Here, who: Reader, alert_no: AlertNo, comment: Comment = "") -> Response:
    """Take an alert on, with a word."""
    alerts.acknowledge(here, who, alert_no, comment)
    record(request, who, "write", f"alert {alert_no}", filter={"step": "acknowledged"}, row_count=1)
    return RedirectResponse(f"/alerts/{alert_no}", 303)


@router.post("/alerts/{alert_no}/snooze")
def snooze(
    request: Request, here: Here, who: Reader, alert_no: AlertNo, comment: Comment = "", until: Typed = ""
) -> Response:
    """Leave an alert alone until the end of a day, with a word."""
    alerts.snooze(here, who, alert_no, comment, until)
    record(request, who, "write", f"alert {alert_no}", filter={"step": "snoozed", "until": until}, row_count=1)
    return RedirectResponse(f"/alerts/{alert_no}", 303)


def _show(request: Request, here: Here, who: Identity, alert_no: str) -> HTMLResponse:
    at, tongue, t = lists.now_of(here.hub.now()), language(request), texts(language(request))
    with reading(here, who.person) as connection:
        found = alerts.shown(connection, alert_no)
        words = in_words(connection, [], at.as_of, tongue)
    alert = found.alert
    record(request, who, "read", f"alert {alert_no}", row_count=len(found.records))
    return page(
        request, "clock/alert.html", alert=alert, records=found.records, events=found.events, words=words,
        levels=alerts.LEVELS, states=alerts.STATES, step_words=alerts.EVENTS, owners=alerts.OWNERS, most_rows=ROW_COUNT,
        owner=_owner(words, alert.owner_kind, alert.owner, t(*alerts.OWNERS["province"])),
        type_name=lambda name: record_name(name, tongue), record_href=lambda each: _record_href(who, each),
        place_href=_place_href(who, alert), has_links=any(_record_href(who, each) for each in found.records), may_act=alerts.may_act(who, alert), csrf=who.csrf, today=at.as_of,
        crumbs=(Crumb(t("预警", "Alerts"), "/alerts"), Crumb(alert_no)),
    )  # fmt: skip


def _owner(words: InWords, owner_kind: str, owner: str | None, province: str) -> str:
    """Who has to act, in words."""
    if owner is None:
        return province
    return words.insurers.get(owner, owner) if owner_kind == "insurer" else words.region(owner)


def _record_href(who: Identity, each: Record) -> str | None:
    """Where a record of an alert is shown; None where it is no record, or the account has no such page."""
    if who.person.is_of_insurer or each.record_key == each.insurer_id:
        return None
    if each.insurer_id is None:
        return url("/console/enterprises/by-code", code=each.record_key) if each.record_type == "enterprise" else None
    return url("/console/records/by-key", record_type=each.record_type, insurer=each.insurer_id, key=each.record_key)


def _place_href(who: Identity, alert: Alert) -> str | None:
    """The page that an alert names to look further; an insurer's account has none of the console."""
    if alert.link.startswith("/console/records") or (who.person.is_of_insurer and alert.link.startswith("/console")):
        return None
    return alert.link
