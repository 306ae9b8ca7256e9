"""The clock's pages in a real browser: nothing that WCAG 2.1 AA forbids, and one way from a clerk to the regulator."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.portal.stand import Stand

Violations = Callable[[Page], list[str]]
PAGES = ("/due", "/due/late", "/obligations", "/expected", "/extensions", "/alerts", "alert")
WIDTHS = {1366: 768, 390: 844}


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    """Either colour scheme."""
    return str(request.param)


@pytest.fixture
def page(browser: Browser, scheme: str) -> Iterator[Page]:
    """A browser of the colour scheme."""
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1366, "height": 768})
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def sign_in(page: Page, standing: Stand, login: str) -> None:
    page.goto(f"{standing.front.address}/sign-in")
    page.fill("#login", login)
    page.fill("#password", standing.front.passwords[login])
    page.press("#password", "Enter")
    page.wait_for_load_state()


def test_pages_have_nothing_that_wcag_forbids_on_a_desk_and_on_a_phone(
    page: Page, standing: Stand, violations: Violations
) -> None:
    failed: list[str] = []
    page.on("console", lambda message: failed.append(message.text) if message.type == "error" else None)
    for login in ("stand_a_province", "stand_a_submitter", "stand_a_city"):
        sign_in(page, standing, login)
        for address in PAGES:
            page.goto(standing.front.address + ("/alerts" if address == "alert" else address))
            if address == "alert":
                page.locator("tbody th a").first.click()
                page.wait_for_load_state()
            for width, height in WIDTHS.items():
                page.set_viewport_size({"width": width, "height": height})
                assert violations(page) == [], (login, address, width)
                assert page.evaluate("document.documentElement.scrollWidth") <= width, (login, address, width)
            assert page.locator("h1").count() == 1
        page.context.clear_cookies()
    assert failed == []


def test_a_clerk_sees_what_is_due_takes_an_alert_on_and_the_regulator_sees_it(
    page: Page, standing: Stand, scheme: str
) -> None:
    sign_in(page, standing, "stand_a_submitter")
    page.get_by_role("link", name="全部待办", exact=False).click()
    page.get_by_role("navigation", name="时限").get_by_role("link", name="预警").click()
    page.locator("tr", has_text="待处理").first.locator("th a").click()
    alert_no = page.url.rpartition("/")[2]
    said = f"已安排补报 {scheme}"
    page.fill("#acknowledge-comment", said)
    page.get_by_role("button", name="受理").click()
    page.wait_for_load_state()
    assert said in page.inner_text("#history")
    page.context.clear_cookies()
    sign_in(page, standing, "stand_a_province")
    page.goto(f"{standing.front.address}/alerts/{alert_no}")
    assert said in page.inner_text("#history")
