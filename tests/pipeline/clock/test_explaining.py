"""A verdict explained day by day, as known at any moment; verdicts counted; what stops the clock, and what does not."""

from __future__ import annotations

import datetime as dt
import pathlib

import pytest

from pipeline import calendars
from pipeline.clock import extensions
from tests.pipeline.clock.conftest import QINGDAO, Clocked, moment
from tests.pipeline.conftest import Anze
from tests.warehouse.building import fault, load_rows, policy
from warehouse.history.freshness import BY, counts, explain
from warehouse.landing.extensions import Grant

EVENT, DEADLINE = dt.date(2026, 11, 13), dt.date(2026, 11, 20)
GRANT = Grant("lichun", "policy", "台风停工", "李伟", extra_days=2, record_keys=("P1",))


def test_the_page_tells_day_zero_each_day_the_receipt_and_earlier_verdicts(
    clocked: Clocked, installed: pathlib.Path, anze: Anze
) -> None:
    clocked.deliver("P1", EVENT, moment(11, 20, 22))
    page = anze("freshness", "explain", "lichun", "policy", "P1").out
    for line in ("2026-11-13 周五  第 0 日", "2026-11-14 周六  不计,周末", "2026-11-20 周五  第 5 个工作日",
                 "及时 on time", "R32(5个工作日)", "2026-11-20 周五 24:00", "入库时判定"):  # fmt: skip
        assert line in page
    told = anze("freshness", "explain", "lichun", "policy", "P1", "--json").json["milestones"][0]
    assert (told["verdict"]["event_on"], told["verdict"]["deadline_on"]) == ("2026-11-13", "2026-11-20")
    assert [day["counted"] for day in told["days"]] == [0, 0, 0, 1, 2, 3, 4, 5]
    assert told["verdict"]["batch_id"]
    assert told["verdict"]["receipt_no"]
    assert anze("freshness", "explain", "lichun", "policy", "NONE").code == 2


def test_what_was_known_before_an_extension_stays_explained(clocked: Clocked) -> None:
    clocked.deliver("P1", EVENT, moment(11, 23))
    extensions.grant(clocked.at(moment(11, 24)), GRANT, moment(11, 24))
    with clocked.engine.connect() as connection:
        before = explain(connection, "lichun", "policy", "P1", moment(11, 23, 12)).milestones[0]
        after = explain(connection, "lichun", "policy", "P1", moment(11, 24, 12)).milestones[0]
    assert (before.verdict.timeliness, before.verdict.deadline_on, before.earlier) == ("late", DEADLINE, ())
    assert (after.verdict.timeliness, after.verdict.deadline_on) == ("on_time", dt.date(2026, 11, 24))
    assert after.extension is not None
    assert after.extension.reason == "台风停工"
    assert [(old.timeliness, old.judged_for) for old in after.earlier] == [("late", None)]
    assert after.verdict.judged_by == "李伟"


def test_counts_add_up_by_whatever_they_are_counted(clocked: Clocked) -> None:
    clocked.deliver("P1", EVENT, moment(11, 20))
    clocked.deliver("P2", EVENT, moment(11, 23), region_code=QINGDAO)
    clocked.deliver("P3", dt.date(2026, 12, 29), moment(1, 4, year=2027))
    with clocked.engine.connect() as connection:
        known_at = moment(1, 5, year=2027)
        tables = [counts(connection, known_at, by) for by in (BY, ("insurer_id",), ("city_code",), ("month",))]
    for rows in tables:
        names = ("due_count", "on_time_count", "late_count", "undetermined_count", "all_count")
        assert [sum(row[name] for row in rows) for name in names] == [2, 1, 1, 1, 3]
        assert all(row["on_time_count"] + row["late_count"] == row["due_count"] for row in rows)
        assert all(row["due_count"] + row["undetermined_count"] == row["all_count"] for row in rows)
    assert {row["city_code"]: row["late_count"] for row in tables[2]} == {"370100": 0, "370200": 1}


def test_an_empty_a_duplicate_and_a_wholly_held_delivery_do_not_stop_the_clock(clocked: Clocked) -> None:
    engine, folder = clocked.engine, clocked.folder
    row = policy("P1", moment(11, 16), issue_date=EVENT)
    load_rows(engine, folder, "policy", [], moment(11, 16))
    load_rows(engine, folder, "policy", [row], moment(11, 17), findings=[fault(1)])
    assert clocked.rows("select * from quality.milestone") == []
    load_rows(engine, folder, "policy", [row], moment(11, 23))
    load_rows(engine, folder, "policy", [row], moment(11, 24))
    assert clocked.verdict("P1") == (EVENT, DEADLINE, "late")
    assert clocked.rows("select first_received_at from quality.milestone") == [(moment(11, 23),)]


def test_a_correction_with_a_reason_but_the_same_event_makes_nothing_better(clocked: Clocked) -> None:
    clocked.deliver("P1", EVENT, moment(11, 23))
    clocked.deliver("P1", EVENT, moment(11, 24), correction_reason_text="金额更正", operation_code="U")
    assert clocked.verdict("P1") == (EVENT, DEADLINE, "late")


@pytest.mark.parametrize(("channel", "deadline", "verdict"), [("api", 16, "late"), ("drop", 20, "on_time")])
def test_a_feed_may_have_a_shorter_deadline(
    clocked: Clocked, own_province: pathlib.Path, channel: str, deadline: int, verdict: str
) -> None:
    said = (
        "insurer: lichun, record_type: policy, channel: api, working_days: 1, valid_from: 2026-11-12, source: 接口协议"
    )
    (own_province / "clock.yml").write_text(f"shorter_deadlines:\n- {{{said}}}\n", encoding="utf-8")
    calendars.seed_clock_rules(clocked.engine, moment(11, 12))
    clocked.deliver("P1", EVENT, moment(11, 18), channel=channel)
    assert clocked.verdict("P1") == (EVENT, dt.date(2026, 11, deadline), verdict)
    clocked.deliver(
        "P1",
        EVENT,
        moment(11, 19),
        operation_code="U",
        employee_count=2,
        channel="api" if channel == "drop" else "drop",
    )
    assert clocked.verdict("P1") == (EVENT, dt.date(2026, 11, deadline), verdict)
    (own_province / "clock.yml").unlink()


def test_judging_again_by_the_same_facts_writes_nothing(clocked: Clocked) -> None:
    clocked.deliver("P1", EVENT, moment(11, 23))
    keyed = extensions.grant(clocked.at(moment(11, 24)), GRANT, moment(11, 24))
    assert len(keyed.changes) == 1
    again = extensions.grant(clocked.at(moment(11, 25)), GRANT, moment(11, 25))
    assert again.changes == ()
    assert clocked.rows("select count(*) from quality.milestone_past") == [(1,)]
