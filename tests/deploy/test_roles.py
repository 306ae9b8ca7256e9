"""The DBA's script, and regulators who come through a pooler: real servers, 15 and 18, and Debian's pgbouncer."""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from drills.servers import ask, running
from pipeline.hub import open_hub
from pipeline.services.postgres import Cluster, binaries, free_port, unprivileged
from pipeline.settings import ROOT, load_settings
from pipeline.setup import left_to_dba
from schemas.errors import SetupError
from tests.pipeline.postgres.conftest import UNSAFE, VERSIONS, folder_of_servers
from warehouse.database.accounts import Account, add
from warehouse.migrations.migrate import migrate

SCRIPT = ROOT / "deploy" / "postgresql" / "roles.sql"
POOLER = ROOT / "deploy" / "pgbouncer" / "pgbouncer.ini"
PGBOUNCER = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
pytestmark = pytest.mark.slow
needs_pgbouncer = pytest.mark.skipif(not pathlib.Path(PGBOUNCER).exists(), reason="NOT RUN: apt-get install pgbouncer")
PASSWORDS = {
    f"ANZE_{login}_PASSWORD": f"of the {login}'s; --"
    for login in ("ADMIN", "AIRFLOW_DATABASE", "LOADER", "PORTAL", "PORTAL_INSURER", "PORTAL_REGULATOR")
}
LOGINS = ("anze_admin", "anze_loader", "anze_portal", "anze_portal_insurer", "anze_portal_regulator")


def as_dba(server: Cluster) -> str:
    """Run the script as a superuser does; gives what it says."""
    psql = binaries() / "psql"
    command = [str(psql), "-Xq", "-d", server.url("postgres").replace("+psycopg2", ""), "-f", str(SCRIPT)]
    done = subprocess.run(command, env={**os.environ, **PASSWORDS}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture(params=VERSIONS)
def server(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    with folder_of_servers() as folder, running(folder / "pg", request.param, log_statement="all", **UNSAFE) as server:
        yield server


def url_of(server: Cluster, login: str, port: int | None = None) -> str:
    name = "_".join(login.upper().split("_")[1:])
    url = sa.make_url(server.url("anze")).set(username=login, password=PASSWORDS[f"ANZE_{name}_PASSWORD"])
    return url.set(port=port or server.port).render_as_string(hide_password=False)


def test_it_leaves_nothing_for_a_dba_and_no_password_in_the_log(server: Cluster) -> None:
    assert "anze migrate" in as_dba(server)
    migrate(url_of(server, "anze_admin"))
    assert "done" in as_dba(server)
    assert left_to_dba(url_of(server, "anze_admin")) == []
    as_dba(server)
    for login in LOGINS:
        _may_enter(url_of(server, login))
    assert not ask(server, "select has_database_privilege('anze_loader', 'airflow', 'connect')")
    logs = list(server.pgdata.rglob("*.json"))
    assert logs
    assert not any("'s; --" in log.read_text() for log in logs)


def _may_enter(url: str) -> None:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("select current_database()").scalar_one() == "anze"
    engine.dispose()


READER, READERS_PASSWORD, POOLERS_PASSWORD = "li_wei", "of-a-person-who-reads", "of-the-pooler"


@pytest.fixture
def prepared() -> Iterator[Cluster]:
    """A hub's server after the DBA's script, with one regulator's account, and what the pooler asks."""
    with folder_of_servers() as folder, running(folder / "pg", None, **UNSAFE) as server:
        _prepare(server)
        yield server


def _prepare(server: Cluster) -> None:
    as_dba(server)
    migrate(url_of(server, "anze_admin"))
    as_dba(server)
    admin = sa.create_engine(url_of(server, "anze_admin"))
    add(admin, Account(READER, "province", granted_by="test", source="letter 1"), READERS_PASSWORD)
    admin.dispose()
    command = [
        str(binaries() / "psql"),
        "-Xq",
        "-d",
        server.url("anze").replace("+psycopg2", ""),
        "-f",
        str(POOLER.with_name("auth.sql")),
    ]
    subprocess.run(command, env={**os.environ, "ANZE_POOLER_PASSWORD": POOLERS_PASSWORD}, check=True)


@contextlib.contextmanager
def pooled(server: Cluster) -> Iterator[int]:
    """The port of a pgbouncer by the shipped file: other addresses, and no TLS, which tests/pipeline/postgres has."""
    port = free_port()
    with folder_of_servers() as folder:
        folder.chmod(0o755)
        (folder / "userlist.txt").write_text(f'"pgbouncer" "{POOLERS_PASSWORD}"\n')
        lines = [line for line in POOLER.read_text("utf-8").splitlines() if "_tls_" not in line]
        given = {
            "db3.example port=5432": f"127.0.0.1 port={server.port}",
            "0.0.0.0": "127.0.0.1",
            "6432": str(port),
            "/etc/pgbouncer": str(folder),
        }
        text = "\n".join(lines)
        for old, new in given.items():
            assert old in text
            text = text.replace(old, new)
        (folder / "pgbouncer.ini").write_text(text)
        with subprocess.Popen([PGBOUNCER, "-q", folder / "pgbouncer.ini"], **unprivileged()) as process:
            try:
                _wait(port)
                yield port
            finally:
                process.terminate()


def _wait(port: int) -> None:
    for _ in range(100):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)


@needs_pgbouncer
def test_a_regulator_reads_through_the_pooler_and_a_loader_is_refused(
    prepared: Cluster, tmp_path: pathlib.Path
) -> None:
    with pooled(prepared) as port:
        url = sa.make_url(prepared.url("anze")).set(port=port)
        engine = sa.create_engine(url.set(username=READER, password=READERS_PASSWORD))
        with engine.connect() as connection:
            assert connection.exec_driver_sql("select count(*) from report.policy").scalar_one() == 0
            settings = (
                "select current_setting('TimeZone'), current_setting('default_transaction_read_only'), current_user"
            )
            assert tuple(connection.exec_driver_sql(settings).one()) == ("Asia/Shanghai", "on", READER)
            assert "127.0.0.1" in connection.exec_driver_sql("show application_name").scalar_one()
        engine.dispose()
        loader = url_of(prepared, "anze_loader", port)
        with pytest.raises(SetupError, match="a pooler stands there") as told:
            open_hub(load_settings({"ANZE_DATABASE_URL": loader, "ANZE_VAR": str(tmp_path)}))
        assert "\n" not in str(told.value)
        with pytest.raises(sa.exc.OperationalError):
            sa.create_engine(loader).connect()
        with pytest.raises(sa.exc.OperationalError):
            sa.create_engine(url.set(username=READER, password="guessed-by-somebody")).connect()
