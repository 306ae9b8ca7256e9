"""Work lists and search, for programs: the same rows as the console's pages and files."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request
from pydantic import BaseModel, Field

from portal.api.answers import PAGE_ROWS, Limit, Page, next_page, problems
from portal.api.answers import router as part
from portal.asking import Here, Regulator, record, require_regulator
from portal.console.address import Address, opened, reading
from portal.console.enterprise_codes import names_of
from portal.console.list_asking import Narrowing, asked_list, conditions, credit_column, list_named
from portal.console.lists import LISTS, WorkList
from portal.console.paging import Row
from portal.console.search import FEWEST_CHARACTERS, Hit, search
from portal.problems import Problem

router = part()
Name = Annotated[str, Path(max_length=40)]
Cursor = Annotated[str | None, Query(max_length=2000)]
Value = str | int | bool | Decimal | dt.datetime | dt.date | None


class ListColumn(BaseModel):
    """A column of a list: ``code_list`` names the list that says its codes in words."""

    name: str
    kind: str
    title_zh: str
    title_en: str
    code_list: str | None


class ListView(BaseModel):
    """A work list: what is in it, what is not, and its columns."""

    name: str
    title_zh: str
    title_en: str
    included_zh: str
    included_en: str
    excluded_zh: str
    excluded_en: str
    columns: list[ListColumn]
    links: dict[str, str]


class ListRow(BaseModel):
    """A row of a list: what it is about, and the list's own columns by name."""

    record_type: str | None
    version_id: int | None
    record_key: str | None
    insurer_id: str | None
    region_code: str | None
    domain_code: str | None
    values: dict[str, Value]
    links: dict[str, str]


class ListRows(Page[ListRow]):
    """A page of a list, as of which day and known at which moment."""

    publication_id: int
    as_of: dt.date
    known_at: dt.datetime


class HitView(BaseModel):
    """Something found: enterprise, policy, agency or insurer."""

    kind: str
    key: str
    insurer_id: str | None
    title: str
    region_code: str | None
    links: dict[str, str]


class Hits(BaseModel):
    """What begins with a text; ``is_cut``: there is more than is shown."""

    items: list[HitView]
    shown: int
    is_cut: bool = Field(description="Whether there is more: type more of it.")


@router.get("/lists", summary="Work lists", tags=["lists"], dependencies=[Depends(require_regulator)])
def lists() -> Page[ListView]:
    """Every list with its definition; how long one is, its own page tells."""
    found = [_list(each) for each in LISTS.values()]
    return Page(items=found, total=len(found), next=None)


@router.get("/lists/{name}", summary="Rows of a work list", tags=["lists"], responses=problems("NOT-FOUND"))
def rows(
    request: Request, here: Here, who: Regulator, asked: Address, narrowing: Narrowing, name: Name,
    cursor: Cursor = None, limit: Limit = PAGE_ROWS,
) -> ListRows:  # fmt: skip
    """Rows in the list's own order. NOT-FOUND too where the list says nothing to this account about this place."""
    work_list = list_named(name)
    with reading(here, who.person) as connection:
        view = opened(connection, asked)
        found = asked_list(connection, work_list, view, narrowing, after=cursor, limit=limit)
    if not found.is_shown:
        raise Problem("NOT-FOUND", "本账号看不到这份清单的这个范围;没有统计,不代表没有 not shown here: nobody counted")
    told_of = conditions(view, narrowing, has_days=name == "ending")
    record(request, who, "read", f"list {name}", filter=told_of, row_count=len(found.page.rows))
    named = credit_column(work_list)
    codes = [str(row.values[named.name]) for row in found.page.rows if row.values[named.name]] if named else []
    names = names_of(here, who.person, codes)
    publication = view.publication
    return ListRows(
        items=[_row(row, names.get(str(row.values[named.name])) if named else None) for row in found.page.rows],
        total=found.page.total, next=next_page(request, found.page.next_cursor),
        publication_id=publication.publication_id, as_of=publication.as_of, known_at=publication.known_at,
    )  # fmt: skip


@router.get("/search", summary="What begins with a text", tags=["lists"])
def find(
    request: Request, here: Here, who: Regulator, q: Annotated[str, Query(min_length=FEWEST_CHARACTERS, max_length=200)],
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Hits:  # fmt: skip
    """Names of enterprises and insured, credit codes, policy numbers, agencies, insurers: their beginnings."""
    with reading(here, who.person) as connection:
        found = search(connection, q, limit=limit)
    names = names_of(here, who.person, [hit.key for hit in found.hits if hit.kind == "enterprise"])
    record(request, who, "read", "search", identifiers={"q": q.strip()}, row_count=len(found.hits))
    return Hits(items=[_hit(hit, names.get(hit.key)) for hit in found.hits], shown=len(found.hits), is_cut=found.is_cut)


def _list(each: WorkList) -> ListView:
    columns = [
        ListColumn(name=c.name, kind=c.kind, title_zh=c.zh, title_en=c.en, code_list=c.code_list) for c in each.columns
    ]
    return ListView(
        name=each.name, title_zh=each.zh, title_en=each.en, included_zh=each.included.zh, included_en=each.included.en,
        excluded_zh=each.excluded.zh, excluded_en=each.excluded.en, columns=columns,
        links={"rows": f"/api/v1/lists/{each.name}", "page": f"/console/lists/{each.name}"},
    )  # fmt: skip


def _row(row: Row, enterprise: str | None) -> ListRow:
    told: dict[str, Any] = {name: getattr(row, name) for name in ListRow.model_fields if hasattr(row, name)}
    links = {"enterprise": f"/api/v1/enterprises/{enterprise}"} if enterprise else {}
    if row.values.get("batch_id"):
        links["submission"] = f"/api/v1/submissions/{row.values['batch_id']}"
    return ListRow(**told, links=links)


def _hit(hit: Hit, enterprise: str | None) -> HitView:
    told = {name: getattr(hit, name) for name in HitView.model_fields if name != "links"}
    links = {
        "enterprise": {"self": f"/api/v1/enterprises/{enterprise}"} if enterprise else {},
        "agency": {"self": f"/api/v1/agencies/{hit.key}"}, "insurer": {"self": f"/api/v1/insurers/{hit.key}"},
    }.get(hit.kind, {})  # fmt: skip
    return HitView(**told, links=links)
