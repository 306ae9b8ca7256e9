"""信封: POST with nested JSON, HMAC-SM3 over the body, answers sealed with SM4, endorsements inside their policies."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from sandbox.dialects.speech import (
    Call,
    Dialect,
    Json,
    Nested,
    Reply,
    Slice,
    camel,
    dumps,
    plain,
    position_of,
    renamed,
    window_of,
)

_CODES = {401: "21", 503: "90"}
_COLUMNS = {("*", "policy_no"): "plyNo", ("endorsement", "endorsement_no"): "edrNo"}


def _reply(part: Slice, _call: Call) -> Reply:
    content = {"total": part.total, "pageNo": part.offset // part.size + 1, "list": part.rows}
    return Reply({"retCode": "00", "retMsg": "成功", "content": content})


def _seal(document: Json, keys: Mapping[str, str]) -> Json:
    """The document with its content as base64 of an initialisation vector and SM4-CBC with PKCS#7 padding."""
    if not isinstance(document, dict) or document.get("content") is None:
        return document
    text = dumps(document["content"]).encode()
    filler = 16 - len(text) % 16
    vector = secrets.token_bytes(16)
    cipher = Cipher(algorithms.SM4(bytes.fromhex(keys["envelope_key"])), modes.CBC(vector)).encryptor()
    sealed = cipher.update(text + bytes([filler]) * filler) + cipher.finalize()
    return {**document, "content": base64.b64encode(vector + sealed).decode()}


def _refuse(status: int, text: str) -> Reply:
    return Reply({"retCode": _CODES.get(status, str(status)), "retMsg": text, "content": None}, status)


def _extras(number: int) -> dict[str, Any]:
    return {"gatewaySeq": f"XF{number:08d}"}


DIALECT = Dialect(
    auth="sm3_body",
    method="POST",
    paths={
        "/gateway/policy/page": "policy",
        "/gateway/receipt/page": "premium_receipt",
        "/gateway/claim/page": "claim",
        "/gateway/payment/page": "claim_payment",
        "/gateway/plan/page": "service_plan",
        "/gateway/service/page": "service_record",
        "/gateway/hazard/page": "hazard",
        "/gateway/fee/page": "fee_expense",
    },
    window=window_of("query.changedFrom", "query.changedTo", "%Y-%m-%d %H:%M:%S"),
    position=position_of(None, "page.size", 100, page=("page.no", 1)),
    reply=_reply,
    refuse=_refuse,
    write=plain,
    name=renamed(_COLUMNS, camel),
    extras=_extras,
    seal=_seal,
    nested=Nested("policy", "endorsement", "edrList", "policy_no"),
)
