"""What a receipt vouches for, and where each finding stands: row, column letter, Chinese name of the column."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import pathlib

import pytest
from openpyxl import Workbook

from schemas.contract import load_contract
from schemas.findings import SourceColumn, place_chinese
from tests.pipeline.cli.test_exports import HEADER, ROW
from tests.pipeline.conftest import Anze

BAD = dict(zip(HEADER, ROW, strict=True)) | {
    "policy_no": "HK-2",
    "written_premium_amount": "abc",
    "region_code": "379999",
}
NAMES = {field.name: field.business_name for field in load_contract("policy").fields}
GOOD = [dict(zip(HEADER, ROW, strict=True)) | {"policy_no": f"G{n}", "source_record_no": f"G{n}"} for n in range(3)]


def as_csv(folder: pathlib.Path) -> pathlib.Path:
    path = folder / "某公司 保单.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *([row[name] for name in HEADER] for row in (*GOOD, BAD))])
    return path


def as_xlsx(folder: pathlib.Path) -> pathlib.Path:
    """Chinese headers, columns in another order: the policy number last."""
    order = sorted(HEADER, key=lambda name: name == "policy_no")
    book = Workbook()
    book.active.title = "保单"
    for row in (NAMES, *GOOD, BAD):
        book.active.append([row[name] for name in order])
    book.save(folder / "保单.xlsx")
    return folder / "保单.xlsx"


@pytest.mark.parametrize(
    ("write", "premium", "region"),
    [
        (as_csv, "第5行 T列(签单保费)", "第5行 N列(风险所在地代码)"),
        (as_xlsx, "工作表“保单”第5行 S列(签单保费)", "工作表“保单”第5行 M列(风险所在地代码)"),
    ],
    ids=["csv", "xlsx"],
)
def test_a_finding_names_row_letter_and_column(
    installed: pathlib.Path, anze: Anze, write: object, premium: str, region: str
) -> None:
    assert callable(write)
    told = anze("submit", "tianji", "policy", write(installed), "--json").json
    (held,) = told["held_rows"]
    reasons = {reason["field"]: reason for reason in held["reasons"]}
    assert reasons["written_premium_amount"]["where"] == premium
    assert reasons["region_code"]["where"] == region
    assert reasons["region_code"]["field_name"] == "风险所在地代码"
    assert f"{reasons['region_code']['column_letter']}列" in region
    assert {premium, region} <= {each["where"] for each in told["findings"]}
    shown = anze("batch", "show", told["batch_id"]).out
    assert f"{premium}: FLD-006" in " ".join(shown.split())
    rows = anze("as-of", "finding", "--json").json["rows"]
    assert {(row["field"], row["column_letter"]) for row in rows} >= {("region_code", region.split()[1][0])}


def test_a_rule_of_sql_names_the_column_too(installed: pathlib.Path, anze: Anze) -> None:
    """What the warehouse finds among rows says its column as what the reader finds in a cell does."""
    path = installed / "twice.csv"
    other = GOOD[0] | {"written_premium_amount": "99.00"}
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *([row[name] for name in HEADER] for row in (GOOD[0], other))])
    held = anze("submit", "tianji", "policy", path, "--json").json["held_rows"]
    found = {reason["where"] for row in held for reason in row["reasons"] if reason["rule_id"] == "BAT-002"}
    assert found == {"第2行 F列(保单号)", "第3行 F列(保单号)"}


def test_a_receipt_names_file_size_digest_and_both_times(installed: pathlib.Path, anze: Anze) -> None:
    path = as_csv(installed)
    told = anze("submit", "tianji", "policy", path, "--json").json
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    assert told["files"] == [
        {"name": path.name, "sha256": sha256, "size_bytes": path.stat().st_size, "version_id": None}
    ]
    at = dt.datetime.fromisoformat(told["received_at_utc"])
    local = dt.datetime.fromisoformat(told["received_at_shanghai"])
    assert (at.utcoffset(), local - at.replace(tzinfo=None)) == (dt.timedelta(0), dt.timedelta(hours=8))
    shown = anze("batch", "show", told["batch_id"]).out
    assert f"文件 file: {path.name}, {path.stat().st_size:,} 字节 bytes" in shown
    assert f"SHA-256 {sha256}" in shown
    assert f"{told['received_at_shanghai']} 北京时间 ({told['received_at_utc']})" in shown


def test_more_held_rows_than_are_shown_say_how_to_get_the_rest(installed: pathlib.Path, anze: Anze) -> None:
    path = installed / "many.csv"
    rows = [BAD | {"policy_no": f"B{n}", "source_record_no": f"B{n}"} for n in range(25)]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *([row[name] for name in HEADER] for row in rows)])
    shown = anze("submit", "tianji", "policy", path)
    assert "20 of 25 shown" in shown.out
    assert "另有 5 行 more: anze batch report 1 --xlsx" in shown.out
    written = anze("batch", "report", 1, "--csv", installed / "all.csv")
    assert "隔离 held 25 行" in written.out
    with (installed / "all.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert {line["主键"] for line in lines if line["行号"]} == {row["policy_no"] for row in rows}
    assert {(line["列号"], line["列名"], line["发现的内容"]) for line in lines} >= {("T", "签单保费", "abc")}
    again = anze("batch", "report", 1, "--csv", installed / "all.csv")
    assert (again.code, "已存在" in again.err) == (2, True)


def test_a_report_shows_no_personal_value(installed: pathlib.Path, anze: Anze) -> None:
    header = [*HEADER, "contact_phone"]
    secret = "139" + "0" * 40
    path = installed / "personal.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, [*(BAD[name] for name in HEADER), secret]])
    held = anze("submit", "tianji", "policy", path, "--json").json
    assert {r["field"] for row in held["held_rows"] for r in row["reasons"]} >= {"contact_phone"}
    assert anze("batch", "report", held["batch_id"], installed / "r.csv").code == 0
    assert secret not in (installed / "r.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("place", "column", "name", "told"),
    [
        ("line 5", SourceColumn("policy_no", "C"), "保单号", "第5行 C列(保单号)"),
        ("file 2 line 5", SourceColumn("policy_no", "C"), "保单号", "第2个文件第5行 C列(保单号)"),
        ("保单!5", SourceColumn("保单号", "AA"), None, "工作表“保单”第5行 AA列(保单号)"),
        ("page 1 item 3", SourceColumn("holder.no"), "投保人", "第1页第3项 holder.no(投保人)"),
        ("page 1 item 3", None, None, "第1页第3项"),
        (None, SourceColumn("备注", "E"), None, "E列(备注)"),
        ("elsewhere", None, None, "elsewhere"),
    ],
)
def test_a_place_is_told_in_chinese(
    place: str | None, column: SourceColumn | None, name: str | None, told: str
) -> None:
    assert place_chinese(place, column, name) == told
