"""云帆: OAuth2 client credentials, offset and limit, ``{count, value}``, dates as 20261121."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sandbox.dialects.speech import Call, Dialect, Reply, Slice, local, position_of, renamed, snake, window_of
from schemas.contract import Field
from schemas.province import province

_COLUMNS = {
    ("policy", "cover_start_date"): "start_date",
    ("policy", "cover_end_date"): "end_date",
    ("policy", "written_premium_amount"): "premium",
}


def _write(_each: Field, value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return local(value).strftime("%Y%m%d%H%M%S")
    return value.strftime("%Y%m%d") if isinstance(value, dt.date) else value


def _reply(part: Slice, _call: Call) -> Reply:
    return Reply({"count": part.total, "value": part.rows})


DIALECT = Dialect(
    auth="oauth2",
    token_path="/oauth/token",  # noqa: S106  # an address
    paths={
        "/api/policies": "policy",
        "/api/endorsements": "endorsement",
        "/api/receipts": "premium_receipt",
        "/api/claims": "claim",
        "/api/payments": "claim_payment",
        "/api/plans": "service_plan",
        "/api/services": "service_record",
        "/api/hazards": "hazard",
        "/api/expenses": "fee_expense",
    },
    window=window_of("since", "until", "millis"),
    position=position_of("offset", "limit", 100),
    reply=_reply,
    refuse=lambda status, text: Reply({"error": text, "error_description": text}, status),
    write=_write,
    name=renamed(_COLUMNS, snake),
    extras=lambda number: {"etag": f'W/"{number}"', "tenant_id": f"yf-{province().code}"},
)
