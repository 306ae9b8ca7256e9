"""Queries by POST, and what a definition may not say of them; declared in YAML alone."""

from __future__ import annotations

import pathlib

import pytest

from schemas.errors import DefinitionError
from tests.connectors.asking import HISTORY
from tests.connectors.speaking import BASE, Speak, collected, defined, paged


def test_a_json_body_nests_by_dots_and_writes_numbers_as_numbers(speak: Speak) -> None:
    vendor = """
request: {method: POST, fixed: {head.version: "1.0"}, headers: {X-Channel: hub}}
paging: {kind: page, page_param: page.no, size_param: page.size, size: 2}
window: {since_param: query.since, until_param: query.until, format: epoch_seconds}
response: {items: rows, total: total}
records: {policy: {path: /gateway, params: {head.service: policyQuery}}, claim: {path: /gateway, params: {head.service: claimQuery}}}
"""
    definition, system = speak(paged(1, 2, 3, page_of=lambda asked: asked.json["page"]["no"]), vendor)
    assert collected(definition).control.row_count == 3  # type: ignore[union-attr]
    first = system.asked[0]
    assert (first.method, first.path, first.query) == ("POST", "/api/gateway", {})
    assert first.headers["x-channel"] == "hub"
    assert first.headers["content-type"].startswith("application/json")
    assert first.json == {
        "head": {"version": "1.0", "service": "policyQuery"},
        "page": {"no": 1, "size": 2},
        "query": {"until": int(HISTORY.until.timestamp())},
    }


def test_a_form_body_and_numbers_as_text(speak: Speak) -> None:
    form, system = speak(
        paged(1, 2, 3, page_of=lambda asked: int(asked.form["page"])), "request: {method: POST, body: form}" + BASE
    )
    assert len(collected(form).payloads) == 2
    assert system.asked[0].form == {"until": "2026-11-18T01:30:00+08:00", "size": "2", "page": "1"}
    text, system = speak(
        paged(1, page_of=lambda asked: int(asked.json["page"])), "request: {method: POST, numbers: text}" + BASE
    )
    collected(text)
    assert system.asked[0].json["page"] == "1"


MISTAKES = [
    ("signature: {algorithm: md5, place: body sign}", "a GET has none"),
    ("signature: {algorithm: md5, place: X-Sign}", "is no place in a request"),
    ('signature: {algorithm: md5, place: query sign, text: "{params}"}', "signs without a key"),
    ('signature: {algorithm: hmac_sm3, place: query sign, text: "{parms}"}', "means nothing"),
    ("signature: {algorithm: sha1, place: query sign}", "is not allowed"),
    ("auth: {kind: sign_in, token_path: /login}", "token_at: is missing"),
    ("auth: {kind: hmac, header: X-S}\nrequest: {method: POST}", "not bodies"),
    ("envelope: {cipher: aes_cbc, at: data}", "is not inside the envelope"),
    ("envelope: {cipher: des}", "is not allowed"),
    ("request: {method: POST, fixed: {page.x: '1'}}", "would be two things"),
    ("request: {method: PUT}", "is not allowed"),
    ("tls: {certificat: x}", "unknown key"),
]


@pytest.mark.parametrize(("text", "told"), MISTAKES)
def test_a_mistake_in_how_to_speak_is_told_with_its_place(tmp_path: pathlib.Path, text: str, told: str) -> None:
    with pytest.raises(DefinitionError, match=told) as caught:
        defined(tmp_path, text + BASE)
    assert caught.value.line
    assert caught.value.fix
