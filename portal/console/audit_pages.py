"""The audit, accounts and tokens: an auditor sees all, everybody else their own."""

from __future__ import annotations

import io
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from pipeline.reporting.tables import Stamp, Table, write_csv_file, write_xlsx_sheets
from portal.asking import Here, Regulator, Typed, language, page, record
from portal.console import audit
from portal.console.address import Short, day, reading
from portal.console.audit import KINDS, VIA, Event, Search
from portal.console.in_words import in_words
from portal.downloads import XLSX, download
from portal.look import formats
from portal.look.frame import Crumb
from portal.look.texts import texts
from portal.person import KIND_NAMES
from portal.problems import Problem
from portal.signing_in.sessions import Identity

router = APIRouter(include_in_schema=False)
Number = Annotated[int | None, Query(ge=1, le=2**63 - 1)]
Digest = Annotated[str, Query(max_length=80)]
#: Events of one file; more of them are cut, and the file says so.
MOST_ROWS = 100_000
TITLES = (
    ("序号", "No."), ("时间", "At"), ("账号", "Account"), ("类别", "Kind"), ("对象", "Object"), ("条件", "Filter"),
    ("行数", "Rows"), ("来源地址", "Address"), ("途径", "Way"),
)  # fmt: skip


@router.get("/console/audit")
def show(
    request: Request, here: Here, who: Regulator, account: Short = "", kind: Short = "", since: Short = "",
    until: Short = "", digest: Digest = "", before: Number = None,
) -> HTMLResponse:  # fmt: skip
    """Who did or read what, page by page."""
    search = _search(account, kind, since, until, digest)
    with reading(here, who.person) as connection:
        found = audit.events(connection, search, before=before)
    record(request, who, "read", "audit", filter=_told(search), row_count=len(found.events))
    t, given = texts(language(request)), dict(request.query_params)
    return page(
        request, "console/audit.html", events=found.events, total=found.total, search=search, kinds=KINDS, via=VIA,
        is_auditor=is_auditor(who), csrf=who.csrf, most_rows=MOST_ROWS,
        files={each: formats.url(f"/console/audit.{each}", {**given, "before": None}) for each in ("xlsx", "csv")},
        first_href=formats.url("/console/audit", {**given, "before": None}) if before else None,
        next_href=formats.url("/console/audit", {**given, "before": found.next_before}) if found.next_before else None,
        crumbs=(Crumb(t("审计", "Audit")),),
    )  # fmt: skip


@router.get("/console/audit.{ending}")
def export(
    request: Request, here: Here, who: Regulator, ending: Literal["xlsx", "csv"], account: Short = "",
    kind: Short = "", since: Short = "", until: Short = "", digest: Digest = "",
) -> Response:  # fmt: skip
    """All events that are asked for, as a file; neutral to spreadsheets."""
    search = _search(account, kind, since, until, digest)
    with reading(here, who.person) as connection:
        found = audit.events(connection, search, limit=MOST_ROWS)
    record(request, who, "export", f"audit.{ending}", filter=_told(search), row_count=len(found.events))
    tongue, written = language(request), io.BytesIO()
    t = texts(tongue)
    titles, rows = [t(*title) for title in TITLES], [_row(event, tongue) for event in found.events]
    shown = f"{found.total} / {len(rows)}"
    if ending == "csv":
        write_csv_file(written, titles, rows)
    else:
        at = formats.second(here.hub.now())
        about = [
            (t("内容", "Holds"), t("本账号可见的审计记录;号码只保存摘要", "Events that this account may see; numbers are digests")),
            *((name, str(value)) for name, value in _told(search).items()), (t("总数 / 本文件", "Total / in this file"), shown),
            (t("导出账号", "Saved by"), who.person.login), (t("导出时间", "Saved at"), at),
        ]  # fmt: skip
        sheets: dict[str, Table] = {
            t("审计", "Audit"): (titles, rows),
            t("说明", "About"): ([t("项目", "Item"), t("内容", "Content")], about),
        }
        write_xlsx_sheets(written, sheets, stamp=Stamp(who.person.login, at))
    name = f"{t('审计', 'audit')}_{len(rows)}-{found.total}.{ending}"
    answer = download(written.getvalue(), name, XLSX if ending == "xlsx" else "text/csv; charset=utf-8")
    answer.headers.update({"X-Total-Rows": str(found.total), "X-Shown-Rows": str(len(rows))})
    return answer


@router.post("/console/audit/number")
def number(request: Request, here: Here, who: Regulator, identifier: Typed = "") -> Response:
    """Events that name a number, which travels in the body only. Raises Problem NOT-ALLOWED for all but auditors."""
    if not is_auditor(who):
        raise Problem("NOT-ALLOWED")
    if not identifier.strip():
        return RedirectResponse("/console/audit", 303)
    with reading(here, who.person) as connection:
        digest = audit.digest_of(connection, identifier.strip())
    record(request, who, "read", "audit digest", identifiers={"identifier": identifier.strip()})
    return RedirectResponse(formats.url("/console/audit", digest=digest), 303)


@router.get("/console/accounts")
def accounts(request: Request, here: Here, who: Regulator) -> HTMLResponse:
    """Accounts, what they may see, and tokens of programs."""
    with reading(here, who.person) as connection:
        found, tokens = audit.accounts(connection), audit.tokens(connection)
        words = in_words(connection, ["CL-DOMAIN"], here.hub.now().date(), language(request))
    record(request, who, "read", "accounts", row_count=len(found))
    t = texts(language(request))
    return page(
        request, "console/accounts.html", accounts=found, tokens=tokens, words=words, kinds=KIND_NAMES,
        is_auditor=is_auditor(who), crumbs=(Crumb(t("账号与权限", "Accounts")),),
    )  # fmt: skip


def is_auditor(who: Identity) -> bool:
    """Whether the account is an auditor's; which rows it sees, the database decides."""
    return who.person.kind == "auditor"


def _search(account: str, kind: str, since: str, until: str, digest: str) -> Search:
    return Search(account.strip() or None, kind or None, day(since), day(until), digest or None)


def _told(search: Search) -> dict[str, Any]:
    return {name: value for name, value in vars(search).items() if value}


def _row(event: Event, tongue: str) -> list[object]:
    t = texts(tongue)
    return [
        event.event_id, event.happened_at, event.role_name, t(*KINDS[event.kind]), event.object, event.filter_text,
        event.row_count, event.client, t(*VIA[event.via]),
    ]  # fmt: skip
