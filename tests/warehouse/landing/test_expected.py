"""The register of expected deliveries, pauses, who is silent, and what is due soon."""

from __future__ import annotations

import datetime as dt
import pathlib
from collections.abc import Sequence

import pytest
import sqlalchemy as sa

from schemas.errors import SetupError
from tests.warehouse.building import SHANGHAI, Row, at, load_rows, one, policy, rows_of, threshold
from warehouse.landing import expected
from warehouse.landing.expected import Delivery

POLICIES = Delivery("lichun", "policy", "api", "30 1 * * *", None, None, None, "insurers/lichun.yml")
BY_HAND = Delivery("tianji", "policy", "drop", "30 1 * * *", None, None, None, "insurers/tianji.yml")


def told(engine: sa.Engine, day: dt.date, insurer_id: str = "lichun") -> expected.Silence:
    (found,) = expected.silence(engine, day, at(30), insurer_id)
    return found


def day(number: int, month: int = 11) -> dt.date:
    return dt.date(2026, month, number)


def test_the_register_keeps_what_was_said_before(engine: sa.Engine) -> None:
    expected.keep(engine, [POLICIES, BY_HAND], at(2))
    expected.keep(engine, [POLICIES, BY_HAND], at(3))
    weekly = Delivery(**{**vars(POLICIES), "schedule": "0 3 * * 1", "valid_to": day(20)})
    expected.keep(engine, [weekly], at(4))
    assert one(engine, "select count(*) from landing.expected_delivery") == 3
    assert [r.schedule for r in expected.registered(engine, day(9), at(3))] == ["30 1 * * *", "30 1 * * *"]
    assert [r.schedule for r in expected.registered(engine, day(9), at(5))] == ["0 3 * * 1"]
    assert expected.registered(engine, day(21), at(5)) == []
    with pytest.raises(sa.exc.DBAPIError, match="never rewritten"), engine.begin() as connection:
        connection.exec_driver_sql("update landing.expected_delivery set source = 'x'")


def test_a_definition_that_breaks_keeps_its_channel(engine: sa.Engine) -> None:
    expected.keep(engine, [BY_HAND], at(2))
    expected.keep(engine, [Delivery("tianji", "policy", None, "", None, None, None, "broken")], at(3))
    (row,) = expected.registered(engine, day(9), at(5))
    assert (row.channel, row.source) == ("drop", "broken")


def test_silence_is_counted_in_working_days_from_the_last_delivery(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    expected.keep(engine, [POLICIES, BY_HAND], at(2))
    for insurer_id in ("lichun", "tianji"):
        load_rows(engine, tmp_path, "policy", [policy(f"P-{insurer_id}", at(4))], at(4), insurer_id=insurer_id)
    assert told(engine, day(4)).working_days_without == 0
    # 2026-11-04 is a Wednesday: 5, 6, 9 and 10 are the next working days.
    assert [(told(engine, day(d)).working_days_without, told(engine, day(d)).is_silent) for d in (8, 9, 10)] == [
        (2, False), (3, False), (4, True),
    ]  # fmt: skip
    assert told(engine, day(10)).allowed_working_days < told(engine, day(10), "tianji").allowed_working_days
    assert [told(engine, day(d), "tianji").is_silent for d in (11, 12)] == [False, True]
    assert told(engine, day(10)).last_success_at == at(4)


def test_a_nil_return_ends_a_silence_and_is_no_success(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    expected.keep(engine, [POLICIES], at(2))
    load_rows(engine, tmp_path, "policy", [policy("P1", at(3))], at(3))
    load_rows(engine, tmp_path, "policy", [], at(10))
    found = told(engine, day(12))
    assert (found.last_success_at, found.last_nil_return_at) == (at(3), at(10))
    assert (found.working_days_without, found.is_silent) == (2, False)


def test_a_feed_that_never_came_is_counted_from_its_first_day(engine: sa.Engine) -> None:
    since = Delivery(**{**vars(POLICIES), "valid_from": day(9), "working_days": 1})
    expected.keep(engine, [since], at(2))
    assert expected.silence(engine, day(8), at(30)) == []
    assert [told(engine, day(d)).is_silent for d in (10, 11)] == [False, True]
    assert told(engine, day(11)).last_success_at is None


def test_no_silence_is_guessed_past_the_published_calendar(engine: sa.Engine) -> None:
    last = one(engine, "select max(day) from reference.calendar_day")
    expected.keep(engine, [POLICIES], at(2))
    beyond = told(engine, last + dt.timedelta(days=40))
    assert (beyond.working_days_without, beyond.is_silent) == (None, False)


def test_a_pause_needs_a_name_a_reason_and_an_end_and_counts_no_more_when_it_is_over(engine: sa.Engine) -> None:
    expected.keep(engine, [POLICIES], at(2))
    for reason, by, until in (("", "张处", day(20)), ("系统切换", " ", day(20)), ("系统切换", "张处", day(1))):
        with pytest.raises(SetupError):
            expected.pause(engine, "lichun", "*", until, reason, by, at(10))
    kept = expected.pause(engine, "lichun", "*", day(12), "系统切换", "张处", at(10))
    assert (told(engine, day(11)).is_paused, told(engine, day(11)).is_silent) == (True, False)
    assert (told(engine, day(13)).is_paused, told(engine, day(13)).is_silent) == (False, True)
    assert one(engine, "select count(*) from access.event where object = :what", what=f"pause {kept.pause_id}") == 1
    with pytest.raises(sa.exc.DBAPIError, match="never rewritten"), engine.begin() as connection:
        connection.exec_driver_sql("update landing.delivery_pause set paused_until = '2099-01-01'")


def test_a_resumed_feed_is_silent_again_and_was_paused_before(engine: sa.Engine) -> None:
    expected.keep(engine, [POLICIES], at(2))
    expected.pause(engine, "lichun", "policy", day(30), "系统切换", "张处", at(10))
    (ended,) = expected.resume(engine, "lichun", "policy", "李科", at(12))
    assert (ended.resumed_by, ended.resumed_at) == ("李科", at(12))
    assert not told(engine, day(13)).is_paused
    assert expected.silence(engine, day(11), at(11))[0].is_paused
    with pytest.raises(SetupError):
        expected.resume(engine, "lichun", "policy", "李科", at(13))


# -- what is due soon


@pytest.fixture
def province(engine: sa.Engine, tmp_path: pathlib.Path) -> sa.Engine:
    """A policy in force from Monday 2026-11-16, whose R32 deadline is Monday 2026-11-23."""
    rule = [threshold("R32", "5", day(1))]
    load_rows(engine, tmp_path, "rule_threshold", rule, at(1), insurer_id="regulator", channel="register")
    covered = policy("P1", at(16), cover_start_date=day(16), policy_status_code="20", region_code="370102")
    load_rows(engine, tmp_path, "policy", [covered], at(17))
    return engine


def due(engine: sa.Engine, on: dt.date, within: int = 1) -> list[tuple[str, str, dt.date]]:
    return [(d.record_type, d.record_key, d.deadline_on) for d in expected.due_soon(engine, on, at(30), within)]


def test_a_policy_without_receipt_is_due_from_a_working_day_before_until_its_deadline(province: sa.Engine) -> None:
    receipt = ("premium_receipt", "P1", day(23))
    assert [receipt in due(province, on) for on in (day(19), day(20), day(22), day(23), day(24))] == [
        False, True, True, True, False,
    ]  # fmt: skip
    assert receipt in due(province, day(16), within=5)
    (found,) = [d for d in expected.due_soon(province, day(20), at(30), 1) if d.record_type == "premium_receipt"]
    assert (found.region_code, found.policy_no, found.event_on, found.expected_from_record_type) == (
        "370102", "P1", day(16), "policy",
    )  # fmt: skip


def test_what_came_is_no_longer_due_and_was_at_a_moment_before(province: sa.Engine, tmp_path: pathlib.Path) -> None:
    receipt: Sequence[Row] = [
        {
            "receipt_no": "R1",
            "policy_no": "P1",
            "receipt_date": day(16),
            "operation_code": "I",
            "source_updated_at": at(16),
        }
    ]
    load_rows(province, tmp_path, "premium_receipt", receipt, at(19))
    assert [d for d in due(province, day(20)) if d[0] == "premium_receipt"] == []
    before = expected.due_soon(province, day(20), at(18), 1)
    assert "premium_receipt" in {d.record_type for d in before}


def test_a_service_lets_a_fee_and_the_hazards_that_it_declares_be_expected(
    province: sa.Engine, tmp_path: pathlib.Path
) -> None:
    service = {
        "policy_no": "P1", "service_status_code": "50", "operation_code": "I", "source_updated_at": at(16),
        "service_end_at": dt.datetime(2026, 11, 16, 23, 30, tzinfo=SHANGHAI),
    }  # fmt: skip
    services = [{**service, "service_no": "S1", "declared_hazard_count": 2}, {**service, "service_no": "S2"}]
    load_rows(province, tmp_path, "service_record", services, at(17))
    found = {(record_type, key) for record_type, key, _ in due(province, day(20))}
    assert {("fee_expense", "S1"), ("fee_expense", "S2"), ("hazard", "S1")} <= found
    assert ("hazard", "S2") not in found


def test_every_rule_of_what_is_expected_says_its_basis(engine: sa.Engine) -> None:
    rows = rows_of(engine, "select rule_no, basis, confidence from report.expected_record")
    assert rows
    assert all(basis and confidence for _, basis, confidence in rows)
