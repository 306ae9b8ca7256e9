"""Whatever is typed, sent or crafted at the sign-in: an answer that says what was wrong, and no fault."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests

from tests.portal.signing_in.conftest import Desk

TEXTS = (
    "\0", "a\0b", "\ud800", "\U0010ffff", "\u202eevil", "a" * 199, "a" * 5000, "\r\nSet-Cookie: x=1", "' or 1=1 --", "${jndi:ldap://x}",
    "<script>alert(1)</script>", "{{7*7}}", "%00", "%0d%0aX: 1", "\x1b[31m", "ﬀ", "İ",
)  # fmt: skip


@pytest.fixture(scope="module")
def login(desks: Desk) -> str:
    return desks.account("typed_account")


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
@pytest.mark.parametrize("field", ["login", "password", "code", "next"])
def test_odd_texts_are_refused_like_others(desk: Desk, login: str, field: str, text: str) -> None:
    form = {"login": login, "password": "wrong", "code": "", "next": "/", field: text}
    sent = {name: value.encode("utf-8", "surrogatepass") for name, value in form.items()}
    answer = requests.post(f"{desk.first.address}/sign-in", data=sent, timeout=60, allow_redirects=False)
    assert answer.status_code in (400, 401), answer.text
    assert "set-cookie" not in answer.headers
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize("charset", ["utf-7", "idna", "punycode", "unicode_escape", "zlib", "utf-16", "nonsense"])
def test_odd_charsets_are_no_fault(desk: Desk, charset: str) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="login"\r\n\r\n\\ud800+2AA-\xff\r\n--b\r\n'
    body += b'Content-Disposition: form-data; name="password"\r\n\r\nxn--\xff\r\n--b--\r\n'
    headers = {"Content-Type": f"multipart/form-data; boundary=b; charset={charset}"}
    answer = requests.post(f"{desk.first.address}/sign-in", data=body, headers=headers, timeout=60)
    assert answer.status_code in (400, 401), answer.text


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("application/json", b'{"login": "a", "password": "b"}'), ("text/plain", b"login=a"), ("", b"login=a&password=b"),
        ("multipart/form-data", b"x"), ("multipart/form-data; boundary=", b"x"), ("application/x-www-form-urlencoded", b"%"),
        ("application/x-www-form-urlencoded", b"&" * 2000), ("application/x-www-form-urlencoded", b"login=a&login=b&password=c"),
    ],
)  # fmt: skip
def test_a_body_that_is_no_form_of_ours_is_refused(desk: Desk, media_type: str, body: bytes) -> None:
    headers = {"Content-Type": media_type} if media_type else {}
    answer = requests.post(f"{desk.first.address}/sign-in", data=body, headers=headers, timeout=60)
    assert answer.status_code in (400, 401), answer.text


def chunks(megabytes: int) -> Iterator[bytes]:
    yield b"login=a&password="
    for _ in range(megabytes * 16):
        yield b"a" * (1 << 16)


@pytest.mark.parametrize("path", ["/sign-in", "/language"])
@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_form_of_ten_megabytes_is_not_read(desk: Desk, path: str, is_chunked: bool) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    body: object = chunks(10) if is_chunked else b"".join(chunks(10))
    try:
        answer = requests.post(desk.first.address + path, data=body, headers=form, timeout=60)  # type: ignore[arg-type]
    except requests.ConnectionError:
        return  # the server hung up while we went on sending
    assert (answer.status_code, answer.json()["code"]) == (413, "TOO-LARGE")


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "/\n/evil.example",
        "javascript:alert(1)", " //evil.example", "/%09/evil.example", "http:evil.example", "http://[", "//[", "///evil.example",
        "/.//evil.example", "/;@evil.example", "//evil.example%2f..", "data:text/html,x", "/\r\nLocation: https://evil.example",
        "/x\\..\\..\\evil", "/sign-in",
    ],
)  # fmt: skip
def test_nobody_is_led_away_after_signing_in(desk: Desk, login: str, address: str) -> None:
    answer = desk.right(login, next=address)
    assert answer.status_code == 303
    led = answer.headers["location"]
    assert led.startswith("/")
    assert not led.startswith(("//", "/\\"))
    assert urlsplit(led).netloc == ""
    assert "\n" not in led
    asked = requests.get(f"{desk.first.address}/sign-in", params={"next": address}, timeout=60)
    assert asked.status_code == 200


def test_an_own_address_is_gone_to_after_signing_in(desk: Desk, login: str) -> None:
    assert (
        desk.right(login, next="/submissions/history?state=loaded").headers["location"]
        == "/submissions/history?state=loaded"
    )
