"""SQL of readers, by a real psql and a real server's log, is in the audit: who, when, what; once."""

from __future__ import annotations

import datetime as dt
import os
import pathlib
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline.services.postgres import LOG_FOLDER, Cluster, binaries
from schemas.errors import WarehouseBusy
from tests.warehouse.building import one, rows_of
from warehouse.database import access, accounts, server_log
from warehouse.database.accounts import Account
from warehouse.database.engine import connect

NAME, OTHER = "asks_by_sql", "asks_too"
SECONDS = 20
EVENTS = "select role_name, kind, object, filter, row_count, client, via from report.audit_event where via = 'psql' order by event_id"
Psql = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def database(engine: sa.Engine) -> Iterator[sa.Engine]:
    """A database closed to the public; the accounts that a test made are dropped."""
    with engine.begin() as connection:
        access.protect_database(connection)
    yield engine
    with engine.begin() as connection:
        for name in access.accounts(connection):
            if name.startswith("asks_"):
                connection.exec_driver_sql(f"drop owned by {name}; drop role {name}")


@pytest.fixture
def loader(database: sa.Engine) -> Iterator[sa.Engine]:
    """The loader, which ships."""
    made = connect(database.url.render_as_string(False), role=access.LOADER)
    yield made
    made.dispose()


@pytest.fixture
def psql(database: sa.Engine) -> Psql:
    """Run psql as an account of a city, with each statement given."""
    password = accounts.add(database, Account(NAME, "city", ("370100",), granted_by="test", source="test"))
    return _psql_of(database, NAME, password)


def _psql_of(database: sa.Engine, login: str, password: str) -> Psql:
    url = database.url
    environ = {
        **os.environ, "PGHOST": str(url.host), "PGPORT": str(url.port), "PGDATABASE": str(url.database), "PGUSER": login,
        "PGPASSWORD": password,
    }  # fmt: skip

    def run(*statements: str, script: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        given = [part for text in statements for part in ("-c", text)]
        return subprocess.run(
            [str(binaries() / "psql"), "-XAtq", *given], input=script, env={**environ, **more}, capture_output=True, text=True, check=False
        )  # fmt: skip

    return run


def shipped(loader: sa.Engine, database: sa.Engine, count: int) -> list[Any]:
    """Events after shipping until there are ``count``: the server's log is written by a process of its own."""
    until = time.monotonic() + SECONDS
    while True:
        server_log.ship(loader)
        found = rows_of(database, EVENTS)
        if len(found) >= count or time.monotonic() > until:
            assert len(found) == count, found
            return found
        time.sleep(0.1)


def test_a_statement_is_kept_with_person_time_object_and_condition(
    database: sa.Engine, loader: sa.Engine, psql: Psql
) -> None:
    began = dt.datetime.now(dt.UTC)
    asked = psql("select count(*) from policy where policy_no = 'P-2026-0001' and region_code = '370102'")
    assert asked.stdout.strip() == "0"
    ended = dt.datetime.now(dt.UTC)
    time.sleep(0.2)
    ((role, kind, target, condition, rows, client, via),) = shipped(loader, database, 1)
    assert (role, kind, target, rows, client, via) == (NAME, "query", "report.policy", None, "127.0.0.1", "psql")
    assert condition["sql"] == "select count(*) from policy where policy_no = ':v1' and region_code = '370102'"
    assert condition["v1"] == one(database, "select report.audit_digest('P-2026-0001')")
    happened = one(database, "select happened_at from report.audit_event where via = 'psql'")
    assert began - dt.timedelta(seconds=1) <= happened <= ended, "when it was asked, not when it was shipped"


def test_a_reader_cannot_switch_it_off(database: sa.Engine, loader: sa.Engine, psql: Psql) -> None:
    assert "permission denied" in psql("table claim", PGOPTIONS="-c log_statement=none").stderr
    for text in (
        "set log_statement = 'none'", "set session log_statement = 'none'", "select set_config('log_statement', 'none', false)",
        f"alter role {NAME} set log_statement = 'none'", f"alter role {NAME} reset log_statement",
        "set log_min_messages = 'panic'", "set log_parameter_max_length = 0",
    ):  # fmt: skip
        refused = psql("set transaction_read_only = off", text)
        assert refused.returncode, (text, refused.stdout)
    psql("set transaction_read_only = off", f"alter role {NAME} reset all")
    assert psql("show log_statement", "table policy").stdout.strip() == "all"
    server_log.ship(loader)
    time.sleep(0.5)
    server_log.ship(loader)
    assert rows_of(database, "select count(*) from report.audit_event where object = 'report.policy'") == [(1,)]


def test_what_the_portal_reads_is_not_kept_twice(database: sa.Engine, loader: sa.Engine, psql: Psql) -> None:
    """The portal's login becomes the account, and records by itself what it reads."""
    access.set_passwords(database, {access.PORTAL_REGULATOR: "a password of the portal"})
    as_portal = _psql_of(database, access.PORTAL_REGULATOR, "a password of the portal")
    assert as_portal("begin", f"set local role {NAME}", "select current_user").stdout.strip() == NAME
    as_portal("begin", f"set local role {NAME}", "table claim")
    psql("table policy")
    assert [row[2] for row in shipped(loader, database, 1)] == ["report.policy"]


def test_prepared_statements_cursors_and_copies_are_kept(database: sa.Engine, loader: sa.Engine, psql: Psql) -> None:
    psql(
        "begin; declare c cursor for table hazard; fetch 1 from c; commit", "prepare p (text) as select * from claim where report_no = $1; execute p ('R-2026-0001')",
        "copy (select policy_no from report.policy) to stdout",
        "set application_name = 'x'", "show search_path",
    )  # fmt: skip
    found = shipped(loader, database, 3)
    assert [row[2] for row in found] == ["report.hazard", "report.claim", "report.policy"]
    assert "R-2026-0001" not in str(found)


def test_parameters_that_a_driver_sends_apart_are_kept_as_digests(
    database: sa.Engine, loader: sa.Engine, psql: Psql
) -> None:
    """As ODBC, JDBC and psycopg 3 send them."""
    query = "select policy_no from endorsement where policy_no = $1 and region_code = $2"
    sent = psql(script=f"{query} \\bind P-2026-0002 370102 \\g\n")
    assert not sent.stderr
    ((_, _, target, condition, *_),) = shipped(loader, database, 1)
    assert target == "report.endorsement"
    assert condition["detail"].lower() == "parameters: $1 = ':v1', $2 = '370102'"  # PostgreSQL 15 writes it small
    assert condition["v1"] == one(database, "select report.audit_digest('P-2026-0002')")


def test_an_unknown_password_is_a_refused_sign_in(database: sa.Engine, loader: sa.Engine, psql: Psql) -> None:
    assert psql("select 1", PGPASSWORD="wrong").returncode
    ((role, kind, target, condition, *_),) = shipped(loader, database, 1)
    assert (role, kind, target, condition) == (NAME, "sign_in_refused", "psql", {})


def test_each_line_is_shipped_once_however_often_and_by_however_many(
    database: sa.Engine, loader: sa.Engine, psql: Psql
) -> None:
    for n in range(30):
        assert psql(f"select {n} from policy").returncode == 0
    time.sleep(0.5)

    def again(_: int) -> None:
        try:
            server_log.ship(loader)
        except WarehouseBusy:
            return

    with ThreadPoolExecutor(4) as runners:
        list(runners.map(again, range(8)))
    assert len(shipped(loader, database, 30)) == 30
    server_log.ship(loader)
    assert len(rows_of(database, EVENTS)) == 30


def test_a_file_of_the_same_name_a_month_later_is_another(
    database: sa.Engine, loader: sa.Engine, psql: Psql, cluster: Cluster
) -> None:
    psql("table policy")
    shipped(loader, database, 1)
    (log,) = sorted((cluster.pgdata / LOG_FOLDER).glob("*.json"))[-1:]
    line = '{"timestamp":"%s","user":"%s","dbname":"%s","remote_host":"10.0.0.1","error_severity":"LOG","message":"statement: table %s"}\n'
    other = log.with_name("anze-99.json")
    database_name = database.url.database
    try:
        for count, (stamp, name) in enumerate(
            [("2026-01-31 10:00:00.000 UTC", "claim"), ("2026-03-31 10:00:00.000 UTC", "hazard")], 2
        ):
            other.write_text(line % (stamp, NAME, database_name, name) + '{"torn')
            other.chmod(0o644)
            assert [row[2] for row in shipped(loader, database, count)][-1] == f"report.{name}"
    finally:
        other.unlink(missing_ok=True)
    assert rows_of(database, "select happened_at from report.audit_event where object = 'report.hazard'") == [
        (dt.datetime(2026, 3, 31, 10, tzinfo=dt.UTC),)
    ]  # fmt: skip


def test_a_line_that_is_too_long_stops_nothing(
    database: sa.Engine, loader: sa.Engine, psql: Psql, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_log, "PIECE_BYTES", 20_000)
    monkeypatch.setattr(server_log, "LONGEST_LINE_BYTES", 40_000)
    psql(f"select '{'x' * 30_000}' from claim")
    psql(script=f"select '{'x' * 200_000}' from hazard;\n")
    psql("table policy")
    assert [row[2] for row in shipped(loader, database, 2)] == ["report.claim", "report.policy"]


def test_files_of_the_log_are_for_the_server_only(cluster: Cluster, engine: sa.Engine) -> None:
    rows_of(engine, "select 1")
    files = [*(cluster.pgdata / LOG_FOLDER).iterdir()]
    assert files
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert pathlib.Path(LOG_FOLDER).name != "log"


@pytest.mark.parametrize(
    "name", ["../postgresql.conf", "postgresql.auto.conf", "/etc/passwd", "x/../../PG_VERSION.json"]
)
def test_the_loader_reads_no_other_file(loader: sa.Engine, name: str) -> None:
    with pytest.raises(sa.exc.DBAPIError, match="no file of the log"), loader.connect() as connection:
        connection.execute(sa.text("select access.log_piece(:name, 0, 100)"), {"name": name})


def test_only_readers_logins_can_be_told_of(database: sa.Engine, loader: sa.Engine, psql: Psql) -> None:
    rows_of(database, "select count(*) from report.policy")
    psql("table policy")
    assert {row[0] for row in shipped(loader, database, 1)} == {NAME}
