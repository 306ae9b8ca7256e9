"""A session: its cookie, and everything that ends it."""

from __future__ import annotations

from http.cookies import SimpleCookie

import pytest
import requests

from tests.portal.front import Front
from tests.portal.signing_in.conftest import Desk
from warehouse.database import accounts
from warehouse.database.credentials import digest


@pytest.fixture(scope="module")
def login(desks: Desk) -> str:
    return desks.account("seated_account")


def cookie_of(answer: requests.Response) -> tuple[str, str]:
    (morsel,) = [m for m in SimpleCookie(answer.headers["set-cookie"]).values() if m.key.endswith("anze")]
    return morsel.key, morsel.value


def is_in(at: Front, cookie: tuple[str, str]) -> bool:
    answer = requests.get(f"{at.address}/api/v1/me", cookies=dict([cookie]), timeout=60)
    assert answer.status_code in (200, 401)
    return answer.status_code == 200


def test_the_cookie_is_for_the_server_alone(desk: Desk, login: str) -> None:
    flags = desk.right(login).headers["set-cookie"].lower().split("; ")
    assert {"httponly", "samesite=lax", "path=/"} <= set(flags)
    assert not any(flag.startswith("domain") for flag in flags)


def test_behind_tls_the_cookie_is_secure_and_of_this_host(desk: Desk, login: str) -> None:
    answer = desk.try_in(login, desk.first.passwords[login], at=desk.second)
    assert answer.headers["set-cookie"].startswith("__Host-anze=")
    assert "secure" in answer.headers["set-cookie"].lower().split("; ")
    assert is_in(desk.second, cookie_of(answer))
    assert not is_in(desk.second, ("anze", cookie_of(answer)[1]))


def test_the_database_knows_no_cookie(desk: Desk, login: str) -> None:
    _, secret = cookie_of(desk.right(login))
    with desk.first.engine.connect() as connection:
        rows = connection.exec_driver_sql("select token_sha256, s::text from access.session as s").all()
    assert digest(secret) in [bytes(row[0]) for row in rows]
    assert secret not in str([row[1] for row in rows])


def test_signing_in_makes_a_new_session_and_ends_the_old_one(desk: Desk, login: str) -> None:
    """A cookie that somebody planted before is worth nothing after."""
    planted = ("anze", "planted-by-somebody")
    form = {"login": login, "password": desk.first.passwords[login]}
    address = f"{desk.first.address}/sign-in"
    first = cookie_of(requests.post(address, data=form, cookies=dict([planted]), timeout=60, allow_redirects=False))
    assert not is_in(desk.first, planted)
    second = cookie_of(requests.post(address, data=form, cookies=dict([first]), timeout=60, allow_redirects=False))
    assert first != second
    assert not is_in(desk.first, first)
    assert is_in(desk.first, second)


def test_a_copy_of_the_cookie_is_worth_nothing_after_sign_out(desk: Desk, login: str) -> None:
    cookie = cookie_of(desk.right(login))
    with requests.Session() as browser:
        browser.cookies.set(*cookie)
        page = browser.get(f"{desk.first.address}/sign-in", headers={"Accept": "text/html"}, timeout=60).text
        token = page.partition('name="csrf-token" content="')[2].partition('"')[0]
        out = browser.post(
            f"{desk.first.address}/sign-out", data={"csrf_token": token}, timeout=60, allow_redirects=False
        )
        assert out.status_code == 303
        assert "max-age=0" in out.headers["set-cookie"].lower()
    assert not is_in(desk.first, cookie)


@pytest.mark.parametrize("aged", ["seen_at = now() - interval '31 minutes'", "ends_at = now()"])
def test_a_session_ends_by_idleness_and_by_its_end(desk: Desk, login: str, aged: str) -> None:
    cookie = cookie_of(desk.right(login))
    assert is_in(desk.first, cookie)
    desk.run(f"update access.session set {aged} where role_name = '{login}'")
    assert not is_in(desk.first, cookie)


def test_a_session_in_use_does_not_outlive_its_end(desk: Desk, login: str) -> None:
    desk.right(login)
    query = f"select max(ends_at - opened_at) from access.session where role_name = '{login}'"
    with desk.first.engine.connect() as connection:
        assert connection.exec_driver_sql(query).scalar_one().total_seconds() <= 12 * 3600


def test_disabling_an_account_and_a_new_password_end_its_sessions_at_every_portal(desk: Desk) -> None:
    name = desk.account("seated_leaver")
    for end in (accounts.set_password, accounts.disable):
        cookie = cookie_of(desk.right(name))
        assert is_in(desk.first, cookie)
        changed = end(desk.first.engine, name, by="test")
        if isinstance(changed, str):
            desk.first.passwords[name] = changed
        assert not is_in(desk.first, cookie)
    assert desk.right(name).status_code == 401
