"""谷燕: basic, pages from 0 with a last-page mark, faults inside HTTP 200, renamed columns, premium in 万元."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sandbox.dialects.speech import Call, Dialect, Reply, Slice, camel, local, plain, position_of, renamed, window_of
from schemas.contract import Field

_COLUMNS = {
    ("*", "policy_no"): "plyNo",
    ("policy", "insured_name"): "insrntName",
    ("policy", "insured_credit_code"): "insrntCode",
    ("policy", "written_premium_amount"): "signPremium",
    ("policy", "cover_start_date"): "insrncBgnDate",
    ("policy", "cover_end_date"): "insrncEndDate",
    ("endorsement", "premium_change_amount"): "premiumChange",
    ("premium_receipt", "received_amount"): "receivedPremium",
    ("claim", "accident_at"): "dangerTime",
}
_IN_TEN_THOUSANDS = {"written_premium_amount", "premium_change_amount", "received_amount"}
_CODES = {401: "1001", 429: "9002", 503: "9001"}


def _write(each: Field, value: Any) -> Any:
    if each.name in _IN_TEN_THOUSANDS and isinstance(value, Decimal):
        return value.scaleb(-4)
    if isinstance(value, dt.datetime):
        return local(value).strftime("%Y-%m-%dT%H:%M:%S")
    return plain(each, value)


def _reply(part: Slice, _call: Call) -> Reply:
    body = {"isLast": part.next_offset is None, "pages": part.page_count, "list": part.rows}
    return Reply({"head": {"respCode": "0000", "respMsg": "交易成功"}, "body": body})


def _refuse(status: int, text: str) -> Reply:
    return Reply({"head": {"respCode": _CODES.get(status, "8888"), "respMsg": text}, "body": None})


DIALECT = Dialect(
    auth="basic",
    paths={
        "/svc/queryPolicy": "policy",
        "/svc/queryEdr": "endorsement",
        "/svc/queryReceipt": "premium_receipt",
        "/svc/queryClaim": "claim",
        "/svc/queryPayment": "claim_payment",
        "/svc/queryPlan": "service_plan",
        "/svc/queryService": "service_record",
        "/svc/queryHazard": "hazard",
        "/svc/queryFee": "fee_expense",
    },
    window=window_of("beginTime", "endTime", "%Y-%m-%dT%H:%M:%S"),
    position=position_of(None, "pageRows", 100, page=("pageIndex", 0)),
    reply=_reply,
    refuse=_refuse,
    write=_write,
    name=renamed(_COLUMNS, camel),
    extras=lambda number: {"opUserId": f"u{number % 20:03d}", "archFlag": "0"},
)
