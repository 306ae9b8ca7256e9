"""One record: its fields in words, its versions, the delivery's row as it was received, what the rules found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import AfterValidator

from pipeline.judging.places import SourceRow
from portal.asking import Here, Regulator, language, page, plain, record
from portal.console import names, records
from portal.console.address import reading
from portal.console.freshness import freshness
from portal.console.records import Record
from portal.console.words import CHANNELS, TIMELY
from portal.look import formats, frame
from portal.look.texts import texts
from portal.submissions.words import SEVERITIES, STATES, record_name
from schemas.findings import place_chinese

router = APIRouter(include_in_schema=False)
RecordType = Annotated[str, Path(max_length=60)]
Key = Annotated[str, Query(max_length=200), AfterValidator(plain)]
VersionId = Annotated[int, Path(ge=1, le=2**63 - 1)]
#: Which field names the enterprise, and which records have evidence by the number of their service.
ENTERPRISE_FIELDS = ("insured_credit_code", "credit_code")
EVIDENCE_OF = ("service_record", "hazard")


@router.get("/console/records/by-key")
def by_key(here: Here, who: Regulator, record_type: Key = "", insurer: Key = "", key: Key = "") -> RedirectResponse:
    """To the present version of a record that is named by its key, as alerts name it."""
    with reading(here, who.person) as connection:
        version_id = records.version_of(connection, record_type, insurer, key)
    return RedirectResponse(f"/console/records/{record_type}/{version_id}", 303)


@router.get("/console/records/{record_type}/{version_id}")
def show(request: Request, here: Here, who: Regulator, record_type: RecordType, version_id: VersionId) -> HTMLResponse:
    """One version of a record, with everything that is known of it."""
    with reading(here, who.person) as connection:
        found = records.record(connection, record_type, version_id)
        received = records.received(connection, here.hub, record_type, version_id).row
        delivered = records.delivered(connection, found.version)
        told = records.findings(connection, found.version)
        milestones = freshness(connection, record_type, found.version, here.hub.now())
        known = names.insurers(connection)
    key = found.version.record_key
    record(request, who, "read", f"record {record_type} {version_id}", identifiers={"record_key": key}, row_count=1)
    t, spoken = texts(language(request)), language(request)
    return page(
        request, "console/record.html", found=found, version=found.version, delivered=delivered, findings=told,
        name=record_name(record_type, spoken), insurer_name=names.sender(known, found.version.insurer_id, t), row=received if isinstance(received, SourceRow) else None,
        place=_place(received), links=links(found), severities=SEVERITIES, states=STATES, channels=CHANNELS, timely=TIMELY,
        crumbs=(frame.Crumb(t("总览", "Overview"), "/console"), frame.Crumb(f"{record_name(record_type, spoken)} {key}")),
        sees_deliveries=delivered is not None, milestones=milestones,
    )  # fmt: skip


def links(found: Record) -> Mapping[str, str]:
    """Pages about what the record names: its enterprise, and the evidence of its service."""
    values = {field.field: field.value for field in found.fields if field.is_shown and field.value}
    made = {}
    code = next((values[name] for name in ENTERPRISE_FIELDS if name in values), None)
    if code:
        made["enterprise"] = formats.url("/console/enterprises/by-code", code=code)
    if found.record_type in EVIDENCE_OF and "service_no" in values:
        made["evidence"] = formats.url("/evidence", service_no=values["service_no"], insurer=found.version.insurer_id)
    return made


def _place(received: object) -> str:
    """Where in its file the row stands, in Chinese."""
    return place_chinese(received.place) if isinstance(received, SourceRow) else ""
