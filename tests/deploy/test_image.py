"""The image: built by buildah without a daemon, then run with a read-only root by its user, who is nobody's root.

A base image comes from no registry: it is bootstrapped here from the Debian archive that apt on this machine uses.
"""

from __future__ import annotations

import datetime as dt
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
import requests

from drills.servers import running
from pipeline.services.airflow_config import BROKER_URL, NEEDED
from pipeline.services.installation import FIRST_NIGHT, NIGHT
from pipeline.services.postgres import Cluster, free_port
from pipeline.settings import ROOT
from sandbox import drops
from sandbox.truth import build
from tests.pipeline.postgres.conftest import UNSAFE, folder_of_servers
from warehouse.database import access
from warehouse.database.engine import connect

TOOLS = ("buildah", "mmdebstrap")
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(os.geteuid() != 0, reason="NOT RUN: needs root, for mounts"),
    pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason=f"NOT RUN: apt-get install {' '.join(TOOLS)}"),
]
PASSWORD, USER, VAR = "of-the-image", 10001, "var/lib/anze"
#: As a container's runtime does it: root read-only, /tmp and /run in memory, one folder to write to, no new privileges.
INSIDE = """
set -eu
root=$1 var=$2; shift 2
mount --make-rprivate /
mount --bind "$root" "$root"
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount --bind "$var" "$root/var/lib/anze"
mount -o remount,bind,ro "$root"
exec setpriv --no-new-privs chroot --userspec=10001:10001 "$root" "$@"
"""


@dataclass(frozen=True)
class Image:
    """The built image, its files mounted at ``root``; ``var`` is the one folder that it may write to."""

    root: pathlib.Path
    var: pathlib.Path
    environ: Mapping[str, str]

    def command(self, *arguments: str, **more: str) -> list[str]:
        given = [f"{name}={value}" for name, value in {**self.environ, **more}.items()]
        return [
            "unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", INSIDE, "sh", str(self.root),
            str(self.var), "env", "-i", *given, *arguments,
        ]  # fmt: skip

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command(*arguments, **more), capture_output=True, text=True, check=False)

    def answer(self, *arguments: str, **more: str) -> str:
        done = self.run(*arguments, **more)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout

    def place(self, name: str, text: str) -> str:
        """Put a file where the image's user reads it; gives its path inside."""
        file = self.var / name
        file.write_text(text)
        shutil.chown(file, USER, USER)
        return f"/{VAR}/{name}"


def _buildah(folder: pathlib.Path, *arguments: str) -> str:
    place = ("--root", str(folder / "storage"), "--runroot", str(folder / "run"))
    done = subprocess.run(["buildah", *place, *arguments], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip()


def _base(folder: pathlib.Path) -> str:
    subprocess.run(
        ["mmdebstrap", "-q", "--variant=minbase", "--include=ca-certificates", "bookworm", folder / "base.tar",
         *sorted(pathlib.Path("/etc/apt").glob("sources.list*/*.sources"))[:1]],
        check=True,
    )  # fmt: skip
    container = _buildah(folder, "from", "scratch")
    _buildah(folder, "add", "-q", container, str(folder / "base.tar"), "/")
    _buildah(folder, "commit", "-q", "--rm", container, "localhost/base")
    return "localhost/base"


def _secrets(folder: pathlib.Path) -> Iterator[str]:
    """This machine's own way to a package index, for the length of the build."""
    (folder / "uv.toml").write_text("system-certs = true\n")
    yield f"--secret=id=uv.toml,src={folder / 'uv.toml'}"
    if pathlib.Path("/etc/pip.conf").exists():
        yield "--secret=id=pip.conf,src=/etc/pip.conf"


@pytest.fixture(scope="module")
def root() -> Iterator[pathlib.Path]:
    """The files of the image, built from this checkout on a disk: layers are gigabytes."""
    with tempfile.TemporaryDirectory(prefix="anze-image-") as name:
        folder = pathlib.Path(name)
        arguments = ("--network=host", "--isolation=chroot", f"--build-arg=BASE={_base(folder)}", *_secrets(folder))
        certificates = "-v=/etc/ssl/certs:/etc/ssl/certs:ro"
        _buildah(folder, "bud", *arguments, certificates, "-t=anze-hub", "-f=deploy/Containerfile", ".")
        container = _buildah(folder, "from", "anze-hub")
        config = _buildah(folder, "inspect", "--format={{.OCIv1.Config.User}}", container)
        assert config == f"{USER}:{USER}"
        yield pathlib.Path(_buildah(folder, "mount", container))
        _buildah(folder, "umount", container)
        _buildah(folder, "rm", container)
        subprocess.run(["umount", "--lazy", folder / "storage" / "overlay"], check=False, stderr=subprocess.DEVNULL)


@pytest.fixture
def server() -> Iterator[Cluster]:
    with folder_of_servers() as folder, running(folder / "pg", None, **UNSAFE) as server:
        yield server


@pytest.fixture
def image(root: pathlib.Path, server: Cluster, tmp_path: pathlib.Path) -> Image:
    """It, with an installation whose secrets stand in files."""
    shutil.chown(tmp_path, USER, USER)
    lib = "/opt/anze"
    image = Image(
        root, tmp_path,
        {
            "PATH": f"{lib}/venv/bin:/usr/bin:/bin", "PYTHONPATH": lib, "PYTHONDONTWRITEBYTECODE": "1",
            "LANG": "C.UTF-8", "ANZE_PROFILE": "production", "ANZE_VAR": f"/{VAR}",
            "ANZE_DATABASE_URL_FILE": f"/{VAR}/loader", "ANZE_TWIN_DATABASE_URL_FILE": f"/{VAR}/admin",
            "ANZE_SANDBOX_URL": "http://127.0.0.1:1",
            "ANZE_CLOCK_OFFSET": str((NIGHT - dt.datetime.now(dt.UTC)).total_seconds()),
        },
    )  # fmt: skip
    image.place("loader", f"{server.url('postgres', access.LOADER, PASSWORD)}\n")
    image.place("admin", f"{server.url('postgres')}\n")
    return image


def _policies(folder: pathlib.Path) -> pathlib.Path:
    rows = build(5, 0.01).feed("tianquan", "policy", None, FIRST_NIGHT)
    kept = [r for r in rows if r["issue_date"].year == NIGHT.year and r["operation_code"] != "D"]
    return drops.write_file(
        "csv_utf8", folder, "policy", [r for r in kept if not r["previous_policy_no"]][:3], NIGHT.date()
    )


def test_it_migrates_loads_and_serves_with_a_read_only_root(image: Image, server: Cluster) -> None:
    image.answer("anze", "migrate")
    admin = connect(server.url("postgres"))
    logins = (access.LOADER, access.PORTAL, access.PORTAL_INSURER, access.PORTAL_REGULATOR)
    access.set_passwords(admin, dict.fromkeys(logins, PASSWORD))
    admin.dispose()
    file = _policies(image.var)
    shutil.chown(file, USER, USER)
    assert '"state": "loaded"' in image.answer("anze", "submit", "tianquan", "policy", f"/{VAR}/{file.name}", "--json")
    image.answer("anze", "publish")
    assert '"is_good": true' in image.answer("anze", "verify", "--json")
    _serves(image)


def _serves(image: Image) -> None:
    passwords = {f"ANZE_PORTAL{side}_PASSWORD": PASSWORD for side in ("", "_INSURER", "_REGULATOR")}
    port = free_port()
    command = image.command("python", "-m", "portal.server", ANZE_PORTAL_PORT=str(port), **passwords)
    with subprocess.Popen(command) as process:
        try:
            assert _healthy(f"http://127.0.0.1:{port}/healthz")
        finally:
            process.kill()  # unshare heeds nothing less; its child goes with it


def _healthy(address: str) -> bool:
    for _ in range(300):
        try:
            return requests.get(address, timeout=10).json() == {"status": "ok"}
        except requests.ConnectionError:
            time.sleep(0.2)
    return False


def test_its_user_writes_nowhere_else_and_is_not_root(image: Image) -> None:
    assert image.answer("id", "-u").strip() == str(USER)
    for place in ("/opt/anze/x", "/etc/x", "/var/lib/x"):
        assert image.run("touch", place).returncode != 0
    image.answer("touch", f"/{VAR}/x", "/tmp/x")


def test_every_role_of_airflow_can_be_started(image: Image) -> None:
    given = dict.fromkeys(NEEDED, "x") | {BROKER_URL: "redis://:x@127.0.0.1:1/0"}
    given["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] = "postgresql+psycopg2://x:x@127.0.0.1:1/x"
    assert "CeleryExecutor" in image.answer("anze", "airflow", "config", "get-value", "core", "executor", **given)
    roles = "airflow.providers.celery.executors.celery_executor, airflow.providers.fab.auth_manager.fab_auth_manager, obstore"
    image.answer("python", "-c", f"import {roles}", AIRFLOW_HOME="/tmp/airflow")


def test_nothing_of_the_build_stays(image: Image) -> None:
    left = image.answer("sh", "-c", "ls -A /etc/pip.conf /etc/uv /opt/uv /root/.cache /opt/anze/.git 2>/dev/null; true")
    assert left.strip() in ("", "/opt/uv:")
