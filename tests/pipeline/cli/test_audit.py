"""``anze audit``: SQL of readers is moved into the audit, and the audit is listed."""

from __future__ import annotations

import datetime as dt
import pathlib
import time
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from schemas.time_zone import SHANGHAI
from tests.pipeline.conftest import Anze
from tests.warehouse.building import rows_of
from warehouse.database import access
from warehouse.database.engine import connect

SECONDS = 20


@pytest.fixture(autouse=True)
def _tidy(installed: pathlib.Path, engine: sa.Engine) -> Iterator[None]:
    """Roles belong to the server: accounts that a test made are dropped."""
    yield
    with engine.begin() as connection:
        for name in access.accounts(connection):
            if name.startswith("seen_"):
                connection.exec_driver_sql(f"drop owned by {name}; drop role {name}")


def test_what_an_account_asks_by_sql_is_listed_with_what_the_administrator_did(engine: sa.Engine, anze: Anze) -> None:
    with engine.begin() as connection:
        access.protect_database(connection)
    said = anze("user", "add", "seen_city", "--kind", "city", "--region", "370100", "--source", "文号1", "--by", "处长")
    secret = said.out.partition("密码 password: ")[2].strip()
    login = connect(engine.url.set(username="seen_city", password=secret).render_as_string(False))
    rows_of(login, "select * from report.policy where policy_no = 'P-2026-0001'")
    login.dispose()
    found = _asked(anze)
    assert [(row["target"], row["via"], row["row_count"]) for row in found] == [("report.policy", "psql", None)]
    assert "P-2026-0001" not in str(found)
    shown = anze("audit", "list", "--login", "seen_city").out
    assert "report.policy" in shown
    assert "P-2026-0001" not in shown
    (made,) = [row for row in anze("audit", "list", "--kind", "account", "--json").json if "seen_city" in row["target"]]
    assert (made["role_name"], made["via"]) == ("处长", "command")


def test_a_server_whose_log_the_hub_may_not_read_is_told_with_what_to_do(engine: sa.Engine, anze: Anze) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("revoke execute on function pg_current_logfile(text) from anze_owner")
    said = anze("audit", "ship")
    assert said.code == 4
    assert "docs/regulators-sql.md" in said.err


def test_what_is_cut_is_told(anze: Anze) -> None:
    for name in ("seen_one", "seen_two"):
        assert anze("user", "add", name, "--kind", "finance").code == 0
    said = anze("audit", "list", "--kind", "account", "--most", "1")
    assert "1 / 2" in said.err


def test_since_is_a_day_from_its_begin(anze: Anze) -> None:
    anze("user", "add", "seen_one", "--kind", "finance")
    assert anze("audit", "list", "--since", f"{dt.datetime.now(SHANGHAI):%Y-%m-%d}", "--json").json
    assert anze("audit", "list", "--since", "no day").code == 2


def _asked(anze: Anze) -> list[dict[str, object]]:
    until = time.monotonic() + SECONDS
    found: list[dict[str, object]] = []
    while not found and time.monotonic() < until:
        said = anze("audit", "ship")
        assert said.code == 0, said.err
        found = [
            row for row in anze("audit", "list", "--login", "seen_city", "--kind", "query", "--json").json
            if row["target"] == "report.policy"
        ]  # fmt: skip
    return found
