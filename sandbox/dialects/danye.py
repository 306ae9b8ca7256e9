"""单页: API key in the query, all rows on one page, SHA-256 of the body in a header, booleans 1 and 0."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sandbox.dialects.speech import Call, Dialect, Query, Reply, Slice, local, snake, text_of, window_of
from schemas.contract import Field

_EVERYTHING = 10_000_000


def _write(_each: Field, value: Any) -> Any:
    if isinstance(value, bool):
        return 1 if value else 0
    if isinstance(value, Decimal):
        return text_of(value)
    if isinstance(value, dt.datetime):
        return local(value).strftime("%Y/%m/%d %H:%M:%S")
    return value.strftime("%Y/%m/%d") if isinstance(value, dt.date) else value


def _position(_query: Query) -> tuple[int, int]:
    return 0, _EVERYTHING


def _reply(part: Slice, _call: Call) -> Reply:
    return Reply({"count": part.total, "records": part.rows})


DIALECT = Dialect(
    auth="api_key_query",
    key_name="appKey",
    paths={
        "/export/policy": "policy",
        "/export/endorsement": "endorsement",
        "/export/premium_receipt": "premium_receipt",
        "/export/claim": "claim",
        "/export/claim_payment": "claim_payment",
        "/export/service_plan": "service_plan",
        "/export/service_record": "service_record",
        "/export/hazard": "hazard",
        "/export/fee_expense": "fee_expense",
    },
    window=window_of("from", "to", "%Y%m%d%H%M%S"),
    position=_position,
    reply=_reply,
    refuse=lambda status, text: Reply({"error": text}, status),
    write=_write,
    name=snake,
    extras=lambda number: {"seq": number + 1, "report_month": "2026-11"},
    body_digest_header="X-Content-SHA256",
)
