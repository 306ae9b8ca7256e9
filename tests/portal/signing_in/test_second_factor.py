"""A second factor: asked of whole kinds of account, each code good for one sign-in."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pyotp
import pytest

from tests.portal.signing_in.conftest import Desk
from warehouse.database import credentials


@pytest.fixture
def login(desk: Desk) -> Iterator[str]:
    """An auditor; auditors sign in with a code, engineers do not."""
    name = "coded_auditor"
    if name not in desk.first.passwords:
        desk.account(name, "auditor")
        desk.account("coded_engineer", "engineer")
    credentials.require_second_factor(desk.first.engine, "auditor", is_required=True, by="test")
    yield name
    credentials.require_second_factor(desk.first.engine, "auditor", is_required=False, by="test")


def code_of(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(time.time()) + 30 * steps)


def test_it_is_asked_of_the_kind_that_needs_it_and_of_no_other(desk: Desk, login: str) -> None:
    assert desk.right(login).status_code == 401, "without a secret nobody gets in"
    secret = credentials.new_totp_secret(desk.first.engine, login, "test")
    assert desk.right(login).status_code == 401
    assert desk.right(login, code=code_of(secret)).status_code == 303
    assert desk.right("coded_engineer").status_code == 303
    credentials.require_second_factor(desk.first.engine, "auditor", is_required=False, by="test")
    assert desk.right(login).status_code == 303


def test_a_code_works_once_at_every_portal(desk: Desk, login: str) -> None:
    secret = credentials.new_totp_secret(desk.first.engine, login, "test")
    code = code_of(secret)
    assert desk.right(login, code=code).status_code == 303
    for at in (desk.first, desk.second):
        assert desk.try_in(login, desk.first.passwords[login], at=at, code=code).status_code == 401


def test_an_old_or_future_code_does_not_work(desk: Desk, login: str) -> None:
    secret = credentials.new_totp_secret(desk.first.engine, login, "test")
    for steps in (-20, 20):
        assert desk.right(login, code=code_of(secret, steps)).status_code == 401


def test_a_code_does_not_help_a_wrong_password(desk: Desk, login: str) -> None:
    secret = credentials.new_totp_secret(desk.first.engine, login, "test")
    code = code_of(secret)
    assert desk.try_in(login, "wrong", code=code).status_code == 401
    assert desk.right(login, code=code).status_code == 303


@pytest.mark.parametrize("code", ["", "000000x", "１２３４５６", "验证码", "\U0001f511", "9" * 200])
def test_a_wrong_code_reads_like_a_wrong_password(desk: Desk, login: str, code: str) -> None:
    credentials.new_totp_secret(desk.first.engine, login, "test")
    wrong = desk.try_in(login, "wrong", code=code)
    answer = desk.right(login, code=code)
    assert (answer.status_code, answer.text) == (wrong.status_code, wrong.text) == (401, answer.text)


def test_guesses_of_codes_wait_too(desk: Desk, login: str) -> None:
    credentials.new_totp_secret(desk.first.engine, login, "test")
    answers = [desk.right(login, code=f"{number:06}").status_code for number in range(8)]
    assert answers[-1] == 429
