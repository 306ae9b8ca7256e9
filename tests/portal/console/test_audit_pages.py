"""The audit and the accounts by HTTP: an auditor sees all, everybody else their own; a number is found by its digest."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest

from tests.portal.front import Front, Session
from tests.warehouse.building import rows_of
from tests.warehouse.indicators.story import Hub
from tests.warehouse.rights.places import Reader


@pytest.fixture(autouse=True)
def _regulators_only(reader: Reader) -> None:
    if reader.insurer:
        pytest.skip("the console is a regulator's")


def test_everybody_sees_their_own_events_and_an_auditor_all(session: Session, reader: Reader, desk: Front) -> None:
    desk.session("front_console_a_city").get("/console/lists/late")
    session.get("/console/lists/late")
    found = session.get("/api/v1/audit?limit=1000").json()["items"]
    who = {event["role_name"] for event in found}
    own = f"front_{reader.name}"
    assert own in who
    assert who > {own} if reader.kind == "auditor" else who == {own}
    listed = session.get("/api/v1/accounts").json()["items"]
    assert {each["role_name"] for each in listed} >= {own}
    assert (len(listed) > 1) == (reader.kind == "auditor")
    page = session.get("/console/accounts").text
    assert own in page
    assert ("front_console_a_city" in page) == (reader.kind == "auditor" or own == "front_console_a_city")


def test_page_export_and_api_hold_the_same_events(session: Session, reader: Reader, hub: Hub) -> None:
    narrowed = f"kind=sign_in&account=front_{reader.name}"
    query = "select count(*) from access.event where kind = 'sign_in' and role_name = :login"
    expected = rows_of(hub.engine, query, login=f"front_{reader.name}")[0][0]
    api = session.get(f"/api/v1/audit?{narrowed}").json()
    rows = [*csv.reader(io.StringIO(session.get(f"/console/audit.csv?{narrowed}").content.decode("utf-8-sig")))]
    book = openpyxl.load_workbook(io.BytesIO(session.get(f"/console/audit.xlsx?{narrowed}").content))
    assert api["total"] == len(rows) - 1 == book.worksheets[0].max_row - 1 == expected
    assert expected > 0
    assert f"共 <strong>{expected}</strong>" in session.get(f"/console/audit?{narrowed}").text
    about = dict(book["说明"].iter_rows(min_row=2, values_only=True))
    assert about["导出账号"] == f"front_{reader.name}"


def test_an_auditor_finds_who_asked_for_a_number(session: Session, reader: Reader, desk: Front) -> None:
    desk.session("front_console_a_province").get("/console/search?q=C370202&all=true")
    form = {"identifier": "C370202", "csrf_token": session.csrf}
    answer = session.post("/console/audit/number", data=form, allow_redirects=False)
    if reader.kind != "auditor":
        assert answer.status_code == 403
        return
    assert "C370202" not in answer.headers["location"]
    page = session.get(answer.headers["location"]).text
    assert "front_console_a_province" in page
    digest = answer.headers["location"].partition("digest=")[2]
    assert session.get(f"/api/v1/audit?digest={digest}").json()["total"] > 0


def test_pages_of_events_join(session: Session) -> None:
    following, ids = "/api/v1/audit?limit=2&kind=sign_in", []
    while following:
        answer = session.get(following).json()
        ids += [event["event_id"] for event in answer["items"]]
        following = answer["next"]
    assert ids == sorted(set(ids), reverse=True)
    assert len(ids) == answer["total"]
