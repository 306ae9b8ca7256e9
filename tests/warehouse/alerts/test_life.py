"""The life of an issue: opened, updated, acknowledged, snoozed, closed by itself, reopened; and what is one issue of many."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import exc

from schemas.errors import DefinitionError, NotFound, SetupError
from tests.warehouse.alerts.looking import calendar_version, look_at
from warehouse.alerts import issues, outbox, raising
from warehouse.alerts.catalogue import Found, load_definitions
from warehouse.alerts.raising import Policy, Run, Step
from warehouse.publishing.publish import publish

KIND = "A10"
DAY = dt.timedelta(days=1)


class Clock:
    """Looks for one kind, a day after the other, at hazards of some insurers."""

    def __init__(self, connection: sa.Connection, load: Any) -> None:
        self.connection, self.load, self.at = connection, load, look_at()
        self.policy = Policy(ladder=(Step("critical", 2, "city"), Step("critical", 5, "province")))
        self.insurer_count = 35

    def hazard(self, number: str, insurer_id: str = "lichun", **changes: Any) -> None:
        """A major hazard past its deadline, with the policy and service that it hangs on."""
        own = {"insurer_id": insurer_id}
        self.load("policy", [{"policy_no": f"P{number}", **own}])
        self.load("service_record", [{"service_no": f"V{number}", "policy_no": f"P{number}", **own}])
        level = {"hazard_level_code": "20", "insured_credit_code": "E1"}
        self.load("hazard", [{"hazard_no": number, "service_no": f"V{number}", **level, **own, **changes}])

    def take_back(self, number: str) -> None:
        """The hazard is taken back: no version of it is in force any more."""
        taken_back = sa.text("update core.hazard set superseded_at = '2026-01-01T00:00Z' where hazard_no = :no")
        self.connection.execute(taken_back, {"no": number})

    def look(self, days: int = 1, found: Found | None = None) -> Run:
        """Look some days later."""
        self.at = look_at(self.at.as_of + days * DAY, self.at.known_at + days * DAY)
        return raising.look(
            self.connection, self.at, self.policy, self.insurer_count, found or Found({KIND: load_definitions()[KIND]}, {})
        )  # fmt: skip

    def publish(self, moment: dt.datetime, missing: list[tuple[str, str]]) -> None:
        """Publish figures for which some feeds were expected and did not come."""
        publish(self.connection, moment.date(), moment, moment, expected=missing, delivered_since=moment)

    def alerts(self) -> list[issues.Alert]:
        return issues.alerts(self.connection, state="all")

    def steps(self, number: int = 0) -> list[str]:
        return [event.event for event in issues.events(self.connection, self.alerts()[number].alert_no)]


@pytest.fixture
def clock(connection: sa.Connection, load: Any) -> Iterator[Clock]:
    """A clock; at the end its states follow from records and events alike."""
    made = Clock(connection, load)
    yield made
    for alert in made.alerts():
        last = [
            e.event for e in issues.events(connection, alert.alert_no) if e.event in ("opened", "reopened", "closed")
        ]
        assert (alert.state == "closed") == (last[-1] == "closed") == (alert.record_count == 0), alert


def test_an_issue_opens_is_updated_closes_by_itself_and_reopens(clock: Clock) -> None:
    clock.hazard("H1")
    clock.look()
    (alert,) = clock.alerts()
    assert (alert.kind, alert.state, alert.record_count) == (KIND, "open", 1)
    assert (alert.owner_kind, alert.owner, alert.level_zh) == ("insurer", "lichun", "严重")
    assert alert.reason == "1 项重大事故隐患过了整改期限仍未整改"
    assert alert.alert_no == "A10-20260701-0001"
    clock.hazard("H2")
    clock.look()
    clock.take_back("H1")
    clock.take_back("H2")
    clock.look()
    assert clock.alerts()[0].state == "closed"
    assert clock.alerts()[0].closed_at == clock.at.known_at
    clock.hazard("H3")
    clock.look()
    (alert,) = clock.alerts()
    assert (alert.alert_no, alert.state, alert.closed_at) == ("A10-20260701-0001", "open", None)
    assert clock.steps() == ["opened", "updated", "closed", "reopened"]
    (record,) = issues.records(clock.connection, alert.alert_no)
    assert (record.record_key, record.message) == ("H3", "隐患 H3(未报)整改期限 2026-06-15,尚未整改")


def test_the_same_moment_changes_nothing(clock: Clock) -> None:
    clock.hazard("H1")
    assert clock.look().is_new
    before = issues.events(clock.connection, clock.alerts()[0].alert_no)
    again = clock.look(0)
    assert (again.is_new, again.finding_count) == (False, 1)
    assert clock.look(-1).is_new is False
    assert issues.events(clock.connection, clock.alerts()[0].alert_no) == before


def test_a_day_without_news_is_no_step(clock: Clock) -> None:
    clock.policy = Policy()
    clock.hazard("H1")
    clock.look()
    clock.look()
    assert clock.steps() == ["opened"]


def test_what_could_not_be_looked_at_is_not_closed(clock: Clock) -> None:
    clock.hazard("H1")
    clock.look()
    clock.take_back("H1")
    broken = Found({}, {KIND: DefinitionError("A10.sql", "select", "is wrong")})
    assert clock.look(found=broken).problems == {KIND: "A10.sql: select: is wrong"}
    assert clock.alerts()[0].state == "open"
    since = clock.at.known_at
    clock.publish(since, [("lichun", "hazard")])
    clock.look()
    assert clock.alerts()[0].state == "open"
    clock.publish(since + DAY, [])
    clock.look()
    assert clock.alerts()[0].state == "closed"


def test_a_definition_that_the_database_refuses_stops_only_itself(clock: Clock) -> None:
    good = load_definitions()[KIND]
    bad = good.model_copy(update={"id": "A11", "findings_sql": "select 1 as insurer_id from core.nothing"})
    clock.hazard("H1")
    told = clock.look(found=Found({"A10": good, "A11": bad}, {}))
    assert set(told.problems) == {"A11"}
    assert [alert.kind for alert in clock.alerts()] == ["A10"]


def test_a_person_acknowledges_and_the_ladder_stops(clock: Clock) -> None:
    clock.hazard("H1")
    clock.look()
    number = clock.alerts()[0].alert_no
    issues.acknowledge(clock.connection, number, "王五", "已约谈企业", clock.at.known_at)
    clock.look(10)
    assert clock.alerts()[0].state == "acknowledged"
    assert clock.steps() == ["opened", "acknowledged"]
    last = issues.events(clock.connection, number)[-1]
    assert (last.person, last.comment) == ("王五", "已约谈企业")


def test_the_ladder_goes_by_working_days_and_once(clock: Clock) -> None:
    clock.hazard("H1")
    clock.look(2)  # Thursday, July 2nd
    clock.look()
    clock.look(2)  # over a weekend: one working day so far
    assert clock.steps() == ["opened"]
    clock.look()  # Monday the 6th
    assert clock.steps() == ["opened", "escalated"]
    clock.look(3)
    clock.look()
    roles = [e.to_role for e in issues.events(clock.connection, clock.alerts()[0].alert_no) if e.event == "escalated"]
    assert roles == ["city", "province"]


def test_a_snooze_ends_at_its_moment(clock: Clock) -> None:
    clock.policy = Policy()
    clock.hazard("H1")
    clock.look()
    until = clock.at.known_at + 2 * DAY
    issues.snooze(clock.connection, clock.alerts()[0].alert_no, "王五", "等待复核", clock.at.known_at, until)
    clock.look()
    assert (clock.alerts()[0].state, clock.alerts()[0].snoozed_until) == ("snoozed", until)
    clock.look()
    assert (clock.alerts()[0].state, clock.steps()) == ("open", ["opened", "snoozed", "woken"])


@pytest.mark.parametrize(("person", "comment"), [("", "已约谈企业"), ("王五", " ")])
def test_a_step_has_a_name_and_a_word(clock: Clock, person: str, comment: str) -> None:
    clock.hazard("H1")
    clock.look()
    with pytest.raises(SetupError, match="请填写"):
        issues.acknowledge(clock.connection, clock.alerts()[0].alert_no, person, comment, clock.at.known_at)


def test_nothing_is_done_with_a_closed_or_unknown_alert(clock: Clock) -> None:
    clock.hazard("H1")
    clock.look()
    clock.take_back("H1")
    clock.look()
    with pytest.raises(SetupError, match="已关闭"):
        issues.acknowledge(clock.connection, clock.alerts()[0].alert_no, "王五", "已约谈", clock.at.known_at)
    with pytest.raises(NotFound):
        issues.acknowledge(clock.connection, "A10-20260101-9999", "王五", "已约谈", clock.at.known_at)


def test_a_failure_of_the_province_is_one_alert_and_each_insurer_is_told_of_its_part(clock: Clock) -> None:
    names = [f"insurer{n:02d}" for n in range(35)]
    for n, name in enumerate(names[:17]):
        clock.hazard(f"H{n}", name)
    clock.look()
    assert [alert.scope for alert in clock.alerts()] == ["insurer"] * 17
    for n, name in enumerate(names):
        clock.hazard(f"G{n}", name)
    clock.look()
    (whole,) = [alert for alert in clock.alerts() if alert.state != "closed"]
    assert (whole.scope, whole.owner_kind, whole.record_count, whole.insurer_count) == ("province", "province", 52, 35)
    since = clock.at.known_at - 10 * DAY
    for n in (0, 30):
        told = outbox.told(clock.connection, outbox.Addressee("insurer", names[n]), since)
        (own,) = [each for each in told if each.record_count]
        assert (own.record_count, own.insurer_count, own.is_mine) == (2 if n < 17 else 1, 1, True)
        assert not [line for line in own.lines if f"G{n}(" not in line and f"H{n}(" not in line]
    issues.acknowledge(clock.connection, whole.alert_no, "赵六", "我司已整改", clock.at.known_at, insurer_id=names[0])
    (told,) = [t for t in outbox.told(clock.connection, outbox.Addressee("insurer", names[0]), since) if t.record_count]
    assert told.is_acknowledged
    (told,) = [t for t in outbox.told(clock.connection, outbox.Addressee("insurer", names[1]), since) if t.record_count]
    assert not told.is_acknowledged
    with pytest.raises(NotFound):
        issues.acknowledge(clock.connection, whole.alert_no, "赵六", "不是我司", clock.at.known_at, insurer_id="nobody")
    for n in range(27):
        clock.take_back(f"G{n}")
        clock.take_back(f"H{n}")
    clock.look()
    standing = [alert for alert in clock.alerts() if alert.state != "closed"]
    assert [alert.scope for alert in standing] == ["insurer"] * 8


def test_a_deadline_is_reminded_of_once_a_working_day_before(clock: Clock) -> None:
    found = Found({"A11b": load_definitions()["A11b"]}, {})
    clock.hazard("H1", rectify_deadline_date="2026-07-06")
    clock.look(2, found)  # Thursday
    assert clock.alerts() == []
    clock.look(1, found)  # Friday: Monday is the next working day
    assert clock.steps() == ["opened", "reminded"]
    clock.look(3, found)
    assert clock.steps() == ["opened", "reminded"]


@pytest.mark.parametrize(
    "statement",
    ["update alert.event set person = 'x'", "delete from alert.event", "delete from alert.record", "truncate alert.run",
     "update alert.record set left_at = null", "update alert.issue set opened_at = now()", "delete from alert.message"],
)  # fmt: skip
def test_history_is_never_rewritten(clock: Clock, statement: str) -> None:
    clock.hazard("H1")
    clock.look()
    clock.take_back("H1")
    clock.look()
    with pytest.raises(exc.DBAPIError), clock.connection.begin_nested():
        clock.connection.execute(sa.text(statement))


def test_the_calendar_of_the_tests_is_the_one_in_the_database(connection: sa.Connection) -> None:
    query = sa.text("select count(*) from reference.calendar_day where calendar_version = :version")
    assert connection.execute(query, {"version": calendar_version()}).scalar_one() > 365
