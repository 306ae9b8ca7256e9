"""诚信: basic, RFC 8288 Link header, a bare list, nested parties, status codes of its own, chunked answers."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from sandbox.dialects.speech import Call, Dialect, Reply, Slice, camel, plain, position_of, renamed, text_of, window_of
from schemas.contract import Field

_COLUMNS = {
    ("policy", "policy_status_code"): "status",
    ("policy", "holder_name"): "holder.name",
    ("policy", "holder_credit_code"): "holder.creditCode",
    ("policy", "insured_name"): "insured.name",
    ("policy", "insured_credit_code"): "insured.creditCode",
    ("claim", "claim_status_code"): "status",
    ("service_record", "service_status_code"): "status",
    ("hazard", "hazard_status_code"): "status",
    ("fee_expense", "expense_status_code"): "status",
}
_STATUS = {
    "policy_status_code": {"10": "P", "20": "A", "30": "E", "40": "S", "50": "T", "60": "V"},
    "claim_status_code": {
        "10": "RPT", "20": "REG", "30": "ADJ", "40": "CLS", "50": "REJ", "60": "CNL", "70": "REO",
    },
    "service_status_code": {"10": "PLAN", "20": "DISP", "30": "RUN", "40": "DONE", "50": "CONF", "60": "CANC"},
    "hazard_status_code": {"10": "OPEN", "20": "FIXED", "30": "VERIFIED", "40": "ESCALATED"},
    "expense_status_code": {"10": "ACC", "20": "PAID", "30": "REV"},
}  # fmt: skip


def _write(each: Field, value: Any) -> Any:
    if isinstance(value, bool):
        return "Y" if value else "N"
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, Decimal):
        return text_of(value)
    return _STATUS.get(each.name, {}).get(value, value) if each.code_list else plain(each, value)


def _reply(part: Slice, call: Call) -> Reply:
    headers = {"X-Total-Count": str(part.total)}
    if part.next_offset is not None:
        query = urlencode({**call.query, "start": part.next_offset})
        headers["Link"] = f'<{call.url}?{query}>; rel="next", <{call.url}>; rel="first"'
    return Reply(part.rows, headers=headers)


DIALECT = Dialect(
    auth="basic",
    paths={
        "/rest/policy": "policy",
        "/rest/endorsement": "endorsement",
        "/rest/receipt": "premium_receipt",
        "/rest/claim": "claim",
        "/rest/payment": "claim_payment",
        "/rest/plan": "service_plan",
        "/rest/service": "service_record",
        "/rest/hazard": "hazard",
        "/rest/expense": "fee_expense",
    },
    window=window_of("modified_since", "modified_until", "iso"),
    position=position_of("start", "per_page", 50),
    reply=_reply,
    refuse=lambda status, text: Reply({"error": {"status": status, "text": text}}, status),
    write=_write,
    name=renamed(_COLUMNS, camel),
    extras=lambda number: {"etlTime": "02:00", "lockVersion": number % 7},
    is_chunked=True,
)
