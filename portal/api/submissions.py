"""Submissions by programs: handed in with an idempotency key, answered with a receipt, then looked at."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import json
from typing import Annotated, Any, Literal

from fastapi import Header, Path, Query, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from portal.api.answers import BIGGEST, PAGE_ROWS, Limit, Page, next_page, problems
from portal.api.answers import router as part
from portal.asking import Here, Reader, Submitting, client, record
from portal.door import Door
from portal.downloads import XLSX
from portal.problems import Problem
from portal.signing_in.sessions import Identity
from portal.submissions import reading
from portal.submissions.loading import Worker
from portal.submissions.reading import Filter
from portal.submissions.receiving import Arrived, body_of
from portal.submissions.taking import Said, said_of, take, trying
from portal.submissions.words import STATES, todo
from schemas.delivery import Submitter

router = part()
BatchId = Annotated[int, Path(ge=1, le=BIGGEST)]
SUFFIXES = {"text/csv": ".csv", "application/json": ".json", XLSX: ".xlsx"}
BODY = {
    "requestBody": {
        "required": True,
        "description": "The file as it is: CSV, XLSX, or JSON (a list of records, or an object with that list at `records`).",
        "content": {
            "application/json": {"schema": {"type": "array", "items": {"type": "object"}}},
            "text/csv": {"schema": {"type": "string", "format": "binary"}},
            XLSX: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}  # fmt: skip


class Submission(BaseModel):
    """A delivery: its receipt, its state and, once judged, counts that add up: received = the other four."""

    batch_id: int
    receipt_no: str
    insurer_id: str
    record_type: str
    channel: str
    received_at: dt.datetime
    state: Literal["received", "stuck", "awaiting", "loaded", "partly_loaded", "rejected", "duplicate"]
    state_zh: str
    next_action_zh: str
    duplicate_of: int | None
    received_count: int | None
    accepted_count: int | None
    quarantined_count: int | None
    duplicate_count: int | None
    superseded_count: int | None
    reason_code: str | None
    reason_text: str | None
    loaded_at: dt.datetime | None
    submitted_by: str | None
    files: list[ReceivedFile] | None = None
    links: dict[str, str]


class ReceivedFile(BaseModel):
    """A file of a delivery, as its receipt vouches for it."""

    file_name: str
    sha256: str
    size_bytes: int


class Finding(BaseModel):
    """A problem: where it stands in the sender's own file, what was found and expected, what to do."""

    finding_id: int
    row_no: int | None
    where: str
    column_letter: str | None
    field: str | None
    field_name: str | None
    source_column: str | None
    record_key: str | None
    rule_id: str
    rule_title: str | None
    severity: str
    value: str | None
    expected: str | None
    message: str
    is_open: bool
    links: dict[str, str]


class Check(BaseModel):
    """What would become of a file if it were submitted now; nothing of it was kept. ``shown`` of ``total`` problems."""

    state: str
    received_count: int
    accepted_count: int
    quarantined_count: int
    duplicate_count: int
    superseded_count: int
    total: int
    shown: int
    findings: list[Finding]


@router.post(
    "/submissions", status_code=202, summary="Submit a file or records", tags=["submissions"], openapi_extra=BODY,
    responses=problems("KEY-REUSED", "TOO-LARGE", "TOO-SLOW", "MEDIA-TYPE", "DIGEST-DIFFERS", "NO-ROOM"),
)  # fmt: skip
async def submit(
    request: Request, here: Here, who: Submitting, record_type: Annotated[str, Query(max_length=60)],
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=200)] = None,
    content_digest: Annotated[str | None, Header(max_length=500, description="RFC 9530: sha-256=:…:")] = None,
    file_name: Annotated[str | None, Query(max_length=200)] = None,
    row_count: Annotated[str, Query(max_length=20, description="Declared rows: another number refuses the file.")] = "",
    amount: Annotated[str, Query(max_length=30, description="Declared sum in yuan of the main amount.")] = "",
    replaces: Annotated[str, Query(max_length=30, description="all, or 2026-10-01..2026-10-31")] = "",
) -> Submission:  # fmt: skip
    """Take the body as it is and answer with its receipt, before anybody looks inside; the state is polled at `links.self`.

    The answer to a repeated Idempotency-Key is the same receipt.
    """
    said = await run_in_threadpool(_said, here, who, record_type, row_count, amount, replaces)
    async with body_of(request, _name(request, file_name, record_type)) as file:
        _require_digest(content_digest, file)
        return await run_in_threadpool(_take, request, here, who, said, file, idempotency_key)


@router.post(
    "/checks", summary="Check a file without submitting it", tags=["submissions"], openapi_extra=BODY,
    responses=problems("TOO-LARGE", "TOO-SLOW", "MEDIA-TYPE", "NO-ROOM"),
)  # fmt: skip
async def check(
    request: Request, here: Here, who: Submitting, record_type: Annotated[str, Query(max_length=60)],
    file_name: Annotated[str | None, Query(max_length=200)] = None,
    row_count: Annotated[str, Query(max_length=20)] = "", amount: Annotated[str, Query(max_length=30)] = "",
    replaces: Annotated[str, Query(max_length=30)] = "",
) -> Check:  # fmt: skip
    """Judge the body as a submission would be, by the same rules; nothing of it is kept."""
    said = await run_in_threadpool(_said, here, who, record_type, row_count, amount, replaces)
    async with body_of(request, _name(request, file_name, record_type)) as file:
        worker: Worker = request.app.state.worker
        tried = await run_in_threadpool(worker.on_trial, trying(who.person.insurer_id, said, file))
    await run_in_threadpool(record, request, who, "write", "trial", filter={"record_type": record_type}, row_count=1)
    return Check(
        state=tried.state, received_count=tried.received_count, accepted_count=tried.accepted_count,
        quarantined_count=tried.quarantined_count, duplicate_count=tried.duplicate_count,
        superseded_count=tried.superseded_count, total=tried.finding_count, shown=len(tried.findings),
        findings=[_finding(found) for found in tried.findings],
    )  # fmt: skip


@router.get("/submissions", summary="Deliveries, newest first", tags=["submissions"])
def submissions(
    request: Request, here: Here, who: Reader, record_type: Annotated[str | None, Query(max_length=60)] = None,
    state: Annotated[str | None, Query(max_length=20)] = None, since: dt.date | None = None, until: dt.date | None = None,
    insurer_id: Annotated[str | None, Query(max_length=60)] = None,
    cursor: Annotated[int | None, Query(ge=1, le=BIGGEST)] = None, limit: Limit = PAGE_ROWS,
) -> Page[Submission]:  # fmt: skip
    """Deliveries of every channel that the account may see."""
    wanted = Filter(insurer_id, record_type, state, None, since, until)
    with here.reading_as(who.person) as connection:
        found, total = reading.batches(connection, wanted, cursor, limit)
    record(request, who, "read", "batch", row_count=len(found))
    more = found[-1].batch_id if len(found) == limit else None
    return Page(items=[_submission(batch) for batch in found], total=total, next=next_page(request, more))


@router.get("/submissions/{batch_id}", summary="One delivery", tags=["submissions"], responses=problems("NOT-FOUND"))
def submission(request: Request, here: Here, who: Reader, batch_id: BatchId) -> Submission:
    """Its receipt, state, counts and files."""
    with here.reading_as(who.person) as connection:
        found, files = reading.batch(connection, batch_id), reading.files(connection, batch_id)
    record(request, who, "read", f"batch {batch_id}")
    return _submission(found, files)


@router.get(
    "/submissions/{batch_id}/findings", summary="Its problems", tags=["submissions"], responses=problems("NOT-FOUND")
)
def findings(
    request: Request, here: Here, who: Reader, batch_id: BatchId, rule_id: Annotated[str | None, Query(max_length=20)] = None,
    cursor: Annotated[str | None, Query(pattern=r"^\d{1,18}-\d{1,18}$")] = None, limit: Limit = PAGE_ROWS,
) -> Page[Finding]:  # fmt: skip
    """Every problem in the order of rows; what speaks of the whole delivery comes first."""
    with here.reading_as(who.person) as connection:
        judged_id = reading.batch(connection, batch_id).judged_id
        total = sum(r.finding_count for r in reading.rules(connection, judged_id) if rule_id in (None, r.rule_id))
        after = tuple(map(int, cursor.split("-"))) if cursor else None
        found = list(reading.findings(connection, judged_id, rule_id=rule_id, after=after, row_limit=limit))  # type: ignore[arg-type]
    more = f"{found[-1].row_no or 0}-{found[-1].finding_id}" if len(found) == limit else None
    return Page(items=[_finding(each) for each in found], total=total, next=next_page(request, more))


def _said(here: Door, who: Identity, record_type: str, row_count: str, amount: str, replaces: str) -> Said:
    texts = {"record_type": record_type, "row_count": row_count, "amount": amount, "replaces": replaces}
    return said_of(here, who.person.insurer_id, texts)


def _take(request: Request, here: Door, who: Identity, said: Said, file: Arrived, key: str | None) -> Submission:
    asked = json.dumps([said.record_type, str(said.control), said.replaces, file.sha256])
    submitter = Submitter(who.person.login, "api", client(request), key, hashlib.sha256(asked.encode()).hexdigest())
    landed = take(here, submitter, who.person.insurer_id, said, file)
    worker: Worker = request.app.state.worker
    worker.soon()
    record(request, who, "write", f"batch {landed.batch_id}", filter={"record_type": said.record_type}, row_count=1)
    with here.reading_as(who.person) as connection:
        batch, files = reading.batch(connection, landed.batch_id), reading.files(connection, landed.batch_id)
    return _submission(batch, files)


def _name(request: Request, given: str | None, record_type: str) -> str:
    """The file's name: as its sender says, else after the record type and the media type. Raises Problem MEDIA-TYPE."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type.startswith(("multipart/", "application/x-www-form-urlencoded")):
        raise Problem(
            "MEDIA-TYPE", "请以文件原样作为请求体 send the file itself as the body: text/csv, application/json or XLSX"
        )
    return (given or "").strip() or f"{record_type}{SUFFIXES.get(media_type, '')}"


def _require_digest(header: str | None, file: Arrived) -> None:
    """Compare with what the sender computed. Raises Problem DIGEST-DIFFERS, REQUEST-INVALID for one that cannot be read."""
    if header is None:
        return
    told = {
        name.strip().lower(): value.strip() for name, _, value in (part.partition("=") for part in header.split(","))
    }
    value = told.get("sha-256", "")
    try:
        digest = base64.b64decode(value.strip(":"), validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if len(digest) != 32:
        raise Problem("REQUEST-INVALID", "Content-Digest: sha-256=:<base64>:")
    if digest.hex() != file.sha256:
        raise Problem("DIGEST-DIFFERS", received_sha256=file.sha256)


def _submission(batch: reading.Batch, files: list[reading.File] | None = None) -> Submission:
    here = f"/api/v1/submissions/{batch.batch_id}"
    names = (name for name in Submission.model_fields if hasattr(batch, name))
    told = {name: getattr(batch, name) for name in names}
    return Submission(
        **told, state_zh=STATES[batch.state].zh, next_action_zh=todo(batch, "zh"),
        files=None if files is None else [ReceivedFile(**vars(file)) for file in files],
        links={"self": here, "findings": f"{here}/findings", "page": f"/submissions/{batch.batch_id}"},
    )  # fmt: skip


def _finding(found: reading.Finding) -> Finding:
    told: dict[str, Any] = {name: getattr(found, name) for name in Finding.model_fields if hasattr(found, name)}
    return Finding(**told, links={"rule": f"/api/v1/rules/{found.rule_id}"})
