"""A table of the console as a file to save: CSV, or a workbook with definition and filter on a second sheet."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import Response

from pipeline.reporting.tables import write_csv_file, write_xlsx_sheets
from portal.asking import record
from portal.console.address import View
from portal.downloads import XLSX, download
from portal.look import formats
from portal.problems import Problem
from portal.signing_in.sessions import Identity
from schemas.time_zone import SHANGHAI

#: Rows of one file; a larger table says how many it shows of how many.
MOST_ROWS = 100_000


@dataclass(frozen=True)
class Sheet:
    """A table to save. ``facts``: (term, text) pairs that say what it is, after which filter."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    total: int
    facts: Sequence[tuple[str, object]] = ()


def export(request: Request, who: Identity, view: View, sheet: Sheet, kind: str) -> Response:
    """The file. Raises Problem NOT-FOUND for a kind that there is not."""
    if kind not in ("csv", "xlsx"):
        raise Problem("NOT-FOUND")
    record(request, who, "export", sheet.name, filter=view.query, row_count=len(sheet.rows))
    written = io.BytesIO()
    if kind == "csv":
        write_csv_file(written, sheet.columns, sheet.rows)
    else:
        said = _said(who, view, sheet)
        write_xlsx_sheets(written, {"数据": (sheet.columns, sheet.rows), "说明": (("项目", "内容"), said)})
    name = f"{sheet.name}_{view.publication.as_of}_{_shown(sheet)}.{kind}"
    return download(written.getvalue(), name, XLSX if kind == "xlsx" else "text/csv; charset=utf-8")


def _shown(sheet: Sheet) -> str:
    """How many rows there are, and how many of them are here where it is not all."""
    return f"{sheet.total}条" if len(sheet.rows) == sheet.total else f"前{len(sheet.rows)}条共{sheet.total}条"


def _said(who: Identity, view: View, sheet: Sheet) -> list[tuple[str, object]]:
    place, publication = view.place, view.publication
    return [
        ("表名", sheet.name), *sheet.facts, ("总条数", sheet.total), ("本表条数", len(sheet.rows)),
        ("地区", place.region_code), ("行业领域", place.domain_code), ("机构", place.insurer_id),
        ("统计截止日", str(publication.as_of)), ("数据截止时刻", formats.second(publication.known_at)),
        ("发布编号", publication.publication_id), ("暂定", "是" if publication.is_provisional else "否"),
        ("导出账号", who.person.login), ("导出时间", formats.second(dt.datetime.now(SHANGHAI))),
    ]  # fmt: skip
