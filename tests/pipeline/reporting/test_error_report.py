"""The report of errors: the same lines in each of its forms, total and shown, codes as text."""

from __future__ import annotations

import csv
import io
import json
import pathlib
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from pipeline.reporting import error_report
from pipeline.reporting.error_report import Kind, Shown, write_report
from pipeline.reporting.problems import Problem, Report

PREMIUM = "written_premium_amount"
PROBLEMS = [
    Problem.of({"rule_id": "BAT-001", "message": "整批有误。", "severity": "warning", "place": None, "row_no": None}),
    Problem.of(
        {
            "rule_id": "FLD-001", "message": "保费有误。", "severity": "error", "place": "台账!5", "row_no": 5, "field": PREMIUM,
            "record_type": "policy", "value": "1.50", "expected": "2", "column_letter": "T", "source_column": "签单保费",
            "record_key": "000123", "unknown": "x",
        }
    ),
    Problem.of(
        {
            "rule_id": "FLD-002", "message": "机构代码有误。", "severity": "error", "place": "file 2 line 7", "row_no": 12,
            "field": "insurer_code", "record_type": "policy", "value": "0012", "expected": "0013", "record_key": "=1+1",
        }
    ),
]  # fmt: skip
REPORT = Report(3, "tianji", "policy", ("甲.xlsx", "乙.csv"), PROBLEMS)


def as_csv(report: Report) -> list[dict[str, str]]:
    file = io.BytesIO()
    assert write_report(report, file, "csv") == Shown(len(report.problems), len(report.problems))
    return list(csv.DictReader(io.StringIO(file.getvalue().decode("utf-8-sig"), newline="")))


def test_a_line_has_place_column_key_and_difference() -> None:
    whole, premium, code = as_csv(REPORT)
    assert (whole["行号"], whole["位置"], whole["差额"]) == ("", "", "")
    assert (premium["文件"], premium["工作表"], premium["行号"], premium["列号"]) == ("甲.xlsx", "台账", "5", "T")
    assert (premium["列名"], premium["差额"], premium["主键"]) == ("签单保费", "-0.50", "000123")
    assert (code["文件"], code["行号"], code["差额"]) == ("乙.csv", "7", ""), "codes have no difference"
    assert code["主键"] == "'=1+1"


def test_codes_stay_text_in_a_workbook(tmp_path: pathlib.Path) -> None:
    write_report(REPORT, tmp_path / "r.xlsx", "xlsx")
    sheet = load_workbook(tmp_path / "r.xlsx").worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    third = dict(zip(heads, sheet[4], strict=True))
    assert (third["发现的内容"].value, third["发现的内容"].data_type) == ("0012", "s")
    assert (third["主键"].value, third["主键"].data_type) == ("=1+1", "s")


def test_json_says_total_and_shown_and_has_every_problem() -> None:
    file = io.BytesIO()
    write_report(REPORT, file, "json")
    told = json.loads(file.getvalue())
    assert (told["total"], told["shown"], told["files"]) == (3, 3, ["甲.xlsx", "乙.csv"])
    assert [each["rule_id"] for each in told["problems"]] == [each.rule_id for each in PROBLEMS]
    assert Decimal(told["problems"][1]["difference"]) == Decimal("-0.5")


def test_what_does_not_fit_a_sheet_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(error_report, "SHEET_ROWS", 2)
    file = io.BytesIO()
    assert write_report(REPORT, file, "xlsx") == Shown(3, 2)
    book = load_workbook(file)
    assert book.worksheets[0].max_row == 3
    told = {row[0].value: row[1].value for row in book["说明"].iter_rows()}
    assert (told["问题总数"], told["本表列出"]) == (3, 2)
    assert "CSV" in told["其余"]


@pytest.mark.parametrize("kind", ["xlsx", "csv", "json"])
def test_a_file_that_is_there_stays(tmp_path: pathlib.Path, kind: Kind) -> None:
    (tmp_path / "r").write_text("x")
    with pytest.raises(FileExistsError):
        write_report(REPORT, tmp_path / "r", kind)
    assert (tmp_path / "r").read_text() == "x"


def test_columns_of_the_sender_stand_behind_ours() -> None:
    extra = Problem("FLD-001", "有误。", extra={"内部编号": "007"})
    lines = as_csv(Report(3, "tianji", "policy", (), [*PROBLEMS, extra]))
    assert [line["原列:内部编号"] for line in lines] == ["", "", "", "007"]
