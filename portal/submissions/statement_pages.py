"""Forms by which a person states something of a delivery: a warning confirmed, who answers for it, nothing to report."""

from __future__ import annotations

import pathlib
import tempfile
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import AfterValidator

from portal.asking import Here, Submitting, client, language, page, plain, record
from portal.submissions import stating
from portal.submissions.loading import Worker
from portal.submissions.receiving import uploads
from portal.submissions.taking import said_of, take
from portal.submissions.words import record_name
from schemas.delivery import Submitter
from schemas.time_zone import SHANGHAI

router = APIRouter(include_in_schema=False)
BatchId = Annotated[int, Path(ge=1, le=2**63 - 1)]
Typed = Annotated[str, Form(max_length=1000), AfterValidator(plain)]
FindingId = Annotated[int | None, Form(ge=1, le=2**63 - 1)]


@router.post("/submissions/{batch_id}/confirmations")
def confirm(
    request: Request, here: Here, who: Submitting, batch_id: BatchId, rule: Typed, reason: Typed, finding: FindingId = None
) -> Response:  # fmt: skip
    """Confirm or justify the warnings of a rule, or one of them."""
    count = stating.confirm(here, who.person, batch_id, rule, reason, finding)
    record(request, who, "write", f"confirmation {batch_id}", filter={"rule": rule[:20]}, row_count=count)
    return RedirectResponse(f"/submissions/{batch_id}/findings", 303)


@router.post("/submissions/{batch_id}/attestations")
def attest(
    request: Request, here: Here, who: Submitting, batch_id: BatchId, person_name: Typed, person_position: Typed
) -> Response:
    """A named person answers for a delivery."""
    stating.attest(here, who.person, batch_id, person_name, person_position)
    record(request, who, "write", f"attestation {batch_id}")
    return RedirectResponse(f"/submissions/{batch_id}#attestation", 303)


@router.get("/submissions/nil")
def ask_nil(
    request: Request, here: Here, who: Submitting, record_type: Annotated[str, Query(max_length=60)]
) -> Response:
    """What a nil return states, before it is handed in."""
    said_of(here, who.person.insurer_id, {"record_type": record_type})
    name = record_name(record_type, language(request))
    day = f"{here.hub.now().astimezone(SHANGHAI):%Y-%m-%d}"
    return page(request, "submissions/nil.html", record_type=record_type, name=name, day=day, csrf=who.csrf)


@router.post("/submissions/nil")
def nil(request: Request, here: Here, who: Submitting, record_type: Typed) -> Response:
    """State that there is nothing to report; it lands with a receipt like any delivery."""
    said = said_of(here, who.person.insurer_id, {"record_type": record_type})
    with tempfile.TemporaryDirectory(dir=uploads(here.hub.settings.var_folder)) as folder:
        file = stating.nil_return(record_type, who.person.login, here.hub.now(), pathlib.Path(folder))
        submitter = Submitter(who.person.login, "portal", client(request), request_sha256=file.sha256)
        landed = take(here, submitter, who.person.insurer_id, said, file)
    worker: Worker = request.app.state.worker
    worker.soon()
    record(request, who, "write", f"batch {landed.batch_id}", filter={"nil_return": record_type}, row_count=1)
    return RedirectResponse(f"/submissions/{landed.batch_id}", 303)
