"""Enterprises, insurers, agencies and search by HTTP: what page and API tell, and that no id opens what is others'."""

from __future__ import annotations

import re
import uuid

import pytest

from tests.portal.front import Front, Session
from tests.warehouse.building import rows_of
from tests.warehouse.indicators.story import Hub
from tests.warehouse.rights.places import PLACES, Reader

CODES = {region: f"C{region}" for region, _ in PLACES}


@pytest.fixture(autouse=True)
def _regulators_only(reader: Reader) -> None:
    if reader.insurer:
        pytest.skip("the console is a regulator's")


@pytest.fixture(scope="module")
def names(desk: Front, hub: Hub) -> dict[str, str]:
    """Every enterprise's random name by credit code, given by looking at it as who sees the province."""
    province = desk.session("front_console_a_province")
    for code in CODES.values():
        assert province.get(f"/api/v1/search?q={code}").json()["items"]
    return dict(rows_of(hub.engine, "select credit_code, cast(code as text) from reference.enterprise_code"))


def test_no_name_opens_an_enterprise_of_others(
    session: Session, reader: Reader, hub: Hub, names: dict[str, str]
) -> None:
    seen = 0
    for code, name in names.items():
        numbers = rows_of(hub.engine, "select policy_no from core.policy where insured_credit_code = :code", code=code)
        registered = rows_of(
            hub.engine, "select enterprise_name from core.enterprise where credit_code = :code", code=code
        )
        own = [row for row in (*numbers, *registered) if not reader.foreign(row[0])]
        for address in (
            f"/console/enterprises/{name}",
            f"/api/v1/enterprises/{name}",
            f"/api/v1/enterprises/{name}/events",
        ):
            answer = session.get(address)
            assert answer.status_code == (200 if own else 404), (code, address)
            assert reader.foreign(answer.text) == []
        seen += bool(own)
    assert 0 < seen <= len(names)


def test_page_and_api_count_the_same_events(session: Session, names: dict[str, str]) -> None:
    for code, name in names.items():
        api = session.get(f"/api/v1/enterprises/{name}")
        if api.status_code == 404:
            continue
        told = api.json()
        listed = session.get(f"/api/v1/enterprises/{name}/events?limit=1000").json()
        assert told["credit_code"] == code
        assert sum(told["event_counts"].values()) == listed["total"] == len(listed["items"])
        shown = re.search(r"共 <strong>([\d,]+)</strong>", session.get(f"/console/enterprises/{name}").text)
        assert shown
        assert shown[1] == str(listed["total"])


def test_an_address_never_holds_a_credit_code(session: Session, reader: Reader, hub: Hub) -> None:
    code = "C370202"
    if reader.kind not in ("province", "auditor") and reader.foreign("R370202D20Iregulator"):
        answer = session.post("/console/enterprises/by-code", data={"code": code, "csrf_token": session.csrf})
        assert answer.status_code == 404
        return
    answer = session.post(
        "/console/enterprises/by-code", data={"code": code, "csrf_token": session.csrf}, allow_redirects=False
    )
    assert answer.status_code == 303
    assert code not in answer.headers["location"]
    page = session.get(answer.headers["location"]).text
    assert code in page
    assert "<svg" in page
    kept = "select count(*) from access.event where role_name = :login and cast(filter as text) like '%C370202%'"
    assert rows_of(hub.engine, kept, login=f"front_{reader.name}") == [(0,)]


def test_search_goes_straight_to_the_only_one_that_is_meant(session: Session, reader: Reader) -> None:
    if reader.foreign("R370202D20Iregulator"):
        assert session.get("/console/search?q=R370202D20Iregulator", allow_redirects=False).status_code == 200
        return
    answer = session.get("/console/search?q=R370202D20Iregulator", allow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/console/enterprises/")
    assert session.get("/console/search?q=R370202D20Iregulator&all=true", allow_redirects=False).status_code == 200


def test_search_shows_nothing_of_others_and_says_what_it_cut(session: Session, reader: Reader) -> None:
    page = session.get("/console/search?q=R37").text
    assert reader.foreign(page) == []
    answer = session.get("/api/v1/search?q=R37&limit=1").json()
    whole = session.get("/api/v1/search?q=R37&limit=100").json()
    assert answer["is_cut"] == (whole["shown"] > 1)
    assert reader.foreign(str(whole)) == []


def test_insurers_and_agencies(session: Session, reader: Reader) -> None:
    for address in ("/console/insurers", "/console/insurers/lichun", "/console/agencies/AGENCY"):
        answer = session.get(address)
        assert answer.status_code == 200
        assert reader.foreign(answer.text) == []
    api = session.get("/api/v1/insurers/lichun").json()
    assert bool(api["last_batch_ids"]) == (reader.regions is None and reader.domains is None)
    for batch_id in api["last_batch_ids"][:3]:
        assert session.get(f"/submissions/{batch_id}").status_code == 200
    listed = session.get("/api/v1/insurers").json()
    assert listed["total"] == len(listed["items"]) > 1
    page = session.get("/console/insurers").text
    assert [page.index(line["name"]) for line in listed["items"]] == sorted(
        page.index(i["name"]) for i in listed["items"]
    )


def test_the_list_of_insurers_says_why_there_is_no_timeliness(session: Session, reader: Reader) -> None:
    page = session.get("/console/insurers").text
    assert ("报送及时性按全省统计，不分地区" in page) == (reader.regions is not None or reader.domains is not None)
    assert ("报送及时率" in page) == ("这里不显示报送及时性" not in page)


def test_only_who_sees_deliveries_has_them_in_the_menu(session: Session, reader: Reader) -> None:
    found = session.get("/api/v1/submissions?limit=1").json()["total"]
    assert ('<li><a href="/submissions/history"' in session.get("/console").text) == bool(found)


def test_what_does_not_exist_reads_as_what_is_not_shown(session: Session) -> None:
    for address in (f"/console/enterprises/{uuid.uuid4()}", "/console/insurers/nobody", "/console/agencies/NOBODY"):
        assert session.get(address).status_code == 404
        assert session.get(address.replace("/console", "/api/v1")).status_code == 404
    assert session.get("/console/enterprises/91370200MA3C0AAA1X").status_code == 400


def test_an_insurer_has_no_part_of_it(desk: Front, names: dict[str, str], reader: Reader) -> None:
    session = desk.session("front_console_a_company")
    for address in (
        "lists",
        "lists/late",
        "lists/late.csv",
        "search?q=R37",
        "insurers",
        "audit",
        "accounts",
        *(f"enterprises/{n}" for n in names.values()),
    ):
        assert session.get(f"/console/{address}").status_code == 403, address
        if not address.endswith(".csv"):
            assert session.get(f"/api/v1/{address}").status_code == 403, address
