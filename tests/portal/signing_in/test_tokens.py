"""Tokens of the API: what each may, and everything that ends one."""

from __future__ import annotations

import pytest
import requests

from schemas.errors import SetupError
from tests.portal.signing_in.conftest import Desk
from warehouse.database import accounts, credentials
from warehouse.database.credentials import Issue


@pytest.fixture(scope="module")
def login(desks: Desk) -> str:
    desks.account("token_reader", "insurer_reader", insurer_id="lichun")
    return desks.account("token_submitter", "insurer_submitter", insurer_id="lichun")


def issue(desk: Desk, login: str, *scopes: str) -> str:
    return credentials.issue_token(desk.first.engine, login, Issue("test", scopes, 30, "test"))


def ask(desk: Desk, secret: str, path: str = "/api/v1/me", scheme: str = "Bearer") -> requests.Response:
    return requests.get(desk.first.address + path, headers={"Authorization": f"{scheme} {secret}"}, timeout=60)


def hand_in(desk: Desk, secret: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    address = f"{desk.first.address}/api/v1/submissions?record_type=claim"
    return requests.post(address, data=b"[]", headers=headers, timeout=60)


def test_a_token_may_what_its_scopes_say(desk: Desk, login: str) -> None:
    reads, writes = issue(desk, login, "read"), issue(desk, login, "submit")
    assert ask(desk, reads, "/api/v1/submissions").status_code == 200
    assert hand_in(desk, writes).status_code == 202
    for refused in (hand_in(desk, reads), ask(desk, writes, "/api/v1/submissions")):
        assert (refused.status_code, refused.json()["code"]) == (403, "NOT-ALLOWED")


def test_a_token_is_no_session_at_pages_that_ask_for_a_scope(desk: Desk, login: str) -> None:
    """A page is no way around the scopes of the API."""
    assert ask(desk, issue(desk, login, "submit"), "/submissions/history").status_code == 403


def test_nobody_who_reads_gets_a_token_that_submits(desk: Desk, login: str) -> None:
    with pytest.raises(SetupError):
        issue(desk, "token_reader", "submit")
    secret = issue(desk, "token_reader", "read")
    desk.run("update access.token set scopes = array['read', 'submit'] where role_name = 'token_reader'")
    assert hand_in(desk, secret).status_code == 403, "the account decides, not its token alone"


@pytest.mark.parametrize(
    "ends",
    [
        "update access.token set revoked_at = now()",
        "update access.token set created_at = now() - interval '2 days', expires_at = now() - interval '1 second'",
    ],
)
def test_a_token_that_ended_is_nobodys(desk: Desk, login: str, ends: str) -> None:
    secret = issue(desk, login, "read", "submit")
    assert ask(desk, secret).status_code == 200
    desk.run(ends)
    assert ask(desk, secret).status_code == 401
    assert hand_in(desk, secret).status_code == 401


def test_a_token_ends_with_its_account(desk: Desk) -> None:
    name = desk.account("token_leaver", "insurer_submitter", insurer_id="lichun")
    secret = issue(desk, name, "read")
    accounts.disable(desk.first.engine, name, "test")
    assert ask(desk, secret).status_code == 401


@pytest.mark.parametrize("secret", ["anze_x", "", "x" * 8000, "é", "' or 1=1 --", "../../etc/passwd"])
@pytest.mark.parametrize("scheme", ["Bearer", "Basic", "bearer"])
def test_what_is_no_token_is_nobodys(desk: Desk, secret: str, scheme: str) -> None:
    answer = ask(desk, secret, scheme=scheme)
    assert (answer.status_code, answer.json()["code"]) == (401, "SIGN-IN-NEEDED")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_wrong_token_is_not_saved_by_a_right_session(desk: Desk, login: str) -> None:
    session = desk.first.session(login)
    assert session.get("/api/v1/me", headers={"Authorization": "Bearer anze_wrong"}).status_code == 401
