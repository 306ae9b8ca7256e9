"""The broker of a drill: Debian's redis-server with a password and an append-only file, in a folder of its own."""

from __future__ import annotations

import contextlib
import pathlib
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import redis

from pipeline.services.postgres import free_port
from schemas.errors import SetupError

START_SECONDS = 20.0
MISSING = "redis-server 不在 is not installed: apt-get install --no-install-recommends redis-server"


@dataclass
class Broker:
    """One server. State: its process."""

    folder: pathlib.Path
    port: int = field(default_factory=free_port)
    password: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    @property
    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url, socket_timeout=5)

    def start(self) -> None:
        """Start it, with what it had written when it ended. Raises SetupError."""
        program = shutil.which("redis-server")
        if program is None:
            raise SetupError(MISSING)
        self.folder.mkdir(parents=True, exist_ok=True)
        settings = {
            "bind": "127.0.0.1", "port": self.port, "requirepass": self.password, "dir": self.folder,
            "appendonly": "yes", "save": '""', "logfile": self.folder / "redis.log",
        }  # fmt: skip
        file = self.folder / "redis.conf"
        file.touch(mode=0o600)
        file.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
        self.process = subprocess.Popen([program, str(file)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._wait()

    def _wait(self) -> None:
        end = time.monotonic() + START_SECONDS
        with contextlib.closing(self.client) as client:
            while True:
                try:
                    client.ping()
                except redis.ConnectionError as error:
                    if time.monotonic() > end:
                        raise SetupError(f"redis-server does not answer: {self.folder / 'redis.log'}") from error
                    time.sleep(0.05)
                else:
                    return

    def kill(self) -> None:
        """End it at once."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def flush(self) -> None:
        """Let it forget everything: what waits, what is being done, who listens."""
        with contextlib.closing(self.client) as client:
            client.flushall()


@contextlib.contextmanager
def running(folder: pathlib.Path) -> Iterator[Broker]:
    """A broker, ended on leaving."""
    broker = Broker(folder)
    broker.start()
    try:
        yield broker
    finally:
        broker.kill()
