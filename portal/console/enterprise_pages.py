"""一企一档: an enterprise's page, found by a random name; a credit code is in no address."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from portal.asking import Here, Regulator, Typed, language, page, record
from portal.console import enterprise_lanes
from portal.console.address import Address, View, opened, reading
from portal.console.enterprise_codes import credit_code_of, names_of
from portal.console.enterprises import Cover, Enterprise, Timeline, covers, enterprise, open_hazards, timeline
from portal.console.in_words import InWords, in_words
from portal.console.lists import Column as ListColumn
from portal.console.paging import Row
from portal.look import formats, qr
from portal.look.frame import Crumb
from portal.look.texts import texts
from portal.problems import Problem
from portal.submissions.words import record_name
from schemas.contract import load_contracts

router = APIRouter(include_in_schema=False)
Cursor = Annotated[str, Query(max_length=2000)]
#: Events that the strip of time holds; the table beneath has all of them, page by page.
MOST_MARKS = 300
LISTS = (
    "CL-DOMAIN", "CL-OPERATION-STATUS", "CL-SIZE", "CL-DEPT", "CL-POLICY-STATUS", "CL-ENDORSEMENT", "CL-RECEIPT",
    "CL-CLAIM-STATUS", "CL-PAYMENT-KIND", "CL-HAZARD-LEVEL", "CL-SERVICE-ITEM", "CL-SERVICE-STATUS", "CL-HAZARD-STATUS", "CL-FEE",
)  # fmt: skip
EVENTS = {
    "issued": ("签单", "issued"), "endorsed": ("批改生效", "endorsed"), "received": ("收到保费", "premium received"),
    "accident": ("出险", "accident"), "paid": ("赔付", "paid"), "planned": ("计划服务截止", "service due"),
    "served": ("服务", "served"), "found": ("发现隐患", "hazard found"), "spent": ("支出费用", "fee spent"),
}  # fmt: skip


@router.post("/console/enterprises/by-code")
def by_code(request: Request, here: Here, who: Regulator, code: Typed = "") -> Response:
    """To the page of a credit code, which travels in the body and is kept nowhere. Raises Problem NOT-FOUND."""
    typed = code.strip().upper()
    with reading(here, who.person) as connection:
        enterprise(connection, typed)
    record(request, who, "read", "enterprise", identifiers={"credit_code": typed})
    return RedirectResponse(f"/console/enterprises/{names_of(here, who.person, [typed])[typed]}", 303)


@router.get("/console/enterprises/{name}")
def show(
    request: Request, here: Here, who: Regulator, asked: Address, name: uuid.UUID, record_type: str = "", after: Cursor = ""
) -> HTMLResponse:  # fmt: skip
    """One enterprise. Raises Problem NOT-FOUND."""
    if record_type and record_type not in load_contracts():
        raise Problem("NOT-FOUND")
    with reading(here, who.person) as connection:
        view = opened(connection, asked)
        credit_code = credit_code_of(connection, name)
        found = enterprise(connection, credit_code)
        events = timeline(connection, credit_code, record_type=record_type or None, after=after or None)
        marks = timeline(connection, credit_code, limit=MOST_MARKS)
        context = _context(connection, view, found, language(request))
    record(request, who, "read", "enterprise", identifiers={"credit_code": credit_code}, row_count=events.page.total)
    return page(
        request, "console/enterprise.html", **context, **_events(request, name, events, marks, record_type, context["words"]),
        qr=qr.code_of(f"{here.address}/console/enterprises/{name}"), data_as_of=view.stamp, is_first=not after, name=name,
        lanes=enterprise_lanes.drawn(found, marks, view.publication.as_of, context["words"]), most_marks=MOST_MARKS,
    )  # fmt: skip


def _context(connection: sa.Connection, view: View, found: Enterprise, tongue: str) -> dict[str, Any]:
    """Who it is, its cover, its problems."""
    t, words = texts(tongue), in_words(connection, LISTS, view.publication.as_of, tongue)
    cover = covers(connection, found.credit_code, view.publication)
    return {
        "enterprise": found, "cover": cover, "in_force": [each for each in cover if each.is_in_force],
        "hazards": open_hazards(connection, found.credit_code, view.publication.as_of), "words": words, "view": view,
        "is_lacking": _is_lacking(found, cover, view),
        "facts": _facts(found, words),
        "crumbs": (Crumb(t("查询", "Search"), "/console/search"), Crumb(found.name or t("名称不详", "Name not known"))),
    }  # fmt: skip


def _is_lacking(found: Enterprise, cover: tuple[Cover, ...], view: View) -> bool:
    """Whether it must insure on the publication's day and no policy that the caller sees is in force."""
    said, day = found.registered, view.publication.as_of
    if said is None or not said.is_must_insure or any(each.is_in_force for each in cover):
        return False
    return (said.must_insure_from_date or day) <= day <= (said.must_insure_to_date or day)


def _facts(found: Enterprise, words: InWords) -> list[tuple[str, str | None]]:
    """Who it is, by the register."""
    t, said = texts(words.language), found.registered
    told: list[tuple[str, str | None]] = [(t("统一社会信用代码", "Credit code"), found.credit_code)]
    if said is None:
        return told
    until = said.must_insure_to_date
    since = f"{formats.date(said.must_insure_from_date)} – {formats.date(until) if until else t('今', 'today')}"
    return [
        *told, (t("地区", "Area"), words.region(said.region_code)),
        (t("行业领域", "Sector"), words.code("CL-DOMAIN", said.high_risk_domain_code)),
        (t("地址", "Address"), said.address_text),
        (t("经营状态", "Operation"), said.operation_status_code and words.code("CL-OPERATION-STATUS", said.operation_status_code)),
        (t("规模", "Size"), said.size_code and words.code("CL-SIZE", said.size_code)),
        (t("从业人员", "Employees"), formats.count(said.employee_count)),
        (t("监管部门", "Department"), said.regulator_dept_code and words.code("CL-DEPT", said.regulator_dept_code)),
        (t("投保义务", "Must insure"), f"{t('有', 'yes')} · {since}" if said.is_must_insure else t("无", "no")),
        (t("依据", "Basis"), said.must_insure_basis_text),
    ]  # fmt: skip


def _events(
    request: Request, name: uuid.UUID, events: Timeline, marks: Timeline, chosen: str, words: InWords
) -> dict[str, Any]:  # fmt: skip
    """The table of events, its tabs and pages."""
    t, path = texts(words.language), f"/console/enterprises/{name}"
    given = {key: value for key, value in request.query_params.items() if key not in ("after", "record_type")}
    tabs = [(t("全部", "All"), formats.url(path, given), not chosen, sum(marks.counts.values()))]
    tabs += [
        (record_name(kind, words.language), formats.url(path, given, record_type=kind), kind == chosen, count)
        for kind, count in marks.counts.items()
    ]
    cursor = events.page.next_cursor
    return {
        "events": [_event(row, words) for row in events.page.rows], "event_total": events.page.total, "tabs": tabs,
        "mark_total": marks.page.total, "first_href": formats.url(path, given, record_type=chosen),
        "next_href": formats.url(path, given, record_type=chosen, after=cursor) if cursor else None,
    }  # fmt: skip


def _event(row: Row, words: InWords) -> dict[str, Any]:
    """A line of the table."""
    said, t = row.values, texts(words.language)
    code = ListColumn("code", "code", "", "", said["code_list"])
    evidence = (
        {"service_no": row.record_key, "insurer": row.insurer_id} if row.record_type == "service_record" else None
    )
    return {
        "date": formats.date(said["event_date"]), "what": t(*EVENTS[said["event"]]),
        "kind": words.said(code, said["code"]) if said["code"] else None, "key": str(row.record_key).replace("|", " / "),
        "insurer": words.insurers.get(str(row.insurer_id), row.insurer_id), "amount": formats.amount(said["amount"]),
        "text": said["text"], "type": record_name(str(row.record_type), words.language), "policy_no": said["policy_no"],
        "href": f"/console/records/{row.record_type}/{row.version_id}",
        "evidence": formats.url("/evidence", evidence) if evidence else None,
    }  # fmt: skip
