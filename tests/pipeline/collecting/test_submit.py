"""``anze submit``: one file from a person's hands to a receipt that says everything, and one clear line when it cannot."""

from __future__ import annotations

import datetime as dt
import os
import pathlib
import subprocess
import sys
import zipfile
from collections.abc import Callable
from xml.sax.saxutils import escape

import pytest
import sqlalchemy as sa
from xlsxwriter.utility import xl_col_to_name

from pipeline.services.installation import FIRST_NIGHT, NIGHT
from pipeline.services.postgres import free_port
from quality.messages import show
from sandbox import drops, faults, registers
from sandbox.truth import Province, Record, build
from schemas.code_lists import load_code_list
from schemas.contract import load_contract
from schemas.generate import label_of
from schemas.template import drop_down_values
from tests.pipeline.conftest import Answer, Anze
from tests.pipeline.telling import digest_of_core, rows_of

COUNTS = ("received_count", "accepted_count", "quarantined_count", "duplicate_count", "superseded_count")
#: Canonical names in UTF-8, Chinese names in GB18030 with semicolons, and a workbook: what spreadsheets save.
FORMS = ("csv_utf8", "csv_gb18030_semicolon", "xlsx_plain")
LIMITED = "import resource, signal, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)); "


@pytest.fixture(scope="module")
def province() -> Province:
    return build(5, 0.01)


def policies(province: Province, insurer_id: str) -> list[Record]:
    """Policies of the sandbox's year, when every rule is in force, that renew no other."""
    rows = province.feed(insurer_id, "policy", None, FIRST_NIGHT)
    recent = [row for row in rows if row["issue_date"].year == NIGHT.year and row["operation_code"] != "D"]
    return [row for row in recent if row["previous_policy_no"] is None]


def written(folder: pathlib.Path, rows: list[Record], form: str = "csv_utf8") -> pathlib.Path:
    folder.mkdir(exist_ok=True)
    return drops.write_file(form, folder, "policy", rows, NIGHT.date())


def line_of(answer: Answer, code: int = 4) -> str:
    """The one line on standard error."""
    assert answer.code == code
    assert answer.out == ""
    assert answer.err.count("\n") == 1, answer.err
    assert "Traceback" not in answer.err
    return answer.err


@pytest.mark.parametrize("insurer_id", ["lichun", "tianquan"], ids=["with an interface", "with a drop folder"])
def test_every_form_of_the_template_is_loaded_once(
    installed: pathlib.Path, engine: sa.Engine, anze: Anze, province: Province, insurer_id: str
) -> None:
    rows = policies(province, insurer_id)[:3]
    for row, form in zip(rows, FORMS, strict=True):
        file = written(installed / form, [row], form)
        answer = anze("submit", insurer_id, "policy", file, "--json")
        receipt = answer.json
        assert (answer.code, receipt["state"]) == (0, "loaded"), answer
        assert [receipt[name] for name in COUNTS] == [1, 1, 0, 0, 0]
        assert (receipt["insurer_id"], receipt["record_type"], receipt["channel"]) == (insurer_id, "policy", "submit")
        assert receipt["held_rows"] == []
        assert f"回执 receipt: 批次 batch {receipt['batch_id']} 已接收" in answer.err
    kept = rows_of(engine, "select policy_no from core.policy_current where insurer_id = :i", i=insurer_id)
    assert {row.policy_no for row in kept} == {row["policy_no"] for row in rows}
    before = digest_of_core(engine)
    again = anze("submit", insurer_id, "policy", file, "--json")
    assert (again.code, again.json["state"], again.json["duplicate_of"]) == (0, "duplicate", receipt["batch_id"])
    assert digest_of_core(engine) == before


def test_a_template_that_a_clerk_filled_in_is_loaded(
    installed: pathlib.Path, engine: sa.Engine, anze: Anze, province: Province
) -> None:
    empty = installed / "policy.xlsx"
    assert anze("template", "policy", empty).code == 0
    assert "已存在" in line_of(anze("template", "policy", empty), 2)
    row = policies(province, "lichun")[0]
    receipt = anze("submit", "lichun", "policy", filled_in(empty, "policy", row), "--json").json
    assert [receipt[name] for name in COUNTS] == [1, 1, 0, 0, 0], receipt
    kept = rows_of(engine, "select * from core.policy_current")[0]
    assert {name: getattr(kept, name) for name in row} == {**row, "source_updated_at": kept.source_updated_at}


def filled_in(template: pathlib.Path, record_type: str, row: Record) -> pathlib.Path:
    """The template with one row typed into it: Chinese labels from the drop-downs, everything as text."""
    cells = ""
    for column, field in enumerate(load_contract(record_type).fields):
        value = row[field.name]
        offered = drop_down_values(load_code_list(field.code_list)) if field.code_list else []
        label = label_of(field, str(value)).partition(" ")[2]
        text = label if label in offered else show(value)
        if text is not None:
            cells += f'<c r="{xl_col_to_name(column)}2" t="inlineStr"><is><t>{escape(text)}</t></is></c>'
    target = template.with_name("filled.xlsx")
    with zipfile.ZipFile(template) as source, zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            content = source.read(name).decode()
            if name == "xl/worksheets/sheet1.xml":
                content = content.replace("</sheetData>", f'<row r="2">{cells}</row></sheetData>')
            copy.writestr(name, content)
    return target


def test_a_column_that_nobody_agreed_on_is_told(installed: pathlib.Path, anze: Anze, province: Province) -> None:
    file = written(installed, policies(province, "lichun")[:1])
    found = {each["rule_id"]: each for each in anze("submit", "lichun", "policy", file, "--json").json["findings"]}
    assert found["MAP-001"]["severity"] == "warning"
    assert "remark" in found["MAP-001"]["first_message"]


def test_bad_rows_are_held_with_every_reason_until_they_are_corrected(
    installed: pathlib.Path, engine: sa.Engine, anze: Anze, province: Province
) -> None:
    registers.write_registers(province, installed / "drop" / "regulator")
    assert anze("collect", "regulator").code == 0
    good, other, right = policies(province, "lichun")[:3]
    wrong = right | {"region_code": "379999", "policy_status_code": "77", "insurer_code": "NOBODY"}
    planted = list(faults.plant([other], "policy"))
    file = written(installed, [good, wrong, *(bad.record for bad in planted)])
    answer = anze("submit", "lichun", "policy", file, "--json")
    receipt = answer.json
    assert (answer.code, receipt["state"]) == (1, "partly_loaded")
    assert [receipt[name] for name in COUNTS] == [len(planted) + 2, 1, len(planted) + 1, 0, 0]
    held = {row["record_key"] or "": {reason["field"] for reason in row["reasons"]} for row in receipt["held_rows"]}
    assert held[right["policy_no"]] >= {"region_code", "policy_status_code", "insurer_code"}
    assert all(bad.field in held["|".join(bad.key)] for bad in planted)
    shown = anze("batch", "show", receipt["batch_id"], "--limit", "100")
    assert all(reason["rule_id"] in shown.out for row in receipt["held_rows"] for reason in row["reasons"])
    assert "更正" in shown.out

    corrected = right | {"source_updated_at": right["source_updated_at"] + dt.timedelta(minutes=1)}
    mended = anze("submit", "lichun", "policy", written(installed, [corrected]), "--json").json
    assert (mended["state"], mended["accepted_count"]) == ("loaded", 1)
    query = "select record_key, resolved_by_batch_id from quarantine.row where resolved_at is not null"
    assert [tuple(row) for row in rows_of(engine, query)] == [(right["policy_no"], mended["batch_id"])]


def test_a_file_without_rows_is_refused_when_a_person_hands_it_in(
    installed: pathlib.Path, engine: sa.Engine, anze: Anze, province: Province
) -> None:
    blank = written(installed / "blank", policies(province, "lichun")[:1])
    blank.write_text(blank.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    answer = anze("submit", "lichun", "policy", blank, "--json")
    assert (answer.code, answer.json["state"], answer.json["reason_code"]) == (1, "rejected", "FILE-070")


def test_numbers_are_one_where_a_person_sees_one_and_the_oracle_agrees(
    installed: pathlib.Path, engine: sa.Engine, anze: Anze, province: Province
) -> None:
    plain = policies(province, "lichun")[0] | {"policy_no": "HC-K1"}
    numbers = ["HC-K2-②", "HC-K2-2", "HC-K1\u200b", "2.02611180001E11", '="00123456"', "null", "HC-K3"]
    assert anze("submit", "lichun", "policy", written(installed / "one", [plain]), "--json").code == 0
    person = {"holder_name": "某某某(个体)", "holder_credit_code": "370102198001011077"}
    odd = [plain | {"policy_no": number} | (person if number == "HC-K3" else {}) for number in numbers]
    answer = anze("submit", "lichun", "policy", written(installed / "two", odd), "--json")
    assert [answer.json[name] for name in COUNTS] == [7, 2, 4, 1, 0]
    rules = {row["row_no"]: [each["rule_id"] for each in row["reasons"]] for row in answer.json["held_rows"]}
    assert rules == {5: ["FLD-030"], 6: ["FLD-032"], 7: ["FLD-034"], 8: ["FLD-036"]}
    reasons = str([row["reasons"] for row in answer.json["held_rows"]])
    assert "370102198001011077" not in reasons + str(answer.json["findings"])
    with engine.connect() as connection:
        stored = set(
            connection.scalars(sa.text("select policy_no from core.policy_current where policy_no like 'HC-%'"))
        )
    assert stored == {"HC-K1", "HC-K2-②", "HC-K2-2"}
    assert anze("verify", "--json").json["replay_differences"] == 0


def _pdf(path: pathlib.Path) -> None:
    path.write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\n")


def _xls(path: pathlib.Path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2048))


def _empty(path: pathlib.Path) -> None:
    path.write_bytes(b"")


def _torn(path: pathlib.Path) -> None:
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.rindex(",")].rstrip("\n"), encoding="utf-8")


def _bomb(path: pathlib.Path) -> None:
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zero.bin", bytes(5_000_000))


UNREADABLE: dict[str, tuple[str, Callable[[pathlib.Path], None], set[str]]] = {
    "a PDF called CSV": ("csv_utf8", _pdf, {"FILE-002", "FILE-008", "FILE-016", "FILE-018"}),
    "an old workbook called XLSX": ("xlsx_plain", _xls, {"FILE-018", "FILE-021"}),
    "nothing at all": ("csv_utf8", _empty, {"FILE-003"}),
    "a last line that was cut": ("csv_utf8", _torn, {"FILE-010"}),
    "a zip bomb": ("xlsx_plain", _bomb, {"FILE-024"}),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_refused_whole(
    installed: pathlib.Path, engine: sa.Engine, anze: Anze, province: Province, name: str
) -> None:
    form, spoil, codes = UNREADABLE[name]
    file = written(installed, policies(province, "lichun")[:2], form)
    spoil(file)
    answer = anze("submit", "lichun", "policy", file, "--json")
    receipt = answer.json
    assert (answer.code, receipt["state"]) == (1, "rejected")
    assert receipt["reason_code"] in codes, receipt
    assert receipt["reason_text"]
    assert receipt["reason_code"] != "FILE-010" or "第3行" in receipt["reason_text"]
    assert rows_of(engine, "select from core.policy") == []
    shown = anze("batch", "show", receipt["batch_id"]).out
    assert receipt["reason_code"] in shown
    assert "下一步" in shown


@pytest.mark.parametrize(
    ("insurer_id", "record_type", "named"),
    [("nobody", "policy", "nobody"), ("lichun", "policies", "policies"), ("lichun1", "policy", "lichun")],
)
def test_an_unknown_sender_or_type_is_wrong_usage(
    installed: pathlib.Path, engine: sa.Engine, anze: Anze, insurer_id: str, record_type: str, named: str
) -> None:
    file = installed / "policy.csv"
    file.write_text("policy_no\n1\n", encoding="utf-8")
    answer = anze("submit", insurer_id, record_type, file)
    assert answer.code == 2
    assert named in answer.err
    assert rows_of(engine, "select from landing.batch") == []


def test_a_type_that_the_insurer_does_not_send_is_refused(installed: pathlib.Path, anze: Anze) -> None:
    file = installed / "enterprise.csv"
    file.write_text("credit_code\n1\n", encoding="utf-8")
    answer = anze("submit", "lichun", "enterprise", file, "--json")
    assert (answer.code, answer.json["state"]) == (1, "rejected")


def test_a_file_that_is_not_there_is_wrong_usage(installed: pathlib.Path, anze: Anze) -> None:
    assert anze("submit", "lichun", "policy", installed / "missing.csv").code == 2


def _wrong_port(url: sa.URL) -> sa.URL:
    return url.set(port=free_port())


def _wrong_password(url: sa.URL) -> sa.URL:
    return url.set(password="wrong")


def _wrong_name(url: sa.URL) -> sa.URL:
    return url.set(database="nowhere")


@pytest.mark.parametrize(
    ("spoil", "told", "code"),
    [
        (_wrong_port, "nothing listens there", 3),
        (_wrong_password, "wrong password", 4),
        (_wrong_name, "no such database", 4),
    ],
)
def test_a_database_that_cannot_be_used_is_one_line(
    installed: pathlib.Path,
    engine: sa.Engine,
    anze: Anze,
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[sa.URL], sa.URL],
    told: str,
    code: int,
) -> None:
    address = spoil(engine.url).render_as_string(hide_password=False)
    monkeypatch.setenv("ANZE_DATABASE_URL", address)
    file = installed / "policy.csv"
    file.write_text("policy_no\n1\n", encoding="utf-8")
    line = line_of(anze("submit", "lichun", "policy", file), code)
    assert told in line
    assert str(engine.url.password) not in line


def test_a_landing_folder_that_is_a_file_is_one_line(
    installed: pathlib.Path, engine: sa.Engine, anze: Anze, monkeypatch: pytest.MonkeyPatch, province: Province
) -> None:
    (installed / "taken").write_text("not a folder", encoding="utf-8")
    monkeypatch.setenv("ANZE_LANDING", str(installed / "taken"))
    line = line_of(anze("submit", "lichun", "policy", written(installed, policies(province, "lichun")[:1])))
    assert "landing folder" in line
    assert rows_of(engine, "select from landing.batch") == []


def test_a_disk_that_takes_no_more_is_one_line_and_leaves_nothing(
    installed: pathlib.Path, engine: sa.Engine, province: Province
) -> None:
    """In a process that may not write files over 100 bytes: the write fails halfway, as on a full disk."""
    file = written(installed, policies(province, "lichun")[:1])
    code = (
        f"{LIMITED}sys.argv[1:] = {['submit', 'lichun', 'policy', str(file)]!r}; from pipeline.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", code], env={**os.environ}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 4, done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert "landing folder" in done.stderr
    assert [path for path in (installed / "landing").rglob("*") if path.is_file()] == []
    assert rows_of(engine, "select from landing.batch") == []
