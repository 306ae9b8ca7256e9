"""Encrypted answers, and our own keys in answers: what lands, and what is told; declared in YAML alone."""

from __future__ import annotations

import base64
import json
import logging
from typing import Any

import pytest
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from schemas.errors import AuthRefused, HubError, IncompleteFetch, SchemaDrift, StopFeed
from tests.connectors.speaking import BASE, SECRET, Asked, Said, Speak, collected, policies

AES_KEY, SM4_KEY, VECTOR = b"k" * 32, b"0123456789abcdef", b"v" * 16


def seal(content: Any, kind: str, vector: bytes = VECTOR, key: bytes | None = None) -> bytes:
    filler = padding.PKCS7(128).padder()
    text = filler.update(content if isinstance(content, bytes) else json.dumps(content).encode()) + filler.finalize()
    cipher = algorithms.AES(key or AES_KEY) if kind == "aes_cbc" else algorithms.SM4(key or SM4_KEY)
    made = Cipher(cipher, modes.CBC(vector)).encryptor()
    return made.update(text) + made.finalize()


SEALED = {
    "iv before the content": ("cipher: {kind}, at: data.text, key_form: hex", lambda body: ("data", {"text": base64.b64encode(VECTOR + body).decode()})),
    "iv in the envelope": ("cipher: {kind}, at: data, iv_at: iv, form: hex, key_form: hex", lambda body: ("data", body.hex())),
    "iv agreed": ("cipher: {kind}, at: data, iv_key: vector, key_form: hex", lambda body: ("data", base64.b64encode(body).decode())),
}  # fmt: skip


@pytest.mark.parametrize("kind", ["aes_cbc", "sm4_cbc"])
@pytest.mark.parametrize("name", SEALED)
def test_an_envelope_is_opened_and_its_content_lands_byte_for_byte(speak: Speak, kind: str, name: str) -> None:
    how, wrapped = SEALED[name]
    content = json.dumps({"rows": policies(1, 2), "total": 2}, indent=1).encode()

    def script(_asked: Asked, _number: int) -> Said:
        key, body = wrapped(seal(content, kind))
        return Said({"code": "0", key: body, "iv": VECTOR.hex()})

    at = "data.text" if "before" in name else "data"
    vendor = f"envelope: {{{how.replace('{kind}', kind)}}}" + BASE.replace(
        "items: rows, total: total", f"items: {at}.rows, total: {at}.total"
    )
    definition, _ = speak(script, vendor)
    key = AES_KEY if kind == "aes_cbc" else SM4_KEY
    fetched = collected(definition, envelope_key=key.hex(), vector=VECTOR.hex())
    assert [p.content for p in fetched.payloads] == [content]
    assert fetched.payloads[0].name.startswith("policy/page-00001.envelope-")
    assert definition.source_format.items_path == "rows"


def test_a_body_that_is_all_envelope_and_a_refusal_in_plain(speak: Speak) -> None:
    answers = [
        Said(raw=base64.b64encode(VECTOR + seal({"rows": policies(1), "total": 1}, "aes_cbc"))),
        Said({"code": "9", "msg": "签名错误"}),
    ]
    vendor = "envelope: {cipher: aes_cbc, key_form: hex}" + BASE.replace(
        "total: total", 'total: total, error: {path: code, ok: ["0"], message: msg, auth: ["9"]}'
    )
    definition, _ = speak(
        lambda _asked, _number: answers[0],
        vendor.replace(', error: {path: code, ok: ["0"], message: msg, auth: ["9"]}', ""),
    )
    assert collected(definition, envelope_key=AES_KEY.hex()).control.row_count == 1  # type: ignore[union-attr]
    definition, _ = speak(lambda _asked, _number: answers[1], vendor)
    with pytest.raises(SchemaDrift, match="no encrypted text"):
        collected(
            speak(
                lambda _asked, _number: answers[1],
                vendor.split("response")[0] + "response: {items: rows, total: total}\nrecords: {policy: {path: /p}}",
            )[0],
            envelope_key=AES_KEY.hex(),
        )
    with pytest.raises(AuthRefused, match="签名错误"):
        collected(definition, envelope_key=AES_KEY.hex())


def test_an_envelope_that_does_not_open_names_the_key_and_shows_nothing(
    speak: Speak, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    vendor = "envelope: {cipher: aes_cbc, at: data, key_form: hex}" + BASE.replace(
        "items: rows, total: total", "items: data.rows, total: data.total"
    )
    sealed = base64.b64encode(VECTOR + seal({"rows": policies(1), "total": 1}, "aes_cbc")).decode()
    other = (b"z" * 32).hex()
    cases: list[tuple[Any, str, type[HubError], str]] = [
        (sealed, other, AuthRefused, "envelope"),
        (sealed[:-20], AES_KEY.hex(), IncompleteFetch, "cut"),
        ("%%%", AES_KEY.hex(), IncompleteFetch, "no base64"),
        (None, AES_KEY.hex(), SchemaDrift, "no encrypted text"),
        (sealed, "abcd", AuthRefused, "has 2 bytes, 16 or 24 or 32 are wanted"),
        (sealed, "xyz", AuthRefused, "is no hex"),
    ]
    for data, key, fault, told in cases:
        with pytest.raises(fault, match=told) as caught:
            collected(speak(lambda _asked, _number, data=data: Said({"data": data}), vendor)[0], envelope_key=key)
        assert key not in f"{caught.value}{caught.value.__cause__}"
    assert AES_KEY.hex() not in caplog.text


def test_our_key_in_an_answer_lands_blanked_out_and_never_inside_a_record(speak: Speak) -> None:
    key = BASE.replace(
        "paging: {kind: page, page_param: page,",
        "auth: {kind: api_key, query: key}\npaging: {kind: next, next_path: next,",
    )

    def script(asked: Asked, _number: int) -> Said:
        is_second = "at" in asked.query
        following = None if is_second else f"/api/policies?at=2&key={asked.query['key']}"
        return Said({"rows": policies(2 if is_second else 1), "total": 2, "next": following})

    fetched = collected(speak(script, key)[0])
    assert all(SECRET.encode() not in p.content for p in fetched.payloads)
    assert b"key=***" in fetched.payloads[0].content
    told = [{**policies(1)[0], "remark": f"key {SECRET}"}]
    with pytest.raises(StopFeed, match="holds our own credentials") as caught:
        collected(speak(lambda _asked, _number: Said({"rows": told, "total": 1, "next": None}), key)[0])
    assert SECRET not in str(caught.value)
