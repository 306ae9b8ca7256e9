"""The five-working-day verdict: of each business event, by the first accepted receipt."""

from __future__ import annotations

import datetime as dt
import pathlib

import pytest
import sqlalchemy as sa

from tests.warehouse.building import SHANGHAI, at, fault, fill_calendar, load_rows, policy, put_rule_in_force, rows_of
from warehouse.landing import feeds

MILESTONE = "select event_on, deadline_on, timeliness from quality.milestone where record_key = :key"
CORE = "select deadline_on, timeliness from core.policy_current where policy_no = :key"


@pytest.fixture
def judging(engine: sa.Engine, tmp_path: pathlib.Path) -> sa.Engine:
    """A database with a calendar and rule R32 in force from 2026-11-11."""
    fill_calendar(engine)
    put_rule_in_force(engine, tmp_path)
    return engine


def day(number: int, month: int = 11) -> dt.date:
    return dt.date(2026, month, number)


@pytest.mark.parametrize(
    ("event", "received", "deadline", "verdict"),
    [
        (day(16), at(18), day(23), "on_time"),
        (day(14), dt.datetime(2026, 11, 20, 23, 59, 59, tzinfo=SHANGHAI), day(20), "on_time"),
        (day(14), dt.datetime(2026, 11, 21, tzinfo=SHANGHAI), day(20), "late"),
        (day(10), at(30), None, None),
        (day(28, 12), at(29, month=12), None, "on_time"),
        (day(28, 12), dt.datetime(2027, 1, 2, tzinfo=SHANGHAI), None, "undetermined"),
    ],
)
def test_verdict_of_a_first_receipt(
    judging: sa.Engine, tmp_path: pathlib.Path, event: dt.date, received: dt.datetime,
    deadline: dt.date | None, verdict: str | None,
) -> None:  # fmt: skip
    load_rows(judging, tmp_path, "policy", [policy("P1", at(16), issue_date=event)], received)
    assert rows_of(judging, MILESTONE, key="P1") == [(event, deadline, verdict)]
    assert rows_of(judging, CORE, key="P1") == [(deadline, verdict)]


def test_a_correction_does_not_move_the_first_receipt(judging: sa.Engine, tmp_path: pathlib.Path) -> None:
    load_rows(judging, tmp_path, "policy", [policy("P1", at(16))], at(18))
    load_rows(judging, tmp_path, "policy", [policy("P1", at(17), employee_count=1)], at(30))
    assert rows_of(judging, MILESTONE, key="P1") == [(day(16), day(23), "on_time")]
    assert rows_of(judging, CORE, key="P1") == [(day(23), "on_time")]
    assert rows_of(judging, "select first_received_at from core.policy_current") == [(at(18),)]


def test_a_held_row_does_not_stop_the_clock(judging: sa.Engine, tmp_path: pathlib.Path) -> None:
    load_rows(judging, tmp_path, "policy", [policy("P1", at(16))], at(18), findings=[fault(1)])
    assert rows_of(judging, MILESTONE, key="P1") == []
    load_rows(judging, tmp_path, "policy", [policy("P1", at(17))], at(30))
    assert rows_of(judging, MILESTONE, key="P1") == [(day(16), day(23), "late")]


def test_a_changed_event_date_gets_worse_freely_and_better_only_with_a_reason(
    judging: sa.Engine, tmp_path: pathlib.Path
) -> None:
    def change(version: int, event: int, reason: str | None) -> list[tuple[object, ...]]:
        row = policy("P1", at(16, version), issue_date=day(event), correction_reason_text=reason)
        load_rows(judging, tmp_path, "policy", [row], at(27, version))
        return rows_of(judging, MILESTONE, key="P1")

    assert change(1, 23, None) == [(day(23), day(30), "on_time")]
    assert change(2, 16, None) == [(day(16), day(23), "late")]
    assert change(3, 23, None) == [(day(16), day(23), "late")]
    assert change(4, 23, "日期录入错误") == [(day(23), day(30), "on_time")]


def test_each_milestone_is_judged_by_the_receipt_that_first_told_of_it(
    judging: sa.Engine, tmp_path: pathlib.Path
) -> None:
    claim = {
        "report_no": "R1", "policy_no": "P1", "operation_code": "I", "source_updated_at": at(16),
        "reported_at": dt.datetime(2026, 11, 15, 23, 30, tzinfo=dt.UTC),
    }  # fmt: skip
    load_rows(judging, tmp_path, "claim", [claim], at(18))
    later = {**claim, "source_updated_at": at(27), "registered_at": at(17), "closed_at": at(26)}
    load_rows(judging, tmp_path, "claim", [later], at(27))
    found = rows_of(judging, "select milestone, event_on, timeliness from quality.milestone order by 1")
    assert found == [
        ("closed_at", day(26), "on_time"),
        ("registered_at", day(17), "late"),
        ("reported_at", day(16), "on_time"),
    ]


def test_an_event_before_the_rule_was_in_force_has_no_verdict(judging: sa.Engine, tmp_path: pathlib.Path) -> None:
    rows = [policy(f"P{n}", at(16), issue_date=day(event)) for n, event in enumerate((11, 12, 16, 5))]
    load_rows(judging, tmp_path, "policy", rows, at(19))
    found = rows_of(judging, "select event_on, timeliness from quality.milestone order by 1")
    assert found == [(day(5), None), (day(11), "late"), (day(12), "on_time"), (day(16), "on_time")]


def test_an_empty_or_held_delivery_does_not_make_a_feed_fresh(judging: sa.Engine, tmp_path: pathlib.Path) -> None:
    load_rows(judging, tmp_path, "policy", [policy("P1", at(16))], at(18))
    load_rows(judging, tmp_path, "policy", [], at(19))
    load_rows(judging, tmp_path, "policy", [policy("P2", at(16))], at(20), findings=[fault(1)])
    (feed,) = feeds.states(judging, "lichun")
    assert (feed.last_received_at, feed.last_fresh_at, feed.batch_count) == (at(20), at(18), 3)
