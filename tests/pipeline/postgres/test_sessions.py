"""A hub is opened by a session that it may work by: the zone of its days, the primary, a clock that agrees."""

from __future__ import annotations

import datetime as dt
import os
import pathlib
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from drills.servers import running, standby
from pipeline.hub import open_hub, open_to_read
from pipeline.services.postgres import Cluster, free_port, unprivileged
from pipeline.settings import Settings, load_settings
from pipeline.setup import prepare
from schemas.errors import SetupError, WarehouseUnreachable
from tests.pipeline.postgres.conftest import UNSAFE, folder_of_servers
from warehouse.database.engine import connect
from warehouse.database.session import lag

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
ABSENT = "needs Debian's pgbouncer"


@pytest.fixture(scope="module")
def primary() -> Iterator[Cluster]:
    with folder_of_servers() as folder, running(folder / "pg", **UNSAFE) as server:
        prepare(server.url("postgres"))
        yield server


@pytest.fixture(scope="module")
def follower(primary: Cluster) -> Iterator[Cluster]:
    with standby(primary, primary.folder.parent / "follower", **UNSAFE) as server:
        yield server


def settings_at(folder: pathlib.Path, server: Cluster) -> Settings:
    return load_settings({"ANZE_DATABASE_URL": server.url("postgres"), "ANZE_VAR": str(folder)})


def of_several(*servers: Cluster, wanted: str = "read-write") -> str:
    """The address of whichever of some servers is what is wanted."""
    hosts = "&".join(f"host=127.0.0.1:{server.port}" for server in servers)
    base = servers[0].url("postgres").replace(f"127.0.0.1:{servers[0].port}", "")
    return f"{base}?{hosts}&target_session_attrs={wanted}"


@pytest.fixture
def pooler(primary: Cluster, tmp_path: pathlib.Path) -> Iterator[str]:
    """Address of a pooler that drops the options of a session, as administrators set it who want no complaint."""
    if PGBOUNCER is None:
        pytest.skip(ABSENT)
    port = free_port()
    with folder_of_servers() as folder:
        folder.chmod(0o755)
        (folder / "users").write_text(f'"postgres" "{primary.password}"\n')
        (folder / "ini").write_text(
            f"[databases]\n* = host=127.0.0.1 port={primary.port}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
            f"listen_port = {port}\nunix_socket_dir =\nauth_type = scram-sha-256\nauth_file = {folder}/users\n"
            "pool_mode = session\nignore_startup_parameters = options\n"
        )
        with subprocess.Popen([PGBOUNCER, "-q", folder / "ini"], **unprivileged()) as process:
            try:
                url = primary.url("postgres").replace(str(primary.port), str(port))
                _wait_until_it_answers(url)
                yield url
            finally:
                process.terminate()


def _wait_until_it_answers(url: str) -> None:
    for _ in range(100):
        try:
            sa.create_engine(url).connect().close()
        except sa.exc.OperationalError:
            time.sleep(0.05)
        else:
            return


def test_a_session_whose_zone_a_pooler_dropped_is_refused(pooler: str, tmp_path: pathlib.Path) -> None:
    with pytest.raises(SetupError, match=r"会话时区.*Asia/Shanghai but UTC.*pooler") as told:
        open_hub(load_settings({"ANZE_DATABASE_URL": pooler, "ANZE_VAR": str(tmp_path)}))
    assert "\n" not in str(told.value)


def test_a_standby_is_refused(follower: Cluster, tmp_path: pathlib.Path) -> None:
    with pytest.raises(SetupError, match=r"备库.*ANZE_DATABASE_URL"):
        open_hub(settings_at(tmp_path, follower))


def test_of_several_hosts_the_primary_is_taken(primary: Cluster, follower: Cluster, tmp_path: pathlib.Path) -> None:
    url = of_several(follower, primary)
    hub = open_hub(load_settings({"ANZE_DATABASE_URL": url, "ANZE_VAR": str(tmp_path)}))
    with hub.engine.connect() as connection:
        assert connection.exec_driver_sql("select inet_server_port()").scalar_one() == primary.port
    hub.engine.dispose()


def test_several_hosts_without_a_primary_are_told_in_one_line(follower: Cluster) -> None:
    nobody = Cluster(follower.folder, free_port())
    with pytest.raises(WarehouseUnreachable, match="only a standby answers") as told:
        connect(of_several(follower, nobody))
    assert f"127.0.0.1:{follower.port},127.0.0.1:{nobody.port}/postgres" in str(told.value)
    assert "nothing listens there" in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("is_there", [True, False])
def test_who_reads_is_answered_by_the_standby_while_it_is_there(
    primary: Cluster, follower: Cluster, tmp_path: pathlib.Path, is_there: bool
) -> None:
    first = follower if is_there else Cluster(follower.folder, free_port())
    urls = {
        "ANZE_DATABASE_URL": primary.url("postgres"),
        "ANZE_READ_DATABASE_URL": of_several(primary, first, wanted="prefer-standby"),
    }
    hub = open_to_read(load_settings({**urls, "ANZE_VAR": str(tmp_path)}))
    assert (lag(hub.engine) is not None) is is_there
    hub.engine.dispose()


@dataclass(frozen=True)
class Shifted(Settings):
    """Settings of a machine whose clock is some seconds off."""

    seconds: float = 0

    def now(self) -> dt.datetime:
        return super().now() + dt.timedelta(seconds=self.seconds)


@pytest.mark.parametrize("seconds", [-1.5, 1.5])
def test_a_clock_more_than_a_second_off_is_refused(primary: Cluster, tmp_path: pathlib.Path, seconds: float) -> None:
    good = settings_at(tmp_path, primary)
    with pytest.raises(SetupError, match=r"数据库时钟.*NTP"):
        open_hub(Shifted(**vars(good), seconds=seconds))
    open_hub(Shifted(**vars(good), seconds=seconds / 3)).engine.dispose()
