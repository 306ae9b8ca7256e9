"""``anze verify`` after hostile deliveries: what was refused is never opened, one batch's failure is one line."""

from __future__ import annotations

import pathlib
import zipfile
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from oracle import bounded
from oracle.readers import Unreadable
from pipeline.services.installation import FIRST_NIGHT, NIGHT
from sandbox import drops
from sandbox.truth import Record, build
from tests.pipeline.conftest import Anze
from tests.pipeline.telling import rows_of

CLERK = "tianquan"


@pytest.fixture(scope="module")
def policies() -> list[Record]:
    rows = [row for row in build(5, 0.01).feed(CLERK, "policy", None, FIRST_NIGHT) if row["operation_code"] != "D"]
    return [row for row in rows if row["issue_date"].year == NIGHT.year and row["previous_policy_no"] is None]


def sheet(path: pathlib.Path, cells: str) -> pathlib.Path:
    """A workbook of few parts around the XML of its rows."""
    rels = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    types = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{types}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{types}/relationships">'
        f'<Relationship Id="r1" Type="{rels}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{rels}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{types}/relationships">'
        f'<Relationship Id="r1" Type="{rels}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


def text_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def ole(path: pathlib.Path) -> pathlib.Path:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000)
    return path


def far_cell(path: pathlib.Path) -> pathlib.Path:
    rows = f'<row r="1">{text_cell("A1", "policy_no")}</row><row r="1048576">{text_cell("XFD1048576", "x")}</row>'
    return sheet(path, rows)


def large_cell(path: pathlib.Path) -> pathlib.Path:
    return sheet(path, f'<row r="1">{text_cell("A1", "x" * 60_000_000)}</row>')


def bomb(path: pathlib.Path) -> pathlib.Path:
    sheet(path, "")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zero.bin", b"\0" * 20_000_000)
    return path


def empty(path: pathlib.Path) -> pathlib.Path:
    path.write_bytes(b"")
    return path


HOSTILE: dict[str, Callable[[pathlib.Path], pathlib.Path]] = {
    "ole": ole, "far cell": far_cell, "large cell": large_cell, "bomb": bomb, "empty": empty,
}  # fmt: skip


def test_refused_files_are_accounted_for_by_their_reason_and_never_opened(
    installed: pathlib.Path, engine: sa.Engine, anze: Anze, policies: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert anze("submit", CLERK, "policy", written(installed / "good", policies[:2])).code == 0
    for name, make in HOSTILE.items():
        answer = anze("submit", CLERK, "policy", make(installed / f"{name}.xlsx"), "--json")
        assert (answer.code, answer.json["state"]) == (1, "rejected")
        assert answer.json["reason_code"].startswith("FILE-")
    anze("publish")
    monkeypatch.setattr(bounded, "_answer", lambda _order: pytest.fail("a refused workbook was opened"))
    verdict = anze("verify", "--json")
    assert (verdict.code, verdict.json["is_good"]) == (0, True), verdict
    assert verdict.json["batches_refused"] == len(HOSTILE)
    shown = anze("verify")
    assert "退回的批次" in shown.out
    assert "Traceback" not in shown.out + shown.err


NUMBERS = ["1e400", "9" * 30, "-1e400", "1E+1000000", "1e999999999", "1e-400", "9" * 5000, "٣", "NaN", "Infinity"]


def test_rows_with_numbers_that_nothing_can_hold_are_held_and_recounted(
    installed: pathlib.Path, engine: sa.Engine, anze: Anze, policies: list[Record]
) -> None:
    file = written(installed / "numbers", policies[:1])
    header, line = file.read_text(encoding="utf-8").splitlines()
    place, amount = header.split(",").index("written_premium_amount"), header.split(",").index("insured_person_count")
    lines = [line]
    for n, number in enumerate(NUMBERS):
        for column in (place, amount):
            cells = line.split(",")
            cells[header.split(",").index("policy_no")], cells[column] = f"N{n}-{column}", number
            lines.append(",".join(cells))
    file.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    answer = anze("submit", CLERK, "policy", file, "--json").json
    assert answer["received_count"] == 1 + 2 * len(NUMBERS)
    anze("publish")
    verdict = anze("verify", "--json")
    assert (verdict.code, verdict.json["is_good"]) == (0, True), verdict


TIMES = ["9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00", "2026-11-18T25:00:00+08:00", "99999-01-01"]


def test_rows_at_the_end_of_time_are_held_and_recounted(
    installed: pathlib.Path, engine: sa.Engine, anze: Anze, policies: list[Record]
) -> None:
    file = written(installed / "times", policies[: len(TIMES) + 1])
    header, *lines = file.read_text(encoding="utf-8").splitlines()
    place = header.split(",").index("source_updated_at")
    for n, moment in enumerate(TIMES):
        cells = lines[n].split(",")
        cells[place] = moment
        lines[n] = ",".join(cells)
    file.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    anze("submit", CLERK, "policy", file)
    anze("publish")
    assert anze("verify", "--json").json["is_good"]


@pytest.mark.parametrize("make", [ole, far_cell, empty])
def test_a_loaded_workbook_that_its_reader_cannot_take_is_one_line_and_the_others_are_judged(
    installed: pathlib.Path,
    engine: sa.Engine,
    anze: Anze,
    policies: list[Record],
    make: Callable[[pathlib.Path], pathlib.Path],
) -> None:
    """As if a reader of the oracle failed: the bytes in landing are exchanged, digest and all."""
    good = anze("submit", CLERK, "policy", written(installed / "a", policies[:1]), "--json").json
    other = anze("submit", CLERK, "policy", written(installed / "b", policies[1:2], "xlsx_plain"), "--json").json
    assert (good["state"], other["state"]) == ("loaded", "loaded"), other
    (kept,) = rows_of(engine, "select sha256 from landing.batch_payload where batch_id = :b", b=other["batch_id"])
    path = installed / "landing" / kept.sha256[:2] / kept.sha256[2:4] / kept.sha256
    path.chmod(0o600)
    make(path)
    anze("publish")
    verdict = anze("verify", "--json")
    assert verdict.code == 1
    told = [line for line in verdict.json["details"] if "无法重放 cannot be replayed" in line]
    assert len(told) == 1
    assert f"batch {other['batch_id']} {CLERK}/policy" in told[0]
    assert "处理 what to do" in told[0]
    assert verdict.json["replay_differences"] == 1
    assert verdict.json["rows_replayed"] == 1
    (damaged,) = [line for line in verdict.json["not_run"] if "landed file" in line]
    assert f"{other['batch_id']} {CLERK}/policy" in damaged
    healed = anze("submit", CLERK, "policy", written(installed / "b", policies[1:2], "xlsx_plain"), "--json").json
    assert healed["state"] in ("duplicate", "received", "loaded")


def test_the_reader_of_workbooks_has_a_bounded_child_of_its_own(tmp_path: pathlib.Path) -> None:
    far = list(bounded.rows([far_cell(tmp_path / "far.xlsx").read_bytes()], {"kind": "xlsx"}))
    assert far == [], "a cell far outside the header is no part of any row, and costs nothing"
    with pytest.raises(Unreadable, match="BadZipFile"):
        list(bounded.rows([ole(tmp_path / "ole.xlsx").read_bytes()], {"kind": "xlsx"}))
    plain = sheet(
        tmp_path / "plain.xlsx", f'<row r="1">{text_cell("A1", "a")}</row><row r="2">{text_cell("A2", "x")}</row>'
    )
    assert list(bounded.rows([plain.read_bytes()], {"kind": "xlsx"}, ["a"])) == [(2, {"a": "x"})]


def test_an_indicator_that_the_oracle_does_not_know_is_told_and_not_red(
    installed: pathlib.Path, engine: sa.Engine, anze: Anze, policies: list[Record]
) -> None:
    anze("submit", CLERK, "policy", written(installed / "good", policies[:2]))
    anze("publish")
    with engine.begin() as connection:
        connection.exec_driver_sql("alter table mart.indicator_value disable trigger user")
        connection.exec_driver_sql("alter table mart.indicator_value drop constraint indicator_value_pkey cascade")
        connection.exec_driver_sql(
            'insert into mart.indicator_value select (jsonb_populate_record(v, \'{"indicator": "new_ratio"}\')).*'
            " from mart.indicator_value as v where indicator = 'coverage_ratio'"
        )
        count = connection.exec_driver_sql(
            "select count(*) from mart.indicator_value where indicator = 'new_ratio'"
        ).scalar_one()
    verdict = anze("verify", "--json")
    assert verdict.code == 0, verdict
    assert verdict.json["cells_unchecked"] == count > 0
    assert any("new_ratio" in line and "未经独立核对" in line for line in verdict.json["told"])


def written(folder: pathlib.Path, rows: list[Record], form: str = "csv_utf8") -> pathlib.Path:
    folder.mkdir(exist_ok=True)
    return drops.write_file(form, folder, "policy", rows, NIGHT.date())
