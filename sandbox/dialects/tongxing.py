"""通行: a sign-in call of its own, MD5 over the sorted form with a key, pages until one is empty, no total anywhere."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sandbox.dialects.speech import Call, Dialect, Reply, Slice, local, position_of, snake, text_of, window_of
from schemas.contract import Field
from schemas.province import province

_CODES = {401: 1401, 503: 1503}


def _write(_each: Field, value: Any) -> Any:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, Decimal):
        return text_of(value)
    if isinstance(value, dt.datetime):
        return local(value).strftime("%Y-%m-%d %H:%M:%S")
    return value.strftime("%Y-%m-%d") if isinstance(value, dt.date) else value


def _refuse(status: int, text: str) -> Reply:
    return Reply({"code": _CODES.get(status, 1000 + status), "msg": text})


def _reply(part: Slice, _call: Call) -> Reply:
    return Reply({"code": 0, "msg": "ok", "rows": part.rows})


DIALECT = Dialect(
    auth="sign_in",
    method="POST",
    body="form",
    token_path="/sso/signIn",  # noqa: S106  # an address
    paths={
        "/report/policyList": "policy",
        "/report/endorsementList": "endorsement",
        "/report/receiptList": "premium_receipt",
        "/report/claimList": "claim",
        "/report/paymentList": "claim_payment",
        "/report/planList": "service_plan",
        "/report/serviceList": "service_record",
        "/report/hazardList": "hazard",
        "/report/feeList": "fee_expense",
    },
    window=window_of("beginTime", "endTime", "millis"),
    position=position_of(None, "limit", 100, page=("page", 1)),
    reply=_reply,
    refuse=_refuse,
    write=_write,
    name=snake,
    extras=lambda number: {"seqNo": number + 1, "dept": province().code},
)
