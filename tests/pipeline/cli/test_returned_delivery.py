"""``anze batch report --annotated``: a delivery comes back with its errors, is corrected in place, and is sent again as it is."""

from __future__ import annotations

import csv
import json
import pathlib

import pytest
import xlsxwriter
from openpyxl import load_workbook

from pipeline.reporting.styles import COLOURS
from tests.pipeline.cli.test_exports import HEADER, ROW
from tests.pipeline.conftest import Anze

ROWS = [
    dict(zip(HEADER, ROW, strict=True)) | {"policy_no": f"HK-{n}", "source_record_no": f"S-{n}"} | wrong
    for n, wrong in enumerate(({}, {"region_code": "999999"}, {"written_premium_amount": "十二"}))
]
RED = COLOURS["error"]


def as_csv(path: pathlib.Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *(row.values() for row in ROWS)])


def as_workbook(path: pathlib.Path) -> None:
    """With a title above the header, as people have it."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("台账")
        sheet.merge_range(0, 0, 0, 5, "十一月承保台账")
        for number, line in enumerate([HEADER, *(row.values() for row in ROWS)], start=1):
            for column, text in enumerate(line):
                sheet.write_string(number, column, str(text))


@pytest.mark.parametrize(("write", "name", "first"), [(as_workbook, "t.xlsx", 3), (as_csv, "t.csv", 2)])
def test_a_returned_delivery_is_corrected_and_sent_again(
    installed: pathlib.Path, anze: Anze, write: object, name: str, first: int
) -> None:
    write(installed / name)  # type: ignore[operator]
    sent = anze("submit", "tianji", "policy", installed / name, "--json").json
    assert (sent["received_count"], sent["quarantined_count"]) == (3, 2)
    path = installed / "returned.xlsx"
    answer = anze("batch", "report", sent["batch_id"], path, "--annotated")
    assert answer.code == 0, answer
    book = load_workbook(path)
    red = {c.coordinate for row in book.worksheets[0].iter_rows() for c in row if c.fill.fgColor.rgb == RED}
    region, premium = (book.worksheets[0].cell(first + n, HEADER.index(column) + 1).coordinate for n, column in enumerate(("region_code", "written_premium_amount"), start=1))  # fmt: skip
    assert {region, premium} <= red
    assert "问题清单" in book.sheetnames
    again = anze("submit", "tianji", "policy", path, "--json").json
    assert (again["received_count"], again["quarantined_count"]) == (3, 2)
    book.worksheets[0][region], book.worksheets[0][premium] = "370102", "12000.50"
    book.save(installed / "corrected.xlsx")
    corrected = anze("submit", "tianji", "policy", installed / "corrected.xlsx", "--json").json
    assert (corrected["received_count"], corrected["quarantined_count"]) == (3, 0)


def test_the_report_as_json_and_what_may_not_be_asked_together(installed: pathlib.Path, anze: Anze) -> None:
    as_csv(installed / "t.csv")
    batch_id = anze("submit", "tianji", "policy", installed / "t.csv", "--json").json["batch_id"]
    assert anze("batch", "report", batch_id, installed / "r.json").code == 0
    told = json.loads((installed / "r.json").read_text(encoding="utf-8"))
    assert told["total"] == told["shown"] == len(told["problems"]) >= 2
    assert {each["row"] for each in told["problems"]} == {3, 4}
    assert anze("batch", "report", batch_id, "--csv", "--annotated").code == 2
    assert anze("batch", "report", batch_id, installed / "r.json").code == 2, "it is there already"
    assert anze("batch", "report", batch_id, installed / "x.xlsx", "--annotated", "--part", 2).code == 2
