"""海岳: HMAC signature, cursors, snake_case, codes and booleans as Chinese labels, amounts as text, gzip."""

from __future__ import annotations

import base64
import datetime as dt
import functools
from decimal import Decimal
from typing import Any

from sandbox.dialects.speech import Call, Dialect, Query, Reply, Slice, local, plain, snake, text_of, window_of
from schemas.code_lists import load_code_list
from schemas.contract import Field


@functools.cache
def _labels(list_code: str) -> dict[str, str]:
    """Labels by code, of those codes whose label names no other code of the list."""
    entries = load_code_list(list_code).entries
    labels = [entry.zh for entry in entries]
    codes = [entry.code for entry in entries]
    return {e.code: e.zh for e in entries if labels.count(e.zh) == 1 and codes.count(e.code) == 1}


def _write(each: Field, value: Any) -> Any:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return text_of(value)
    if isinstance(value, dt.datetime):
        return local(value).strftime("%Y-%m-%d %H:%M:%S")
    if each.code_list:
        return _labels(each.code_list).get(value, value)
    return plain(each, value)


def _position(query: Query) -> tuple[int, int]:
    size = int(query.get("limit", 100))
    cursor = query.get("cursor")
    return int(base64.urlsafe_b64decode(cursor).decode().removeprefix("hy:")) if cursor else 0, size


def _reply(part: Slice, _call: Call) -> Reply:
    cursor = None
    if part.next_offset is not None:
        cursor = base64.urlsafe_b64encode(f"hy:{part.next_offset}".encode()).decode()
    return Reply({"list": part.rows, "total_count": part.total, "next_cursor": cursor})


DIALECT = Dialect(
    auth="hmac",
    paths={
        "/open/policy/query": "policy",
        "/open/endorsement/query": "endorsement",
        "/open/receipt/query": "premium_receipt",
        "/open/claim/query": "claim",
        "/open/payment/query": "claim_payment",
        "/open/plan/query": "service_plan",
        "/open/service/query": "service_record",
        "/open/hazard/query": "hazard",
        "/open/fee/query": "fee_expense",
    },
    window=window_of("changed_after", "changed_until", "%Y-%m-%d %H:%M:%S"),
    position=_position,
    reply=_reply,
    refuse=lambda status, text: Reply({"error": text}, status),
    write=_write,
    name=snake,
    extras=lambda number: {"remark": "例行推送", "push_batch_no": f"HY{number // 150:06d}"},
    is_gzipped=True,
)
