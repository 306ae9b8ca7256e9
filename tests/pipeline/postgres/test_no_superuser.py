"""``anze migrate`` by the login that a DBA gives: owner of the database, allowed to create roles and databases."""

from __future__ import annotations

import datetime as dt
import pathlib
import subprocess
from collections.abc import Iterator

import pytest

from drills.servers import run, running
from pipeline.services.installation import FIRST_NIGHT, NIGHT
from pipeline.services.postgres import Cluster, binaries
from sandbox import drops
from sandbox.truth import build
from tests.pipeline.conftest import Anze
from tests.pipeline.postgres.conftest import UNSAFE, VERSIONS, folder_of_servers
from warehouse.database import access
from warehouse.database.engine import connect

ADMIN, PASSWORD, READER = "dba_gave_this", "given-by-the-dba", "li_wei"
DATABASE = "liability insurance"


@pytest.fixture(params=VERSIONS)
def server(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    with folder_of_servers() as folder, running(folder / "pg", request.param, **UNSAFE) as server:
        run(
            server,
            f"create role {ADMIN} login createrole createdb password '{PASSWORD}'",
            f'create database "{DATABASE}" owner {ADMIN}',
        )
        yield server


@pytest.fixture
def of_a_dba(server: Cluster, nowhere: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """An installation whose environment names the loader's login and the one that the DBA gave."""
    monkeypatch.setenv("ANZE_TWIN_DATABASE_URL", server.url(DATABASE, ADMIN, PASSWORD))
    monkeypatch.setenv("ANZE_DATABASE_URL", server.url(DATABASE, access.LOADER, PASSWORD))
    monkeypatch.setenv("ANZE_CLOCK_OFFSET", str((NIGHT - dt.datetime.now(dt.UTC)).total_seconds()))
    return nowhere


def policies(folder: pathlib.Path) -> pathlib.Path:
    rows = build(5, 0.01).feed("tianquan", "policy", None, FIRST_NIGHT)
    kept = [
        r
        for r in rows
        if r["issue_date"].year == NIGHT.year and r["operation_code"] != "D" and not r["previous_policy_no"]
    ]
    folder.mkdir()
    return drops.write_file("csv_utf8", folder, "policy", kept[:3], NIGHT.date())


def psql(server: Cluster, url: str, script: str) -> str:
    """What psql answers to a script, as the person at ``url``; a statement that fails ends it."""
    command = [str(binaries() / "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", url.replace("+psycopg2", "")]
    done = subprocess.run(command, input=script, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_migrates_loads_and_verifies_and_says_what_a_dba_adds(
    server: Cluster, of_a_dba: pathlib.Path, anze: Anze
) -> None:
    first = anze("migrate")
    assert (first.code, first.err) == (0, "")
    admin = connect(server.url(DATABASE, ADMIN, PASSWORD))
    access.set_passwords(admin, {access.LOADER: PASSWORD})
    loaded = anze("submit", "tianquan", "policy", policies(of_a_dba / "files"), "--json")
    assert (loaded.code, loaded.json["state"]) == (0, "loaded"), loaded
    assert anze("publish").code == 0
    verdict = anze("verify", "--json")
    assert verdict.json["is_good"], verdict
    rebuilt = anze("verify", "--rebuild", "--json")
    assert (rebuilt.code, rebuilt.json["is_equal"]) == (0, True), rebuilt
    added = anze("user", "add", READER, "--kind", "province", "--source", "letter 7")
    assert (added.code, "anze migrate --dba" in added.err) == (0, True), added
    left = anze("migrate", "--dba").out
    assert f"alter role {READER} set log_statement" in left
    psql(server, server.url("postgres"), left)
    assert anze("migrate", "--dba").out == ""
    again = anze("migrate")
    assert (again.code, "grant" in again.out, "alter" in again.out) == (0, False, False), again
    another = anze("user", "add", "wang_fang", "--kind", "province", "--source", "letter 8")
    assert (another.code, "anze migrate --dba" in another.err) == (0, False), another
    assert anze("migrate", "--dba").out == ""
    assert anze("user", "disable", READER).code == 0
    admin.dispose()


def test_it_is_told_what_it_lacks(server: Cluster, of_a_dba: pathlib.Path, anze: Anze) -> None:
    run(server, f"alter role {ADMIN} nocreaterole")
    told = anze("migrate")
    assert told.code == 4
    assert "createrole" in told.err
    assert told.err.count("\n") == 1
