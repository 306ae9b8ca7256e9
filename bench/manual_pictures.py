"""The pictures of the manuals, taken from a running portal in Chromium, so that they can be taken again.

    python -m bench.manual_pictures http://127.0.0.1:8060 var/demo-accounts.json var/drop/yuheng/policy_20261118.csv docs/manual/img

The clerk's pictures hand in a handful of policies, made of rows of the given file, as the insurer's own account.
"""

from __future__ import annotations

import argparse
import csv
import json
import pathlib
import tempfile
import time

import openpyxl
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from schemas.contract import load_contract

SCREEN, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
CHROMIUM = "/usr/bin/chromium"
COLOURS = 96
PATIENCE_MS = 60_000
#: Changed cells of the clerk's example: row, counted from 0, column, value. The end of cover is loaded, and then corrected:
#: that gives a warning to confirm. The others are wrong.
WRONG = (
    (1, "policy_status_code", "有效的"),
    (2, "insured_person_count", "十二"),
    (3, "cover_end_date", "2026-01-01"),
    (4, "insured_credit_code", "92371121MF5HGCEJ00"),
    (5, "policy_status_code", "有效的"),
)


class Camera:
    """A signed-in window; ``shoot`` writes a picture. What the browser complains of is told at the end."""

    def __init__(self, browser: Browser, arguments: argparse.Namespace, login: str, size: dict[str, int]) -> None:
        context = browser.new_context(viewport=size, locale="zh-CN", color_scheme="light", accept_downloads=True)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        self.page: Page = context.new_page()
        self.address, self.folder = arguments.address, arguments.folder
        self.page.on("console", lambda said: print(login, said.type, said.text) if said.type != "log" else None)
        self.page.on("response", lambda got: print(login, got.status, got.url) if got.status >= 400 else None)
        accounts = json.loads(arguments.accounts.read_text(encoding="utf-8"))
        self.password = next(each["password"] for each in accounts if each["login"] == login)
        self.login = login

    def sign_in(self) -> None:
        """By the form, as people do."""
        self.go("/sign-in")
        self.page.get_by_label("账号").fill(self.login)
        self.page.get_by_label("密码").fill(self.password)
        self.page.get_by_role("button", name="登录").click()
        self.page.wait_for_load_state("networkidle")

    def go(self, path: str) -> None:
        """Open a page and wait until it is whole."""
        self.page.goto(self.address + path)
        self.page.wait_for_load_state("networkidle")

    def shoot(self, name: str, at: Locator | None = None) -> None:
        """The window as it is, or with something scrolled to its top."""
        if at is not None:
            at.evaluate("one => window.scrollTo(0, one.getBoundingClientRect().top + scrollY - 70)")
        self.page.wait_for_timeout(200)
        path = self.folder / f"{name}.png"
        self.page.screenshot(path=path)
        Image.open(path).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
        print(f"{path.name:<34} {path.stat().st_size / 1000:5.0f} kB")


def fill_in(template: pathlib.Path, rows: list[dict[str, str]]) -> None:
    """Write records into a template, by the Chinese names of its columns."""
    names = {field.business_name: field.name for field in load_contract("policy").fields}
    workbook = openpyxl.load_workbook(template)
    sheet = workbook["保单"]
    for column, cell in enumerate(sheet[1], start=1):
        for number, row in enumerate(rows, start=2):
            sheet.cell(number, column, row[names[str(cell.value)]] or None)
    workbook.save(template)


def example(source: pathlib.Path) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Eight policies under new numbers, with wrong cells and without."""
    with source.open(encoding="utf-8-sig") as file:
        known = [row for row in csv.DictReader(file) if row["operation_code"] == "I"][:8]
    mark = format(int(time.time()), "x")[-5:].upper()
    right = [
        row | {"policy_no": f"AZ29371120260{mark}{n:02d}", "previous_policy_no": "", "source_record_no": f"LX{mark}{n:02d}"}
        for n, row in enumerate(known)
    ]  # fmt: skip
    wrong = [dict(row) for row in right]
    for number, column, value in WRONG:
        wrong[number][column] = value
    return right, wrong


def clerk(browser: Browser, arguments: argparse.Namespace, folder: pathlib.Path) -> str:
    """From the sign-in to the corrected delivery. Gives the address of the first result."""
    camera = Camera(browser, arguments, "yuheng_submitter", SCREEN)
    page = camera.page
    camera.go("/sign-in")
    camera.shoot("sign-in")
    camera.sign_in()
    camera.shoot("clerk-home")
    camera.go("/due")
    camera.shoot("clerk-due")
    camera.go("/submissions")
    right, wrong = example(arguments.policies)
    file = folder / "11月保单.xlsx"
    with page.expect_download() as saved:
        page.get_by_role("row", name="保单").get_by_role("link", name="下载模板").first.click()
    saved.value.save_as(file)
    template = file.read_bytes()
    fill_in(file, wrong)
    choose(page, file)
    page.get_by_role("button", name="试校验").click()
    page.wait_for_load_state("networkidle")
    camera.shoot("clerk-check")
    camera.go("/submissions")
    choose(page, file)
    page.get_by_role("button", name="报送", exact=True).click()
    expect(page.get_by_text("部分入库").first).to_be_visible(timeout=PATIENCE_MS)
    result = page.url.removeprefix(camera.address)
    camera.shoot("clerk-receipt")
    camera.shoot("clerk-result", page.locator("#state"))
    camera.go(f"{result}/findings")
    camera.shoot("clerk-problems")
    file.write_bytes(template)
    fill_in(file, right)
    camera.go("/submissions")
    choose(page, file)
    page.get_by_role("button", name="报送", exact=True).click()
    expect(page.get_by_text("全部入库").first).to_be_visible(timeout=PATIENCE_MS)
    confirmation(camera)
    camera.go("/submissions/nil?record_type=claim")
    camera.shoot("clerk-nil")
    camera.go("/submissions/history")
    camera.shoot("clerk-history")
    return result


def choose(page: Page, file: pathlib.Path) -> None:
    """The record type and the file, in the form."""
    page.get_by_label("数据类型", exact=True).select_option(label="保单")
    page.get_by_label("选择文件").set_input_files(file)


def confirmation(camera: Camera) -> None:
    """A warning of the delivery on the page, with the reason typed."""
    delivery = camera.page.url.removeprefix(camera.address)
    camera.page.locator("#problems tbody a").first.click()
    camera.page.get_by_label("说明").fill("已与出单部核对,保险止期以本次报送为准")
    camera.shoot("clerk-confirm")
    camera.go(delivery)


def regulator(browser: Browser, arguments: argparse.Namespace) -> None:
    """The console as a city's account sees it, and as the province's."""
    camera = Camera(browser, arguments, "demo_province", SCREEN)
    page = camera.page
    camera.sign_in()
    camera.shoot("regulator-overview")
    camera.go("/alerts")
    camera.shoot("regulator-alerts")
    camera.go("/console/indicators/I1")
    camera.shoot("regulator-indicator")
    camera.go("/console/indicators/I1/records")
    camera.shoot("regulator-records")
    page.locator("tbody a[href^='/console/records/']").first.click()
    page.wait_for_load_state("networkidle")
    camera.shoot("regulator-record")
    camera.go("/console/lists/ending")
    camera.shoot("regulator-list")
    enterprise(camera)
    month(camera)
    camera.go("/console")
    page.locator("details.moments summary").click()
    camera.shoot("regulator-moments")


def enterprise(camera: Camera) -> None:
    """The page of the first insured enterprise of the list that is open, by its code."""
    code = camera.page.locator("tbody tr").first.locator("td").nth(1).inner_text().strip()
    camera.go("/console/search")
    camera.page.get_by_label("统一社会信用代码", exact=True).fill(code)
    camera.page.get_by_role("button", name="打开").click()
    camera.page.wait_for_load_state("networkidle")
    camera.shoot("regulator-enterprise")


def month(camera: Camera) -> None:
    """The newest frozen month, and its bulletin."""
    camera.go("/console/months")
    camera.page.get_by_role("link", name="首次与最新").first.click()
    camera.page.wait_for_load_state("networkidle")
    camera.shoot("regulator-month")
    camera.page.get_by_role("link", name="月度通报").first.click()
    camera.page.wait_for_load_state("networkidle")
    camera.shoot("regulator-bulletin")


def phones(browser: Browser, arguments: argparse.Namespace, result: str) -> None:
    """The same on a phone."""
    for login, path, name in (
        ("yuheng_submitter", result, "clerk-phone"),
        ("demo_city", "/console", "regulator-phone"),
    ):
        camera = Camera(browser, arguments, login, PHONE)
        camera.sign_in()
        camera.go(path)
        camera.shoot(name, camera.page.locator("#state") if "clerk" in name else None)


def engineer(browser: Browser, arguments: argparse.Namespace) -> None:
    """What the engineer and the auditor open."""
    camera = Camera(browser, arguments, "demo_auditor", SCREEN)
    camera.sign_in()
    for name in ("audit", "accounts"):
        camera.go(f"/console/{name}")
        camera.shoot(f"engineer-{name}")


def main() -> None:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("accounts", type=pathlib.Path)
    parser.add_argument("policies", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--only", choices=["clerk", "regulator", "engineer"])
    arguments = parser.parse_args()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as name:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--lang=zh-CN"])
        if arguments.only in (None, "clerk"):
            result = clerk(browser, arguments, pathlib.Path(name))
            phones(browser, arguments, result)
        if arguments.only in (None, "regulator"):
            regulator(browser, arguments)
        if arguments.only in (None, "engineer"):
            engineer(browser, arguments)
        browser.close()


if __name__ == "__main__":
    main()
