"""Work lists: what there is to work through, one list with its query form, and its files."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from portal.asking import Here, Regulator, language, page, part, record
from portal.console import list_files
from portal.console.address import Address, View, opened, reading
from portal.console.choices import domain_choices, insurer_choices, region_choices
from portal.console.enterprise_codes import names_of
from portal.console.in_words import NUMBERS, InWords
from portal.console.list_asking import (
    Narrowed,
    Narrowing,
    asked_list,
    conditions,
    credit_column,
    list_named,
    words_of,
)
from portal.console.list_files import MOST_ROWS, Export, filters_of
from portal.console.lists import LISTS, ListPage, WorkList
from portal.console.paging import PAGE_ROWS, Row
from portal.downloads import XLSX, download
from portal.look.formats import url
from portal.look.frame import Column, Crumb
from portal.look.texts import texts
from portal.problems import Problem
from portal.signing_in.sessions import Identity

router = APIRouter(include_in_schema=False)
Cursor = Annotated[str, Query(max_length=2000)]
Kind = Literal["xlsx", "csv", "txt"]
WRITERS = {"xlsx": list_files.as_xlsx, "csv": list_files.as_csv, "txt": list_files.as_text}
MEDIA_TYPES = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8", "txt": "text/plain; charset=utf-8"}


@router.get("/console/lists")
def index(request: Request, here: Here, who: Regulator, asked: Address) -> HTMLResponse:
    """Every list, and what is in it; how long each is follows, since counting takes its time."""
    with reading(here, who.person) as connection:
        view = opened(connection, asked)
    return page(request, "console/lists.html", **_index(request, view, {}), data_as_of=view.stamp)


@router.get("/console/lists/counts")
def counts(request: Request, here: Here, who: Regulator, asked: Address) -> HTMLResponse:
    """How long each list is, for the index to put in; a page of its own where there is no JavaScript."""
    with reading(here, who.person) as connection:
        view = opened(connection, asked)
        found = {name: asked_list(connection, LISTS[name], view, Narrowed(), limit=1) for name in LISTS}
    record(request, who, "read", "lists", filter=conditions(view, Narrowed(), has_days=False))
    context = _index(request, view, found)
    if request.headers.get("hx-request"):
        return part(request, "console/list_counts.html", **context)
    return page(request, "console/lists.html", **context, data_as_of=view.stamp)


@router.get("/console/lists/{name}.{kind}")
def export(
    request: Request, here: Here, who: Regulator, asked: Address, narrowing: Narrowing, name: str, kind: Kind
) -> Response:  # fmt: skip
    """All rows of a list as a file. Raises Problem NOT-FOUND for a list that is not shown."""
    work_list = list_named(name)
    with reading(here, who.person) as connection:
        view = opened(connection, asked)
        found = asked_list(connection, work_list, view, narrowing, limit=MOST_ROWS)
        words = words_of(connection, work_list, view, language(request))
    if not found.is_shown:
        raise Problem("NOT-FOUND", _why_not(work_list, language(request)))
    told = Export(found, view, narrowing, words, who.person.login, here.hub.now())
    told_of = conditions(view, narrowing, has_days=name == "ending")
    record(request, who, "export", f"list {name}.{kind}", filter=told_of, row_count=told.shown)
    answer = download(WRITERS[kind](told), f"{told.name}.{kind}", MEDIA_TYPES[kind])
    if kind == "csv":
        answer.headers["Link"] = f'<{_file(request, name, "txt")}>; rel="describedby"; type="text/plain"'
    answer.headers.update({"X-Total-Rows": str(found.page.total), "X-Shown-Rows": str(told.shown)})
    return answer


@router.get("/console/lists/{name}")
def show(
    request: Request, here: Here, who: Regulator, asked: Address, narrowing: Narrowing, name: str, after: Cursor = ""
) -> HTMLResponse:
    """A page of one list. Raises Problem NOT-FOUND."""
    work_list = list_named(name)
    with reading(here, who.person) as connection:
        view = opened(connection, asked)
        found = asked_list(connection, work_list, view, narrowing, after=after or None, limit=PAGE_ROWS)
        words = words_of(connection, work_list, view, language(request))
        choices = _choices(connection, view, language(request))
    has_days = name == "ending"
    told_of = conditions(view, narrowing, has_days=has_days)
    record(request, who, "read", f"list {name}", filter=told_of, row_count=len(found.page.rows))
    t = texts(language(request))
    return page(
        request, "console/list.html", **_table(here, who, found, words), **choices, view=view, words=words,
        work_list=work_list, why_not=_why_not(work_list, language(request)), narrowing=narrowing, has_days=has_days,
        filters=filters_of(view, narrowing, words, has_days=has_days), most_rows=MOST_ROWS,
        query=conditions(view, narrowing, has_days=has_days),
        first_href=_here(request, after=None) if after else None,
        next_href=_here(request, after=found.page.next_cursor) if found.page.next_cursor else None,
        files={kind: _file(request, name, kind) for kind in WRITERS}, data_as_of=view.stamp,
        crumbs=(Crumb(t("工作清单", "Work lists"), view.link("/console/lists")), Crumb(t(work_list.zh, work_list.en))),
    )  # fmt: skip


def _table(here: Here, who: Identity, found: ListPage, words: InWords) -> dict[str, Any]:
    t, columns = texts(words.language), found.work_list.columns
    named = credit_column(found.work_list)
    codes = [str(row.values[named.name]) for row in found.page.rows if row.values[named.name]] if named else []
    enterprises = names_of(here, who.person, codes)
    rows = [
        ([(words.text(column, row), column.kind) for column in columns], _links(row, named, enterprises, t))
        for row in found.page.rows
    ]
    heads = [Column(t(column.zh, column.en), is_number=column.kind in NUMBERS) for column in columns]
    return {"found": found, "rows": rows, "numbers": NUMBERS, "columns": [*heads, Column(t("操作", "Actions"))]}


def _links(row: Row, named: Any, enterprises: Any, t: Any) -> list[tuple[str, str]]:
    """What can be done with a row."""
    links = []
    if named and row.values[named.name] in enterprises:
        links.append((t("一企一档", "Enterprise"), f"/console/enterprises/{enterprises[row.values[named.name]]}"))
    if row.record_type and row.version_id:
        links.append((t("记录", "Record"), f"/console/records/{row.record_type}/{row.version_id}"))
    if row.version_id is None and row.values.get("batch_id"):
        links.append((t("报送", "Delivery"), f"/submissions/{row.values['batch_id']}"))
    if row.values.get("rule_id"):
        links.append((t("规则", "Rule"), f"/rules/{row.values['rule_id']}"))
    return links


def _index(request: Request, view: View, found: dict[str, ListPage]) -> dict[str, Any]:
    return {
        "lists": [*LISTS.values()], "found": found, "view": view, "counts_href": view.link("/console/lists/counts"),
        "href": lambda name: view.link(f"/console/lists/{name}"),
        "crumbs": (Crumb(texts(language(request))("工作清单", "Work lists")),),
    }  # fmt: skip


def _choices(connection: sa.Connection, view: View, tongue: str) -> dict[str, Any]:
    return {
        "regions": region_choices(connection, view), "domains": domain_choices(connection, view, tongue),
        "insurers": insurer_choices(connection),
    }  # fmt: skip


def _here(request: Request, **changes: str | None) -> str:
    return url(request.url.path, {**request.query_params, **changes})


def _file(request: Request, name: str, kind: str) -> str:
    return url(f"/console/lists/{name}.{kind}", {**request.query_params, "after": None})


def _why_not(work_list: WorkList, tongue: str) -> str:
    """Why a list says nothing to this reader here."""
    t = texts(tongue)
    if not work_list.is_of_areas:
        return t(
            "这份清单里的数据不属于任何地区和行业,只向可以查看全省、全部行业的账号提供。这里没有统计,不代表没有。",
            "What is in this list belongs to no area or sector: only accounts of the whole province are shown it. Nobody "
            "counted here; that does not mean there is nothing.",
        )
    return t(
        "所选地区、行业、机构的组合没有发布过这项指标,或不在本账号的权限范围内。这里没有统计,不代表没有;请放宽条件后再查。",
        "No figure was published for this area, sector and insurer, or it is not yours to see. Nobody counted here; that "
        "does not mean there is nothing: choose a wider area.",
    )
