"""Machines of a drill on one: a worker with a host name, mounts and processes of its own, and a control group that dies whole.

Each sees, where the drill keeps everything, its own folder only: not the other's, nor PostgreSQL's, the broker's or the bucket's.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.settings import ROOT
from schemas.errors import SetupError

ISOLATED = ("unshare", "--uts", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
#: $1 host name, $2 its folder, $3 where the drill keeps everything, $4 the share it has or nothing; then its command. The
#: first process stays when the command ends: what outlives a worker outlives it here, too, until the machine is killed.
BOOT = """
set -e
hostname "$1"
mkdir -p "$2/tmp" "$2/drop"
if [ -n "$4" ]; then mount --bind "$4" "$2/drop"; fi
mount --rbind "$2" "$3"
shift 4
"$@" &
wait $! || true
echo "the worker has ended"
exec sleep infinity
"""
READY, ENDED = " ready.", "the worker has ended"
START_SECONDS = 180.0


@dataclass
class Machine:
    """One machine, and the command that it runs. State: its outermost process while it is up."""

    name: str
    everything: pathlib.Path
    command: Sequence[str]
    environ: Mapping[str, str]
    share: pathlib.Path | None = None
    process: subprocess.Popen[bytes] | None = None
    begun_at: int = field(default=0)

    @property
    def folder(self) -> pathlib.Path:
        return self.everything / self.name

    @property
    def log(self) -> pathlib.Path:
        return self.everything / f"{self.name}.log"

    def start(self) -> None:
        """Switch it on."""
        self.folder.mkdir(parents=True, exist_ok=True)
        own = {
            "ANZE_VAR": self.everything / "var",
            "TMPDIR": self.everything / "tmp",
            "ANZE_DROP": self.everything / "drop",
        }
        boot = [self.name, self.folder, self.everything, self.share or ""]
        self.begun_at = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*ISOLATED, "sh", "-c", BOOT, "boot", *map(str, boot), *self.command],
                env={**self.environ, **{name: str(value) for name, value in own.items()}},
                cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    def is_ready(self) -> bool:
        """Whether its worker has begun to take tasks."""
        return READY in self._told()

    def wait(self) -> None:
        """Wait until it is ready. Raises SetupError with the end of its log."""
        end = time.monotonic() + START_SECONDS
        while not self.is_ready():
            if time.monotonic() > end or ENDED in self._told():
                raise SetupError(f"{self.name} does not start: {self.log.read_text(errors='replace')[-1500:]}")
            time.sleep(0.2)

    def kill(self) -> None:
        """End every process of it at once, as the loss of the machine does."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError, IndexError):
            os.kill(self._first, signal.SIGKILL)
        self.process.kill()
        self.process.wait()
        self.process = None

    def kill_worker(self) -> None:
        """End the worker's own process only: the tasks that it had begun live on."""
        os.kill(_children(self._first)[0], signal.SIGKILL)

    def signal(self, number: signal.Signals) -> int:
        """Send every process of it a signal; returns how many there were."""
        pids = list(self._processes())
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        return len(pids)

    def _told(self) -> str:
        """Its log since it was switched on."""
        with self.log.open("rb") as log:
            log.seek(self.begun_at)
            return log.read().decode(errors="replace")

    @property
    def _first(self) -> int:
        """The first process of its own, as others see it."""
        assert self.process is not None
        return _children(self.process.pid)[0]

    def _processes(self) -> Iterator[int]:
        mine = pathlib.Path(f"/proc/{self._first}/ns/pid").readlink()
        for path in pathlib.Path("/proc").glob("[0-9]*/ns/pid"):
            with contextlib.suppress(OSError):
                if path.readlink() == mine:
                    yield int(path.parts[2])


def require_isolation() -> None:
    """Raise SetupError where this user may not give processes a host name, mounts and a number space of their own."""
    if subprocess.run([*ISOLATED, "true"], check=False, capture_output=True).returncode:
        raise SetupError(
            "unshare (util-linux) may not isolate processes here: run it as root, outside of a restricted container"
        )


def _children(pid: int) -> list[int]:
    return list(map(int, pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))
