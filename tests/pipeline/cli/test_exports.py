"""What leaves the hub for people: nothing of a delivery runs in a spreadsheet, moves a terminal or hides a line."""

from __future__ import annotations

import csv
import io
import pathlib
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from pipeline.cli import output
from pipeline.reporting.tables import STARTS, neutral, write_csv, write_csv_file, write_xlsx_file
from pipeline.settings import ROOT
from tests.pipeline.conftest import Anze

RUN = re.compile(r"[\s\"'`“”‘’＂＇｀\ufeff\u200b]*[=+\-@\t\r＝＋－＠]")
HEADER = [
    "insurer_code",
    "branch_code",
    "source_record_no",
    "operation_code",
    "source_updated_at",
    "policy_no",
    "policy_status_code",
    "product_name",
    "holder_name",
    "holder_credit_code",
    "insured_name",
    "insured_credit_code",
    "insured_object_code",
    "region_code",
    "address_text",
    "high_risk_domain_code",
    "issue_date",
    "cover_start_date",
    "cover_end_date",
    "written_premium_amount",
    "insured_person_count",
    "employee_count",
    "per_person_limit_amount",
    "aggregate_limit_amount",
    "is_coinsured",
]
ROW = [
    "TIANJI",
    "TIANJI-3701",
    "SRC-1",
    "I",
    "2026-11-20T10:00:00+08:00",
    "HK-1",
    "20",
    "@SUM(1)",
    "+1+1",
    "91370102MA3H00016U",
    "＝1+1",
    "91370102MA3H00016U",
    "10",
    "370102",
    "-2+3",
    "20",
    "2026-11-18",
    "2026-11-20",
    "2027-11-19",
    "12000.50",
    "30",
    "30",
    "800000",
    "8000000",
    "否",
]
HOSTILE = ("[/red]MK1", "[bold]MK2[/bold]", ":smile:MK3", "=cmd|' /C calc'!A0", "[link=http://x]MK5[/link]", "[/]")
#: Where a file for people may be written: the place for it, rows of a CSV file as texts of a workbook, and the template,
#: which holds nothing of a delivery.
WRITERS = {"pipeline/reporting/tables.py", "pipeline/reporting/returned_csv.py", "schemas/template.py"}
WRITING = re.compile(
    r"csv\.(?:Dict)?[wW]riter|xlsxwriter\.Workbook|openpyxl|\.to_csv|\.to_excel|write_csv\(|to stdout .*csv"
)


@pytest.mark.parametrize("start", sorted(STARTS))
@pytest.mark.parametrize("before", ["", " ", "\n", '"', "'", "　", "\ufeff", "\u200b", ' "'])
def test_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe(start: str, before: str) -> None:
    text = f"{before}{start}1+1"
    assert neutral(text) == "'" + text.replace("\r", "<U+000D>")


@pytest.mark.parametrize("value", [Decimal("-12.50"), -3, -0.5, None, True, "HK-1", "a=1", "1-2", "天玑(模拟)"])
def test_numbers_and_harmless_texts_stay_as_they_are(value: object) -> None:
    assert neutral(value) == value


@given(st.lists(st.text(), min_size=1))
def test_no_cell_of_a_csv_file_begins_a_formula_and_none_is_lost(values: list[str]) -> None:
    written = io.StringIO(newline="")
    write_csv(written, ["值"] * len(values), [values])
    _, cells = csv.reader(io.StringIO(written.getvalue(), newline=""))
    assert len(cells) == len(values)
    assert not any(RUN.match(cell) and not cell.startswith("'") for cell in cells)


def test_a_workbook_holds_text_as_text_and_numbers_as_numbers(tmp_path: pathlib.Path) -> None:
    texts = ["=1+1", "＝1", "http://127.0.0.1/x", "007", "-2+3", "\tx"]
    write_xlsx_file(tmp_path / "t.xlsx", "表", [*texts, "金额"], [[*texts, Decimal("-12.50")]])
    sheet = load_workbook(tmp_path / "t.xlsx").active
    assert sheet.freeze_panes == "A2"
    for row in sheet.iter_rows():
        assert [cell.value for cell in row][:6] == texts
        assert {cell.data_type for cell in row[:6]} == {"s"}
        assert not any(cell.hyperlink for cell in row)
    assert (sheet["G2"].data_type, sheet["G2"].value) == ("n", -12.5)


def test_a_file_that_is_there_is_not_written_over(tmp_path: pathlib.Path) -> None:
    write_csv_file(tmp_path / "t.csv", ["a"], [])
    with pytest.raises(FileExistsError):
        write_csv_file(tmp_path / "t.csv", ["a"], [])


def test_every_file_for_people_is_written_in_one_place() -> None:
    packages = ("pipeline", "quality", "schemas", "connectors", "dags")
    writers = {
        str(path.relative_to(ROOT))
        for package in packages
        for path in (ROOT / package).rglob("*.py")
        if WRITING.search(path.read_text(encoding="utf-8"))
    }
    assert (
        writers - WRITERS == {path for path in writers if path.startswith("pipeline/") and _only_calls(path)} - WRITERS
    )


def _only_calls(path: str) -> bool:
    """Whether a file writes by the functions of the one place, and by nothing else."""
    text = (ROOT / path).read_text(encoding="utf-8")
    return "from pipeline.reporting.tables import" in text and not re.search(r"csv\.|xlsxwriter|openpyxl|\.to_", text)


def test_nothing_in_the_command_line_is_styled_by_markup() -> None:
    """Markup is switched off: a tag in a literal would be shown to people as it stands."""
    tag = re.compile(r"\[/?(?:red|green|yellow|bold|dim|cyan|blue)\]")
    found = [path.name for path in (ROOT / "pipeline").rglob("*.py") if tag.search(path.read_text(encoding="utf-8"))]
    assert found == []


@pytest.mark.parametrize("value", ["\x1b[31m", "\x1b]0;x\x07", "\x9b31m", "a\rb", "\u202eabc", "\u200b", "\x00"])
def test_a_terminal_sees_no_character_that_acts(value: str) -> None:
    shown = output.inert(value)
    assert shown.isprintable()
    assert shown != value


@pytest.fixture
def delivered(installed: pathlib.Path, anze: Anze) -> tuple[int, int]:
    """A batch whose texts are hostile and that loads, and one whose keys are, all held; a file name that is, too."""
    (installed / "good").mkdir()
    for name, rows in {"[red]good.csv": [ROW], "bad.csv": [_bad(n, key) for n, key in enumerate(HOSTILE)]}.items():
        with (installed / "good" / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([HEADER, *rows])
    loaded = anze("submit", "tianji", "policy", installed / "good" / "[red]good.csv", "--json").json
    held = anze("submit", "tianji", "policy", installed / "good" / "bad.csv", "--json").json
    assert (loaded["state"], held["quarantined_count"]) == ("loaded", len(HOSTILE))
    return loaded["batch_id"], held["batch_id"]


def _bad(n: int, key: str) -> list[str]:
    row = dict(zip(HEADER, ROW, strict=True)) | {"policy_no": key, "source_record_no": f"S{n}", "region_code": key}
    return list(row.values())


def test_hostile_values_are_shown_whole_by_every_command(delivered: tuple[int, int], anze: Anze) -> None:
    loaded, held = delivered
    shown = anze("batch", "show", held)
    assert all(key in shown.out for key in HOSTILE), shown
    assert "[red]good.csv, " in anze("batch", "show", loaded).out
    assert "[/red]MK1" in anze("batch", "row", held, 2).out
    assert "[/red]MK1" in anze("as-of", "quarantine").out
    assert "[/red]" in anze("as-of", "finding").out
    assert "[red]good.csv" in anze("as-of", "policy").out
    assert "[red]good.csv" in anze("record", "history", "policy", "tianji", "HK-1").out
    assert "[/red]MK1" in anze("record", "history", "policy", "tianji", "[/red]MK1").out
    for command in (
        ("batch", "list"), ("batch", "compare", loaded, held), ("status",), ("feed", "list"),
        ("replay", "--all", "--dry-run"), ("batch", "show", held, "--json"), ("as-of", "quarantine", "--json"),
    ):  # fmt: skip
        answer = anze(*command)
        assert answer.code in (0, 1), answer
        assert "Traceback" not in answer.err


def test_no_export_of_a_delivery_runs_in_a_spreadsheet(
    delivered: tuple[int, int], anze: Anze, tmp_path: pathlib.Path
) -> None:
    loaded, held = delivered
    del loaded
    for table in ("policy", "policy_state", "quarantine", "finding", "batch"):
        cells = [c for row in csv.reader(io.StringIO(anze("as-of", table, "--csv").out)) for c in row]
        assert not any(RUN.match(cell) and not cell.startswith("'") for cell in cells)
    policy = next(csv.DictReader(io.StringIO(anze("as-of", "policy", "--csv").out)))
    assert (policy["product_name"], policy["holder_name"], policy["address_text"]) == ("'@SUM(1)", "'+1+1", "'-2+3")
    assert (policy["insured_name"], policy["written_premium_amount"]) == ("'＝1+1", "12000.50")
    assert anze("batch", "report", held, tmp_path / "held.csv").code == 0
    with (tmp_path / "held.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["主键"] for row in rows} == {*HOSTILE} - {HOSTILE[3]} | {f"'{HOSTILE[3]}"}
    assert anze("batch", "report", held, "--xlsx", tmp_path / "held.xlsx").code == 0
    book = load_workbook(tmp_path / "held.xlsx")
    kinds = {cell.data_type for row in book.active.iter_rows() for cell in row if cell.value is not None}
    assert kinds == {"s", "n"}
