"""What every answer carries, and that no page asks another host or runs what stands in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
import requests
from playwright.sync_api import Browser

from portal.app import HEADERS
from tests.portal.stand import CALLERS, Stand
from tests.portal.test_foreign import MISSING, OPEN, PRIVATE, asked_of
from tests.warehouse.rights.places import Reader

LOOKERS = [caller for caller in CALLERS if caller.name in ("stand_a_province", "stand_a_rival", "stand_an_auditor")]
#: Where an address is a name and not asked for.
NAMES = ("http://www.w3.org/",)


def asked(stand: Stand, caller: Reader) -> Iterator[str]:
    """Every GET, filled with what the account may see."""
    own = {name: str((stand.ids(name, caller) or [MISSING[name]])[-1]) for name in PRIVATE}
    for route in asked_of(stand.front):
        if route.method == "GET":
            yield route.filled(OPEN | own)


class Page(HTMLParser):
    """State: addresses that a page loads by itself or leads to, and what in it would be run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.runs: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.addresses += [given[name] or "" for name in ("href", "src", "action", "data", "srcset") if name in given]
        self.runs += [f"{tag} {name}" for name in given if name.startswith("on") or name == "style"]
        if tag == "style" or (tag == "script" and "src" not in given):
            self.runs.append(tag)


def is_protected(answer: requests.Response) -> bool:
    names = [name for name in HEADERS if name != "Cache-Control"]
    return all(answer.headers.get(name) == HEADERS[name] for name in names) and "cache-control" in answer.headers


@pytest.mark.parametrize("caller", LOOKERS, ids=lambda caller: caller.name)
def test_every_answer_is_protected_and_no_page_names_another_host(standing: Stand, caller: Reader) -> None:
    session, pages = standing.session(caller), 0
    for address in asked(standing, caller):
        answer = session.get(address, allow_redirects=False)
        assert is_protected(answer), address
        if answer.headers.get("content-type", "").startswith("text/html"):
            page = Page(answer.text)
            assert page.runs == [], address
            assert [a for a in page.addresses if urlsplit(a).netloc or urlsplit(a).scheme not in ("", "data")] == []
            told = re.findall(r"https?://[^\s\"'<>]+", answer.text)
            assert [a for a in told if not a.startswith((*NAMES, standing.front.address))] == [], address
            pages += 1
    assert pages > 1


def test_what_is_refused_is_protected_too(standing: Stand) -> None:
    here = standing.front.address
    for method, path in (
        ("GET", "/nothing"),
        ("GET", "/submissions"),
        ("POST", "/sign-in"),
        ("PUT", "/sign-in"),
        ("GET", "/static/x"),
    ):
        for accept in ("text/html", "application/json"):
            answer = requests.request(
                method, here + path, headers={"Accept": accept}, timeout=60, allow_redirects=False
            )
            assert is_protected(answer), (method, path, accept)


def test_a_fault_of_ours_is_protected_and_says_nothing_of_itself(standing: Stand) -> None:
    """Nothing makes one of itself: a route that fails is put into the portal for this test."""

    def fails() -> None:
        raise RuntimeError("CANARY-SECRET")

    app = standing.front.app
    app.get("/static/fault/now")(fails)
    try:
        for accept in ("text/html", "application/json"):
            address = f"{standing.front.address}/static/fault/now"
            answer = requests.get(address, headers={"Accept": accept}, timeout=60)
            assert answer.status_code == 500
            assert is_protected(answer)
            assert "CANARY" not in answer.text
            assert "Traceback" not in answer.text
    finally:
        app.router.routes.pop()


def test_static_files_are_kept_by_browsers_and_pages_are_not(standing: Stand) -> None:
    session = standing.session(CALLERS[0])
    page = session.get("/sign-out-is-no-page").text
    hashed = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert hashed
    for address in hashed:
        assert "immutable" in session.get(address).headers["cache-control"]
    assert session.get("/submissions/history").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("caller", LOOKERS[:2], ids=lambda caller: caller.name)
def test_a_browser_asks_no_other_host_and_finds_nothing_to_forbid(
    standing: Stand, browser: Browser, caller: Reader
) -> None:
    here, seen, told = standing.front.address, [], []
    session = standing.session(caller)
    context = browser.new_context()
    context.add_cookies([{"name": "anze", "value": session.cookies["anze"], "url": here}])
    page = context.new_page()
    page.on("request", lambda request: seen.append(request.url))
    page.on("console", lambda message: told.append(message.text))
    for address in asked(standing, caller):
        answer = session.get(address, allow_redirects=False)
        if answer.status_code == 200 and answer.headers["content-type"].startswith("text/html"):
            page.goto(here + address, wait_until="networkidle")
    context.close()
    assert seen
    assert [each for each in seen if not each.startswith((here, "data:"))] == []
    assert [each for each in told if "Content Security Policy" in each] == []
