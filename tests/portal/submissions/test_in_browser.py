"""The clerk's way in a real browser: upload, receipt, problems, the repaired file accepted; and every page of it by axe."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from sandbox.truth import Record
from tests.portal.front import Front
from tests.portal.submissions.conftest import changed

#: What the server may take for one delivery on a busy machine.
PATIENCE_MS = 60_000


@pytest.fixture
def page(browser: Browser, office: Front) -> Iterator[Page]:
    """A clerk's window, signed in by the form."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    context.set_default_timeout(PATIENCE_MS)
    window = context.new_page()
    complaints: list[str] = []
    window.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    window.on(
        "request", lambda asked: complaints.append(asked.url) if not asked.url.startswith(office.address) else None
    )
    window.goto(f"{office.address}/submissions")
    window.get_by_label("账号").fill("office_own")
    window.get_by_label("密码").fill(office.passwords["office_own"])
    window.get_by_role("button", name="登录").click()
    yield window
    context.close()
    assert complaints == []


def test_upload_receipt_problems_repaired_workbook_accepted(
    page: Page, policies: list[Record], file_of: Callable[..., bytes], tmp_path: pathlib.Path,
    violations: Callable[[Page], list[str]],
) -> None:  # fmt: skip
    number = policies[18]["policy_no"]
    right = changed(file_of(policies[18:19]), 0, "policy_no", f"{number}{tmp_path.name[-6:]}")
    file = tmp_path / "保单.csv"
    file.write_bytes(changed(right, 0, "policy_status_code", "77"))
    assert violations(page) == []

    page.get_by_label("数据类型", exact=True).select_option(label="保单")
    page.get_by_label("选择文件").set_input_files(file)
    page.get_by_role("button", name="报送", exact=True).click()
    expect(page.get_by_text("回执编号")).to_be_visible()
    receipt = page.url
    expect(page.get_by_text("全部退回").first).to_be_visible(timeout=PATIENCE_MS)
    assert violations(page) == []

    page.get_by_role("link", name="逐条查看").click()
    expect(page.get_by_text(re.compile("第2行 [A-Z]+列\\(保单状态\\)"))).to_be_visible()
    assert violations(page) == []
    with page.expect_download() as saved:
        page.get_by_role("link", name="下载批注后的原表").click()
    assert saved.value.suggested_filename == "保单_批注.xlsx"

    file.write_bytes(right)
    page.goto(f"{receipt.partition('/submissions')[0]}/submissions")
    page.get_by_label("选择文件").set_input_files(file)
    page.get_by_role("button", name="报送", exact=True).click()
    expect(page.get_by_text("全部入库").first).to_be_visible(timeout=PATIENCE_MS)


def test_several_files_tried_and_handed_in_are_told_one_by_one(
    page: Page, policies: list[Record], file_of: Callable[..., bytes], tmp_path: pathlib.Path,
    violations: Callable[[Page], list[str]],
) -> None:  # fmt: skip
    content = file_of(policies[17:18])
    files = [tmp_path / name for name in ("一.csv", "二.csv")]
    files[0].write_bytes(changed(content, 0, "policy_no", f"{policies[17]['policy_no']}{tmp_path.name[-6:]}"))
    files[1].write_bytes(changed(content, 0, "policy_status_code", "77"))
    address = page.url
    for button, heading in (("试校验", "试校验结果"), ("报送", "报送结果")):
        page.goto(address)
        page.get_by_label("数据类型", exact=True).select_option(label="保单")
        page.get_by_label("选择文件").set_input_files(files)
        page.get_by_role("button", name=button, exact=button == "报送").click()
        expect(page.get_by_role("heading", name=heading)).to_be_visible(timeout=PATIENCE_MS)
        assert violations(page) == []
        assert all(page.get_by_text(file.name).first.is_visible() for file in files)
    expect(page.get_by_role("link", name="查看回执和校验结果")).to_have_count(2)


def test_a_nil_return_says_what_it_states_before_it_is_handed_in(
    page: Page, office: Front, violations: Callable[[Page], list[str]]
) -> None:
    page.get_by_role("row", name="批单").get_by_role("link", name="零报告").click()
    expect(page.get_by_role("heading", name="零报告：批单")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("link", name="返回").click()
    assert page.url == f"{office.address}/submissions"
    page.go_back()
    page.get_by_role("button", name="确认零报告").click()
    expect(page.get_by_text("回执编号")).to_be_visible()


@pytest.mark.parametrize("path", ["/submissions/history", "/evidence", "/rules/FLD-011", "/submissions?lang=en"])
def test_every_other_page_is_accessible(
    page: Page, office: Front, path: str, violations: Callable[[Page], list[str]]
) -> None:
    page.goto(office.address + path)
    assert violations(page) == []


def test_the_form_works_without_javascript(browser: Browser, office: Front, policies: list[Record], file_of: Callable[..., bytes], tmp_path: pathlib.Path) -> None:  # fmt: skip
    context = browser.new_context(java_script_enabled=False)
    window = context.new_page()
    window.goto(f"{office.address}/submissions")
    window.get_by_label("账号").fill("office_own")
    window.get_by_label("密码").fill(office.passwords["office_own"])
    window.get_by_role("button", name="登录").click()
    file = tmp_path / "保单.csv"
    file.write_bytes(file_of(policies[19:20]))
    window.get_by_label("选择文件").set_input_files(file)
    window.get_by_role("button", name="报送", exact=True).click()
    expect(window.get_by_text("回执编号")).to_be_visible()
    context.close()
