"""Evidence of a service: a page to add and look, and the files themselves."""

from __future__ import annotations

import logging
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from portal.asking import Here, Reader, Submitting, language, page, record
from portal.door import Door
from portal.downloads import download
from portal.look.formats import url
from portal.look.texts import texts
from portal.problems import Problem, Told, of_hub, told
from portal.signing_in.sessions import Identity
from portal.submissions import evidence
from portal.submissions.evidence import Evidence
from portal.submissions.receiving import Arrived, form_of
from schemas.errors import HubError
from warehouse.landing.store import Kept

logger = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)
EvidenceId = Annotated[int, Path(ge=1, le=2**63 - 1)]
Number = Annotated[str, Query(max_length=100)]


@router.get("/evidence")
def show(request: Request, here: Here, who: Reader, service_no: Number = "", insurer: Number = "") -> HTMLResponse:
    """What a service has, and the form to add more."""
    return _page(request, here, who, service_no, insurer or who.person.insurer_id)


@router.post("/evidence")
async def add(request: Request, here: Here, who: Submitting) -> Response:
    """Add files to a service or to a hazard of it; one that fails stops no other."""
    async with form_of(request) as form:
        service_no, hazard_no = (
            form.texts.get("service_no", "").strip(),
            form.texts.get("hazard_no", "").strip() or None,
        )
        asked = [
            (file, await run_in_threadpool(_add, request, here, who, service_no, hazard_no, file))
            for file in form.files
        ]
    refused = [(file, why) for file, why in asked if why]
    await run_in_threadpool(
        record, request, who, "write", "evidence", identifiers={"service_no": service_no}, row_count=len(asked) - len(refused)
    )  # fmt: skip
    if asked and not refused:
        return RedirectResponse(url("/evidence", service_no=service_no), 303)
    return await run_in_threadpool(_refused, request, here, who, service_no, refused, is_all=len(refused) == len(asked))


def _add(
    request: Request, here: Door, who: Identity, service_no: str, hazard_no: str | None, file: Arrived
) -> Told | None:
    """Why a file could not be kept; None when it was."""
    try:
        evidence.add(here, who.person, service_no, hazard_no, file)
    except Problem as problem:
        return told(problem, language(request))
    except HubError as error:
        logger.warning("%s: %s", who.person.login, error)
        return told(of_hub(error), language(request))
    return None


def _refused(
    request: Request, here: Door, who: Identity, service_no: str, refused: list[tuple[Arrived, Told]], *, is_all: bool
) -> HTMLResponse:
    """The page again, with what was not taken and why; its status is that of the first where nothing was."""
    nothing = texts(language(request))("请选择文件", "Choose a file")
    errors = [(f"{file.name}: {why.detail or why.title}", "files") for file, why in refused] or [(nothing, "files")]
    answer = _page(request, here, who, service_no, who.person.insurer_id, errors)
    if refused:
        answer.status_code = refused[0][1].status if is_all else 200
        answer.headers.update(refused[0][1].headers)
    return answer


@router.get("/evidence/{evidence_id}")
def file_of(request: Request, here: Here, who: Reader, evidence_id: EvidenceId) -> Response:
    """A picture or document."""
    return content_of(request, here, who, evidence_id)


def content_of(request: Request, here: Door, who: Identity, evidence_id: int) -> Response:
    """A picture, re-encoded without its metadata, or a document to save. Raises Problem NOT-FOUND."""
    with here.reading_as(who.person) as connection:
        found = evidence.listed(connection, evidence_id=evidence_id)
    if not found:
        raise Problem("NOT-FOUND")
    record(request, who, "read", f"evidence {evidence_id}")
    with here.hub.store.lend(Kept(found[0].sha256, found[0].size_bytes)) as path:
        if found[0].is_picture:
            return Response(evidence.shown(path), media_type="image/jpeg")
        return download(path.read_bytes(), found[0].file_name, evidence.PDF)


def _page(
    request: Request, here: Door, who: Identity, service_no: str, insurer_id: str, errors: list[tuple[str, str]] | None = None
) -> HTMLResponse:  # fmt: skip
    found: list[Evidence] = []
    if service_no:
        with here.reading_as(who.person) as connection:
            found = evidence.listed(connection, insurer_id=insurer_id, service_no=service_no)
    return page(
        request, "submissions/evidence.html", status=422 if errors else 200, errors=errors or [], has_errors=bool(errors),
        service_no=service_no, insurer_id=insurer_id, found=found, may_submit=who.may("submit"), csrf=who.csrf,
        limit_bytes=evidence.MOST_BYTES,
    )  # fmt: skip
