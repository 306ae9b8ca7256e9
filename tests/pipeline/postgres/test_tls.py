"""TLS by ``sslmode=verify-full``: the server that the CA vouches for is opened, every other is refused in one line."""

from __future__ import annotations

import pathlib
import shutil
from collections.abc import Iterator

import pytest

from drills.servers import running
from pipeline.services.postgres import Cluster
from schemas.errors import SetupError
from tests.pipeline.postgres.conftest import DEBIAN, UNSAFE, folder_of_servers, needs_debian
from tests.warehouse.rights.tls_front import certificate
from warehouse.database.engine import connect

pytestmark = needs_debian  # PostgreSQL of the wheel is built without TLS


@pytest.fixture(scope="module")
def folder() -> Iterator[pathlib.Path]:
    with folder_of_servers() as folder:
        yield folder


@pytest.fixture(scope="module")
def server(folder: pathlib.Path) -> Iterator[Cluster]:
    """A server with a certificate of localhost and 127.0.0.1, which lets nobody in without TLS."""
    with running(folder / "pg", DEBIAN, **UNSAFE) as server:
        certificate(folder)
        for name in ("ca.pem", "key.pem"):
            shutil.copy(folder / name, server.pgdata)
            shutil.chown(server.pgdata / name, server.pgdata.owner(), server.pgdata.group())
            (server.pgdata / name).chmod(0o600)
        hba = server.pgdata / "pg_hba.conf"
        hba.write_text(hba.read_text().replace("\nhost ", "\nhostssl "))
        server.stop()
        server.start(**UNSAFE, ssl="on", ssl_cert_file="ca.pem", ssl_key_file="key.pem")
        yield server


def test_a_verified_server_is_opened(server: Cluster, folder: pathlib.Path) -> None:
    engine = connect(f"{server.url('postgres')}?sslmode=verify-full&sslrootcert={folder}/ca.pem")
    with engine.connect() as connection:
        query = "select ssl, version from pg_stat_ssl where pid = pg_backend_pid()"
        assert tuple(connection.exec_driver_sql(query).one()) == (True, "TLSv1.3")
    engine.dispose()


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("?sslmode=verify-full&sslrootcert={folder}/other/ca.pem", "not from the CA"),
        ("?sslmode=verify-full&sslrootcert={folder}/ca.pem&host=db.example&hostaddr=127.0.0.1", "names another host"),
        ("?sslmode=verify-full&sslrootcert={folder}/absent.pem", "no file of the CA"),
        ("?sslmode=disable", "does not let this login in"),
    ],
)
def test_any_other_is_refused_in_one_line(server: Cluster, folder: pathlib.Path, query: str, told: str) -> None:
    other = folder / "other"
    other.mkdir(exist_ok=True)
    certificate(other)
    with pytest.raises(SetupError, match=told) as refused:
        connect(server.url("postgres") + query.format(folder=folder))
    assert "\n" not in str(refused.value)
    assert server.password not in str(refused.value)


def test_a_server_without_tls_is_refused(folder: pathlib.Path) -> None:
    with running(folder / "plain", **UNSAFE) as plain, pytest.raises(SetupError, match="has no TLS"):
        connect(f"{plain.url('postgres')}?sslmode=require")
