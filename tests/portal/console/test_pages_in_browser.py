"""Pages of lists, enterprises, insurers and the audit in a real browser: nothing that WCAG 2.1 AA forbids, light and dark."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.portal.front import Front

Violations = Callable[[Page], list[str]]
PAGES = (
    "/console/lists", "/console/lists/uncovered", "/console/lists/held", "/console/lists/late", "/console/search?q=R3702",
    "/console/search", "/console/insurers", "/console/insurers/lichun", "/console/agencies/AGENCY", "/console/audit",
    "/console/accounts", "enterprise",
)  # fmt: skip


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A window as wide as most."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def sign_in(page: Page, desk: Front, login: str) -> None:
    cookie = desk.session(login).cookies["anze"]
    page.context.add_cookies([{"name": "anze", "value": cookie, "url": desk.address}])


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("kind", ["province", "city", "auditor"])
def test_pages_have_nothing_that_wcag_forbids(
    page: Page, desk: Front, violations: Violations, address: str, kind: str
) -> None:
    login = {"province": "front_console_a_province", "city": "front_console_another_city"}.get(
        kind, "front_console_an_auditor"
    )
    sign_in(page, desk, login)
    if address == "enterprise":
        answer = desk.session(login).get("/console/search?q=C370202", allow_redirects=False)
        address = answer.headers["location"]
    failed: list[str] = []
    page.on("console", lambda message: failed.append(message.text) if message.type == "error" else None)
    page.goto(desk.address + address)
    if address == "/console/lists":
        page.wait_for_selector("#list-counts:not([hx-get])")
    assert violations(page) == []
    assert failed == []
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 1366


def test_no_page_is_wider_than_a_telephone(page: Page, desk: Front) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, desk, "front_console_a_province")
    for address in PAGES:
        page.goto(desk.address + address.replace("enterprise", "/console/search?q=C370202"))
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address


@pytest.mark.parametrize("name", ["ending", "held", "late"])
def test_actions_of_a_list_cover_no_other_column(page: Page, desk: Front, name: str) -> None:
    sign_in(page, desk, "front_console_a_province")
    page.goto(f"{desk.address}/console/lists/{name}")
    assert page.locator(".list-table tbody tr").count() > 1
    assert page.evaluate(
        "(box => box.scrollWidth <= box.clientWidth)(document.querySelector('.list-table .table-scroll'))"
    )


def test_counts_arrive_by_themselves(page: Page, desk: Front) -> None:
    sign_in(page, desk, "front_console_a_province")
    page.goto(f"{desk.address}/console/lists")
    page.wait_for_selector("#list-counts:not([hx-get])")
    assert "统计中" not in page.inner_text("#list-counts")
