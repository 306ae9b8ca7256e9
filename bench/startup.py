"""How long commands take that a person types many times: each in a process of its own, in turn."""

from __future__ import annotations

import pathlib
import sys
from collections import defaultdict

from bench.apart import timed
from bench.figures import Measurement, seconds, table, verdict, write
from bench.rooms import YOUNG, room

ANZE = pathlib.Path(sys.executable).with_name("anze")
COMMANDS = (
    "--version", "--help", "status", "rules list", "batch list", "insurer list", "indicator show", "indicator explain I1",
)  # fmt: skip
MOST_SECONDS = 0.6


def measure(times: int) -> dict[str, list[Measurement]]:
    """Measure and write how long each command takes; exit code 1 is an answer too."""
    found: dict[str, list[Measurement]] = defaultdict(list)
    with room() as opened:
        for _ in range(times):
            for command in COMMANDS:
                found[command].append(
                    timed([str(ANZE), *command.split()], environ=opened.environ(YOUNG), allowed=(0, 1))
                )
    lines = [
        (f"anze {name}", seconds(of).told(), verdict(seconds(of).median, MOST_SECONDS)) for name, of in found.items()
    ]
    body = table(("", "s", f"at most {MOST_SECONDS} s"), lines)
    write("Start of a command", f"{times} rounds, on an installation without batches.\n\n{body}")
    return found
