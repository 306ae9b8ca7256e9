"""Pages of the clock's lists: what is due, late, owed, expected, extended; for clerks their own, for regulators their area's."""

from __future__ import annotations

from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from portal.asking import Here, Reader, language, page, record
from portal.clock import lists
from portal.clock.lists import Narrowed, OwedList
from portal.console import names
from portal.console.address import Short, reading
from portal.console.choices import insurer_choices, regions_of
from portal.console.in_words import NUMBERS, STATES, in_words
from portal.console.paging import Row
from portal.console.scope import scope
from portal.look.formats import url
from portal.look.frame import Column
from portal.look.texts import texts
from portal.signing_in.sessions import Identity
from portal.submissions.words import record_name
from schemas.contract import INSURER_RECORD_TYPES

router = APIRouter(include_in_schema=False)
Cursor = Annotated[str, Query(max_length=2000)]
Within = Annotated[int, Query(ge=0, le=10)]
#: Tags of states: which colour and sign.
KINDS = {
    "silent": "bad", "overdue": "bad", "due": "warn", "paused": "plain", "heard": "good", "done": "good", "open": "plain",
    "granted": "good", "revoked": "plain",
}  # fmt: skip


def narrowed(
    insurer: Short = "", region: Short = "", record_type: Short = "", state: Short = "", within: Within = 1
) -> Narrowed:
    """Read an address."""
    return Narrowed(insurer, region, record_type, state, within)


Narrowing = Annotated[Narrowed, Depends(narrowed)]


@router.get("/due")
def due(request: Request, here: Here, who: Reader, asked: Narrowing, after: Cursor = "") -> HTMLResponse:
    """What is due by the next working day, and how much of everything else there is."""
    return _show(request, here, who, lists.DUE, asked, after)


@router.get("/due/late")
def late(request: Request, here: Here, who: Reader, asked: Narrowing, after: Cursor = "") -> HTMLResponse:
    """What came late."""
    return _show(request, here, who, lists.LATE, asked, after)


@router.get("/obligations")
def obligations(request: Request, here: Here, who: Reader, asked: Narrowing, after: Cursor = "") -> HTMLResponse:
    """Services that are owed."""
    return _show(request, here, who, lists.OBLIGATIONS, asked, after)


@router.get("/expected")
def expected(request: Request, here: Here, who: Reader, asked: Narrowing, after: Cursor = "") -> HTMLResponse:
    """The register of expected deliveries, the silent ones first."""
    return _show(request, here, who, lists.EXPECTED, asked, after)


@router.get("/extensions")
def extensions(request: Request, here: Here, who: Reader, asked: Narrowing, after: Cursor = "") -> HTMLResponse:
    """Extensions that were granted."""
    return _show(request, here, who, lists.EXTENSIONS, asked, after)


def tabs(tongue: str, path: str) -> list[tuple[str, str, bool]]:
    """The pages of the clock beside each other."""
    t = texts(tongue)
    alerts = (t("预警", "Alerts"), "/alerts", path.startswith("/alerts"))
    return [*((t(each.zh, each.en), each.path, each.path == path) for each in lists.LISTS), alerts]


def _show(request: Request, here: Here, who: Identity, owed: OwedList, asked: Narrowed, after: str) -> HTMLResponse:
    at, tongue = lists.now_of(here.hub.now()), language(request)
    with reading(here, who.person) as connection:
        found = lists.rows(connection, owed, at, asked, after=after or None)
        words = in_words(connection, [], at.as_of, tongue)
        counted = lists.counts(connection, at) if owed is lists.DUE else None
        choices = _choices(connection, who, owed, at, tongue)
    told = {name: value for name, value in vars(asked).items() if value and name in request.query_params}
    record(request, who, "read", owed.name, filter=told, row_count=len(found.rows))
    t = texts(tongue)
    shown = [
        ([(words.text(column, row), column.kind, row.values.get(column.name)) for column in owed.columns], _links(who, row, t))
        for row in found.rows
    ]  # fmt: skip
    columns = [Column(t(column.zh, column.en), is_number=column.kind in NUMBERS) for column in owed.columns]
    has_links = any(links for _, links in shown)
    return page(
        request, "clock/list.html", owed=owed, rows=shown, columns=[*columns, Column(t("操作", "Actions"))] if has_links else columns,
        total=found.total, numbers=NUMBERS, kinds=KINDS, counts=counted, asked=asked, **choices,
        tabs=tabs(tongue, owed.path), day=at.as_of, has_within=owed is lists.DUE, has_links=has_links,
        first_href=owed.path if after else None,
        next_href=url(owed.path, {**request.query_params, "after": found.next_cursor}) if found.next_cursor else None,
    )  # fmt: skip


def _choices(connection: sa.Connection, who: Identity, owed: OwedList, at: lists.Moment, tongue: str) -> dict[str, Any]:
    """What a reader may narrow a list to; an insurer's has its own alone."""
    t, of_insurer = texts(tongue), who.person.is_of_insurer
    asking = scope(connection)
    own = {*asking.region_codes} if asking else set()
    return {
        "insurers": [] if of_insurer else insurer_choices(connection),
        "regions": [] if of_insurer or not owed.has_areas else regions_of(names.regions(connection, at.as_of), at.as_of, own),
        "record_types": [(each, record_name(each, tongue)) for each in INSURER_RECORD_TYPES] if owed.has_types else [],
        "states": [(each, t(*STATES[each])) for each in owed.states],
    }  # fmt: skip


def _links(who: Identity, row: Row, t: Any) -> list[tuple[str, str]]:
    """What can be done with a row."""
    if row.record_type and row.version_id and not who.person.is_of_insurer:
        return [(t("记录", "Record"), f"/console/records/{row.record_type}/{row.version_id}")]
    if row.values.get("state") == "silent" and who.may("submit"):
        return [(t("零报告", "Nil return"), url("/submissions/nil", record_type=row.record_type))]
    return []
