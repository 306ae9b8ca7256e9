"""``anze user``: an account is made, told once, given a second factor, listed, ended."""

from __future__ import annotations

import io
import pathlib
import time
from collections.abc import Iterator

import pyotp
import pytest
import sqlalchemy as sa

from tests.pipeline.conftest import Anze
from tests.portal.front import Session, front
from tests.warehouse.building import one
from warehouse.database import access
from warehouse.database.engine import connect


@pytest.fixture(autouse=True)
def _tidy(installed: pathlib.Path, engine: sa.Engine) -> Iterator[None]:
    """Roles belong to the server: accounts that a test made are dropped."""
    yield
    with engine.begin() as connection:
        for name in access.accounts(connection):
            if name.startswith("told_"):
                connection.exec_driver_sql(f"drop owned by {name}; drop role {name}")


def test_an_account_is_told_its_password_once_and_logs_in_with_it(engine: sa.Engine, anze: Anze) -> None:
    said = anze("user", "add", "told_city", "--kind", "city", "--region", "370100", "--source", "文号1", "--by", "处长")
    assert said.code == 0, said.err
    assert f"-U told_city {engine.url.database}" in said.out
    secret = said.out.partition("密码 password: ")[2].strip()
    login = connect(engine.url.set(username="told_city", password=secret).render_as_string(False))
    assert one(login, "select count(*) from report.policy") == 0
    login.dispose()
    assert secret not in anze("user", "list").out
    (row,) = [r for r in anze("user", "list", "--json").json if r["role_name"] == "told_city"]
    assert (row["kind"], row["region_codes"], row["granted_by"], row["source"]) == ("city", ["370100"], "处长", "文号1")


def test_a_password_may_be_given_as_a_line_and_is_not_shown(
    engine: sa.Engine, anze: Anze, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a long enough secret\n"))
    said = anze("user", "add", "told_bureau", "--kind", "finance", "--ask")
    assert said.code == 0, said.err
    assert "secret" not in said.out + said.err
    connect(engine.url.set(username="told_bureau", password="a long enough secret").render_as_string(False)).dispose()
    again = anze("user", "password", "told_bureau")
    assert again.code == 0
    assert "只显示这一次" in again.err


def test_a_disabled_account_is_listed_with_what_ended(anze: Anze) -> None:
    anze("user", "add", "told_gone", "--kind", "insurer_reader", "--insurer", "lichun")
    assert "已停用 disabled" in anze("user", "disable", "told_gone").out
    assert "told_gone" not in anze("user", "list").out
    assert "told_gone" in anze("user", "list", "--all").out


def test_a_second_factor_is_given_by_command_and_asked_for_by_the_portal(
    database_url: str, installed: pathlib.Path, anze: Anze
) -> None:
    password = anze("user", "add", "told_auditor", "--kind", "auditor").out.partition("密码 password: ")[2].strip()
    with front(database_url, installed / "var") as portal:

        def signs_in(code: str = "") -> bool:
            form = {"login": "told_auditor", "password": password, "code": code}
            return Session(portal.address).post("/sign-in", data=form, allow_redirects=False).status_code == 303

        assert signs_in()
        assert anze("user", "second-factor", "auditor").out == "auditor: 二次验证 second factor on\n"
        assert not signs_in()
        told = anze("user", "totp", "told_auditor").out
        secret = told.partition("密钥 secret: ")[2].split()[0]
        assert "█" in told, "the code for the app's camera"
        assert signs_in(pyotp.TOTP(secret).now())
        anze("user", "totp", "told_auditor")
        assert not signs_in(pyotp.TOTP(secret).at(int(time.time()) + 30)), "a new secret ends the old one"
        assert anze("user", "second-factor", "auditor", "--off").code == 0
        assert signs_in()
    done = {event["target"] for event in anze("audit", "list", "--json").json}
    assert {"second factor auditor", "second factor told_auditor"} <= done


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("add", "told_x", "--kind", "mayor"), 4, "no such kind"),
        (("add", "told_x", "--kind", "county", "--region", "371202"), 4, "370116"),
        (("add", "told_x", "--kind", "insurer_reader", "--insurer", "regulator"), 2, "no insurer"),
        (("add", "told_x", "--kind", "insurer_reader", "--insurer", "nobody"), 2, "no such insurer"),
        (("disable", "told_nobody"), 4, "no account"),
        (("password", "postgres"), 4, "no account"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(
    anze: Anze, arguments: tuple[str, ...], code: int, told: str
) -> None:
    said = anze("user", *arguments)
    assert (said.code, told in said.err) == (code, True), said.err
