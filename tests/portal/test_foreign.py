"""Nobody reaches what is another's: every route of the portal, found by itself, is called by accounts of every kind."""

from __future__ import annotations

import pytest
import requests

from tests.portal.routes import Asked, routes
from tests.portal.stand import CALLERS, Stand, but_for, text_of
from tests.warehouse.rights.places import Reader

#: Path parameters that name something of somebody's: the value is a foreign one, an own one, or one that does not exist.
PRIVATE = ("batch_id", "evidence_id")
MISSING = "987654321"
#: Path parameters that name nobody's, and a value for each. A name in neither table fails: say how to fill it.
OPEN = {
    "record_type": "policy", "kind": "json", "rule_id": "FLD-011", "code": "NOT-FOUND", "name": "portal.css",
}  # fmt: skip
#: Numbers for queries and forms: of one insurer in one city, and of nobody.
FOREIGN, NOBODY = "R370202D20Ilichun", "R370299D99Inobody"
#: Queries that are no free texts, and values that they take.
QUERIES = {
    "before": "900000",
    "cursor": None,
    "limit": "50",
    "part": "1",
    "mine": "true",
    "since": "2026-01-01",
    "until": "2027-01-01",
}


def asked_of(stand: Stand) -> list[Asked]:
    return [asked for asked in routes(stand.front.app) if asked.path not in ("/healthz", "/sign-out", "/sign-in")]


def private(asked: Asked) -> list[str]:
    return [name for name in asked.path_names if name in PRIVATE]


def call(stand: Stand, caller: Reader, asked: Asked, **values: str) -> requests.Response:
    session = stand.session(caller)
    address = asked.filled(OPEN | values)
    if asked.method == "GET":
        return session.get(address, allow_redirects=False)
    form = dict.fromkeys(asked.form_names, "12")
    return session.post(f"{address}?csrf_token={session.csrf}", data=form, allow_redirects=False)


def test_every_route_is_known_how_to_call(standing: Stand) -> None:
    found = asked_of(standing)
    for asked in found:
        asked.filled(OPEN | dict.fromkeys(PRIVATE, "1"))
    assert {name for asked in found for name in private(asked)} == set(PRIVATE)


@pytest.mark.parametrize("caller", CALLERS, ids=lambda caller: caller.name)
def test_what_is_anothers_is_answered_like_what_does_not_exist(standing: Stand, caller: Reader) -> None:
    for name in PRIVATE:
        foreign = [str(each) for each in sorted(set(standing.ids(name)) - set(standing.ids(name, caller)))]
        for asked in asked_of(standing):
            if private(asked) == [name]:
                missing = call(standing, caller, asked, **{name: MISSING})
                assert missing.status_code in (403, 404), f"{asked} {missing.status_code}"
                for each in _some(foreign):
                    answer = call(standing, caller, asked, **{name: each})
                    assert but_for(answer, each) == but_for(missing, MISSING), f"{asked} {each}"


def test_there_is_something_foreign_for_every_insurer_and_city(standing: Stand) -> None:
    """Else the test above says nothing."""
    for caller in CALLERS:
        if caller.insurer or caller.kind in ("city", "county"):
            assert set(standing.ids("batch_id")) - set(standing.ids("batch_id", caller)), caller.name
            assert set(standing.ids("evidence_id")) - set(standing.ids("evidence_id", caller)), caller.name


@pytest.mark.parametrize("caller", CALLERS, ids=lambda caller: caller.name)
def test_no_answer_holds_a_number_of_anothers(standing: Stand, caller: Reader) -> None:
    own = {name: _some([str(each) for each in standing.ids(name, caller)], 6) for name in PRIVATE}
    seen = 0
    for asked in asked_of(standing):
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


@pytest.mark.parametrize("caller", CALLERS, ids=lambda caller: caller.name)
def test_a_foreign_number_asked_for_finds_as_much_as_one_of_nobody(standing: Stand, caller: Reader) -> None:
    """Every free text of every query, alone and together with the others."""
    if not caller.foreign(FOREIGN):
        return
    session = standing.session(caller)
    for asked in asked_of(standing):
        if asked.method != "GET" or private(asked):
            continue
        address = asked.filled(OPEN)
        free = [name for name in asked.query_names if name not in QUERIES and name != "lang"]
        for names in [[name] for name in free] + ([free] if len(free) > 1 else []):
            theirs, nobodys = (
                session.get(address, params=dict.fromkeys(names, number), allow_redirects=False)
                for number in (FOREIGN, NOBODY)
            )
            assert but_for(theirs, FOREIGN) == but_for(nobodys, NOBODY), f"{asked} {names}"


@pytest.mark.parametrize("caller", [c for c in CALLERS if c.insurer], ids=lambda caller: caller.name)
def test_an_insurer_that_names_the_other_gets_nothing_of_it(standing: Stand, caller: Reader) -> None:
    (other,) = {"lichun", "yushui"} - {caller.insurer}
    session = standing.session(caller)
    for asked in asked_of(standing):
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
    for asked in asked_of(standing):
        if asked.path in ("/static/{name}", "/language", "/api/v1/openapi.json"):
            continue
        address = standing.front.address + asked.filled(OPEN | own)
        answer = requests.request(asked.method, address, timeout=60, allow_redirects=False)
        assert (answer.status_code, answer.json()["code"]) == (401, "SIGN-IN-NEEDED"), str(asked)
        assert answer.headers["www-authenticate"]


def _some(values: list[str], count: int = 4) -> list[str]:
    """The first, the last and some between."""
    return values if len(values) <= count else [*values[:: -(-len(values) // (count - 1))], values[-1]]
