"""Pages of what is due, silent, owed and alerted: what each kind of account sees and may do, one way from clerk to regulator."""

from __future__ import annotations

import re

import pytest

from tests.portal.stand import CALLERS, Stand
from tests.warehouse.building import rows_of
from tests.warehouse.rights.places import Reader

PAGES = (
    "/due",
    "/due/late",
    "/obligations",
    "/obligations?state=done",
    "/expected",
    "/extensions",
    "/alerts",
    "/alerts?state=closed",
)
BY_NAME = {caller.name.removeprefix("stand_"): caller for caller in CALLERS}


def shown_total(text: str) -> int:
    """How many rows a page says that its list has."""
    found = re.search(r'class="shown">\S+ <strong>([\d,]+)</strong>', text)
    assert found, "a list says how long it is"
    return int(found[1].replace(",", ""))


@pytest.mark.parametrize("caller", CALLERS, ids=lambda caller: caller.name)
@pytest.mark.parametrize("address", PAGES)
def test_every_page_answers_every_kind_of_account(standing: Stand, caller: Reader, address: str) -> None:
    answer = standing.session(caller).get(address)
    assert answer.status_code == 200
    assert caller.foreign(answer.text) == []


def alerts_of(standing: Stand, caller: Reader, **asked: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = standing.session(caller).get("/api/v1/alerts", params=asked).json()["items"]
    return found


def step(standing: Stand, caller: Reader, alert_no: object, kind: str, **form: str) -> int:
    session = standing.session(caller)
    address = f"/alerts/{alert_no}/{kind}?csrf_token={session.csrf}"
    return session.post(address, data=form, allow_redirects=False).status_code


def test_a_silent_feed_is_shown_to_whom_its_timeliness_is(standing: Stand) -> None:
    expected = rows_of(standing.front.engine, "select insurer_id from report.expected_delivery")
    totals = {name: shown_total(standing.session(BY_NAME[name]).get("/expected").text) for name in ("a_province", "a_rival", "a_city")}  # fmt: skip
    assert totals["a_province"] == len(expected)
    assert totals["a_rival"] == sum(insurer_id == "lichun" for (insurer_id,) in expected)
    assert totals["a_city"] == 0


def test_a_clerk_sees_how_much_is_due_where_it_hands_in(standing: Stand) -> None:
    caller = BY_NAME["a_rival"]
    page = standing.session(caller).get("/submissions").text
    assert "/due" in page
    assert "/alerts" in page
    api = standing.session(caller).get("/api/v1/due-soon").json()
    assert api["total"] == shown_total(standing.session(caller).get("/due").text)


def test_an_alert_taken_on_by_a_clerk_is_seen_so_by_the_regulator(standing: Stand) -> None:
    clerk, regulator = BY_NAME["a_rival"], BY_NAME["a_province"]
    own = [each for each in alerts_of(standing, clerk, state="open") if each["insurer_id"] == "lichun"]
    assert own, "the province has something that needs an insurer"
    alert_no = own[0]["alert_no"]
    assert step(standing, clerk, alert_no, "acknowledge", comment="") == 400
    assert step(standing, clerk, alert_no, "acknowledge", comment="已安排补报,周五完成") == 303
    seen = standing.session(regulator).get(f"/api/v1/alerts/{alert_no}").json()
    assert seen["state"] == "acknowledged"
    assert (seen["events"][-1]["event"], seen["events"][-1]["comment"]) == ("acknowledged", "已安排补报,周五完成")
    assert "已安排补报" in standing.session(regulator).get(f"/alerts/{alert_no}").text
    assert alert_no not in [each["alert_no"] for each in alerts_of(standing, regulator, state="open")]


def test_a_snooze_needs_a_reason_and_a_day_to_come(standing: Stand) -> None:
    regulator = BY_NAME["a_province"]
    alert_no = alerts_of(standing, regulator, state="open")[-1]["alert_no"]
    told = [
        step(standing, regulator, alert_no, "snooze", comment="等待补报", until=until)
        for until in ("", "soon", "2020-01-01", "2099-01-01")
    ]
    assert told == [400, 400, 400, 303]
    assert standing.session(regulator).get(f"/api/v1/alerts/{alert_no}").json()["state"] == "snoozed"


@pytest.mark.parametrize("name", ["a_company", "a_county", "an_analyst", "an_auditor", "finance_bureau"])
def test_who_only_reads_takes_nothing_on(standing: Stand, name: str) -> None:
    for each in alerts_of(standing, BY_NAME[name])[:3]:
        assert step(standing, BY_NAME[name], each["alert_no"], "acknowledge", comment="我来处理") == 403
        assert "<textarea" not in standing.session(BY_NAME[name]).get(f"/alerts/{each['alert_no']}").text


def test_a_city_acts_on_its_own_alerts_only(standing: Stand) -> None:
    caller = BY_NAME["a_city"]
    found = alerts_of(standing, caller)
    own = [each for each in found if each["owner_kind"] == "city"]
    others = [each for each in found if each["owner_kind"] != "city"]
    for each, status in ((own, 303), (others, 403)):
        if each:
            assert step(standing, caller, each[0]["alert_no"], "acknowledge", comment="已派人核查") == status
    assert found


def test_a_record_page_shows_its_clock(standing: Stand) -> None:
    caller = BY_NAME["a_province"]
    query = "select version_id, policy_no, insurer_id from report.policy where timeliness = 'late' limit 1"
    ((version_id, policy_no, insurer_id),) = rows_of(standing.front.engine, query)
    session = standing.session(caller)
    assert 'id="freshness"' in session.get(f"/console/records/policy/{version_id}").text
    told = session.get(f"/api/v1/records/policy/{version_id}/freshness").json()
    (clock,) = told["milestones"]
    assert clock["timeliness"] == "late"
    first, *_, last = clock["days"]
    assert (first["day"], first["counted"]) == (clock["event_on"], 0)
    assert (last["day"], last["counted"], last["is_working_day"]) == (clock["deadline_on"], 5, True)
    assert [day["counted"] for day in clock["days"][1:] if day["is_working_day"]] == [1, 2, 3, 4, 5]
    assert "第 5 日" in session.get(f"/console/records/policy/{version_id}").text
    by_key = {"record_type": "policy", "insurer": insurer_id, "key": policy_no}
    answer = session.get("/console/records/by-key", params=by_key, allow_redirects=False)
    assert answer.headers["location"] == f"/console/records/policy/{version_id}"
    assert session.get("/console/records/by-key", params={**by_key, "key": "none"}).status_code == 404


def test_rates_of_the_api_add_up_whatever_they_are_told_apart_by(standing: Stand) -> None:
    session = standing.session(BY_NAME["a_province"])
    sums = set()
    for by in (
        ["insurer_id"],
        ["record_type"],
        ["city_code", "due_month"],
        ["insurer_id", "record_type", "city_code", "due_month"],
    ):
        items = session.get("/api/v1/on-time", params={"by": by}).json()["items"]
        sums.add((sum(i["due_count"] for i in items), sum(i["late_count"] for i in items)))
    assert len(sums) == 1
    assert sums != {(0, 0)}
    assert session.get("/api/v1/on-time", params={"by": "colour"}).status_code == 400


def test_the_overview_names_open_alerts(standing: Stand) -> None:
    assert "/alerts?state=open" in standing.session(BY_NAME["a_province"]).get("/console").text
