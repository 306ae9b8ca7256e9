"""The look in a real browser: readable for all, strict about scripts, working with and without JavaScript."""

from __future__ import annotations

import pathlib
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

Site = tuple[str, list[tuple[str, str | None]]]
Violations = Callable[[Page], list[str]]


def opened(browser: Browser, address: str, width: int = 1366) -> tuple[Page, list[str]]:
    """A page, and what its browser complained of."""
    page = browser.new_page(viewport={"width": width, "height": 768})
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    page.on("console", heard)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    return page, complaints


@pytest.mark.parametrize("width", [1366, 390])
def test_no_barrier(browser: Browser, site: Site, violations: Violations, width: int) -> None:
    page, _ = opened(browser, f"{site[0]}/gallery?errors", width)
    for details in page.query_selector_all("summary"):
        details.click()
    assert violations(page) == []
    page.close()


@pytest.mark.parametrize("path", ["/sign-in", "/message"])
def test_no_barrier_on_plain_pages(browser: Browser, site: Site, violations: Violations, path: str) -> None:
    page, complaints = opened(browser, site[0] + path)
    assert violations(page) == []
    assert complaints == []
    page.close()


@pytest.mark.parametrize("width", [1366, 390])
def test_a_page_is_never_wider_than_the_window(browser: Browser, site: Site, width: int) -> None:
    page, _ = opened(browser, f"{site[0]}/gallery", width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_the_policy_is_kept_and_nobody_else_is_asked(browser: Browser, site: Site) -> None:
    page, complaints = opened(browser, f"{site[0]}/gallery")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload(wait_until="networkidle")
    assert complaints == []
    assert asked
    assert all(url.startswith(site[0]) for url in asked)
    page.close()


def test_htmx_asks_with_the_token_and_a_part_stops_asking(browser: Browser, site: Site) -> None:
    page, complaints = opened(browser, f"{site[0]}/gallery")
    live = '<div id="live" hx-get="/fragment" hx-trigger="every 100ms" hx-swap="outerHTML">…</div>'
    page.evaluate(
        "html => { document.querySelector('main').insertAdjacentHTML('beforeend', html); htmx.process(document.querySelector('main')) }",
        live,
    )
    page.wait_for_selector("p#live")
    page.wait_for_load_state("networkidle")
    tokens = [token for path, token in site[1] if path == "/fragment"]
    assert set(tokens) == {"token-of-the-session"}
    page.wait_for_timeout(500)
    assert [token for path, token in site[1] if path == "/fragment"] == tokens
    assert complaints == []
    page.close()


def test_errors_take_the_focus_and_lead_to_their_fields(browser: Browser, site: Site) -> None:
    page, _ = opened(browser, f"{site[0]}/gallery?errors")
    assert page.title().startswith("错误：")
    assert page.evaluate("document.activeElement.className") == "error-summary"
    page.click(".error-summary a")
    assert page.evaluate("document.activeElement.id") == "attested_by"
    page.close()


def test_the_watermark_lets_clicks_through(browser: Browser, site: Site) -> None:
    page, _ = opened(browser, f"{site[0]}/gallery")
    assert page.locator("svg.watermark").is_visible()
    page.click("summary >> nth=0", timeout=2000)
    assert page.locator("details[open] table").first.is_visible()
    page.close()


def test_the_scheme_is_switched_and_remembered(browser: Browser, site: Site) -> None:
    page, _ = opened(browser, f"{site[0]}/gallery")
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("[data-theme-switch]")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before
    assert "theme=dark" in page.evaluate("document.cookie")
    page.close()


def test_files_dropped_and_files_chosen_are_the_same(browser: Browser, site: Site, tmp_path: pathlib.Path) -> None:
    page, _ = opened(browser, f"{site[0]}/gallery")
    page.evaluate(
        """() => {
          const given = new DataTransfer();
          given.items.add(new File(["x".repeat(2048)], "保单.csv"));
          given.items.add(new File(["y"], "批单.csv"));
          document.querySelector("[data-drop]").dispatchEvent(new DragEvent("drop", {dataTransfer: given, bubbles: true, cancelable: true}));
        }"""
    )
    assert page.evaluate("Array.from(document.querySelector('#files').files, f => f.name)") == ["保单.csv", "批单.csv"]
    assert page.locator("[data-drop-list] li").all_inner_texts() == ["保单.csv 2.0 KB", "批单.csv 1 B"]
    chosen = tmp_path / "赔案.csv"
    chosen.write_text("x", encoding="utf-8")
    page.set_input_files("#files", [chosen])
    assert page.locator("[data-drop-list] li").all_inner_texts() == ["赔案.csv 1 B"]
    page.close()


def test_without_javascript_nothing_is_missing(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site[0]}/gallery")
    assert page.locator("#files").is_visible()
    assert page.locator("[data-copy]").count() > 0
    assert not page.locator("[data-copy]").first.is_visible()
    context.close()


def test_marks_of_charts_are_reached_by_keyboard(browser: Browser, site: Site) -> None:
    page, _ = opened(browser, f"{site[0]}/gallery")
    first = page.locator("#closing-bars a").first
    first.focus()
    assert page.evaluate("document.activeElement.getAttribute('href')") == "/console/insurers/0"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "/console/insurers/1"
    page.close()


def test_paper_shows_content_and_watermark_without_the_menu(browser: Browser, site: Site) -> None:
    page, _ = opened(browser, f"{site[0]}/gallery")
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.locator("nav.side").is_visible()
    assert page.locator("svg.watermark").is_visible()
    assert page.locator(".receipt").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.close()
