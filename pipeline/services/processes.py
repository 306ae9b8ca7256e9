"""Background processes of a local installation: started detached, remembered by a pid file, stopped as a group."""

from __future__ import annotations

import contextlib
import os
import pathlib
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

STOP_SECONDS = 10.0
#: What this very process started: only a parent can take leave of a child that has ended.
_CHILDREN: dict[int, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True)
class Service:
    """One background process: its log is ``<folder>/<name>.log``, its pid ``<folder>/<name>.pid``."""

    name: str
    folder: pathlib.Path

    @property
    def log(self) -> pathlib.Path:
        return self.folder / f"{self.name}.log"

    @property
    def pid(self) -> int | None:
        """The process's id while it lives, else None."""
        try:
            text = (self.folder / f"{self.name}.pid").read_text()
        except FileNotFoundError:
            return None
        pid = int(text.split()[0])
        return pid if _started_at(pid) == text.split()[1] else None

    def start(self, command: Sequence[str], environ: Mapping[str, str], cwd: pathlib.Path) -> None:
        """Start ``command`` detached unless it already runs."""
        if self.pid is not None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                command,
                env=dict(environ),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        _CHILDREN[process.pid] = process
        (self.folder / f"{self.name}.pid").write_text(f"{process.pid} {_started_at(process.pid)}")

    def stop(self) -> None:
        """Ask the process's group to end, then end it."""
        pid = self.pid
        if pid is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGTERM)
            deadline = time.monotonic() + STOP_SECONDS
            while self.pid is not None and time.monotonic() < deadline:
                time.sleep(0.1)
            os.killpg(pid, signal.SIGKILL)
        if (child := _CHILDREN.pop(pid, None)) is not None:
            child.wait(STOP_SECONDS)
        (self.folder / f"{self.name}.pid").unlink(missing_ok=True)


def _started_at(pid: int) -> str | None:
    """Start time of a live process in clock ticks since boot: a reused pid has another one."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] == "Z" else fields[19]
