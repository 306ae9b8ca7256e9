"""A renumbering from a person's file to the history that the command line tells."""

from __future__ import annotations

import pathlib

import pytest
import sqlalchemy as sa

from pipeline.services.installation import FIRST_NIGHT, NIGHT
from sandbox import drops
from sandbox.truth import build
from tests.pipeline.conftest import Anze
from tests.pipeline.telling import rows_of

HEADER = "insurer_code,branch_code,source_record_no,operation_code,source_updated_at,correction_reason_text,"
HEADER += "record_type_code,old_no,new_no,effective_date"


@pytest.mark.parametrize("insurer_id", ["lichun", "tianquan"], ids=["with an interface", "with a drop folder"])
def test_a_policy_is_followed_from_file_to_history(
    installed: pathlib.Path, engine: sa.Engine, anze: Anze, insurer_id: str
) -> None:
    province = build(5, 0.01)
    rows = province.feed(insurer_id, "policy", None, FIRST_NIGHT)
    (row, *_) = (r for r in rows if r["operation_code"] != "D" and r["issue_date"].year == NIGHT.year)
    old = row["policy_no"]
    drops.write_file("csv_utf8", installed, "policy", [row], NIGHT.date())
    assert anze("submit", insurer_id, "policy", installed / f"policy_{NIGHT:%Y%m%d}.csv").code == 0
    file = installed / "renumbering_20261119.csv"
    line = f"{row['insurer_code']},{row['branch_code']},ren-1,I,2026-11-18T09:00:00+08:00,系统切换,保单,{old},N-1,2026-11-18"
    file.write_text(f"{HEADER}\n{line}\n", encoding="utf-8")
    answer = anze("submit", insurer_id, "renumbering", file, "--json")
    assert (answer.code, answer.json["state"], answer.json["accepted_count"]) == (0, "loaded", 1), answer
    kept = rows_of(engine, "select policy_no from core.policy_current where insurer_id = :i", i=insurer_id)
    assert [each.policy_no for each in kept] == ["N-1"]
    told = anze("record", "history", "policy", insurer_id, old, "--json").json
    assert [(v["record_key"], v["is_withdrawn"]) for v in told] == [("N-1", False), (old, True), (old, False)]
    shown = anze("record", "history", "policy", insurer_id, "N-1").out
    assert "renumbering_20261119.csv" in shown
    assert "系统切换" in shown


def test_a_record_that_nobody_sent_is_told_by_the_exit_code(installed: pathlib.Path, anze: Anze) -> None:
    assert installed.exists()
    assert anze("record", "history", "policy", "lichun", "X").code == 1
    assert anze("record", "history", "polcy", "lichun", "X").code == 2
