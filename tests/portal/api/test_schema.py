"""The API keeps to its description, whoever asks and whatever is asked; ``bench.soak.api`` asks far more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from hypothesis import settings

from bench.soak.api import MODES, Tally, check, described, quiet, try_all
from tests.portal.stand import CALLERS, Stand
from tests.warehouse.rights.places import Reader
from warehouse.database.credentials import Issue, issue_token

KINDS = list({caller.kind: caller for caller in CALLERS}.values())
CASES = 2


def token_of(stand: Stand, caller: Reader) -> dict[str, str]:
    """A header by which a program asks as an account, with every scope that it may have."""
    scopes = ("read", "submit") if caller.kind == "insurer_submitter" else ("read",)
    secret = issue_token(stand.front.engine, caller.name, Issue("probing", scopes, 1, "test"))
    return {"Authorization": f"Bearer {secret}"}


@pytest.fixture(scope="module")
def schema(standing: Stand) -> Any:
    return described(standing.front.address)


@pytest.fixture(params=KINDS, ids=lambda caller: caller.kind)
def session(request: pytest.FixtureRequest, standing: Stand) -> Iterator[requests.Session]:
    """A program of one kind of account after the other."""
    with requests.Session() as made:
        made.headers.update(token_of(standing, request.param))
        yield made


@pytest.mark.parametrize("mode", MODES)
def test_every_answer_is_as_described(schema: Any, session: requests.Session, mode: str) -> None:
    tally = Tally()
    try_all(schema, session, MODES[mode], cases=CASES, tally=tally)
    assert tally.faults == []
    assert {status // 100 for _, status in tally.answers} & {2, 4}


def test_a_walk_along_the_links_is_as_described(schema: Any, standing: Stand) -> None:
    (submitter,) = (caller for caller in CALLERS if caller.name == "stand_a_rival")
    headers, machine = token_of(standing, submitter), schema.as_state_machine()

    class Walk(machine):  # type: ignore[misc,valid-type]
        """Every request as one account."""

        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"headers": headers}

        def validate_response(self, response: Any, case: Any, **_: Any) -> None:
            check(case, response)

    Walk.run(settings=settings(quiet(8), stateful_step_count=5))


def test_what_an_answer_names_can_be_asked_for_by_its_links(schema: Any, standing: Stand) -> None:
    """The description's links lead from a list to its rows."""
    listed = schema.raw_schema["paths"]["/api/v1/submissions"]["get"]["responses"]["200"]["links"]
    ids = {o["get"]["operationId"]: path for path, o in schema.raw_schema["paths"].items() if "get" in o}
    led = {ids[link["operationId"]]: link["parameters"] for link in listed.values() if "operationId" in link}
    assert led["/api/v1/submissions/{batch_id}"] == {"batch_id": "$response.body#/items/0/batch_id"}


def test_every_path_says_which_methods_it_takes(schema: Any, standing: Stand) -> None:
    headers = token_of(standing, CALLERS[0])
    for path in schema.raw_schema["paths"]:
        answer = requests.request("PATCH", standing.front.address + path, headers=headers, timeout=60)
        assert (answer.status_code, answer.json()["code"]) == (405, "METHOD-NOT-ALLOWED"), path
        assert {"GET", "POST"} & set(answer.headers["allow"].split(", "))


def test_the_code_of_every_problem_can_be_looked_up(schema: Any, standing: Stand) -> None:
    headers = token_of(standing, CALLERS[0])
    for path in ("/api/v1/nothing", "/api/v1/submissions/0", "/api/v1/submissions?limit=0"):
        told = requests.get(standing.front.address + path, headers=headers, timeout=60)
        assert told.headers["content-type"] == "application/problem+json"
        kind = requests.get(standing.front.address + told.json()["type"], headers=headers, timeout=60).json()
        assert (kind["code"], kind["status"]) == (told.json()["code"], told.status_code)
