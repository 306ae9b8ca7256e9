"""The problems of a delivery as files: the report as XLSX, CSV or JSON, and the sender's own file with marks."""

from __future__ import annotations

import io
import pathlib
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from pipeline.reporting.error_report import write_report
from pipeline.reporting.problems import Problem as Line
from pipeline.reporting.problems import Report
from pipeline.reporting.returning import how_read, return_delivery
from portal.asking import Here, Reader, record
from portal.door import Door
from portal.downloads import XLSX, download
from portal.person import Person
from portal.problems import Problem
from portal.submissions import reading, stating
from portal.submissions.reading import Batch, File
from warehouse.landing import receipts

router = APIRouter(include_in_schema=False)
BatchId = Annotated[int, Path(ge=1, le=2**63 - 1)]
Kind = Literal["xlsx", "csv", "json"]
MEDIA_TYPES: dict[Kind, str] = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8", "json": "application/json"}


@router.get("/submissions/{batch_id}/report.{kind}")
def report(request: Request, here: Here, who: Reader, batch_id: BatchId, kind: Kind) -> Response:
    """Every problem, one line each, with total and shown."""
    batch, _, told = _told(here, who.person, batch_id)
    written = io.BytesIO()
    shown = write_report(told, written, kind)
    record(request, who, "export", f"report {batch_id}", row_count=shown.shown)
    stating.see(here, who.person, batch_id, "downloaded")
    return download(written.getvalue(), f"问题清单_{batch.receipt_no}.{kind}", MEDIA_TYPES[kind])


@router.get("/submissions/{batch_id}/annotated.xlsx")
def annotated(
    request: Request, here: Here, who: Reader, batch_id: BatchId, part: Annotated[int, Query(ge=1, le=10_000)] = 1
) -> Response:
    """The sender's own workbook with wrong cells coloured and commented; a CSV file as a workbook. For the sender only.

    Raises Problem NOT-ALLOWED for others: the file may name persons.
    """
    if not who.person.is_of_insurer:
        raise Problem("NOT-ALLOWED", "原文件只退回报送机构 the file itself goes back to its sender only")
    batch, files, told = _told(here, who.person, batch_id)
    if part > len(files):
        raise Problem("NOT-FOUND")
    written = io.BytesIO()
    with receipts.lent(here.hub.engine, here.hub.store, batch.batch_id) as parts:
        original = parts[part - 1].path
        source = how_read(here.hub.definition(batch.insurer_id), batch.record_type, batch.channel, original)
        return_delivery(original, source, told, written, file_no=part)
    record(request, who, "export", f"annotated {batch_id}", row_count=len(told.problems))
    stating.see(here, who.person, batch_id, "downloaded")
    return download(written.getvalue(), f"{pathlib.PurePath(files[part - 1].file_name).stem}_批注.xlsx", XLSX)


def _told(here: Door, person: Person, batch_id: int) -> tuple[Batch, list[File], Report]:
    """A delivery with all its problems, as the account may see them; of a duplicate those of the one it repeats."""
    with here.reading_as(person) as connection:
        batch, files = reading.batch(connection, batch_id), reading.files(connection, batch_id)
        found = reading.findings(connection, batch.judged_id, row_limit=None)
        lines = [Line.of(vars(each)) for each in found]
    names = tuple(file.file_name for file in files)
    return batch, files, Report(batch_id, batch.insurer_id, batch.record_type, names, lines)
