"""Who guesses passwords is slowed down by account and by address, and learns nothing from the answers."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.portal.signing_in.conftest import Desk
from tests.warehouse.building import rows_of
from warehouse.database import accounts


@pytest.fixture(scope="module")
def login(desks: Desk) -> str:
    return desks.account("guessed_account")


def said(answer: object, login: str) -> tuple[object, ...]:
    """What an answer tells, but for what is each answer's own: its moment, its length and its name in the log."""
    own = ("date", "content-length", "x-request-id")
    headers = {name: value for name, value in answer.headers.items() if name.lower() not in own}  # type: ignore[attr-defined]
    return answer.status_code, headers, answer.text.replace(login, "")  # type: ignore[attr-defined]


def test_passwords_are_kept_as_argon2id_of_a_bounded_cost(desk: Desk, login: str) -> None:
    ((kept,),) = rows_of(desk.first.engine, f"select password_hash from access.credential where role_name = '{login}'")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert desk.first.passwords[login] not in kept


def test_failures_of_an_account_count_at_every_portal_and_are_forgotten_by_success(desk: Desk, login: str) -> None:
    for _ in range(3):
        for at in (desk.first, desk.second):
            assert desk.try_in(login, "wrong", at=at).status_code == 401
    for at in (desk.first, desk.second):
        waits = desk.right(login) if at is desk.first else desk.try_in(login, desk.first.passwords[login], at=at)
        assert waits.status_code == 429
        assert 1 <= int(waits.headers["retry-after"]) <= 900
    desk.run("update access.sign_in_failure set waits_until = now()")
    assert desk.right(login).status_code == 303
    assert desk.try_in(login, "wrong").status_code == 401
    assert desk.right(login).status_code == 303


def test_waits_grow_with_each_failure(desk: Desk, login: str) -> None:
    waits = []
    for _ in range(9):
        desk.run("update access.sign_in_failure set waits_until = now()")
        desk.try_in(login, "wrong")
        waits.append(int(desk.try_in(login, "wrong").headers.get("retry-after", 0)))
    waits = [seconds for seconds in waits if seconds]
    assert waits == sorted(waits)
    assert waits[-1] > 2 * waits[0]


def test_guesses_at_once_are_no_more_than_guesses_in_a_row(desk: Desk, login: str) -> None:
    with ThreadPoolExecutor(24) as pool:
        answers = list(pool.map(lambda _: desk.try_in(login, "wrong").status_code, range(24)))
    assert set(answers) == {401, 429}
    assert answers.count(401) <= 6


def test_an_address_that_tries_many_accounts_waits_too(desk: Desk, login: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: desk.try_in(f"nobody_{number}", "wrong"), range(60)))
    waits = desk.right(login)
    assert waits.status_code == 429
    assert waits.headers["retry-after"]


def test_no_answer_tells_whether_an_account_exists(desk: Desk, login: str) -> None:
    """Text, status and headers are the same; the time is so by construction: the same hash is computed for nobody."""
    unknown = "guessed_accounx"
    for _ in range(8):
        assert said(desk.try_in(login, "wrong"), login) == said(desk.try_in(unknown, "wrong"), unknown)
    assert desk.try_in(unknown, "wrong").status_code == 429


def test_a_disabled_account_reads_like_none(desk: Desk) -> None:
    name = desk.account("guessed_disabled")
    accounts.disable(desk.first.engine, name, "test")
    assert said(desk.right(name), name) == said(desk.try_in("guessed_nobody__", "x"), "guessed_nobody__")


def test_what_was_typed_is_kept_nowhere(desk: Desk) -> None:
    """People type passwords into the field of the login."""
    typed = f"typed-{secrets.token_hex(8)}"
    desk.try_in(typed, "wrong")
    audit = rows_of(desk.first.engine, "select e::text from report.audit_event as e")
    failures = rows_of(desk.first.engine, "select f::text from access.sign_in_failure as f")
    assert audit
    assert failures
    assert typed not in str(audit) + str(failures)
