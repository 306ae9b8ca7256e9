"""What another site makes a browser send is refused, at every address that takes something."""

from __future__ import annotations

import pytest
import requests

from tests.portal.front import Front, Session
from tests.portal.routes import Asked, routes
from tests.portal.signing_in.conftest import Desk

FOREIGN = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
)
NAMES = {"alert_no": "A", "batch_id": "1", "evidence_id": "1"}


@pytest.fixture(scope="module")
def submitter(desks: Desk) -> Session:
    return desks.first.session(desks.account("forged_submitter", "insurer_submitter", insurer_id="lichun"))


def writing(front: Front) -> list[Asked]:
    found = [asked for asked in routes(front.app) if asked.method not in ("GET", "HEAD", "OPTIONS")]
    assert found
    return found


def is_forged(answer: requests.Response) -> bool:
    return (answer.status_code, answer.json()["code"]) == (403, "FORGED")


def send(session: requests.Session, address: str, asked: Asked, **headers: str) -> requests.Response:
    form = dict.fromkeys(asked.form_names, "12")
    headers = {"Accept": "application/json", **headers}
    return session.request(asked.method, address, data=form, headers=headers, allow_redirects=False)


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_what_comes_from_another_site_is_refused_whatever_it_carries(
    desk: Desk, submitter: Session, headers: dict[str, str]
) -> None:
    token = submitter.csrf
    for asked in writing(desk.first):
        answer = send(submitter, asked.filled(NAMES), asked, **headers, **{"X-CSRF-Token": token})
        assert is_forged(answer), str(asked)
    assert submitter.csrf == token, "the session still stands"


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_nor_does_another_site_sign_anybody_in(desk: Desk, headers: dict[str, str]) -> None:
    with requests.Session() as nobody:
        for asked in writing(desk.first):
            if asked.path in ("/sign-in", "/language"):
                assert is_forged(send(nobody, desk.first.address + asked.path, asked, **headers)), str(asked)


@pytest.mark.parametrize("token", [None, "", "x", "令牌".encode().decode("latin-1")])
def test_a_write_without_the_sessions_secret_is_refused(desk: Desk, submitter: Session, token: str | None) -> None:
    for asked in writing(desk.first):
        if asked.path != "/sign-in":
            headers = {} if token is None else {"X-CSRF-Token": token}
            assert is_forged(send(submitter, asked.filled(NAMES), asked, **headers)), str(asked)


def test_the_secret_of_another_session_does_not_do(desk: Desk, submitter: Session) -> None:
    other = desk.first.session(desk.account("forged_other", "insurer_submitter", insurer_id="lichun"))
    form = {"record_type": "claim", "csrf_token": other.csrf}
    answer = submitter.post("/submissions/nil", data=form, headers={"Accept": "application/json"})
    assert is_forged(answer)
