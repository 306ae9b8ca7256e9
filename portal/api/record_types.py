"""What may be submitted: record types, their fields and templates."""

from __future__ import annotations

import io
from typing import Annotated

from fastapi import Path
from fastapi.responses import Response
from pydantic import BaseModel

from portal.api.answers import problems
from portal.api.answers import router as part
from portal.asking import Here, Who
from portal.downloads import XLSX, download
from portal.problems import Problem
from portal.submissions.taking import offered
from portal.submissions.words import record_name
from schemas.contract import load_contract, load_contracts
from schemas.template import write_template

router = part()


class RecordType(BaseModel):
    """A record type that may be submitted: its fields, and its template."""

    record_type: str
    name_zh: str
    fields: list[RecordField]
    links: dict[str, str]


class RecordField(BaseModel):
    """A field of a record type."""

    name: str
    name_zh: str
    is_required: bool


@router.get("/record-types", summary="What may be submitted", tags=["submissions"])
def record_types(here: Here, who: Who) -> list[RecordType]:
    """Record types with their fields; of an insurer's account those that it may submit."""
    names = offered(here, who.person.insurer_id) if who.person.is_of_insurer else list(load_contracts())
    return [_record_type(name) for name in names]


@router.get(
    "/record-types/{record_type}/template.xlsx", summary="The template of a record type", tags=["submissions"],
    response_class=Response, responses=problems("NOT-FOUND") | {200: {"content": {XLSX: {}}}},
)  # fmt: skip
def template(record_type: Annotated[str, Path(max_length=60)]) -> Response:
    """An Excel workbook with Chinese headers, drop-downs for codes and notes on each field."""
    if record_type not in load_contracts():
        raise Problem("NOT-FOUND")
    workbook = io.BytesIO()
    write_template(load_contract(record_type), workbook)
    return download(workbook.getvalue(), f"{load_contract(record_type).business_name}.xlsx", XLSX)


def _record_type(name: str) -> RecordType:
    fields = [
        RecordField(name=f.name, name_zh=f.business_name, is_required=f.is_required) for f in load_contract(name).fields
    ]
    return RecordType(
        record_type=name, name_zh=record_name(name, "zh"), fields=fields,
        links={"template": f"/api/v1/record-types/{name}/template.xlsx"},
    )  # fmt: skip
