"""联网: OAuth2, address of the next page in the body, amounts in 分, a digest of each page's items, gzip."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from sandbox.dialects.speech import (
    Call,
    Dialect,
    Reply,
    Slice,
    dumps,
    plain,
    position_of,
    snake,
    sorted_keys,
    window_of,
)
from schemas.contract import Field


def _write(each: Field, value: Any) -> Any:
    if each.kind == "amount" and isinstance(value, Decimal):
        cents = value * 100
        if cents != cents.to_integral_value():
            raise ValueError(f"{each.name} {value} is finer than 分")
        return int(cents)
    return plain(each, value)


def _reply(part: Slice, call: Call) -> Reply:
    following = None
    if part.next_offset is not None:
        following = f"{call.url}?{urlencode({**call.query, 'skip': part.next_offset})}"
    digest = hashlib.sha256(dumps(sorted_keys(part.rows)).encode()).hexdigest()
    return Reply({"data": part.rows, "links": {"next": following}, "summary": {"count": part.total, "digest": digest}})


DIALECT = Dialect(
    auth="oauth2",
    token_path="/connect/token",  # noqa: S106  # an address
    paths={
        "/data/policies": "policy",
        "/data/endorsements": "endorsement",
        "/data/premium-receipts": "premium_receipt",
        "/data/claims": "claim",
        "/data/claim-payments": "claim_payment",
        "/data/service-plans": "service_plan",
        "/data/service-records": "service_record",
        "/data/hazards": "hazard",
        "/data/fee-expenses": "fee_expense",
    },
    window=window_of("update_time_from", "update_time_to", "seconds"),
    position=position_of("skip", "page_size", 50),
    reply=_reply,
    refuse=lambda status, text: Reply({"title": text, "status": status}, status),
    write=_write,
    name=snake,
    extras=lambda number: {"trace_id": f"{number:032x}", "channel_code": "LW01"},
    is_gzipped=True,
)
