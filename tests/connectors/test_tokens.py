"""Tokens by a sign-in call of an insurer's own; declared in YAML alone."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from schemas.errors import AuthRefused
from tests.connectors.speaking import SECRET, Asked, Said, Speak, collected, policies

SIGN_IN = """
auth: {kind: sign_in, token_path: /login, login_param: user, secret_param: word, token_at: data.token, token_place: PLACE, LIFE}
paging: {kind: page, page_param: page, size_param: size, size: 2}
response: {items: rows, total: total, error: {path: code, ok: ["0"], auth: ["401"]}}
records: {policy: {path: /policies}}
"""


@pytest.mark.parametrize("place", ["header X-Token", "query access", "header Authorization"])
def test_a_sign_in_gives_a_token_that_is_renewed_when_it_is_refused(speak: Speak, place: str) -> None:
    tokens = iter(["first-token", "second-token"])

    def script(asked: Asked, number: int) -> Said:
        if asked.path == "/api/login":
            assert asked.json == {"user": "hub", "word": SECRET}
            return Said({"code": "0", "data": {"token": next(tokens), "life": 7200}})
        shown = {**asked.query, **asked.headers}[place.split()[1].lower()]
        if number == 2:
            return Said({"code": "401", "message": "token expired"})
        at = (int(asked.query["page"]) - 1) * 2
        assert shown == ("first-token" if number < 2 else "second-token")
        return Said({"code": "0", "rows": policies(1, 2, 3)[at : at + 2], "total": 3})

    definition, system = speak(script, SIGN_IN.replace("PLACE", place).replace("LIFE", "lifetime_at: data.life"))
    assert len(collected(definition).payloads) == 2
    assert [asked.path for asked in system.asked].count("/api/login") == 2


def test_a_token_whose_time_is_over_is_not_used(speak: Speak) -> None:
    def script(asked: Asked, _number: int) -> Said:
        if asked.path == "/api/login":
            return Said({"data": {"token": "token-for-a-moment"}})
        at = (int(asked.query["page"]) - 1) * 2
        return Said({"code": "0", "rows": policies(1, 2, 3)[at : at + 2], "total": 3})

    vendor = SIGN_IN.replace("PLACE", "header X-Token")
    short, system = speak(script, vendor.replace("LIFE", "lifetime_seconds: 20"))
    collected(short)
    assert [a.path for a in system.asked].count("/api/login") == len(system.asked) / 2, "shorter than the margin"
    long, system = speak(script, vendor.replace("LIFE", "lifetime_seconds: 7200"))
    collected(long)
    assert [a.path for a in system.asked].count("/api/login") == 1


@pytest.mark.parametrize(
    ("life", "signs_in_once"),
    [
        (7200, True),
        ("7200", True),
        (20, False),
        (4102444800, True),
        (4102444800000, True),
        (1000000001, False),
        ("2099-12-31 00:00:00", True),
        ("2099-12-31T00:00:00Z", True),
        ("2020-01-01 00:00:00", False),
        (None, True),
    ],
)
def test_the_end_of_a_token_is_told_as_seconds_or_as_a_time(speak: Speak, life: Any, signs_in_once: bool) -> None:
    def script(asked: Asked, _number: int) -> Said:
        if asked.path == "/api/login":
            return Said({"data": {"token": "token-for-a-moment", "life": life}})
        return Said({"code": "0", "rows": policies(1), "total": 1})

    vendor = SIGN_IN.replace("PLACE", "header X-Token").replace("LIFE", "lifetime_at: data.life")
    definition, system = speak(script, vendor)
    collected(definition)
    assert ([a.path for a in system.asked].count("/api/login") == 1) == signs_in_once


def test_a_refused_sign_in_and_an_odd_one_are_told(speak: Speak) -> None:
    vendor = SIGN_IN.replace("PLACE", "header X-Token").replace("LIFE", "lifetime_at: data.life, secret_form: MD5")
    for said, told in (
        ({"code": "401", "message": "wrong"}, "code 401"),
        ({"code": "0", "data": {}}, "holds no data.token"),
        ({"code": "0", "data": {"token": "abcdefgh", "life": "soon"}}, "neither a number of seconds nor a time"),
    ):
        definition, system = speak(lambda _asked, _number, said=said: Said(said), vendor)
        with pytest.raises(AuthRefused, match=told):
            collected(definition)
        assert system.asked[0].json["word"] == hashlib.md5(SECRET.encode()).hexdigest().upper()
