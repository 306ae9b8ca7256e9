"""The records behind a figure, page by page: those that it counts, and those that it left out with the reason."""

from __future__ import annotations

from typing import Annotated, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from portal.asking import Here, Regulator, language, page, record
from portal.console import behind, names
from portal.console.address import Address, reading
from portal.console.behind import Behind, reason_words
from portal.console.exporting import MOST_ROWS, Sheet, export
from portal.console.indicator_pages import Cell, cell_of, facts_of, frame_of
from portal.console.paging import PAGE_ROWS
from portal.console.words import plain
from portal.look.texts import texts
from portal.submissions.words import record_name
from schemas.yaml_files import Words

router = APIRouter(include_in_schema=False)
Code = Annotated[str, Path(max_length=20)]
Cursor = Annotated[str, Query(max_length=600)]
Reason = Annotated[str, Query(max_length=60)]
Show = Literal["all", "in", "out", "left_out"]
SHOWS: dict[Show, Words] = {
    "all": Words(zh="全部计入", en="All that count"),
    "in": Words(zh="计入分子", en="In the numerator"),
    "out": Words(zh="只在分母", en="In the denominator only"),
    "left_out": Words(zh="未计入", en="Left out"),
}
_COUNTED = {"all": None, "in": True, "out": False}


@router.get("/console/indicators/{code}/records")
def records(
    request: Request, here: Here, who: Regulator, wanted: Address, code: Code, show: Show = "all", reason: Reason = "",
    after: Cursor = "",
) -> HTMLResponse:  # fmt: skip
    """A page of the records behind a figure."""
    with reading(here, who.person) as connection:
        cell = cell_of(connection, wanted, code)
        found = behind_of(connection, cell, show, reason or None, after=after or None)
        known = names.insurers(connection)
    asked = {**cell.view.query, "period": cell.period, "show": show, "reason": reason}
    record(request, who, "read", f"records of {code}", filter=asked, row_count=len(found.page.rows))
    t, spoken = texts(language(request)), language(request)
    kept = {"show": show, "reason": reason or None}
    return page(
        request, "console/records.html", cell=cell, found=found.page, insurer_name=lambda each: names.sender(known, each, t), show=show, reason=reason,
        tabs=[(t(w.zh, w.en), cell.link("/records", show=each), each == show) for each, w in SHOWS.items()],
        reason_name=lambda each: t(reason_words(each).zh, reason_words(each).en), plain=plain,
        type_name=lambda each: record_name(each, spoken), is_first=not after, first=cell.link("/records", **kept),
        next=cell.link("/records", **kept, after=found.page.next_cursor) if found.page.next_cursor else None,
        export_link=lambda kind: cell.link(f"/records.{kind}", **kept), is_whole=cell.view.scope.sees_all_areas,
        **frame_of(request, cell, ("逐条记录", "Records")),
    )  # fmt: skip


@router.get("/console/indicators/{code}/records.{kind}")
def records_file(
    request: Request, here: Here, who: Regulator, wanted: Address, code: Code, kind: str, show: Show = "all",
    reason: Reason = "",
) -> Response:  # fmt: skip
    """The same records as a file."""
    with reading(here, who.person) as connection:
        cell = cell_of(connection, wanted, code)
        found = behind_of(connection, cell, show, reason or None, limit=MOST_ROWS).page
        known = names.insurers(connection)
    columns = (
        "数据类型",
        "业务编号",
        "业务日期",
        "计数单位",
        "分子",
        "分母",
        "未计入原因",
        "机构",
        "接收时间",
        "批次",
        "行号",
        "文件",
    )
    rows = [
        (
            record_name(row.record_type or "", "zh"), row.record_key, v["business_date"], v["unit"], v["numerator"],
            v["denominator"], reason_words(v["exclusion"]).zh if v["exclusion"] else None,
            known.get(row.insurer_id or "", row.insurer_id), v["received_at"], v["batch_id"], v["row_no"], v["file_names"],
        )
        for row in found.rows
        for v in (row.values,)
    ]  # fmt: skip
    facts = (*facts_of(cell), ("记录", SHOWS[show].zh), ("未计入原因", reason_words(reason).zh if reason else "不限"))
    return export(
        request, who, cell.view, Sheet(f"{cell.definition.name_zh}记录", columns, rows, found.total, facts), kind
    )


def behind_of(
    connection: sa.Connection, cell: Cell, show: Show, reason: str | None, *, after: str | None = None,
    limit: int = PAGE_ROWS,
) -> Behind:  # fmt: skip
    """Records behind a figure. Raises NotShown, BadCursor."""
    asked = (connection, cell.view.publication, cell.view.place, cell.code, cell.period)
    if show == "left_out":
        return behind.left_out_records(*asked, reason=reason, after=after, limit=limit)
    return behind.behind(*asked, counted=_COUNTED[show], after=after, limit=limit)
