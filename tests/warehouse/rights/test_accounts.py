"""Accounts of persons: made, changed, ended; each a login of PostgreSQL that reads, with caps that it cannot lift."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from schemas.errors import SetupError
from tests.warehouse.building import one, rows_of
from warehouse.database import access, accounts
from warehouse.database.accounts import Account
from warehouse.database.engine import connect

SAID = {"granted_by": "处长", "source": "鲁应急函〔2026〕1号"}
CAPS = {
    "default_transaction_read_only": "on",
    "statement_timeout": "1min",
    "idle_in_transaction_session_timeout": "1min",
    "temp_file_limit": "2GB",
    "work_mem": "16MB",
    "max_parallel_workers_per_gather": "1",
    "TimeZone": "Asia/Shanghai",
    "search_path": "report",
}


@pytest.fixture
def database(engine: sa.Engine) -> Iterator[sa.Engine]:
    """A database closed to the public; accounts that a test made are dropped."""
    with engine.begin() as connection:
        access.protect_database(connection)
    yield engine
    with engine.begin() as connection:
        for name in access.accounts(connection):
            if name.startswith("made_"):
                connection.exec_driver_sql(f"drop owned by {name}; drop role {name}")


def opened(engine: sa.Engine, name: str, password: str) -> sa.Engine:
    return connect(engine.url.set(username=name, password=password).render_as_string(False))


def test_an_account_logs_in_over_tcp_with_a_scram_password(database: sa.Engine) -> None:
    password = accounts.add(database, Account("made_city", "city", ("370100",), **SAID))
    kept = one(database, "select rolpassword from pg_authid where rolname = 'made_city'")
    assert kept.startswith("SCRAM-SHA-256$")
    login = opened(database, "made_city", password)
    assert one(login, "select inet_server_addr() is not null")
    assert rows_of(login, "select kind, region_codes, granted_by, source from account") == [
        ("city", ["370100"], "处长", "鲁应急函〔2026〕1号")
    ]
    login.dispose()
    with pytest.raises(SetupError, match="wrong password"):
        opened(database, "made_city", password + "x")


def test_caps_are_those_of_the_login_itself(database: sa.Engine) -> None:
    """Settings of a group would not reach its members; what a login changes of its own is put back."""
    password = accounts.add(database, Account("made_caps", "analyst", **SAID))
    login = opened(database, "made_caps", password)
    wanted = {name: value for name, value in CAPS.items() if name != "TimeZone"}
    assert {name: one(login, f"show {name}") for name in wanted} == wanted
    with login.begin() as connection:
        connection.exec_driver_sql("set transaction read write")
        connection.exec_driver_sql("alter role made_caps set statement_timeout = 0")
    login.dispose()
    access.create_roles(database)
    assert {name: one(login, f"show {name}") for name in wanted} == wanted
    with pytest.raises(sa.exc.DBAPIError):
        rows_of(login, "set temp_file_limit = -1")
    limits = "select rolconnlimit, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls from pg_roles where rolname = 'made_caps'"
    assert rows_of(database, limits) == [(accounts.CONNECTIONS, False, False, False, False)]
    login.dispose()


def test_connections_are_capped(database: sa.Engine) -> None:
    password = accounts.add(database, Account("made_many", "finance", **SAID))
    login = opened(database, "made_many", password)
    with pytest.raises(sa.exc.DBAPIError, match="too many connections"):
        _ = [login.connect() for _ in range(accounts.CONNECTIONS + 1)]
    login.dispose()


def test_a_disabled_account_is_out_at_once_and_its_right_is_kept(database: sa.Engine) -> None:
    password = accounts.add(database, Account("made_gone", "county", ("370202",), **SAID))
    login = opened(database, "made_gone", password)
    session = login.connect()
    session.exec_driver_sql("select 1")
    assert accounts.disable(database, "made_gone", "处长") >= 1
    with pytest.raises(sa.exc.DBAPIError):
        session.exec_driver_sql("select count(*) from report.policy")
    login.dispose()
    with pytest.raises(SetupError):
        opened(database, "made_gone", password)
    (right,) = [e for e in accounts.listed(database) if e.role_name == "made_gone"]
    assert right.valid_to is not None
    assert not right.may_log_in
    with pytest.raises(SetupError, match="停用"):
        accounts.set_password(database, "made_gone", by="处长")


def test_an_account_opened_again_has_its_new_right_only(database: sa.Engine) -> None:
    accounts.add(database, Account("made_moved", "county", ("370202",), **SAID))
    accounts.disable(database, "made_moved", "处长")
    password = accounts.add(database, Account("made_moved", "city", ("370100",), **SAID))
    login = opened(database, "made_moved", password)
    assert rows_of(login, "select kind from account where valid_to is null") == [("city",)]
    assert rows_of(login, "select current_setting('role'), pg_has_role('anze_county', 'member')") == [("none", False)]
    login.dispose()


def test_another_password_replaces_the_first(database: sa.Engine) -> None:
    first = accounts.add(database, Account("made_new", "auditor", **SAID))
    second = accounts.set_password(database, "made_new", "a password of a person", by="处长")
    assert second == "a password of a person"
    with pytest.raises(SetupError, match="wrong password"):
        opened(database, "made_new", first)
    opened(database, "made_new", second).dispose()


@pytest.mark.parametrize(
    ("account", "told"),
    [
        (Account("x", "city", ("370100",), **SAID), "no account's name"),
        (Account("anze_friend", "city", ("370100",), **SAID), "no account's name"),
        (Account('made_"x', "city", ("370100",), **SAID), "no account's name"),
        (Account("postgres", "city", ("370100",), **SAID), "is taken"),
        (Account("made_a", "mayor", **SAID), "no such kind"),
        (Account("made_a", "city", **SAID), "name its regions"),
        (Account("made_a", "city", ("370100",), insurer_id="lichun", **SAID), "takes no insurer"),
        (Account("made_a", "insurer_reader", **SAID), "name one insurer"),
        (Account("made_a", "industry", ("370100",), **SAID), "name its sectors"),
        (Account("made_a", "industry", domain_codes=("99",), **SAID), "99 不是行业领域"),
        (Account("made_a", "province", ("370100",), **SAID), "name no region"),
        (Account("made_a", "county", ("371202",), **SAID), "371202 不是地区 region, 现为 now 370116"),
        (Account("made_a", "county", ("379999",), **SAID), "379999 不是地区"),
        (Account("made_a", "analyst", sees_personal=True, **SAID), "no personal values"),
        (Account("made_a", "finance"), "who grants it"),
    ],
)
def test_a_right_that_makes_no_sense_is_refused(database: sa.Engine, account: Account, told: str) -> None:
    with pytest.raises(SetupError, match=told):
        accounts.add(database, account)
    assert not rows_of(database, "select from pg_roles where rolname like 'made\\_%'")


def test_a_short_password_is_refused(database: sa.Engine) -> None:
    with pytest.raises(SetupError, match="short"):
        accounts.add(database, Account("made_short", "finance", **SAID), "secret")


@pytest.mark.parametrize(
    "attempt",
    [
        "update access.entitlement set region_codes = '{*}'",
        "update access.entitlement set valid_to = null where valid_to is not null",
        "delete from access.entitlement",
        "truncate access.entitlement",
    ],
)
def test_rights_are_ended_never_rewritten(database: sa.Engine, attempt: str) -> None:
    accounts.add(database, Account("made_past", "finance", **SAID))
    accounts.disable(database, "made_past", "处长")
    with pytest.raises(sa.exc.DBAPIError), database.begin() as connection:
        connection.exec_driver_sql(attempt)


def test_the_loader_writes_no_right_and_makes_no_account(database: sa.Engine) -> None:
    for attempt in ("insert into access.entitlement (role_name) values ('x')", "select * from access.entitlement"):
        with pytest.raises(sa.exc.DBAPIError), database.begin() as connection:  # noqa: PT012 - a transaction
            connection.exec_driver_sql("set local role anze_loader")
            connection.exec_driver_sql(attempt)
