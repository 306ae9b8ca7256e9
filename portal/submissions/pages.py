"""The clerk's pages: one page to hand in, its receipt with live state and result, and the history."""

from __future__ import annotations

import datetime as dt
import io
import logging
from collections.abc import Callable, Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import URL

from pipeline.calendars import deadline_of
from portal.asking import Here, Insurer, Reader, Submitting, client, language, page, part, record, require_insurer
from portal.door import Door
from portal.downloads import XLSX, download
from portal.look import qr
from portal.look.frame import Crumb
from portal.look.texts import texts
from portal.person import KIND_NAMES
from portal.problems import Problem, Told, of_hub, told
from portal.signing_in.sessions import Identity
from portal.submissions import reading, stating
from portal.submissions.loading import Worker
from portal.submissions.reading import Filter, RuleCount
from portal.submissions.receiving import Arrived, Form, form_of
from portal.submissions.taking import Said, offered, said_of, take, trying
from portal.submissions.words import COUNTS, SEVERITIES, STATES, record_name, todo
from schemas.contract import load_contract, load_contracts
from schemas.delivery import Submitter
from schemas.errors import HubError
from schemas.template import write_template
from schemas.time_zone import SHANGHAI

logger = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)
#: What the platform's rule grants for each record (5个工作日).
WORKING_DAYS = 5
RECENT = 8
BatchId = Annotated[int, Path(ge=1, le=2**63 - 1)]
Cursor = Annotated[int | None, Query(ge=1, le=2**63 - 1)]


@router.get("/submissions")
def home(request: Request, here: Here, who: Insurer) -> HTMLResponse:
    """Templates, what is due, the drop zone, and what was handed in last."""
    return _home(request, here, who)


@router.post("/submissions")
async def hand_in(request: Request, here: Here, who: Submitting) -> Response:
    """Take the files of a form, or try them; one that fails stops no other."""
    async with form_of(request) as form:
        if not form.files:
            return await run_in_threadpool(
                _home, request, here, who, [(_t(request)("请选择文件", "Choose a file"), "files")]
            )
        try:
            said = await run_in_threadpool(said_of, here, who.person.insurer_id, form.texts)
        except Problem as problem:
            return await run_in_threadpool(_home, request, here, who, [(problem.detail, "record_type")])
        if form.texts.get("action") == "check":
            return await run_in_threadpool(_try, request, who, said, form)
        return await run_in_threadpool(_take, request, here, who, said, form)


@router.get("/submissions/history")
def history(
    request: Request, here: Here, who: Reader, record_type: str = "", state: str = "", since: str = "", until: str = "",
    mine: bool = False, insurer: str = "", before: Cursor = None,
) -> HTMLResponse:  # fmt: skip
    """Deliveries, newest first; printable."""
    wanted = Filter(
        insurer or None,
        record_type or None,
        state or None,
        who.person.login if mine else None,
        _day(since),
        _day(until),
    )
    with here.reading_as(who.person) as connection:
        found, total = reading.batches(connection, wanted, before)
    record(request, who, "read", "batch", filter={**_given(request)}, row_count=len(found))
    more = found[-1].batch_id if len(found) == reading.PAGE_ROWS else None
    return page(
        request, "submissions/history.html", batches=found, total=total, states=STATES, chosen=request.query_params,
        state_choices=[(each, _t(request)(words.zh, words.en)) for each, words in STATES.items()],
        record_types=_named(load_contracts(), request), name=lambda each: record_name(each, language(request)),
        next_href=_here(request.url.include_query_params(before=more)) if more else None,
        first_href=_here(request.url.remove_query_params("before")) if before else None,
        insurer_name=None if who.person.is_of_insurer else lambda each: _insurer_name(here, each),
        insurer_choices=[(each, _insurer_name(here, each)) for each in here.hub.insurers],
    )  # fmt: skip


@router.get("/submissions/templates/{record_type}.xlsx", dependencies=[Depends(require_insurer)])
def template(record_type: str) -> Response:
    """The workbook that a clerk fills in. Raises Problem NOT-FOUND."""
    if record_type not in load_contracts():
        raise Problem("NOT-FOUND")
    workbook = io.BytesIO()
    write_template(load_contract(record_type), workbook)
    return download(workbook.getvalue(), f"{load_contract(record_type).business_name}.xlsx", XLSX)


@router.get("/submissions/{batch_id}")
def show(request: Request, here: Here, who: Reader, batch_id: BatchId) -> HTMLResponse:
    """One delivery: receipt, live state, result."""
    context = _batch(request, here, who, batch_id)
    record(request, who, "read", f"batch {batch_id}")
    stating.see(here, who.person, batch_id)
    with here.reading_as(who.person) as connection:
        stated, sights = stating.attestations(connection, batch_id), stating.sights(connection, batch_id)
    return page(
        request, "submissions/batch.html", **context, attestations=stated, sights=sights, statement=stating.STATEMENT,
        kinds=KIND_NAMES, may_submit=who.may("submit"), csrf=who.csrf,
    )  # fmt: skip


@router.get("/submissions/{batch_id}/state")
def state(request: Request, here: Here, who: Reader, batch_id: BatchId) -> HTMLResponse:
    """The part of the page that changes while the platform is at work."""
    return part(request, "submissions/state.html", **_batch(request, here, who, batch_id))


@router.get("/submissions/{batch_id}/findings")
def findings(
    request: Request, here: Here, who: Reader, batch_id: BatchId, rule: str = "", after: str = ""
) -> HTMLResponse:
    """Every problem of a delivery, or of one rule in it, page by page."""
    with here.reading_as(who.person) as connection:
        batch = reading.batch(connection, batch_id)
        by_rule = reading.rules(connection, batch.judged_id)
        shown = list(reading.findings(connection, batch.judged_id, rule_id=rule or None, after=_place(after)))
    total = sum(each.finding_count for each in by_rule if rule in ("", each.rule_id))
    last = shown[-1] if len(shown) == reading.PAGE_ROWS else None
    return page(
        request, "submissions/findings.html", batch=batch, rules=by_rule, findings=shown, total=total, rule=rule,
        severities=SEVERITIES, rule_tabs=_rule_tabs(batch_id, by_rule, rule), is_first=not after, after=f"{last.row_no or 0}-{last.finding_id}" if last else None,
        crumbs=_crumbs(request, batch_id, batch.receipt_no), is_of_insurer=who.person.is_of_insurer, may_submit=who.may("submit"), csrf=who.csrf,
        asks_reason=any(each.severity == "warning" and each.open_count for each in by_rule if each.rule_id == rule),
    )  # fmt: skip


@router.get("/submissions/{batch_id}/receipt")
def receipt(request: Request, here: Here, who: Reader, batch_id: BatchId) -> HTMLResponse:
    """The receipt, for print."""
    return page(request, "submissions/receipt.html", **_batch(request, here, who, batch_id))


def _home(request: Request, here: Door, who: Identity, errors: list[tuple[str, str]] | None = None) -> HTMLResponse:
    insurer_id = who.person.insurer_id
    with here.reading_as(who.person) as connection:
        feeds = reading.feeds(connection, insurer_id)
        recent, total = reading.batches(connection, Filter(insurer_id), row_limit=RECENT)
        now = here.hub.now()
        today = now.astimezone(SHANGHAI).date()
        owed, alert_count = reading.owed(connection, insurer_id, today, now)
    return page(
        request, "submissions/home.html", status=422 if errors else 200, errors=errors or [], has_errors=bool(errors),
        record_types=_named(offered(here, insurer_id), request), feeds=feeds, recent=recent, total=total, states=STATES,
        name=lambda each: record_name(each, language(request)), today=today, may_submit=who.may("submit"),
        deadline=deadline_of(here.hub.engine, today, WORKING_DAYS), working_days=WORKING_DAYS,
        limit_bytes=here.bounds.max_bytes, csrf=who.csrf, owed=owed, alert_count=alert_count,
    )  # fmt: skip


def _take(request: Request, here: Door, who: Identity, said: Said, form: Form) -> Response:
    """Land each file; one receipt goes on to its page, several are listed."""
    taken = [(file.name, *_landed(request, here, who, said, file)) for file in form.files]
    worker: Worker = request.app.state.worker
    worker.soon()
    if len(taken) == 1 and taken[0][1] is not None:
        return RedirectResponse(f"/submissions/{taken[0][1]}", 303)
    refused = [problem for _, _, problem in taken if problem]
    shown = [(name, batch_id, problem and (problem.detail or problem.title)) for name, batch_id, problem in taken]
    answer = page(
        request, "submissions/taken.html", taken=shown, crumbs=_crumbs(request, None), has_errors=bool(refused),
        status=refused[0].status if len(refused) == len(taken) else 200,
    )  # fmt: skip
    answer.headers.update(refused[0].headers if refused else {})
    return answer


def _landed(request: Request, here: Door, who: Identity, said: Said, file: Arrived) -> tuple[int | None, Told | None]:
    """The batch of a file, or why it could not be taken."""
    submitter = Submitter(who.person.login, "portal", client(request), request_sha256=file.sha256)
    try:
        landed = take(here, submitter, who.person.insurer_id, said, file)
    except HubError as error:
        logger.warning("%s: %s", who.person.login, error)
        return None, told(of_hub(error), language(request))
    record(request, who, "write", f"batch {landed.batch_id}", filter={"record_type": said.record_type}, row_count=1)
    return landed.batch_id, None


def _try(request: Request, who: Identity, said: Said, form: Form) -> HTMLResponse:
    """What would become of each file; nothing of it stays but a line in the audit."""
    worker: Worker = request.app.state.worker
    tried = [(file.name, worker.on_trial(trying(who.person.insurer_id, said, file))) for file in form.files]
    record(request, who, "write", "trial", filter={"record_type": said.record_type}, row_count=len(tried))
    return page(
        request, "submissions/tried.html", tried=tried, counts=COUNTS, severities=SEVERITIES, states=STATES,
        record_name=record_name(said.record_type, language(request)), crumbs=_crumbs(request, None, _t(request)("试校验", "Check only")),
    )  # fmt: skip


def _batch(request: Request, here: Door, who: Identity, batch_id: int) -> dict[str, Any]:
    with here.reading_as(who.person) as connection:
        batch = reading.batch(connection, batch_id)
        files = reading.files(connection, batch_id)
        by_rule = [] if batch.is_running else reading.rules(connection, batch.judged_id)
    address = f"{here.address}/submissions/{batch_id}"
    return {
        "batch": batch, "files": files, "rules": by_rule, "state": STATES[batch.state], "counts": COUNTS,
        "severities": SEVERITIES, "todo": todo(batch, language(request), sum(rule.open_count for rule in by_rule)), "qr": qr.code_of(address),
        "name": record_name(batch.record_type, language(request)), "crumbs": _crumbs(request, None, batch.receipt_no),
        "insurer_name": _insurer_name(here, batch.insurer_id), "is_of_insurer": who.person.is_of_insurer,
    }  # fmt: skip


def _insurer_name(here: Door, insurer_id: str) -> str:
    known = here.hub.insurers.get(insurer_id)
    return known.name if known else insurer_id


def _here(address: URL) -> str:
    return f"{address.path}?{address.query}"


def _crumbs(request: Request, batch_id: int | None, label: str | None = None) -> tuple[Crumb, ...]:
    t = _t(request)
    first = Crumb(t("报送记录", "History"), "/submissions/history")
    if batch_id is not None:
        return (
            first,
            Crumb(label or t(f"批次 {batch_id}", f"Batch {batch_id}"), f"/submissions/{batch_id}"),
            Crumb(t("全部问题", "Problems")),
        )
    return (first, Crumb(label or t("本次报送", "This delivery")))


def _rule_tabs(batch_id: int, by_rule: list[RuleCount], chosen: str) -> list[tuple[str, str, bool, int]]:
    return [
        (each.title or each.rule_id, f"/submissions/{batch_id}/findings?rule={each.rule_id}", each.rule_id == chosen, each.finding_count)
        for each in by_rule
    ]  # fmt: skip


def _named(record_types: Iterable[str], request: Request) -> list[tuple[str, str]]:
    return [(name, record_name(name, language(request))) for name in record_types]


def _t(request: Request) -> Callable[[str, str], str]:
    return texts(language(request))


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise Problem("REQUEST-INVALID", f"{text[:20]!a}: 日期写作 write a day like 2026-11-21") from None


def _place(text: str) -> tuple[int, int] | None:
    """Row and finding of a cursor. Raises Problem REQUEST-INVALID."""
    row, dash, finding = text.partition("-")
    if not text:
        return None
    if not (
        dash
        and row.isascii()
        and row.isdigit()
        and finding.isascii()
        and finding.isdigit()
        and max(len(row), len(finding)) <= 18
    ):
        raise Problem("REQUEST-INVALID", "after")
    return int(row), int(finding)


def _given(request: Request) -> dict[str, str]:
    return {name: value[:100] for name, value in request.query_params.items() if value}
