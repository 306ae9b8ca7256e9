"""Backups of a drill: pgBackRest as ``deploy/pgbackrest`` sets it up, over servers of the drill in folders of their own."""

from __future__ import annotations

import configparser
import os
import pathlib
import secrets
import shlex
import shutil
import subprocess
from dataclasses import dataclass, field

from drills.servers import SMALL
from pipeline.services.postgres import Cluster, unprivileged
from pipeline.settings import ROOT
from schemas.errors import SetupError
from warehouse.landing import backups

SHIPPED = ROOT / "deploy" / "pgbackrest"
STANZA, PLACES = "anze", ("repo1", "lock", "log", "spool")
LACKING = (
    "NOT RUN: needs pgBackRest and a PostgreSQL that it knows: apt-get install pgbackrest postgresql-15 "
    "(Debian 12's pgBackRest 2.45 does not know the wheel's PostgreSQL 18)"
)


def programs() -> pathlib.Path | None:
    """The binaries of the newest PostgreSQL of Debian's packages; None where there is none, or no pgBackRest."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found and shutil.which("pgbackrest") else None


@dataclass(frozen=True)
class Repository:
    """An encrypted repository in ``folder``, which also holds a configuration a server, logs and locks."""

    folder: pathlib.Path
    passphrase: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    def configure(self, server: Cluster) -> None:
        """Write a server's configuration: the shipped one, with the drill's places."""
        chosen = configparser.ConfigParser(interpolation=None)
        chosen.read(SHIPPED / "pgbackrest.conf", encoding="utf-8")
        places = {f"{name}-path": str(self.folder / name) for name in PLACES}
        here = {"pg1-path": server.pgdata, "pg1-port": server.port, "pg1-socket-path": server.folder}
        chosen.read_dict({"global": {**places, "repo1-cipher-pass": self.passphrase}, STANZA: here})
        for name in PLACES:
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        path = self._configuration(server)
        path.touch(mode=0o600)
        with path.open("w", encoding="utf-8") as file:
            chosen.write(file, space_around_delimiters=False)
        _give(self.folder, path, *(self.folder / name for name in PLACES))

    def settings(self, server: Cluster) -> dict[str, str]:
        """What a server is started with that archives its log here: the shipped lines, with the drill's configuration."""
        shipped = configparser.ConfigParser(interpolation=None)
        shipped.read_string("[lines]\n" + (SHIPPED / "postgresql.conf").read_text(encoding="utf-8"))
        lines = {name: value.strip("'") for name, value in shipped["lines"].items()}
        own = f"pgbackrest --config={self._configuration(server)}"
        lines["archive_command"] = lines["archive_command"].replace("pgbackrest", own, 1)
        quoted = {name: shlex.quote(value) for name, value in lines.items()}
        return {**SMALL, **quoted, "unix_socket_directories": str(server.folder)}

    def run(self, server: Cluster, *arguments: str) -> str:
        """Run pgBackRest as the server's user; what it said. Raises SetupError with its complaint."""
        command = ["pgbackrest", f"--config={self._configuration(server)}", f"--stanza={STANZA}", *arguments]
        environ = {**os.environ, "PGPASSWORD": server.password}
        done = subprocess.run(command, **unprivileged(), env=environ, cwd="/", capture_output=True, check=False)
        said = f"{done.stdout.decode()}{done.stderr.decode()}"
        if done.returncode:
            raise SetupError(f"pgbackrest {arguments[0]}: {said.strip()}")
        return said

    def listed(self, server: Cluster) -> list[backups.Backup]:
        """The backups, as ``anze backup note`` reads them."""
        return backups.read(self.run(server, "info", "--output=json"))

    def restore(self, server: Cluster, source: Cluster, *options: str) -> None:
        """Fill a new server's folder from the newest backup that fits; it recovers when it is started."""
        server.pgdata.mkdir(parents=True)
        shutil.copy(source.folder / "password", server.folder)
        _give(server.folder, server.pgdata, server.folder / "password")
        server.pgdata.chmod(0o700)
        self.configure(server)
        self.run(server, "restore", *options)

    def _configuration(self, server: Cluster) -> pathlib.Path:
        return self.folder / f"{server.folder.name}.conf"


def _give(*paths: pathlib.Path) -> None:
    """Let the server's user own what root has made."""
    if own := unprivileged():
        for path in paths:
            os.chown(path, own["user"], own["group"])
