"""Work lists by HTTP: page, files and API hold the same rows, nobody else's, and say what they are."""

from __future__ import annotations

import csv
import io
import re

import openpyxl
import pytest
import requests

from portal.console.lists import LISTS
from tests.portal.console.asking import Asker
from tests.portal.front import Front, Session
from tests.warehouse.rights.places import Reader

NAMES = sorted(LISTS)


@pytest.fixture(autouse=True)
def _regulators_only(reader: Reader) -> None:
    if reader.insurer:
        pytest.skip("the console is a regulator's")


def total_of(page: requests.Response) -> int | None:
    """What a page says of how many rows there are; None where the list is not shown."""
    found = re.search(r"共 <strong>([\d,]+)</strong>", page.text)
    return int(found[1].replace(",", "")) if found else None


@pytest.mark.parametrize("name", NAMES)
def test_page_files_and_api_count_what_the_list_holds(
    session: Session, asker: Asker, reader: Reader, name: str
) -> None:
    with asker(reader.name) as asking:
        expected = asking.list(name)
    page, api = session.get(f"/console/lists/{name}"), session.get(f"/api/v1/lists/{name}?limit=1000")
    book, text = session.get(f"/console/lists/{name}.xlsx"), session.get(f"/console/lists/{name}.csv")
    assert page.status_code == 200
    for answer in (page, api, text):
        assert reader.foreign(answer.text) == []
    if not expected.is_shown:
        assert total_of(page) is None
        assert "不代表没有" in page.text
        assert {answer.status_code for answer in (api, book, text)} == {404}
        return
    total = expected.page.total
    rows = [*csv.reader(io.StringIO(text.content.decode("utf-8-sig")))][1:]
    sheets = openpyxl.load_workbook(io.BytesIO(book.content))
    listed = [*sheets.worksheets[0].iter_rows(min_row=2, values_only=True)]
    assert (total_of(page), api.json()["total"], len(api.json()["items"]), len(rows)) == (total,) * 4
    assert len(listed) == total
    assert reader.foreign(str(listed)) == []
    assert int(book.headers["X-Total-Rows"]) == int(book.headers["X-Shown-Rows"]) == total


def test_a_workbook_says_what_it_is_and_who_saved_it(session: Session, reader: Reader) -> None:
    answer = session.get("/console/lists/hazards_overdue.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    about = dict(book["说明"].iter_rows(min_row=2, values_only=True))
    work_list = LISTS["hazards_overdue"]
    assert about["包含"] == work_list.included.zh
    assert about["不包含"] == work_list.excluded.zh
    assert about["统计截止日"] == "2026-11-09"
    assert about["导出账号"] == f"front_{reader.name}"
    assert f"front_{reader.name}" in str(book["清单"].oddHeader.right.text)
    rows = book["清单"].max_row - 1
    assert about["总数 / 本文件"].startswith(f"{rows} / {rows} ")


def test_beside_a_csv_file_stands_what_it_is(session: Session) -> None:
    answer = session.get("/console/lists/ending.csv?days=20")
    beside = re.search(r'<([^>]+)>; rel="describedby"', answer.headers["Link"])
    assert beside
    told = session.get(beside[1]).content.decode("utf-8-sig")
    assert LISTS["ending"].included.zh in told
    assert "到期天数: 20" in told


def test_pages_join_to_the_whole_list(session: Session, reader: Reader) -> None:
    whole = session.get("/api/v1/lists/late?limit=1000").json()["items"]
    following, paged = "/api/v1/lists/late?limit=3", []
    while following:
        answer = session.get(following).json()
        paged += answer["items"]
        following = answer["next"]
    assert paged == whole
    if reader.kind == "province":
        assert whole


def test_a_place_of_others_shows_nothing(session: Session, reader: Reader) -> None:
    for region in ("370100", "370102", "370200", "370202", "370203", "371202"):
        for name in NAMES:
            for address in (f"/console/lists/{name}", f"/console/lists/{name}.csv", f"/api/v1/lists/{name}"):
                assert reader.foreign(session.get(f"{address}?region={region}").text) == [], (address, region)


def test_the_index_counts_as_the_lists_do(session: Session, asker: Asker, reader: Reader) -> None:
    counts = session.get("/console/lists/counts").text
    api = {each["name"]: each for each in session.get("/api/v1/lists").json()["items"]}
    assert set(api) == set(NAMES)
    for name in NAMES:
        row = re.search(rf'href="/console/lists/{name}\?.*?</th>\s*<td class="number">(.*?)</td>', counts, re.DOTALL)
        assert row, name
        with asker(reader.name) as asking:
            found = asking.list(name, limit=1)
        shown = row[1].replace(",", "")
        assert shown == str(found.page.total) if found.is_shown else "不提供" in shown


def test_what_is_no_list_is_not_found(session: Session) -> None:
    for address in (
        "/console/lists/nothing",
        "/console/lists/nothing.csv",
        "/api/v1/lists/nothing",
        "/console/lists/late.pdf",
    ):
        assert session.get(address).status_code in (400, 404)
    assert session.get("/console/lists/late?after=%21").status_code == 400
    assert session.get("/console/lists/late?since=gestern").status_code == 400


def test_formulas_are_no_formulas_in_files(desk: Front, reader: Reader) -> None:
    """The province has an enterprise with a name that a spreadsheet would run."""
    if reader.kind != "province":
        pytest.skip("told once")
    session = desk.session(f"front_{reader.name}")
    text = session.get("/console/lists/uncovered.csv").content.decode("utf-8-sig")
    assert "'=HYPERLINK" in text
    assert not [cell for row in csv.reader(io.StringIO(text)) for cell in row if cell.startswith("=")]
    book = openpyxl.load_workbook(io.BytesIO(session.get("/console/lists/uncovered.xlsx").content))
    cells = [cell for row in book["清单"].iter_rows() for cell in row if str(cell.value).startswith("=HYPERLINK")]
    assert cells
    assert {cell.data_type for cell in cells} == {"s"}
