"""Why a figure moved between two publications: parts by cause that add up exactly, and the records behind each."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from portal.asking import Here, Regulator, language, page, record
from portal.console import movement, names, publications
from portal.console.address import Address, Asked, Number, reading
from portal.console.errors import NotShown
from portal.console.exporting import MOST_ROWS, Sheet, export
from portal.console.indicator_pages import Cell, cell_of, facts_of, frame_of
from portal.console.movement import CAUSES
from portal.console.publications import Moment, Publication
from portal.console.words import change_text, plain, signed
from portal.look.texts import texts
from portal.submissions.words import record_name

router = APIRouter(include_in_schema=False)
Code = Annotated[str, Path(max_length=20)]
Cursor = Annotated[str, Query(max_length=600)]
Cause = Annotated[str, Query(max_length=20)]
From = Annotated[int | None, Query(alias="from", ge=1, le=2**63 - 1)]


@router.get("/console/indicators/{code}/movement")
def show(
    request: Request, here: Here, who: Regulator, wanted: Address, code: Code, earlier_id: From = None,
    to: Number = None, cause: Cause = "", after: Cursor = "",
) -> HTMLResponse:  # fmt: skip
    """The parts of a movement, and a page of the records of one cause or all."""
    with reading(here, who.person) as connection:
        cell, earlier = sides(connection, wanted, code, earlier_id, to)
        choices = publications.publications(connection)
        known = names.insurers(connection)
        made = records = None
        if earlier is not None:
            asked = (connection, earlier, cell.view.publication, cell.view.place, code, cell.period)
            made = _movement(asked)
            records = movement.moved_records(*asked, cause=cause or None, after=after or None) if made else None
    record(request, who, "read", f"movement of {code}", filter={**cell.view.query, "from": earlier_id}, row_count=1)
    t, spoken = texts(language(request)), language(request)
    kept = {"from": earlier.publication_id if earlier else None, "to": cell.view.publication.publication_id}
    return page(
        request, "console/movement.html", cell=cell, earlier=earlier, made=made, records=records, choices=choices,
        insurer_name=lambda each: names.sender(known, each, t), cause=cause, causes=CAUSES, signed=signed, plain=plain, kept=kept,
        change=change_text(_change(made), cell.definition.unit, t), sums=_sums(made), is_first=not after,
        link=lambda **more: cell.link("/movement", **{**kept, **more}), type_name=lambda each: record_name(each, spoken),
        export_link=lambda kind: cell.link(f"/movement.{kind}", **kept, cause=cause or None),
        **frame_of(request, cell, ("为什么变化", "Why it moved")),
    )  # fmt: skip


@router.get("/console/indicators/{code}/movement.{kind}")
def as_file(
    request: Request, here: Here, who: Regulator, wanted: Address, code: Code, kind: str, earlier_id: From = None,
    to: Number = None, cause: Cause = "",
) -> Response:  # fmt: skip
    """The records that moved as a file. Raises Problem NOT-FOUND where there is nothing to compare with."""
    with reading(here, who.person) as connection:
        cell, earlier = sides(connection, wanted, code, earlier_id, to)
        if earlier is None:
            raise NotShown("no earlier publication")
        asked = (connection, earlier, cell.view.publication, cell.view.place, code, cell.period)
        found = movement.moved_records(*asked, cause=cause or None, limit=MOST_ROWS)
        made = movement.movement(*asked)
    rows = [
        (CAUSES[v["cause"]].zh, record_name(row.record_type or "", "zh"), row.record_key, v["unit"], row.insurer_id,
         v["numerator"], v["denominator"])
        for row in found.rows
        for v in (row.values,)
    ]  # fmt: skip
    told = [
        (CAUSES[part.cause].zh, f"{part.record_count} 条,分子 {part.numerator},分母 {part.denominator}")
        for part in made.parts
    ]
    facts = (*facts_of(cell), ("对比发布", earlier.publication_id), ("对比数值", made.before.shown_text), *told)
    columns = ("原因", "数据类型", "业务编号", "计数单位", "机构", "分子变化", "分母变化")
    return export(
        request, who, cell.view, Sheet(f"{cell.definition.name_zh}变化", columns, rows, found.total, facts), kind
    )


def sides(
    connection: sa.Connection, wanted: Asked, code: str, earlier_id: int | None, later_id: int | None
) -> tuple[Cell, Publication | None]:
    """The figure as it is, and what to compare it with: the publication asked for, else the newest of an earlier day."""
    moment = Moment(later_id) if later_id else wanted.moment
    cell = cell_of(connection, replace(wanted, moment=moment), code)
    if earlier_id is not None:
        return cell, publications.chosen(connection, Moment(earlier_id))
    return cell, publications.before(connection, cell.view.publication)


def _movement(asked: tuple[sa.Connection, Publication, Publication, object, str, str]) -> movement.Movement | None:
    """None where the earlier publication has no such figure."""
    try:
        return movement.movement(*asked)  # type: ignore[arg-type]
    except NotShown:
        return None


def _change(made: movement.Movement | None) -> Decimal | None:
    if made is None or made.before.value is None or made.after.value is None:
        return None
    return made.after.value - made.before.value


def _sums(made: movement.Movement | None) -> tuple[Decimal, Decimal]:
    """What the parts add up to: numerator and denominator."""
    parts = made.parts if made else ()
    return sum((p.numerator for p in parts), Decimal(0)), sum((p.denominator for p in parts), Decimal(0))
