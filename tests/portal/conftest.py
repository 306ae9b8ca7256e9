"""A real browser for the portal's pages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from pipeline.services.postgres import Cluster
from tests.portal.stand import Stand, stand

#: By colour scheme what axe looks at: all of WCAG 2.1 AA once, and what depends on colours once more.
LOOKS: dict[Literal["light", "dark"], list[str]] = {
    "light": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "dark": ["color-contrast", "link-in-text-block"],
}  # fmt: skip


def chromium_path() -> str | None:
    """Where the system's Chromium stands."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium of the system. Where there is none the tests are told as not run; where CI runs they fail."""
    path = chromium_path()
    if path is None:
        missing = "NOT RUN: no Chromium to look at pages with: apt-get install chromium fonts-noto-cjk"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def violations() -> Callable[[Page], list[str]]:
    """What axe finds on a page against WCAG 2.1 AA, light and dark, one line each.

    It does not judge the contrast of texts in drawings.
    """

    def found(page: Page) -> list[str]:
        told: list[str] = []
        page.evaluate(Axe().axe_script)
        for scheme, rules in LOOKS.items():
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            options = {"runOnly": rules, "resultTypes": ["violations"]}
            for fault in page.evaluate("options => axe.run(options)", options)["violations"]:
                told += [f"{scheme} {fault['id']} {n['target']}: {n['failureSummary']}" for n in fault["nodes"]]
        return told

    return found


@pytest.fixture(scope="session")
def standing(cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """The portal over a province with something of everybody, and an account of every kind."""
    with stand(cluster, template, tmp_path_factory.mktemp("stand")) as opened:
        yield opened
