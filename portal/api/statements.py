"""What insurers state, by programs: warnings confirmed, deliveries attested, evidence added."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from portal.api.answers import BIGGEST, problems
from portal.api.answers import router as part
from portal.asking import Here, Reader, Submitting, record
from portal.submissions import evidence, reading, stating
from portal.submissions.evidence_pages import content_of
from portal.submissions.receiving import body_of

router = part()
BatchId = Annotated[int, Path(ge=1, le=BIGGEST)]
Number = Annotated[str, Query(min_length=1, max_length=100)]
PICTURES = {
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in ("image/jpeg", "image/png", "application/pdf")},
    }
}  # fmt: skip


class Confirmation(BaseModel):
    """Warnings of one rule in a delivery, or one of them, and why they are right."""

    rule_id: str = Field(min_length=1, max_length=20, pattern=r"^[A-Za-z0-9-]+$")
    reason: str = Field(min_length=stating.SHORTEST, max_length=stating.LONGEST_REASON)
    finding_id: int | None = Field(None, ge=1, le=BIGGEST)


class Confirmed(BaseModel):
    """How many warnings were confirmed that nobody had confirmed yet."""

    confirmed_count: int


class AttestationAsked(BaseModel):
    """The named person who answers for a delivery."""

    person_name: str = Field(min_length=stating.SHORTEST, max_length=stating.LONGEST_NAME)
    person_position: str = Field(min_length=stating.SHORTEST, max_length=stating.LONGEST_NAME)


class AttestationView(BaseModel):
    """Who answers for a delivery, in which words."""

    person_name: str
    person_position: str
    statement: str
    stated_by: str
    stated_at: dt.datetime


class EvidenceView(BaseModel):
    """A picture or document of a service; ``hazard_no`` null = of the whole service."""

    evidence_id: int
    insurer_id: str
    service_no: str
    hazard_no: str | None
    sha256: str
    size_bytes: int
    media_type: str
    file_name: str
    added_by: str
    added_at: dt.datetime
    links: dict[str, str]


@router.post(
    "/submissions/{batch_id}/confirmations", status_code=201, summary="Confirm warnings", tags=["submissions"],
    responses=problems("NOT-FOUND"),
)  # fmt: skip
def confirm(request: Request, here: Here, who: Submitting, batch_id: BatchId, asked: Confirmation) -> Confirmed:
    """Say why warnings are right; they are not asked again until a value changes."""
    with here.reading_as(who.person) as connection:
        reading.batch(connection, batch_id)
    count = stating.confirm(here, who.person, batch_id, asked.rule_id, asked.reason, asked.finding_id)
    record(request, who, "write", f"confirmation {batch_id}", filter={"rule": asked.rule_id}, row_count=count)
    return Confirmed(confirmed_count=count)


@router.post(
    "/submissions/{batch_id}/attestations", status_code=201, summary="Attest a delivery", tags=["submissions"],
    responses=problems("NOT-FOUND"),
)  # fmt: skip
def attest(
    request: Request, here: Here, who: Submitting, batch_id: BatchId, asked: AttestationAsked
) -> list[AttestationView]:
    """A named person answers for a delivery; the answer lists every statement, the newest first."""
    stating.attest(here, who.person, batch_id, asked.person_name, asked.person_position)
    record(request, who, "write", f"attestation {batch_id}")
    return attestations(here, who, batch_id)


@router.get(
    "/submissions/{batch_id}/attestations", summary="Who answers for a delivery", tags=["submissions"],
    responses=problems("NOT-FOUND"),
)  # fmt: skip
def attestations(here: Here, who: Reader, batch_id: BatchId) -> list[AttestationView]:
    """Every statement, the newest first."""
    with here.reading_as(who.person) as connection:
        reading.batch(connection, batch_id)
        return [AttestationView(**vars(each)) for each in stating.attestations(connection, batch_id)]


@router.get("/evidence", summary="Evidence of a service", tags=["submissions"])
def listed(
    request: Request, here: Here, who: Reader, service_no: Number,
    insurer_id: Annotated[str | None, Query(max_length=60)] = None,
) -> list[EvidenceView]:  # fmt: skip
    """Pictures and documents of a service and its hazards."""
    with here.reading_as(who.person) as connection:
        found = evidence.listed(connection, insurer_id=insurer_id, service_no=service_no)
    record(request, who, "read", "evidence", identifiers={"service_no": service_no}, row_count=len(found))
    return [_view(each) for each in found]


@router.post(
    "/evidence", status_code=201, summary="Add evidence", tags=["submissions"], openapi_extra=PICTURES,
    responses=problems("NOT-FOUND", "TOO-LARGE", "TOO-SLOW", "MEDIA-TYPE", "NO-ROOM"),
)  # fmt: skip
async def add(
    request: Request, here: Here, who: Submitting, service_no: Number,
    file_name: Annotated[str, Query(min_length=1, max_length=200)], hazard_no: Annotated[str | None, Query(max_length=100)] = None,
) -> list[EvidenceView]:  # fmt: skip
    """Take the body as a picture (JPEG, PNG) or document (PDF), told by its content; the answer lists what the service has."""
    async with body_of(request, file_name) as file:
        await run_in_threadpool(evidence.add, here, who.person, service_no, hazard_no or None, file)
    return await run_in_threadpool(listed, request, here, who, service_no, who.person.insurer_id)


@router.get(
    "/evidence/{evidence_id}", summary="One picture or document", tags=["submissions"], response_class=Response,
    responses=problems("NOT-FOUND") | {200: {"content": {"image/jpeg": {}, "application/pdf": {}}}},
)  # fmt: skip
def one(request: Request, here: Here, who: Reader, evidence_id: Annotated[int, Path(ge=1, le=BIGGEST)]) -> Response:
    """A picture without its metadata, or a document."""
    return content_of(request, here, who, evidence_id)


def _view(found: evidence.Evidence) -> EvidenceView:
    return EvidenceView(**vars(found), links={"content": f"/api/v1/evidence/{found.evidence_id}"})
