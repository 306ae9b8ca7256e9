"""Drop folders, from the clerk's hands to a receipt: whatever is left there is told about, once, and lands when it is right."""

from __future__ import annotations

import pathlib

import pytest
import sqlalchemy as sa

from pipeline import steps
from pipeline.hub import Hub
from pipeline.judging import verifying
from pipeline.services.installation import FIRST_NIGHT, NIGHT
from sandbox import drops
from sandbox.truth import build
from tests.pipeline.conftest import Anze
from tests.pipeline.telling import hub_at, rows_of

CLERK = "tianquan"


@pytest.fixture
def folder(installed: pathlib.Path) -> pathlib.Path:
    path = installed / "drop" / CLERK
    path.mkdir(parents=True)
    return path


@pytest.fixture
def hub(installed: pathlib.Path, engine: sa.Engine) -> Hub:
    return hub_at(NIGHT, engine, installed, {}, [CLERK])


def good_file(folder: pathlib.Path) -> pathlib.Path:
    rows = [row for row in build(5, 0.01).feed(CLERK, "policy", None, FIRST_NIGHT) if row["operation_code"] != "D"]
    recent = [row for row in rows if row["issue_date"].year == NIGHT.year and row["previous_policy_no"] is None]
    return drops.write_file("csv_utf8", folder, "policy", recent[:2], NIGHT.date())


def receipts(engine: sa.Engine) -> list[tuple[str, str, str | None]]:
    query = "select record_type, state, reason_code from landing.batch order by batch_id"
    return [tuple(row) for row in rows_of(engine, query)]


@pytest.mark.parametrize("entrance", ["collect", "intake"])
def test_a_wrong_name_gets_a_rejected_receipt_once_and_lands_when_it_is_right(
    folder: pathlib.Path, hub: Hub, engine: sa.Engine, anze: Anze, entrance: str
) -> None:
    def look() -> None:
        steps.intake(hub) if entrance == "intake" else steps.sync_insurer(hub, CLERK)

    right = good_file(folder)
    wrong = right.rename(folder / "保单 十一月.csv")
    look()
    look()
    assert receipts(engine) == [("unknown", "rejected", "FILE-061")]
    (told,) = anze("batch", "list", "--state", "rejected", "--json").json
    assert told["reason_text"].startswith("保单 十一月.csv: ")
    assert "<数据类型>_<年月日八位数字>.csv" in told["reason_text"]
    assert (told["insurer_id"], told["received_count"]) == (CLERK, 0)
    assert "FILE-061" in anze("batch", "show", told["batch_id"]).out
    wrong.rename(right)
    look()
    assert receipts(engine)[1:] == [("policy", "loaded", None)]
    verdict = verifying.verify(hub)
    assert (verdict.unaccounted_rows, verdict.stuck_batches, verdict.replay_differences) == (0, 0, 0), verdict.details


def test_a_faulty_control_file_is_told_and_its_file_lands_once_it_is_mended(
    folder: pathlib.Path, hub: Hub, engine: sa.Engine
) -> None:
    file = good_file(folder)
    control = file.with_name(file.name + ".control.json")
    control.write_text('{"rows": 2}', encoding="utf-8")
    assert [(r.record_type, r.state) for r in steps.sync_insurer(hub, CLERK)] == [("unknown", "rejected")]
    control.write_text('{"row_count": 2}', encoding="utf-8")
    assert [(r.record_type, r.state) for r in steps.sync_insurer(hub, CLERK)] == [("policy", "loaded")]
    assert receipts(engine) == [("unknown", "rejected", "FILE-062"), ("policy", "loaded", None)]


def test_equal_files_of_two_wrong_names_are_told_both(folder: pathlib.Path, hub: Hub, engine: sa.Engine) -> None:
    for name in ("a.csv", "b.csv", ".hidden.csv", "policy_20261118.csv.part"):
        (folder / name).write_text("", encoding="utf-8")
    steps.intake(hub)
    assert receipts(engine) == [("unknown", "rejected", "FILE-061")] * 2


def test_a_name_that_is_no_utf8_gets_its_receipt_too(folder: pathlib.Path, hub: Hub, engine: sa.Engine) -> None:
    (folder / "保单.csv".encode("gb18030").decode("utf-8", "surrogateescape")).write_text("x", encoding="utf-8")
    steps.intake(hub)
    steps.intake(hub)
    assert receipts(engine) == [("unknown", "rejected", "FILE-061")]
