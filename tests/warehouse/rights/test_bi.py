"""The page of BI tools: its connection strings connect as they are written, and what tools do at connecting works."""

from __future__ import annotations

import os
import pathlib
import re
import shlex
import subprocess
from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
import sqlalchemy as sa

from pipeline.services.postgres import binaries
from pipeline.settings import ROOT
from tests.warehouse.building import rows_of
from tests.warehouse.rights.tls_front import certificate, tls_front

PAGE = (ROOT / "docs" / "bi.md").read_text(encoding="utf-8")
READER = "a_city"
COUNT = "select count(*) from policy"


def block(language: str, nth: int = 0) -> str:
    """A fenced block of the page."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)[nth].strip()


@pytest.fixture
def login(logins: dict[str, sa.Engine]) -> sa.Engine:
    """A reader of a city, logged in."""
    return logins[READER]


@pytest.fixture
def secured(login: sa.Engine, tmp_path: pathlib.Path) -> Iterator[sa.URL]:
    """The server behind TLS; its certificate is ``ca.pem`` of the test's folder."""
    with tls_front(login.url.port or 0, tmp_path) as port:
        yield login.url.set(host="localhost", port=port)


def filled(text: str, url: sa.URL, folder: pathlib.Path) -> str:
    """A text of the page for a server that is there."""
    for written, real in (
        ("hub.example.gov.cn", "localhost"), ("5432", str(url.port)), ("PASSWORD", str(url.password)), ("li_wei", READER),
        ("=anze", f"={url.database}"), ("/anze", f"/{url.database}"), ('"anze"', f'"{url.database}"'),
        ("ca.pem", str(folder / "ca.pem")),
    ):  # fmt: skip
        text = text.replace(written, real)
    return text


def test_psql_through_the_tunnel(login: sa.Engine, tmp_path: pathlib.Path) -> None:
    program, conninfo = shlex.split(filled(block("sh", 2), login.url, tmp_path))
    assert program == "psql"
    environ = {**os.environ, "PGPASSWORD": str(login.url.password)}
    asked = subprocess.run(
        [str(binaries() / "psql"), "-XAt", conninfo, "-c", COUNT, "-c", r"\dv", "-c", r"\d+ policy"], env=environ, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert asked.stdout.splitlines()[0] == str(rows_of(login, COUNT)[0][0])
    assert "report|policy|view" in asked.stdout
    assert "保单" in asked.stdout


def test_psql_shows_a_city_the_policies_of_a_former_county_that_went_into_it(
    login: sa.Engine, tmp_path: pathlib.Path
) -> None:
    """371202 was a county of Laiwu, which went into Jinan (370100) in 2019."""
    _, conninfo = shlex.split(filled(block("sh", 2), login.url, tmp_path))
    query = "select count(*) > 0 from policy where region_code = '371202'"
    environ = {**os.environ, "PGPASSWORD": str(login.url.password)}
    command = [str(binaries() / "psql"), "-XAt", conninfo, "-c", query]
    assert subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout == "t\n"


def test_psql_with_tls(login: sa.Engine, secured: sa.URL, tmp_path: pathlib.Path) -> None:
    """The keywords are libpq's: psql of the wheel has no TLS, libpq of the driver has."""
    _, conninfo = shlex.split(filled(block("sh", 1), secured, tmp_path))
    with psycopg2.connect(conninfo, password=secured.password) as connection, connection.cursor() as cursor:
        assert connection.info.ssl_in_use
        cursor.execute(COUNT)
        assert cursor.fetchall() == rows_of(login, COUNT)
    connection.close()


def test_the_address_of_superset(login: sa.Engine, secured: sa.URL, tmp_path: pathlib.Path) -> None:
    engine = sa.create_engine(filled(block("url"), secured, tmp_path))
    assert rows_of(engine, COUNT) == rows_of(login, COUNT)
    tables = sa.inspect(engine).get_view_names(schema="report")
    assert {"policy", "indicator"} <= set(tables)
    assert sa.inspect(engine).get_columns("policy", schema="report")
    engine.dispose()


def test_a_server_that_cannot_prove_its_name_is_refused(secured: sa.URL, tmp_path: pathlib.Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    certificate(other)
    engine = sa.create_engine(filled(block("url"), secured, other))
    with pytest.raises(sa.exc.OperationalError, match="certificate verify failed"), engine.connect():
        pass


def test_pandas(login: sa.Engine, secured: sa.URL, tmp_path: pathlib.Path) -> None:
    names: dict[str, Any] = {}
    exec(compile(filled(block("python"), secured, tmp_path), "bi.md", "exec"), names)
    policies = names["policies"]
    query = "select policy_no from policy where region_code = '370102' order by 1"
    assert sorted(policies["policy_no"]) == [no for (no,) in rows_of(login, query)]
    assert len(policies)
    with names["engine"].connect().execution_options(stream_results=True) as connection:
        import pandas as pd

        parts = pd.read_sql(sa.text("select * from policy"), connection, chunksize=2)
        assert sum(map(len, parts)) == rows_of(login, COUNT)[0][0]
    names["engine"].dispose()


def test_the_strings_of_other_drivers_say_the_same(tmp_path: pathlib.Path) -> None:
    """They are tried by hand, with the drivers; here only that none lacks what protects the reader."""
    for text in (block("odbc"), block("jdbc"), block("jdbc-url")):
        assert "sslmode=verify-full" in text.lower()
        assert "sslrootcert=" in text
        assert "readonly=" in text.lower()
    assert "currentSchema=report" in block("jdbc")


@pytest.mark.parametrize(
    "sent",
    [
        "set extra_float_digits = 3", "set datestyle to 'ISO, MDY'", "set client_encoding = 'UTF8'", "set search_path = report, pg_catalog",
        "set application_name = 'Metabase'", "set session characteristics as transaction read only", "show transaction_isolation",
        "set session characteristics as transaction isolation level read committed",
        "select oid, typbasetype from pg_type where typname = 'lo'", "select version()", "select current_schema()", "select pg_backend_pid()",
        "begin; declare c scroll cursor with hold for select * from policy; commit; fetch 10 from c; close c",
        "prepare p as select * from policy where region_code = $1; execute p ('370102'); deallocate p",
        "begin isolation level repeatable read read only; select 1 from claim; commit",
        "explain (format json) select * from policy", "select has_schema_privilege('report', 'usage')",
        "select c.relname, obj_description(c.oid) from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace where n.nspname = 'report'",
        "select * from information_schema.tables where table_schema = 'report'", "select nspname from pg_namespace",
        "select conname from pg_constraint", "select * from pg_get_keywords()", "select name, setting from pg_settings", "set statement_timeout = '30min'",
    ],
)  # fmt: skip
def test_what_tools_send_at_connecting_works(login: sa.Engine, sent: str) -> None:
    with login.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for text in sent.split("; "):
            connection.exec_driver_sql(text.replace("%", "%%"))
        connection.invalidate()
