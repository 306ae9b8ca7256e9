"""Files for programs, by the routes that people save them with: reports, returned workbooks, bulletins."""

from __future__ import annotations

from typing import Any

from fastapi.responses import Response

from portal.api.answers import problems
from portal.api.answers import router as part
from portal.bulletin import making
from portal.bulletin import pages as bulletin
from portal.downloads import XLSX
from portal.submissions import report_files

router = part()


def _files(*media_types: str) -> dict[str, Any]:
    """How a route is described whose answer is a file."""
    answers = problems("NOT-FOUND") | {200: {"content": {name.partition(";")[0]: {} for name in media_types}}}
    return {"response_class": Response, "responses": answers}


router.get(
    "/submissions/{batch_id}/report.{kind}", summary="Its problems as a file", tags=["submissions"],
    **_files(*report_files.MEDIA_TYPES.values()),
)(report_files.report)  # fmt: skip
router.get(
    "/submissions/{batch_id}/annotated.xlsx", summary="The file itself with marks", tags=["submissions"], **_files(XLSX)
)(report_files.annotated)
router.get(
    "/months/{month}/bulletin.{kind}", summary="The bulletin of a frozen month", tags=["indicators"],
    **_files(*making.MEDIA_TYPES.values()),
)(bulletin.file_of)  # fmt: skip
