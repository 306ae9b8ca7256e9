"""星河: API key in a header, page numbers from 1, ``{code, message, data: {total, rows}}``, camelCase."""

from __future__ import annotations

from sandbox.dialects.speech import Call, Dialect, Reply, Slice, camel, plain, position_of, window_of

_CODES = {401: "4010", 503: "5030"}


def _reply(part: Slice, _call: Call) -> Reply:
    data = {"total": part.total, "pageNo": part.offset // part.size + 1, "rows": part.rows}
    return Reply({"code": "0", "message": "成功", "data": data})


def _refuse(status: int, text: str) -> Reply:
    return Reply({"code": _CODES.get(status, str(status * 10)), "message": text, "data": None}, status)


DIALECT = Dialect(
    auth="api_key_header",
    key_name="X-Api-Key",
    paths={
        "/v1/policies": "policy",
        "/v1/endorsements": "endorsement",
        "/v1/premium-receipts": "premium_receipt",
        "/v1/claims": "claim",
        "/v1/claim-payments": "claim_payment",
        "/v1/service-plans": "service_plan",
        "/v1/service-records": "service_record",
        "/v1/hazards": "hazard",
        "/v1/fee-expenses": "fee_expense",
    },
    window=window_of("updatedFrom", "updatedTo", "iso"),
    position=position_of(None, "pageSize", 100, page=("pageNo", 1)),
    reply=_reply,
    refuse=_refuse,
    write=plain,
    name=camel,
    extras=lambda number: {"syncFlag": "1", "dataSource": f"XH-{number % 3}"},
)
