"""Nobody reaches what is another's: every route of the portal, found by itself, is called by accounts of every kind."""

from __future__ import annotations

import dataclasses
import re

import pytest
import requests

from tests.portal.front import Front
from tests.portal.routes import Asked, routes
from tests.portal.stand import CALLERS, Stand, but_for, text_of
from tests.warehouse.rights.places import Reader

#: Path parameters that name something of somebody's: the value is a foreign one, an own one, or one that does not exist.
PRIVATE = ("batch_id", "evidence_id", "version_id", "enterprise", "alert_no")
MISSING = dict.fromkeys(PRIVATE, "987654321") | {
    "enterprise": "00000000-0000-4000-8000-000000000000", "alert_no": "A99-20260101-0001",
}  # fmt: skip
#: Path parameters that mean another thing at another address: how they are called here.
MEANT = {
    ("/enterprises/{", "name"): "enterprise", ("/lists/{", "name"): "list", ("/static/{", "name"): "static",
    ("/indicators/{", "code"): "indicator", ("/agencies/{", "code"): "agency", ("/problems/{", "code"): "problem",
    ("bulletin", "kind"): "document",
}  # fmt: skip
#: Path parameters that name nobody's, and a value for each. A name in no table fails: say how to fill it.
OPEN = {
    "record_type": "policy", "kind": "csv", "ending": "csv", "rule_id": "FLD-011", "problem": "NOT-FOUND", "static": "portal.css",
    "indicator": "coverage_ratio", "list": "uncovered", "agency": "AGENCY", "document": "docx", "month": "2026-10",
    "insurer_id": "lichun", "publication_id": "1",
}  # fmt: skip
#: Queries without which an address answers nothing.
NEEDED = {
    "/submissions/nil": {"record_type": "claim"}, "/api/v1/evidence": {"service_no": "R370102D20Ilichun"},
    "/console/records/by-key": {"record_type": "policy", "insurer": "lichun", "key": "NONE"}, "/console/search": {"q": "R37"}, "/api/v1/search": {"q": "R37"},
}  # fmt: skip
#: Numbers for queries and forms: of one insurer in one city, and of nobody.
FOREIGN, NOBODY = "R370202D20Ilichun", "R370299D99Inobody"


def of_soak(caller: Reader) -> tuple[pytest.MarkDecorator, ...]:
    """Whom `make soak` alone lets ask for everything; a place's account and an insurer's are asked always."""
    return () if caller.name in ("stand_a_city", "stand_a_submitter") else (pytest.mark.long,)


def asked_of(front: Front) -> list[Asked]:
    """Every route, its parameters called as above."""
    shut = ("/healthz", "/metrics", "/sign-out", "/sign-in")
    return [_meant(asked) for asked in routes(front.app) if asked.path not in shut]


def _meant(asked: Asked) -> Asked:
    meant = {name: new for (place, name), new in MEANT.items() if place in asked.path}
    names = tuple(meant.get(name, name) for name in asked.path_names)
    path = re.sub(r"{(\w+)}", lambda found: f"{{{meant.get(found[1], found[1])}}}", asked.path)
    return dataclasses.replace(asked, path=path, path_names=names)


def private(asked: Asked) -> list[str]:
    return [name for name in asked.path_names if name in PRIVATE]


def call(stand: Stand, caller: Reader, asked: Asked, **values: str) -> requests.Response:
    session = stand.session(caller)
    address = asked.filled(OPEN | values)
    if asked.method == "GET":
        return session.get(address, params=NEEDED.get(asked.path), allow_redirects=False)
    form = dict.fromkeys((*asked.form_names, "rule_id", "reason", "person_name", "person_position", "comment"), "12")
    sent = {"json": form} if asked.path.startswith("/api/") else {"data": form}
    address = f"{address}?csrf_token={session.csrf}"
    return session.request(asked.method, address, allow_redirects=False, **sent)  # type: ignore[arg-type]


def test_every_route_is_known_how_to_call(standing: Stand) -> None:
    found = asked_of(standing.front)
    for asked in found:
        asked.filled(OPEN | dict.fromkeys(PRIVATE, "1"))
    assert {name for asked in found for name in private(asked)} == set(PRIVATE)


@pytest.mark.parametrize("caller", [pytest.param(caller, marks=of_soak(caller), id=caller.name) for caller in CALLERS])
def test_what_is_anothers_is_answered_like_what_does_not_exist(standing: Stand, caller: Reader) -> None:
    for name in PRIVATE:
        foreign = [str(each) for each in sorted(set(standing.ids(name)) - set(standing.ids(name, caller)))]
        for asked in asked_of(standing.front):
            if private(asked) == [name]:
                missing = call(standing, caller, asked, **{name: MISSING[name]})
                assert missing.status_code in (403, 404), f"{asked} {missing.status_code}"
                for each in _some(foreign):
                    answer = call(standing, caller, asked, **{name: each})
                    assert but_for(answer, each) == but_for(missing, MISSING[name]), f"{asked} {each}"


def test_there_is_something_foreign_for_every_insurer_and_city(standing: Stand) -> None:
    """Else the test above says nothing."""
    for caller in CALLERS:
        if caller.insurer or caller.kind in ("city", "county"):
            assert set(standing.ids("batch_id")) - set(standing.ids("batch_id", caller)), caller.name
            assert set(standing.ids("evidence_id")) - set(standing.ids("evidence_id", caller)), caller.name


@pytest.mark.parametrize("caller", [pytest.param(caller, marks=of_soak(caller), id=caller.name) for caller in CALLERS])
def test_no_answer_holds_a_number_of_anothers(standing: Stand, caller: Reader) -> None:
    own = {name: _some([str(each) for each in standing.ids(name, caller)], 6) for name in PRIVATE}
    seen = 0
    for asked in asked_of(standing.front):
        if asked.method != "GET":
            continue
        for values in [{name: each} for name in private(asked) for each in own[name]] or [{}]:
            if private(asked) and not values:
                continue
            answer = call(standing, caller, asked, **values)
            assert answer.status_code in (200, 303, 403, 404), f"{asked} {values}"
            assert caller.foreign(text_of(answer)) == [], f"{asked} {values}"
            seen += answer.status_code == 200
    assert seen


@pytest.mark.parametrize("caller", [pytest.param(caller, marks=of_soak(caller), id=caller.name) for caller in CALLERS])
def test_a_foreign_number_asked_for_finds_as_much_as_one_of_nobody(standing: Stand, caller: Reader) -> None:
    """Every free text of every query, alone and together with the others."""
    if not caller.foreign(FOREIGN):
        return
    session = standing.session(caller)
    for asked in asked_of(standing.front):
        if (
            asked.method != "GET" or private(asked) or "/audit" in asked.path
        ):  # the audit grows by each of these questions
            continue
        address = asked.filled(OPEN)
        free, needed = list(asked.query_names), NEEDED.get(asked.path, {})
        for names in [[name] for name in free] + ([free] if len(free) > 1 else []):
            theirs, nobodys = (
                session.get(address, params=needed | dict.fromkeys(names, number), allow_redirects=False)
                for number in (FOREIGN, NOBODY)
            )
            assert but_for(theirs, FOREIGN) == but_for(nobodys, NOBODY), f"{asked} {names}"


@pytest.mark.parametrize("caller", [c for c in CALLERS if c.insurer], ids=lambda caller: caller.name)
def test_an_insurer_that_names_the_other_gets_nothing_of_it(standing: Stand, caller: Reader) -> None:
    (other,) = {"lichun", "yushui"} - {caller.insurer}
    session = standing.session(caller)
    for asked in asked_of(standing.front):
        wanted = {name for name in asked.query_names if name.startswith("insurer")}
        if asked.method == "GET" and wanted and not private(asked):
            answer = session.get(
                asked.filled(OPEN), params=dict.fromkeys(wanted, other) | {"service_no": f"R370102D20I{other}"}
            )
            held = text_of(answer).replace(f"R370102D20I{other}", "")
            assert caller.foreign(held) == [], str(asked)
            assert f"{other}.png" not in held


def test_evidence_is_added_to_an_own_service_only(standing: Stand) -> None:
    (caller,) = (each for each in CALLERS if each.kind == "insurer_submitter" and each.insurer == "yushui")
    session = standing.session(caller)
    told = []
    for number in (FOREIGN, NOBODY):
        form = {"service_no": number}
        files = [("files", ("a.png", b"\x89PNG"))]
        told.append(but_for(session.post(f"/evidence?csrf_token={session.csrf}", data=form, files=files), number))
    assert told[0] == told[1]


def test_nobody_who_is_not_signed_in_gets_past_the_door(standing: Stand) -> None:
    own = {name: str(standing.ids(name)[0]) for name in PRIVATE}
    for asked in asked_of(standing.front):
        if asked.path.startswith(("/sign-in/", "/static/")) or asked.path in ("/language", "/api/v1/openapi.json"):
            continue
        address = standing.front.address + asked.filled(OPEN | own)
        answer = requests.request(asked.method, address, timeout=60, allow_redirects=False)
        assert (answer.status_code, answer.json()["code"]) == (401, "SIGN-IN-NEEDED"), str(asked)
        assert answer.headers["www-authenticate"]


def _some(values: list[str], count: int = 4) -> list[str]:
    """The first, the last and some between."""
    return values if len(values) <= count else [*values[:: -(-len(values) // (count - 1))], values[-1]]
