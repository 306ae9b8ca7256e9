"""The console in a real browser: on one screen, by links and keyboard, without barriers, to the row that was received."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.portal.front import Front

Violations = Callable[[Page], list[str]]
ADDRESSES = (
    "/console", "/console?lang=en", "/console/missing", "/console/months", "/console/indicators/I1", "/console/indicators/I4",
    "/console/indicators/I4/records", "/console/indicators/I4/records?show=left_out", "/console/indicators/I1/movement",
)  # fmt: skip


@pytest.fixture
def as_reader(browser: Browser, desk: Front) -> Iterator[Callable[..., Page]]:
    """Opens a signed-in page of a reader; what the browser complains of fails the test."""
    opened: list[Page] = []
    complaints: list[str] = []

    def signed_in(name: str, width: int = 1366) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 768})
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        cookie = desk.session(f"front_console_{name}").cookies["anze"]
        context.add_cookies([{"name": "anze", "value": cookie, "url": desk.address}])
        page.goto(f"{desk.address}/console")
        opened.append(page)
        return page

    yield signed_in
    for page in opened:
        page.context.close()
    assert complaints == []


@pytest.mark.parametrize("name", ["a_province", "a_city", "a_county"])
def test_no_barrier_on_any_page(as_reader: Callable[..., Page], desk: Front, violations: Violations, name: str) -> None:
    page = as_reader(name)
    for address in ADDRESSES:
        page.goto(desk.address + address)
        for details in page.query_selector_all("main summary"):
            details.click()
        assert violations(page) == [], address
    page.goto(f"{desk.address}/console/indicators/I1/records")
    page.click("main tbody a[href*='/console/records/']")
    assert violations(page) == []


@pytest.mark.parametrize("name", ["a_province", "a_city", "a_county", "an_industry", "an_auditor"])
def test_the_first_page_needs_no_scrolling(as_reader: Callable[..., Page], name: str) -> None:
    page = as_reader(name)
    assert page.evaluate("document.documentElement.scrollHeight") <= 768
    for heading in ("各地区", "机构报送及时性", "需要处理", "缺什么"):
        assert page.get_by_role("heading", name=heading).is_visible()


def test_no_page_is_wider_than_a_telephone(as_reader: Callable[..., Page], desk: Front) -> None:
    page = as_reader("a_province", 390)
    for address in ADDRESSES:
        page.goto(desk.address + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address


def test_from_a_percentage_to_its_record_in_two_clicks(as_reader: Callable[..., Page]) -> None:
    page = as_reader("a_city")
    card = page.locator(".card").filter(has_text="安责险投保覆盖率")
    card.locator("a[href*='/records']").click()
    key = page.locator("main tbody a[href*='/console/records/']").first
    name = key.inner_text()
    key.click()
    assert name in page.locator("h1").inner_text()
    assert page.get_by_role("heading", name="收到时的原始行").is_visible()
    assert page.get_by_role("heading", name="版本").is_visible()


def test_a_mark_of_a_chart_is_reached_by_keyboard(as_reader: Callable[..., Page]) -> None:
    page = as_reader("a_province")
    page.locator(".overview-map svg a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/indicators/I1**")
    assert "region=" in page.url
    assert "publication=" in page.url


def test_another_day_is_chosen_without_script(as_reader: Callable[..., Page]) -> None:
    page = as_reader("a_province")
    page.click(".moments summary")
    page.fill("#as_of", "2026-10-31")
    page.click(".moments-form button")
    page.wait_for_url("**as_of=2026-10-31**")
    assert "2026-10-31" in page.locator("footer.bottom").inner_text()
