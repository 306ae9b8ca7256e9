"""From a published figure to the line, the spreadsheet row and the page item that it rests on, and why it moved."""

from __future__ import annotations

import csv
import datetime as dt
import json
import pathlib
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
import python_calamine
import sqlalchemy as sa

from pipeline.services.installation import FIRST_NIGHT, NIGHT
from sandbox import drops
from sandbox.server import serve
from sandbox.truth import Province, Record, build
from tests.pipeline.conftest import Anze
from tests.pipeline.telling import credentials_environ, rows_of

BY_INTERFACE, BY_CSV, BY_XLSX = "lichun", "yaoguang", "cuizhu"
DIALECTS = {BY_CSV: "csv_gb18030", BY_XLSX: "xlsx_ledger"}


@pytest.fixture(scope="module")
def province() -> Province:
    return build(5, 0.005)


def policies(province: Province, insurer_id: str) -> list[Record]:
    """Policies of the sandbox's year that renew no other."""
    rows = province.feed(insurer_id, "policy", None, FIRST_NIGHT)
    recent = [row for row in rows if row["issue_date"].year == NIGHT.year and row["operation_code"] != "D"]
    return [row for row in recent if row["previous_policy_no"] is None]


def dropped(installed: pathlib.Path, insurer_id: str, rows: list[Record], day: dt.date) -> pathlib.Path:
    folder = installed / "drop" / insurer_id
    folder.mkdir(parents=True, exist_ok=True)
    return drops.write_file(DIALECTS[insurer_id], folder, "policy", rows, day)


def traced(anze: Anze, insurer_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two commands: the record behind an insurer's loss ratio that is shown last, and the row that it came from."""
    explained = anze("indicator", "explain", "I2", "--insurer", insurer_id, "--limit", 10000, "--json")
    record = [r for r in explained.json["records"] if r["record_type"] == "policy"][-1]
    shown = anze("batch", "row", record["batch_id"], record["row_no"], "--unmasked", "--json")
    assert (explained.code, shown.code) == (0, 0)
    assert (shown.json["file"], shown.json["place"]) == (record["file"], record["place"])
    return record, shown.json


def cells(row: dict[str, Any]) -> dict[str, str]:
    """What arrived, by source column."""
    return {cell["column"]: cell["raw"] for cell in row["cells"] if cell["raw"] is not None}


def check_line(anze: Anze, file: pathlib.Path) -> None:
    record, row = traced(anze, BY_CSV)
    assert row["file"] == file.name
    lines = file.read_bytes().decode("gb18030").splitlines()
    number = int(row["place"].removeprefix("line "))
    header, line = (next(csv.reader([text])) for text in (lines[0], lines[number - 1]))
    assert cells(row) == {name: text for name, text in zip(header, line, strict=True) if text}
    assert record["record_key"] in line
    values = {cell["field"]: cell["value"] for cell in row["cells"]}
    assert Decimal(values["written_premium_amount"]) == Decimal(record["denominator"])


def check_sheet(anze: Anze, file: pathlib.Path) -> None:
    record, row = traced(anze, BY_XLSX)
    assert row["file"] == file.name
    sheet, _, number = row["place"].partition("!")
    workbook = python_calamine.CalamineWorkbook.from_path(str(file))
    table = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    assert record["record_key"] in [str(cell) for cell in table[int(number) - 1]]
    assert record["record_key"] in cells(row).values()


def check_page(anze: Anze, landing: pathlib.Path, engine: sa.Engine) -> None:
    record, row = traced(anze, BY_INTERFACE)
    word, page, item_word, item = row["place"].split()
    assert (word, item_word) == ("page", "item")
    query = "select name, sha256 from landing.batch_payload where batch_id = :b order by position"
    name, sha256 = rows_of(engine, query, b=record["batch_id"])[int(page) - 1]
    assert (row["file"], row["sha256"]) == (name, sha256)
    landed = landing / str(sha256)[:2] / str(sha256)[2:4] / str(sha256)
    found = json.loads(landed.read_bytes())["data"]["rows"][int(item) - 1]
    assert found["policyNo"] == record["record_key"] == cells(row)["policyNo"]


def test_a_figure_leads_to_the_line_the_sheets_row_and_the_pages_item(
    installed: pathlib.Path, anze: Anze, province: Province, engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in credentials_environ([BY_INTERFACE], province.seed).items():
        monkeypatch.setenv(name, value)
    files = [dropped(installed, i, policies(province, i)[:9], NIGHT.date()) for i in (BY_CSV, BY_XLSX)]
    assert anze("intake").code == 0
    with serve(province) as server:
        monkeypatch.setenv("ANZE_SANDBOX_URL", server.url)
        anze("collect", BY_INTERFACE)
    assert anze("publish").code == 0
    check_line(anze, files[0])
    check_sheet(anze, files[1])
    check_page(anze, installed / "landing", engine)


def test_personal_content_is_shown_only_when_asked_for(installed: pathlib.Path, anze: Anze, province: Province) -> None:
    row = {**policies(province, BY_CSV)[0], "contact_name": "王建国", "contact_phone": "13812345678"}
    dropped(installed, BY_CSV, [row], NIGHT.date())
    anze("intake")
    masked, unmasked = anze("batch", "row", 1, 2), anze("batch", "row", 1, 2, "--unmasked")
    assert "王建国" not in masked.out
    assert "13812345678" not in masked.out
    assert row["policy_no"] in masked.out
    assert "王建国" in unmasked.out
    assert "王建国" not in anze("batch", "row", 1, 2, "--json").out
    assert anze("batch", "row", 1, 99).code == 1


def test_a_month_is_frozen_corrected_and_its_difference_explained(
    installed: pathlib.Path, anze: Anze, province: Province
) -> None:
    rows = policies(province, BY_CSV)[:9]
    dropped(installed, BY_CSV, rows, NIGHT.date())
    anze("intake")
    refused = anze("publish", "--freeze", "2026-11")
    assert refused.code == 2
    assert "2026-11 is not over" in refused.err
    first = anze("publish", "--freeze", "2026-10", "--by", "周敏", "--json").json[0]
    assert (first["revision_no"], first["is_new"], first["frozen_by"]) == (0, True, "周敏")
    assert not anze("publish", "--freeze", "2026-10", "--json").json[0]["is_new"]

    issued = [row for row in rows if row["issue_date"] <= dt.date(2026, 10, 31)]
    changed = {
        **issued[0], "written_premium_amount": issued[0]["written_premium_amount"] + 1000, "operation_code": "U",
        "source_updated_at": FIRST_NIGHT + dt.timedelta(days=1), "correction_reason_text": "录入错误",
    }  # fmt: skip
    dropped(installed, BY_CSV, [changed], NIGHT.date() + dt.timedelta(days=1))
    anze("intake")
    (revision,) = anze("publish", "--revise", "--json").json
    assert (revision["revision_no"], revision["is_new"]) == (1, True)

    out = installed / "out"
    files = anze("export", "contributions", "2026-10@1", out, "--json").json["files"]
    assert {file["path"] for file in files} == {str(f.relative_to(out)) for f in out.rglob("*.parquet")}
    assert anze("export", "contributions", "2026-10@1", out).code == 4
    assert anze("export", "contributions", "2026-09", installed / "other").code == 2

    shown = anze("indicator", "frozen", "2026-10", "I2", "--insurer", BY_CSV, "--period", "ytd", "--json").json
    assert [Decimal(c["latest_denominator"]) - Decimal(c["first_denominator"]) for c in shown] == [1000]
    (found,) = anze(
        "indicator",
        "diff",
        "2026-10",
        "2026-10@1",
        "-i",
        "I2",
        "--insurer",
        BY_CSV,
        "--period",
        "ytd",
        "--records",
        5,
        "--json",
    ).json
    assert found["adds_up"]
    moved = {part["cause"]: part for part in found["parts"] if Fraction(part["value"]) or Decimal(part["denominator"])}
    assert list(moved) == ["correction"]
    assert Decimal(moved["correction"]["denominator"]) == 1000
    (record,) = moved["correction"]["records"]
    assert record["record_key"] == changed["policy_no"]
    told = anze(
        "indicator", "diff", "2026-10", "2026-10@1", "-i", "I2", "--insurer", BY_CSV, "--period", "ytd", "--records", 5
    ).out
    for text in ("更正与撤回 corrections", "+1,000.00", changed["policy_no"], "policy_20261122.csv", "line 2"):
        assert text in told
    assert anze("indicator", "diff", "2026-09", "latest").code == 2
