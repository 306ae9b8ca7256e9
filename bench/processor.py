"""What work costs in processor seconds, whatever else the machine does meanwhile."""

from __future__ import annotations

import contextlib
import os
import pathlib
import time

from pipeline.services.postgres import Cluster


def processor_seconds(server: Cluster) -> float:
    """Of this process, and of the database server with all its processes, ended ones too."""
    postmaster = int((server.pgdata / "postmaster.pid").read_text().split()[0])
    ticks = 0
    for file in pathlib.Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            pid, _, said = file.read_text().partition(" (")
            _, parent, *rest = said.rpartition(") ")[2].split()
            if int(pid) == postmaster or int(parent) == postmaster:
                ticks += sum(map(int, rest[9 : 13 if int(pid) == postmaster else 11]))
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")
